import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { defineAction } from '../../../nodes/runtime/define-action';
import { parameter } from '../../../nodes/runtime/parameters';
import { CozifyError } from '../../../src/index.js';
import { accountNode, actionNode, testFlow } from '../support/flow';
import { assertFailure, Stage, type Message } from '../support/stage';
import { until } from '../../support/wait';

/** The parameters of the last run of the step. */
let lastValues: Record<string, unknown> | undefined;

interface Result {
  output: number;
  things: string[];
}

const PARAMETERS = {
  rooms: parameter<string[]>(
    { type: 'array', items: { type: 'string' }, default: [], description: 'a list of names' },
    { source: 'node' },
  ),
  seconds: parameter<number>({ type: 'number', minimum: 0, maximum: 60, default: 0, description: 'from 0 to 60' }),
  kind: parameter<'device' | 'room'>({
    enum: ['device', 'room'],
    default: 'device',
    description: '"device" or "room"',
  }),
  label: parameter<string>({ type: 'string', default: 'none', description: 'a text' }),
  condition: parameter<{ field: string } | null>({
    type: ['object', 'null'],
    properties: { field: { type: 'string' } },
    required: ['field'],
    default: null,
    description: 'an object with a field',
  }),
  target: parameter<string | undefined>({ description: 'a name' }, { source: 'message', parse: upperCase }),
  path: parameter<string | undefined>(
    { type: 'string', description: 'a path' },
    { source: 'typed input', when: { mode: ['send'] }, typed: ['/hub', 'str'] },
  ),
  leaveBy: parameter<number>({ type: 'integer', default: 1, description: 'an output' }),
};

function upperCase(target: unknown): string {
  if (typeof target === 'string') return target.toUpperCase();
  throw new CozifyError('COZIFY_BAD_INPUT', 'target should be a name.');
}

/** A test node that uses all options of an action. */
function registerDemo(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'demo',
    parameters: PARAMETERS,
    run: (_account, values) => {
      lastValues = values;
      return Promise.resolve({ value: { output: values.leaveBy, things: ['lamp'] }, isRefreshed: false });
    },
    output: ({ output }: Result) => output,
    properties: ({ things }) => ({ things }),
    details: ({ things }) => ({ count: things.length }),
  });
}

describe('defineAction', () => {
  const stage = Stage.forSuite();

  async function load(properties: Record<string, unknown> = {}): Promise<void> {
    const demo = actionNode('demo', { wires: [['output-1'], [], ['output-2']], ...properties });
    await stage.load(testFlow(accountNode(), demo), { others: [registerDemo] });
    lastValues = undefined;
  }

  /** Sends a message to the node. Returns the parameters that the step received. */
  async function valuesBy(properties: Record<string, unknown>, msg: Message = {}): Promise<Record<string, unknown>> {
    await load(properties);
    await stage.ask('demo', msg);
    assert.ok(lastValues, 'the step ran');
    return lastValues;
  }

  async function refuses(properties: Record<string, unknown>, msg: Message, message: string): Promise<void> {
    await load(properties);
    const outcome = await stage.ask('demo', msg);
    assertFailure(outcome, 'COZIFY_BAD_INPUT');
    assert.equal(outcome.msg.cozify.error?.message, message);
    assert.equal(lastValues, undefined, 'the step did not run');
  }

  it('gives defaults to the step, in new arrays', async () => {
    const defaults = { rooms: [], seconds: 0, kind: 'device', label: 'none', condition: null, leaveBy: 1 };
    const first = await valuesBy({});
    assert.deepEqual(first, { ...defaults, target: undefined, path: undefined });
    await stage.ask('demo');
    assert.notEqual(lastValues?.['rooms'], first['rooms']);
  });

  it('gives lists, objects, numbers and words of the node to the step', async () => {
    const properties = { rooms: ['Sauna'], seconds: 5, kind: 'room', label: 'x', condition: { field: 'on' } };
    assert.deepEqual(await valuesBy(properties), { ...properties, target: undefined, path: undefined, leaveBy: 1 });
  });

  it('prefers the message to the node, except for parameters that only the node can set', async () => {
    const both = { seconds: 60, kind: 'room', label: '', condition: { field: 'on' } };
    const msg = { ...both, rooms: ['Keittiö'], target: 'sauna', path: 'x' };
    const values = await valuesBy({ rooms: ['Sauna'], seconds: 5, target: 'of the node' }, msg);
    assert.deepEqual(values, { ...both, rooms: ['Sauna'], target: 'SAUNA', path: undefined, leaveBy: 1 });
  });

  it('parses a text from the node, but not from a message', async () => {
    const { seconds, label } = await valuesBy({ seconds: ' 5 ', label: ' 5 ' });
    assert.deepEqual([seconds, label], [5, '5']);
    assert.equal((await valuesBy({ label: 'true' }))['label'], 'true');
    await refuses({}, { seconds: '5' }, 'seconds should be from 0 to 60, but was a string.');
  });

  it('refuses values of the wrong form, and describes the right form', async () => {
    await refuses({ rooms: 'Sauna' }, {}, 'rooms should be a list of names, but was a string.');
    await refuses({ rooms: ['Sauna', 5] }, {}, 'rooms should be a list of names, but was an array.');
    await refuses({}, { seconds: 61 }, 'seconds should be from 0 to 60, but was a number.');
    await refuses({}, { kind: 'scene' }, 'kind should be "device" or "room", but was a string.');
    await refuses({}, { condition: {} }, 'condition should be an object with a field, but was an object.');
    await refuses({}, { target: 5 }, 'target should be a name.');
  });

  it('refuses a value that cannot be read', async () => {
    await load();
    const { proxy: condition, revoke } = Proxy.revocable({}, {});
    revoke();
    stage.give('demo', { condition });
    await until('it to be done', () => stage.doneCalls.length > 0);
    assert.equal((stage.doneCalls[0] as CozifyError).code, 'COZIFY_BAD_INPUT');
    assert.equal(lastValues, undefined);
  });

  it('reads a typed input in its mode, with its default', async () => {
    assert.equal((await valuesBy({ mode: 'send' }))['path'], '/hub');
    assert.equal((await valuesBy({ mode: 'send', path: 'a.b', pathType: 'msg' }, { a: { b: '/x' } }))['path'], '/x');
    assert.equal((await valuesBy({ mode: 'get', path: 'a', pathType: 'msg' }, { a: 5 }))['path'], undefined);
    const wrong = { mode: 'send', path: 'a', pathType: 'msg' };
    await refuses(wrong, { a: 5 }, 'path should be a path, but msg a was a number.');
  });

  it('does not repeat the value of a typed input, because it may be a secret', async () => {
    const typed = (path: string, pathType: string) => ({ mode: 'send', path, pathType });
    await refuses(typed('12345', 'num'), {}, 'path should be a path, but was a number.');
    await refuses(typed('{"key":"abc"}', 'json'), {}, 'path should be a path, but was an object.');
    await refuses(typed('{"key":"abc', 'json'), {}, "json can't be read.");
  });

  it('puts the result into the message, at the output that the result chooses', async () => {
    await load();
    for (const [leaveBy, seenAt] of [
      [1, 1],
      [3, 2],
    ]) {
      const { output, msg } = await stage.ask('demo', { payload: 'left alone', leaveBy });
      assert.deepEqual([output, msg['payload'], msg['things']], [seenAt, 'left alone', ['lamp']]);
      assert.deepEqual([(msg.cozify as { count?: number }).count, msg.cozify.operation], [1, 'demo']);
    }
  });
});
