import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { util } from '@node-red/util';
import fc from 'fast-check';
import type { NodeAPI } from 'node-red';
import type { Register } from 'node-red-node-test-helper';
import authenticate from '../../nodes/cozify-authenticate.js';
import email from '../../nodes/cozify-email.js';
import ping from '../../nodes/cozify-ping.js';
import refresh from '../../nodes/cozify-refresh.js';
import reset from '../../nodes/cozify-reset.js';
import token from '../../nodes/cozify-token.js';
import { kindOf } from '../../src/nodes-api.js';
import { revocable, stubborn, type Stubborn, TRAPS } from '../nodes/support/stubborn.js';
import { settle } from '../src/support/fake-clock.js';
import { FakeHome } from './support/fake-home.js';
import { runs } from './support/runs.js';
import { VALUES } from './support/values.js';

type Message = Record<string, unknown>;
type Handler = (msg: unknown, send: (out: unknown) => void, done: (error?: { code?: string }) => void) => void;

const REGISTERS: Record<string, Register> = { authenticate, email, ping, refresh, reset, token };

/**
 * The result of one message: the messages that the node sent, and its errors. An error comes from `done`, or from
 * `node.error` if it is about a copy of the message.
 */
interface Outcome {
  sent: unknown[];
  errors: (string | { code?: string })[];
}

/**
 * Creates an action node for the account of `home` in a minimal Node-RED that never touches messages itself. Returns a
 * function that sends a message to the node and calls `during` while the step runs.
 */
function makeNode(
  operation: string,
  home: FakeHome,
  properties: object,
): (msg: unknown, during?: () => void) => Promise<Outcome> {
  const { account } = home;
  const outcome: Outcome = { sent: [], errors: [] };
  const error = (thrown: string | { code?: string }): void => void outcome.errors.push(thrown);
  let handler: Handler | undefined;
  let close: () => void = () => undefined;
  const RED = {
    util,
    settings: {},
    events: new EventEmitter(),
    nodes: {
      createNode: (node: object) => Object.assign(node, { status: () => undefined, error }),
      getNode: () => ({ type: 'cozify-account', account }),
      registerType: (_type: string, create: (this: object, def: object) => void) => {
        const node = Object.assign(new EventEmitter(), { context: () => ({}) });
        create.call(node, { account: 'account', ...properties });
        handler = node.listeners('input')[0] as Handler;
        close = () => void node.emit('close');
      },
    },
  };
  REGISTERS[operation]?.(RED as unknown as NodeAPI);
  return async (msg, during) => {
    assert.ok(handler);
    let isDone = false;
    handler(
      msg,
      (out) => outcome.sent.push(out),
      (thrown) => {
        assert.equal(isDone, false, 'done is called once');
        isDone = true;
        if (thrown !== undefined) error(thrown);
      },
    );
    during?.();
    const isOver = (): boolean => outcome.sent.length + outcome.errors.length > 0;
    for (let turn = 0; turn < 20 && !isOver(); turn++) await settle();
    await settle();
    close();
    return outcome;
  };
}

/** Operations and the message properties that they read. The nodes read `payload` only in their "set" mode. */
const PLACES = [
  ...['otp', 'trustCloud', 'trustHub', 'remote', 'autoremote', 'autorefresh', 'expiry'].map((name) => [
    'authenticate',
    name,
  ]),
  ...['autorefresh', 'expiry'].map((name) => ['ping', name]),
  ...['force', 'expiry'].map((name) => ['refresh', name]),
  ['reset', 'logout'],
  ['token', 'commit'],
  ['token', 'payload'],
  ['email', 'payload'],
] as [string, string][];

const wild = fc.constantFrom(...Object.keys(VALUES)).map((kind) => ({ kind, make: VALUES[kind] ?? (() => undefined) }));
const any = fc
  .anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withNullPrototype: true,
    withTypedArray: true,
  })
  .map((value) => ({ kind: fc.stringify(value), make: () => value }));
const text = fc.string({ unit: 'binary' }).map((value) => ({ kind: JSON.stringify(value), make: () => value }));
const value = fc.oneof({ weight: 3, arbitrary: wild }, { weight: 6, arbitrary: any }, { weight: 3, arbitrary: text });

/** Returns a message with the value as a plain property, behind a getter, or behind a getter that throws. */
function carry(mode: string, name: string, make: () => unknown): Message {
  const msg: Message = { _msgid: 'x', topic: 'kept' };
  if (mode === 'plain') msg[name] = make();
  else Object.defineProperty(msg, name, { enumerable: true, configurable: true, get: mode === 'getter' ? make : fail });
  return msg;
}

function fail(): never {
  throw new Error('nobody may read this');
}

/**
 * Ways to make a message that can't be changed or read. `turn` makes it so, before the step or while the step waits.
 */
const nature = fc.oneof(
  fc.constantFrom(Object.freeze, Object.seal, Object.preventExtensions).map((fix) => ({
    name: fix.name,
    make: (msg: Message): Stubborn => ({ msg, turn: () => void fix(msg) }),
  })),
  fc.constant({ name: 'revoked', make: revocable }),
  fc
    .record({
      traps: fc.uniqueArray(fc.constantFrom(...TRAPS), { minLength: 1 }),
      mode: fc.constantFrom('throws', 'refuses'),
    })
    .map(({ traps, mode }) => ({
      name: `${mode} at ${traps.join(', ')}`,
      make: (msg: Message) => stubborn(msg, traps, mode),
    })),
);

const sample = fc.record({
  place: fc.constantFrom(...PLACES),
  value,
  mode: fc.constantFrom('plain', 'plain', 'getter', 'throwing getter'),
  isFixed: fc.boolean(),
});

const stubbornSample = fc.record({
  operation: fc.constantFrom(...Object.keys(REGISTERS)),
  nature,
  isLate: fc.boolean(),
  otp: fc.constantFrom(undefined, 'P7BQ8E'),
  isCloudAway: fc.boolean(),
});

describe('properties of messages', () => {
  it('succeed with any value of any parameter, or fail with COZIFY_BAD_INPUT and send nothing; call done once', async () => {
    await fc.assert(
      fc.asyncProperty(sample, async ({ place: [operation, name], value: { make }, mode, isFixed }) => {
        const home = await FakeHome.open();
        try {
          const isSet = name === 'payload';
          const give = makeNode(operation, home, isSet ? { mode: 'set' } : {});
          const msg = carry(mode, name, make);
          if (isFixed) Object.freeze(msg);
          const before = home.cloud.requests.length;
          const { sent, errors } = await give(msg);
          assert.equal(sent.length + errors.length, 1, `${sent.length} messages and ${errors.length} errors came`);
          const [error] = errors;
          if (error === undefined) return;
          assert.ok(typeof error === 'object' && error.code === 'COZIFY_BAD_INPUT', JSON.stringify(error));
          assert.equal(home.cloud.requests.length, before, 'nothing is sent on bad input');
          assert.equal(home.stage.stored.login?.token, home.token, 'nothing is changed on bad input');
        } finally {
          await home.end();
        }
      }),
      runs(400),
    );
  });

  it('get one output or error even if they can not be changed or read, without the code or unhandled rejections', async () => {
    await fc.assert(
      fc.asyncProperty(stubbornSample, async ({ operation, nature: { make }, isLate, otp, isCloudAway }) => {
        const home = await FakeHome.open();
        try {
          if (isCloudAway) home.cloud.reply('hubkeys', 'unreachable');
          const give = makeNode(operation, home, {});
          const target: Message = { _msgid: 'x', topic: 'kept', payload: 'old' };
          if (otp !== undefined) target['otp'] = otp;
          const { msg, turn } = make(target);
          if (!isLate) turn();
          const { sent, errors } = await give(msg, isLate ? turn : undefined);
          assert.equal(sent.length + errors.length, 1, `${sent.length} messages and ${errors.length} errors came`);
          if (sent.length > 0) {
            const [first] = [sent[0]].flat().filter((one) => one !== null);
            // An unchanged revoked proxy can't be inspected, but its target can.
            const left = first === msg ? target : (first as Message);
            assert.equal((left['cozify'] as { operation?: string } | undefined)?.operation, operation);
            assert.ok(!('otp' in left));
          }
        } finally {
          await home.end();
        }
      }),
      runs(600),
    );
  });

  it('are refused with COZIFY_BAD_INPUT if they are not objects, with nothing sent; call done exactly once', async () => {
    for (const kind of Object.keys(VALUES)) {
      const value = VALUES[kind]?.();
      if (typeof value === 'object' && value !== null && kindOf(value) === 'an object' && kind !== 'a revoked proxy')
        continue;
      const home = await FakeHome.open();
      try {
        const before = home.cloud.requests.length;
        const { sent, errors } = await makeNode('authenticate', home, {})(value);
        assert.deepEqual(
          [sent, errors.map((error) => (error as { code?: string }).code)],
          [[], ['COZIFY_BAD_INPUT']],
          kind,
        );
        assert.equal(home.cloud.requests.length, before);
      } finally {
        await home.end();
      }
    }
  });
});
