import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { defineAction } from '../../../nodes/runtime/define-action';
import { parameter, type ParameterOptions, type ParameterSchema } from '../../../nodes/runtime/parameters';
import { CozifyError } from '../../../src/index.js';
import { accountNode, actionNode, testFlow } from '../support/flow';
import { assertFailure, Stage, type Message } from '../support/stage';
import { until } from '../../support/wait';

/** What the step was told last. */
let told: Record<string, unknown> | undefined;

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

/** A node that no one ships, with all that a node can describe. */
function registerDemo(RED: NodeAPI): void {
  defineAction(RED, {
    operation: 'demo',
    parameters: PARAMETERS,
    run: (_account, values) => {
      told = values;
      return Promise.resolve({ value: { output: values.leaveBy, things: ['lamp'] }, isRefreshed: false });
    },
    output: ({ output }: Result) => output,
    properties: ({ things }) => ({ things }),
    details: ({ things }) => ({ count: things.length }),
  });
}

describe('an action that is described', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  async function load(properties: Record<string, unknown> = {}): Promise<void> {
    const demo = actionNode('demo', { wires: [['output-1'], [], ['output-2']], ...properties });
    await stage.load(testFlow(accountNode(), demo), { others: [registerDemo] });
    told = undefined;
  }

  /** What the step is told, by the node and a message. */
  async function toldBy(properties: Record<string, unknown>, msg: Message = {}): Promise<Record<string, unknown>> {
    await load(properties);
    await stage.ask('demo', msg);
    assert.ok(told, 'it ran');
    return told;
  }

  async function refuses(properties: Record<string, unknown>, msg: Message, message: string): Promise<void> {
    await load(properties);
    const outcome = await stage.ask('demo', msg);
    assertFailure(outcome, 'COZIFY_BAD_INPUT');
    assert.equal(outcome.msg.cozify.error?.message, message);
    assert.equal(told, undefined, 'it did not run');
  }

  it('is told the defaults, in new lists, where nobody says anything', async () => {
    const defaults = { rooms: [], seconds: 0, kind: 'device', label: 'none', condition: null, leaveBy: 1 };
    const first = await toldBy({});
    assert.deepEqual(first, { ...defaults, target: undefined, path: undefined });
    await stage.ask('demo');
    assert.notEqual(told?.['rooms'], first['rooms']);
  });

  it('is told lists, objects, numbers and words by the node', async () => {
    const properties = { rooms: ['Sauna'], seconds: 5, kind: 'room', label: 'x', condition: { field: 'on' } };
    assert.deepEqual(await toldBy(properties), { ...properties, target: undefined, path: undefined, leaveBy: 1 });
  });

  it('is told by the message before the node, where a message may say it', async () => {
    const both = { seconds: 60, kind: 'room', label: '', condition: { field: 'on' } };
    const msg = { ...both, rooms: ['Keittiö'], target: 'sauna', path: 'x' };
    const values = await toldBy({ rooms: ['Sauna'], seconds: 5, target: 'of the node' }, msg);
    assert.deepEqual(values, { ...both, rooms: ['Sauna'], target: 'SAUNA', path: undefined, leaveBy: 1 });
  });

  it('takes a text of the node for what it stands for, where that fits, and a message as it is', async () => {
    const { seconds, label } = await toldBy({ seconds: ' 5 ', label: ' 5 ' });
    assert.deepEqual([seconds, label], [5, '5']);
    assert.equal((await toldBy({ label: 'true' }))['label'], 'true');
    await refuses({}, { seconds: '5' }, 'seconds should be from 0 to 60, but was a string.');
  });

  it('does not run on what is not as described, and says what should be', async () => {
    await refuses({ rooms: 'Sauna' }, {}, 'rooms should be a list of names, but was a string.');
    await refuses({ rooms: ['Sauna', 5] }, {}, 'rooms should be a list of names, but was an array.');
    await refuses({}, { seconds: 61 }, 'seconds should be from 0 to 60, but was a number.');
    await refuses({}, { kind: 'scene' }, 'kind should be "device" or "room", but was a string.');
    await refuses({}, { condition: {} }, 'condition should be an object with a field, but was an object.');
    await refuses({}, { target: 5 }, 'target should be a name.');
  });

  it('does not run on what can not be looked at', async () => {
    await load();
    const { proxy: condition, revoke } = Proxy.revocable({}, {});
    revoke();
    stage.give('demo', { condition });
    await until('it to be done', () => stage.doneCalls.length > 0);
    assert.equal((stage.doneCalls[0] as CozifyError).code, 'COZIFY_BAD_INPUT');
    assert.equal(told, undefined);
  });

  it('reads a typed input where the node is set to, by default what is described', async () => {
    assert.equal((await toldBy({ mode: 'send' }))['path'], '/hub');
    assert.equal((await toldBy({ mode: 'send', path: 'a.b', pathType: 'msg' }, { a: { b: '/x' } }))['path'], '/x');
    assert.equal((await toldBy({ mode: 'get', path: 'a', pathType: 'msg' }, { a: 5 }))['path'], undefined);
    const wrong = { mode: 'send', path: 'a', pathType: 'msg' };
    await refuses(wrong, { a: 5 }, 'path should be a path, but msg a was a number.');
  });

  it('does not repeat what a typed input holds itself: it may be a secret', async () => {
    const typed = (path: string, pathType: string) => ({ mode: 'send', path, pathType });
    await refuses(typed('12345', 'num'), {}, 'path should be a path, but was a number.');
    await refuses(typed('{"key":"abc"}', 'json'), {}, 'path should be a path, but was an object.');
    await refuses(typed('{"key":"abc', 'json'), {}, "json can't be read.");
  });

  it('makes of its result what is described, by the output that the result chooses', async () => {
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

  it('can be described to others: its schemas are JSON', () => {
    const schemas = Object.values(PARAMETERS).map(({ schema }: { schema: ParameterSchema }) => schema);
    assert.deepEqual(JSON.parse(JSON.stringify(schemas)), schemas);
    const sources: ParameterOptions<unknown>['source'][] = Object.values(PARAMETERS).map(({ source }) => source);
    assert.deepEqual(new Set(sources), new Set(['node', undefined, 'message', 'typed input']));
  });
});
