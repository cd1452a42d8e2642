import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import sinon from 'sinon';
import { CozifyError, type StepResult } from '../../../src/index.js';
import { accountNode, actionNode, EMAIL, OPERATIONS, placed, testFlow, type FlowNode } from '../support/flow';
import { assertFailure, Stage, type Message } from '../support/stage';
import { revocable, stubborn, type Stubborn, TRAPS } from '../support/stubborn';
import { assertNothingUnhandled } from '../support/unhandled';
import { until } from '../../support/wait';

const CODE = 'P7BQ8E';

/** All action nodes, each with an input that succeeds without the cloud. */
const flow = (): FlowNode[] =>
  testFlow(
    accountNode(),
    ...OPERATIONS.map((operation) => actionNode(operation)),
    actionNode('email', { id: 'set-email', mode: 'set', emailType: 'str', email: 'other@example.fi' }),
    actionNode('token', { id: 'set-token', mode: 'set', tokenType: 'str', token: 'foobar' }),
  );

/** A message with a property whose getter throws. */
function unreadable(name: string, more: Message = {}): Message {
  const get = (): never => {
    throw new Error(`${name} can't be read`);
  };
  return Object.defineProperty(more, name, { enumerable: true, configurable: true, get });
}

function cyclic(): Message {
  const msg: Message = { topic: 'loop' };
  msg['self'] = msg;
  msg['list'] = [msg, { msg }];
  return msg;
}

describe('Messages of action nodes', () => {
  const stage = Stage.forSuite();

  describe('that pass through unchanged', () => {
    beforeEach(() => stage.load(flow()));

    it('are the same objects, with their other properties unchanged', async () => {
      const luggage = { topic: 'kitchen', parts: { id: 1 }, req: undefined, error: 'mine', count: 0 };
      const msg: Message = { payload: 5, ...luggage };
      const outcome = await stage.ask('ping', msg);
      assert.equal(outcome.output, 2);
      assert.equal(outcome.msg, msg);
      for (const [name, value] of Object.entries(luggage)) assert.equal(msg[name], value, name);
    });

    it('lose msg.otp in every action node, on success and on failure', async () => {
      for (const id of [...OPERATIONS, 'set-email', 'set-token']) {
        for (const more of [{}, { expiry: null, commit: null, logout: null, force: null }]) {
          const msg: Message = { payload: 'kept', otp: CODE, ...more };
          const outcome = await stage.ask(id, msg);
          assert.ok(!('otp' in outcome.msg), `${id} ${JSON.stringify(outcome)}`);
          assert.ok(!('otp' in msg), `${id}, as it came`);
          for (const completed of outcome.completed) assert.ok(!('otp' in completed), `${id}, completed`);
          assert.ok(!JSON.stringify(outcome.msg).includes(CODE), id);
        }
      }
    });

    it('reach a Complete node once on success, and a Catch node once on failure', async () => {
      const good = await stage.ask('email', { payload: 1 });
      assert.deepEqual([good.output, good.done, good.completed.length], [1, [undefined], 1]);
      const bad = await stage.ask('token', { payload: 1 });
      assertFailure(bad, 'COZIFY_OTP_REQUIRED');
      assert.equal(bad.completed.length, 0);
    });

    const FIXED: [string, (msg: Message) => Message][] = [
      ['frozen', Object.freeze],
      ['sealed', Object.seal],
      ['not extensible', Object.preventExtensions],
    ];
    for (const [name, fix] of FIXED) {
      it(`are copied if they are ${name}`, async () => {
        const msg = fix({ _msgid: 'x', payload: 1, topic: 'kept', otp: CODE });
        const { output, msg: sent, completed } = await stage.ask('email', msg);
        assert.equal(output, 1);
        assert.notEqual(sent, msg);
        assert.deepEqual([sent['payload'], sent['topic'], sent.cozify.operation], [EMAIL, 'kept', 'email']);
        assert.deepEqual(msg, { _msgid: 'x', payload: 1, topic: 'kept', otp: CODE }, 'the original is unchanged');
        for (const one of [sent, ...completed]) assert.ok(!('otp' in one));
      });

      it(`are copied for a Catch node if they are ${name}`, async () => {
        const msg = fix({ _msgid: 'x', payload: 1, topic: 'kept', otp: CODE });
        const { output, msg: caught } = await stage.ask('token', msg);
        assert.equal(output, undefined);
        assert.deepEqual([caught['payload'], caught['topic']], [1, 'kept']);
        assert.equal(caught.cozify.error?.code, 'COZIFY_OTP_REQUIRED');
        assert.equal(caught.error?.code, 'COZIFY_OTP_REQUIRED');
        assert.ok(!('otp' in caught));
      });

      it(`reach a Complete node if they are ${name} and have no code`, async () => {
        const { done, completed } = await stage.ask('email', fix({ _msgid: 'x', payload: 1 }));
        assert.deepEqual([done, completed.length], [[undefined], 1]);
      });
    }

    it('may refer to themselves', async () => {
      assert.equal((await stage.ask('email', cyclic())).msg['payload'], EMAIL);
      assertFailure(await stage.ask('token', cyclic()), 'COZIFY_OTP_REQUIRED');
    });

    const payloads = [undefined, null, NaN, 0, '', [], {}, new Map(), Buffer.from('x'), () => 1, 10n, Symbol('s')];
    it('may have a payload of any type', async () => {
      for (const payload of payloads) assert.equal((await stage.ask('ping', { payload })).output, 2);
    });

    it('may have read-only properties where the answer is written', async () => {
      for (const name of ['payload', 'cozify', 'otp']) {
        const msg = Object.defineProperty({ topic: 'kept' }, name, { value: 'old', enumerable: true });
        const { output, msg: sent } = await stage.ask('email', msg);
        assert.deepEqual([output, sent['payload'], sent['topic']], [1, EMAIL, 'kept'], name);
        assert.equal(sent.cozify.operation, 'email', name);
        assert.ok(!('otp' in sent));
      }
    });

    it('are refused if msg.otp cannot be read', async () => {
      const requests = stage.simulator.count('*');
      const { output, msg } = await stage.ask('authenticate', unreadable('otp', { payload: 'left alone' }));
      assert.equal(output, undefined);
      assert.equal(msg.cozify.error?.code, 'COZIFY_BAD_INPUT');
      assert.equal(stage.simulator.count('*'), requests, 'no code is e-mailed');
    });
  });

  describe('with properties that cannot be read or set', () => {
    // Leaves out the Catch and Complete nodes, because they copy the message, and a copy of these messages fails.
    const bare = (): FlowNode[] => flow().filter(({ id }) => id !== 'catch' && id !== 'complete');
    const stubborn = (name: string): Message => {
      const set = (): never => {
        throw new Error(`${name} can't be set`);
      };
      return Object.defineProperty({}, name, { enumerable: true, configurable: true, get: () => 1, set });
    };
    const CASES: [string, () => Message][] = [
      ['topic cannot be read', () => unreadable('topic')],
      ['payload cannot be read', () => unreadable('payload')],
      ['cozify cannot be read', () => unreadable('cozify')],
      ['payload cannot be set', () => stubborn('payload')],
      ['cozify cannot be set', () => stubborn('cozify')],
    ];

    for (const [name, make] of CASES) {
      it(`are sent with the answer if ${name}`, async () => {
        await stage.load(bare());
        await assertNothingUnhandled(async () => {
          const { output, msg } = await stage.ask('email', make());
          assert.deepEqual([output, msg['payload'], msg.cozify.operation], [1, EMAIL, 'email']);
          assert.deepEqual(stage.doneCalls, [undefined]);
        });
      });

      it(`never end Node-RED if ${name}`, async () => {
        await stage.load(flow());
        await assertNothingUnhandled(async () => {
          for (const id of ['email', 'token']) {
            stage.give(id, make());
            await until('done', () => stage.doneCalls.length > 0, 300).catch(() => undefined);
          }
        });
      });
    }

    it('fail if a parameter cannot be read, and never end Node-RED', async () => {
      await stage.load(flow());
      await assertNothingUnhandled(async () => {
        stage.give('ping', unreadable('expiry'));
        await until('done', () => stage.doneCalls.length > 0);
        assert.equal((stage.doneCalls[0] as { code?: string }).code, 'COZIFY_BAD_INPUT');
      });
    });
  });

  describe('that change during the step', () => {
    /** Changes of a message during the step: the title, the change, and whether properties are readable afterwards. */
    const CHANGES: [string, (msg: Message) => Stubborn, boolean][] = [
      ...[Object.freeze, Object.seal, Object.preventExtensions].map(
        (fix): [string, (msg: Message) => Stubborn, boolean] => [
          `Object.${fix.name}`,
          (msg) => ({ msg, turn: () => void fix(msg) }),
          true,
        ],
      ),
      ...TRAPS.flatMap((trap) =>
        (['throws', 'refuses'] as const).map((mode): [string, (msg: Message) => Stubborn, boolean] => [
          `a proxy that ${mode} at ${trap}`,
          (msg) => stubborn(msg, [trap, 'set'], mode),
          trap !== 'get' && trap !== 'ownKeys',
        ]),
      ),
    ];

    const turnIn = (work: 'email' | 'token', turn: () => void, outcome: () => Promise<StepResult<string>>): void => {
      sinon.stub(stage.account(), work).callsFake(() => {
        turn();
        return outcome();
      });
    };
    const fresh = (): Message => ({ _msgid: 'x', payload: 'old', topic: 'kept', otp: CODE });

    beforeEach(() => stage.load(flow()));
    afterEach(() => sinon.restore());

    for (const [name, make, isReadable] of CHANGES) {
      if (name.endsWith('throws at ownKeys')) continue;
      it(`are sent with the answer (${name})`, async () => {
        const { msg, turn } = make(fresh());
        turnIn('email', turn, () => Promise.resolve({ value: EMAIL, isRefreshed: false }));
        await assertNothingUnhandled(async () => {
          const { output, msg: sent } = await stage.ask('email', msg);
          assert.deepEqual([output, sent['payload'], sent.cozify.operation], [1, EMAIL, 'email']);
          if (isReadable) assert.equal(sent['topic'], 'kept');
          assert.ok(!('otp' in sent));
        });
      });

      it(`reach a Catch node once with the error (${name})`, async () => {
        const { msg, turn } = make(fresh());
        turnIn('token', turn, () => Promise.reject(new CozifyError('COZIFY_CLOSED', 'closed')));
        await assertNothingUnhandled(async () => {
          const { output, msg: caught } = await stage.ask('token', msg);
          assert.deepEqual([output, caught.cozify.error?.code], [undefined, 'COZIFY_CLOSED']);
          if (isReadable) assert.deepEqual([caught['topic'], caught['payload']], ['kept', 'old']);
          assert.ok(!('otp' in caught));
        });
      });
    }

    const LOST: [string, (msg: Message) => Stubborn][] = [
      ['a proxy that throws at ownKeys', (msg) => stubborn(msg, ['ownKeys', 'set'], 'throws')],
      ['a revoked proxy', revocable],
    ];
    for (const [name, make] of LOST) {
      it(`are dropped with a line in the log (${name})`, async () => {
        await assertNothingUnhandled(async () => {
          const outcomes: (() => Promise<StepResult<string>>)[] = [
            () => Promise.resolve({ value: EMAIL, isRefreshed: false }),
            () => Promise.reject(new CozifyError('COZIFY_CLOSED', 'closed')),
          ];
          for (const outcome of outcomes) {
            const { msg, turn } = make(fresh());
            const before = errorsLogged();
            turnIn('email', turn, outcome);
            stage.give('email', msg);
            await until('a line in the log', () => errorsLogged() > before);
            sinon.restore();
          }
        });
      });
    }

    /** The number of errors that the node has logged. */
    const errorsLogged = (): number =>
      helper.log().args.filter(([{ level, id }]) => level === 20 && id === 'email').length;
  });

  for (const trap of ['deleteProperty', 'isExtensible', 'has'] as const) {
    it(`are copied if they are a proxy that throws at ${trap}`, async () => {
      await stage.load(flow());
      const { msg, turn } = stubborn({ _msgid: 'x', payload: 1, topic: 'kept', otp: CODE }, [trap], 'throws');
      turn();
      await assertNothingUnhandled(async () => {
        const { output, msg: sent } = await stage.ask('email', msg);
        assert.deepEqual([output, sent['payload'], sent['topic']], [1, EMAIL, 'kept']);
        assert.ok(!Object.keys(sent).includes('otp'));
      });
    });
  }

  it('may inherit properties, even read-only ones', async () => {
    await stage.load(flow());
    for (const fix of [<T>(one: T): T => one, Object.freeze]) {
      const defaults = fix({ payload: 'old', cozify: 'old', topic: 'kept', otp: CODE });
      const { output, msg } = await stage.ask('email', Object.create(defaults));
      assert.deepEqual([output, msg['payload'], msg['topic']], [1, EMAIL, 'kept']);
      assert.ok(!('otp' in msg));
      const refused = await stage.ask('authenticate', Object.create(fix({ otp: 5, topic: 'kept' })));
      assert.deepEqual([refused.msg.cozify.error?.code, refused.msg['topic']], ['COZIFY_BAD_INPUT', 'kept']);
      assert.ok(!('otp' in refused.msg));
    }
  });

  it('may have properties with the names of inherited ones', async () => {
    await stage.load(flow());
    const names =
      '{"__proto__":{"expiry":null,"otp":5},"constructor":{"prototype":1},"toString":"x","hasOwnProperty":5}';
    for (const fix of [<T>(one: T): T => one, Object.freeze]) {
      const msg = fix({ _msgid: 'x', payload: JSON.parse(names) as unknown, ...(JSON.parse(names) as Message) });
      const { output, msg: sent } = await stage.ask('ping', msg);
      assert.deepEqual([output, sent['toString'], Object.getPrototypeOf(sent)], [2, 'x', Object.prototype]);
    }
  });

  it('may have no prototype', async () => {
    await stage.load(flow());
    const bare = (): Message => Object.assign(Object.create(null) as Message, { topic: 'kept' });
    assert.equal((await stage.ask('email', bare())).msg['payload'], EMAIL);
    const { msg } = await stage.ask('token', bare());
    assert.deepEqual([msg.cozify.error?.code, msg['topic']], ['COZIFY_OTP_REQUIRED', 'kept']);
  });

  it('are refused if they are not objects, and never end Node-RED', async () => {
    await stage.load(flow());
    const requests = stage.simulator.count('*');
    await assertNothingUnhandled(async () => {
      for (const msg of ['text', 5, true, 10n, Symbol('s'), [1, 2], Buffer.from('x'), () => 1]) {
        stage.give('authenticate', msg);
        await until('done', () => stage.doneCalls.length > 0);
        assert.deepEqual(
          stage.doneCalls.map((error) => (error as { code?: string }).code),
          ['COZIFY_BAD_INPUT'],
        );
      }
    });
    assert.equal(stage.simulator.count('*'), requests);
  });

  it('are all answered when 100 come concurrently', async () => {
    const seen: unknown[] = [];
    await stage.load([
      ...testFlow(accountNode(), actionNode('email', { wires: [['all']] })),
      placed({ id: 'all', type: 'helper', wires: [] }),
    ]);
    stage.node('all').on('input', (msg) => void seen.push((msg as { topic?: unknown }).topic));
    for (let topic = 0; topic < 100; topic += 1) stage.give('email', { topic });
    await until('100 answers', () => seen.length === 100);
    assert.deepEqual(new Set(seen).size, 100);
  });
});
