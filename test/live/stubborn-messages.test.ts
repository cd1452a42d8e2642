import assert from 'node:assert/strict';
import type { Fault } from '../simulator';
import { type Answer, changed, Stage, until } from './harness';
import { MERGE } from './harness/functions';

/** What a function node makes of a message; as `later` while the next node works on it. */
const WAYS: Record<string, string> = {
  'is sealed': 'Object.seal(msg);',
  'is frozen while the step waits': 'later = () => Object.freeze(msg);',
  'is sealed while the step waits': 'later = () => Object.seal(msg);',
  'is a proxy that refuses writes': refusing('set'),
  'is a proxy that refuses deletes': refusing('deleteProperty'),
  'is a proxy that refuses descriptors': refusing('getOwnPropertyDescriptor'),
  'is a proxy that changes nothing and says it did': `
    msg = new Proxy(msg, { set: () => true, deleteProperty: () => true });`,
};

/** The function node itself has to set the message's id. */
function refusing(trap: string): string {
  return `
    const refuse = () => { throw new Error('refused'); };
    msg = new Proxy(msg, {
      ${trap}: (at, name, ...more) => name === '_msgid' ? Reflect.${trap}(at, name, ...more) : refuse(),
    });`;
}

const feeder = (way: string): string =>
  MERGE.replace(
    'if (times === 1) return msg;',
    `let later = () => {};\n${way}\nflow.set('later', later);\nreturn msg;`,
  );

describe('messages that can not be changed', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.newLogin();
  });
  after(() => stage.close());

  async function deploy(way: string): Promise<void> {
    const flows = changed(stage.flows, 'ping-merge', { func: feeder(way) });
    await stage.deploy(changed(flows, 'email-merge', { func: `flow.get('later')();\n${MERGE}` }));
  }

  /** Asks for a ping, and changes its message while the cloud is asked. */
  async function ping(msg: Record<string, unknown>, fault?: Fault): Promise<Answer> {
    const held = stage.simulator.hold('hubkeys', fault);
    const asked = stage.ask('ping', msg);
    asked.catch(() => undefined);
    await until('the question to the cloud', () => held.isAsked);
    await stage.ask('email');
    held.release();
    return asked;
  }

  for (const [name, way] of Object.entries(WAYS)) {
    it(`one that ${name} leaves with the answer, or reaches a Catch node, and Node-RED goes on`, async () => {
      await deploy(way);
      const answer = await ping({ topic: 'kept', otp: 'NO-SUCH-CODE' });
      assert.deepEqual([answer.output, answer.payload, answer['topic']], [1, true, 'kept']);
      assert.ok(!('otp' in answer));
      assert.equal(answer.cozify.operation, 'ping');
      const caught = await ping({ topic: 'kept', payload: 'old', otp: 'NO-SUCH-CODE' }, { status: 500 });
      stage.assertFailure(caught, 'COZIFY_API');
      assert.deepEqual([caught.payload, caught['topic']], ['old', 'kept']);
      assert.ok(!('otp' in caught));
    });
  }

  it('one that is revoked while the step waits is given up, which the log says, and Node-RED goes on', async () => {
    // Nobody else will answer the request that brought it.
    await deploy(`
      msg.res._res.json([]);
      const { proxy, revoke } = Proxy.revocable({ _msgid: msg._msgid }, {});
      later = revoke;
      msg = proxy;`);
    await assert.rejects(ping({}));
    await until('the line in the log', () => stage.log().includes('could not be passed on'));
    assert.equal((await stage.ask('refresh')).output, 1);
  });
});
