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
import { settle } from '../src/support/fake-clock.js';
import { FakeHome } from './support/fake-home.js';
import { runs } from './support/runs.js';
import { VALUES } from './support/values.js';

type Message = Record<string, unknown>;
type Handler = (msg: Message, send: (out: unknown) => void, done: (error?: { code?: string }) => void) => void;

const REGISTERS: Record<string, Register> = { authenticate, email, ping, refresh, reset, token };

/** What came of a message: what was sent, and the errors, by `done` or, for a copy of the message, by the node. */
interface Outcome {
  sent: unknown[];
  errors: { code?: string }[];
}

/** An action node around an account, without the rest of Node-RED: it does nothing to messages that ours doesn't. */
function makeNode(operation: string, home: FakeHome, properties: object): (msg: Message) => Promise<Outcome> {
  const { account } = home;
  const outcome: Outcome = { sent: [], errors: [] };
  const error = (thrown: { code?: string }): void => void outcome.errors.push(thrown);
  let handler: Handler | undefined;
  let close: () => void = () => undefined;
  const RED = {
    util,
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
  return async (msg) => {
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
    const isOver = (): boolean => outcome.sent.length + outcome.errors.length > 0;
    for (let turn = 0; turn < 20 && !isOver(); turn++) await settle();
    await settle();
    close();
    return outcome;
  };
}

/** Where a value can be put, by operation: a message property, or the typed input in "set" mode. */
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

/** A message that carries the value plainly, behind a getter, or not at all because reading it throws. */
function carry(way: string, name: string, make: () => unknown): Message {
  const msg: Message = { _msgid: 'x', topic: 'kept' };
  if (way === 'plain') msg[name] = make();
  else Object.defineProperty(msg, name, { enumerable: true, configurable: true, get: way === 'getter' ? make : fail });
  return msg;
}

function fail(): never {
  throw new Error('nobody may read this');
}

const sample = fc.record({
  place: fc.constantFrom(...PLACES),
  value,
  way: fc.constantFrom('plain', 'plain', 'getter', 'throwing getter'),
  isFixed: fc.boolean(),
});

describe('properties of messages', () => {
  it('any value for any parameter: success, or COZIFY_BAD_INPUT with nothing sent; done exactly once', async () => {
    await fc.assert(
      fc.asyncProperty(sample, async ({ place: [operation, name], value: { make }, way, isFixed }) => {
        const home = await FakeHome.open();
        try {
          const isSet = name === 'payload';
          const give = makeNode(operation, home, isSet ? { mode: 'set' } : {});
          const msg = carry(way, name, make);
          if (isFixed) Object.freeze(msg);
          const before = home.cloud.requests.length;
          const { sent, errors } = await give(msg);
          assert.equal(sent.length + errors.length, 1, `${sent.length} messages and ${errors.length} errors came`);
          const [error] = errors;
          if (error === undefined) return;
          assert.equal(error.code, 'COZIFY_BAD_INPUT');
          assert.equal(home.cloud.requests.length, before, 'nothing is sent on bad input');
          assert.equal(home.stage.stored.login?.token, home.token, 'nothing is changed on bad input');
        } finally {
          await home.end();
        }
      }),
      runs(400),
    );
  });
});
