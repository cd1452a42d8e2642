import assert from 'node:assert/strict';
import type { CommandResult } from '../../../../src/devices/command-queue/command-result.js';
import type { Entry } from '../../../../src/devices/things/device.js';
import type { LiveHome } from '../../../../src/devices/home/live-home.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { SECOND } from '../../support/fake-clock.js';
import type { Reply } from '../../support/fake-cloud.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { each } from '../../../support/each.js';

interface Element {
  id: string;
  type: string;
  state?: { isOn?: boolean; brightness?: number };
}

describe('CommandQueue', () => {
  let stage: HubStage;
  let live: LiveHome;
  /** Paths and bodies of all PUTs. */
  let puts: [path: string, elements: Element[]][];
  let refusedIds: Set<string>;
  let putDelayMs: number;
  /** Milliseconds until the hub reports the effect of a command; Infinity for never. */
  let settleMs: number;
  let states: Map<string, { isOn: boolean; brightness: number; reachable: boolean }>;
  let hubTime: number;

  beforeEach(async () => {
    stage = new HubStage();
    [puts, refusedIds, putDelayMs, settleMs, hubTime] = [[], new Set(), 0, 200, 1000];
    states = new Map(['a', 'b', 'c'].map((id) => [id, { isOn: false, brightness: 0.2, reachable: true }]));
    for (const list of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms']) {
      stage.hub.replies.set(`/${list}`, () => ({ body: JSON.stringify(lists()[list]) }));
    }
    for (const kind of ['devices', 'groups', 'scenes', 'rules']) {
      stage.hub.replies.set(`/${kind}/command`, (request) => take(kind, request.body ?? ''));
    }
    for (let ts = 0; ts <= 4000; ts += 10) stage.hub.replies.set(`/hub/poll?ts=${ts}`, () => poll());
    await stage.client();
    live = (stage.fixture as { account: { homes: { of(hub: string): LiveHome } } }).account.homes.of('hub-1');
    await live.ensure(['device', 'group', 'scene', 'rule', 'room', 'alarm'], 0);
  });
  afterEach(() => stage.end());

  function lists(): Record<string, unknown> {
    const device = (id: string): object => ({
      ...{ id, name: id, type: 'LIGHT', room: ['r1'], capabilities: ['ON_OFF', 'BRIGHTNESS', 'CONTROL_LIGHT'] },
      state: { type: 'STATE_LIGHT', ...states.get(id) },
    });
    return {
      devices: Object.fromEntries([...states.keys()].map((id) => [id, device(id)])),
      groups: { g: { id: 'g', name: 'Kaikki', members: ['a', 'b'] } },
      scenes: { s: { id: 's', name: 'Ilta', isOn: false } },
      rules: {},
      rooms: { r1: { id: 'r1', name: 'Sauna' } },
      alarms: { x: { id: 'x', name: 'Vuoto', closed: false } },
    };
  }

  function poll(): Reply {
    const polls = [{ type: 'DEVICE_DELTA', devices: lists()['devices'] }];
    return { body: JSON.stringify({ type: 'POLL_DELTA', full: false, timestamp: (hubTime += 10), polls }) };
  }

  function take(kind: string, body: string): Reply {
    const elements = JSON.parse(body) as Element[];
    puts.push([kind, elements]);
    if (elements.some(({ id }) => refusedIds.has(id))) return { status: 400, delayMs: putDelayMs };
    if (settleMs < Infinity) stage.clock.setTimeout(() => elements.forEach(settle), settleMs);
    return { body: 'null', delayMs: putDelayMs };
  }

  function settle({ id, type, state: set }: Element): void {
    const state = states.get(id);
    if (state === undefined) return;
    if (set?.brightness !== undefined) state.brightness = set.brightness;
    if (set?.isOn !== undefined) state.isOn = set.isOn;
    if (type.endsWith('_ON')) state.isOn = true;
    if (type.endsWith('_OFF')) state.isOn = false;
  }

  const entry = (id: string, kind: Entry['kind'] = 'device'): Entry => {
    const found = live.cache.things.get(kind, id);
    assert.ok(found, id);
    return found;
  };
  function send(
    value: unknown,
    ids: string[],
    { confirmMs = 0, kind = 'device' }: { confirmMs?: number; kind?: Entry['kind'] } = {},
  ) {
    const entries = ids.map((id) => entry(id, kind));
    return live.commands.reserve().send(parseCommand({}, value), entries, { confirmMs, isAlone: ids.length === 1 });
  }
  /** Advances the clock and returns the result of the work. */
  async function after<T>(ms: number, work: Promise<T>): Promise<T> {
    void work.catch(() => undefined);
    await stage.clock.advance(ms);
    return work;
  }
  const idsOf = (): string[] => puts.map(([, elements]) => [...new Set(elements.map(({ id }) => id))].join('+'));
  const reasons = (results: CommandResult[]) => results.map(({ sent, confirmed, reason }) => [sent, confirmed, reason]);

  it('sends immediately, even if the cache already has the value', async () => {
    assert.deepEqual(reasons(await send(false, ['a'])), [[true, null, null]]);
    assert.equal(puts.length, 1);
  });

  it('sends one request at a time, and batches queued commands in order', async () => {
    putDelayMs = SECOND;
    const first = send(true, ['a']);
    await stage.clock.advance(0);
    const all = Promise.all([first, send(true, ['b']), send(true, ['c']), send(false, ['a'])]);
    await stage.clock.advance(SECOND - 1);
    assert.equal(puts.length, 1);
    await after(2 * SECOND, all);
    assert.deepEqual(idsOf(), ['a', 'b+c+a']);
  });

  it('sends at most 50 elements per request', async () => {
    for (let index = 0; index < 60; index++) states.set(`x${index}`, { isOn: false, brightness: 0.5, reachable: true });
    await stage.clock.skip(SECOND);
    await live.ensure(['device'], 0);
    await send(
      true,
      Array.from({ length: 60 }, (_, index) => `x${index}`),
    );
    assert.ok(puts.length >= 2);
    assert.ok(puts.every(([, elements]) => elements.length <= 50));
  });

  it('skips superseded values of a slider', async () => {
    putDelayMs = SECOND;
    const first = send({ brightness: 10 }, ['a']);
    await stage.clock.advance(0);
    const others = [20, 30, 40, 50].map((brightness) => send({ brightness }, ['a']));
    const all = (await after(3 * SECOND, Promise.all([first, ...others]))).flat();
    assert.deepEqual(each(all, 'reason'), [null, 'superseded', 'superseded', 'superseded', null]);
    assert.equal(puts.length, 2);
  });

  it('ends the confirmation of a superseded command', async () => {
    settleMs = Infinity;
    const first = send({ brightness: 30 }, ['a'], { confirmMs: 10_000 });
    await stage.clock.advance(SECOND);
    void send({ brightness: 60 }, ['a']);
    assert.deepEqual(reasons(await after(SECOND, first)), [[true, false, 'superseded']]);
  });

  it('sends the last brightness before a later “off”', async () => {
    putDelayMs = SECOND;
    const first = send(true, ['b']);
    await stage.clock.advance(0);
    const lit = Promise.all([first, send(70, ['a']), send({ brightness: 30 }, ['a']), send(false, ['a'])]);
    const all = (await after(3 * SECOND, lit)).flat();
    assert.deepEqual(each(all, 'reason'), [null, 'superseded', null, null]);
    assert.deepEqual(
      puts[1]?.[1].map(({ type, state }) => [type, state?.brightness]),
      [
        ['CMD_DEVICE', 0.3],
        ['CMD_DEVICE_ON', undefined],
        ['CMD_DEVICE_OFF', undefined],
      ],
    );
  });

  it('skips an “off” that a later brightness supersedes, and sends the brightness of each lamp', async () => {
    putDelayMs = SECOND;
    const lit = Promise.all([send(true, ['b']), send(false, ['a']), send(70, ['c']), send(70, ['a'])]);
    const all = (await after(3 * SECOND, lit)).flat();
    assert.deepEqual(each(all, 'reason'), [null, 'superseded', null, null]);
  });

  it('sends queued commands for different fields or devices', async () => {
    putDelayMs = SECOND;
    const all = Promise.all([send(true, ['a']), send({ brightness: 30 }, ['b']), send(true, ['b'])]);
    await after(3 * SECOND, all);
    assert.equal(puts.flatMap(([, elements]) => elements).filter(({ id }) => id === 'b').length >= 2, true);
  });

  it('resolves a second toggle against the first one, before the cache is updated', async () => {
    settleMs = 5 * SECOND;
    await send('toggle', ['a']);
    await send('toggle', ['a']);
    const types = puts.map(([, elements]) => elements.at(-1)?.type);
    assert.deepEqual(types, ['CMD_DEVICE_ON', 'CMD_DEVICE_OFF']);
  });

  it('sends a toggle that needs a read before the next command', async () => {
    await stage.clock.skip(10 * SECOND);
    await Promise.all([send('toggle', ['a']), send(false, ['a'])]);
    const types = puts
      .flatMap(([, elements]) => elements.map(({ type }) => type))
      .filter((type) => /_O(N|FF)$/.test(type));
    assert.deepEqual(types, ['CMD_DEVICE_ON', 'CMD_DEVICE_OFF']);
  });

  it('switches all devices off at a toggle if any is on', async () => {
    settle({ id: 'b', type: 'CMD_DEVICE_ON' });
    await stage.clock.skip(4 * SECOND);
    await send('toggle', ['a', 'b']);
    assert.ok(
      puts.flatMap(([, elements]) => elements).every(({ type, state }) => /OFF$/.test(type) || state?.isOn === false),
    );
  });

  it('sends a refused batch one by one, and fails only the refused command', async () => {
    putDelayMs = SECOND;
    refusedIds.add('b');
    void send(true, ['c']);
    await stage.clock.advance(0);
    const results = (await after(20 * SECOND, Promise.all([send(true, ['a']), send(true, ['b'])]))).flat();
    assert.deepEqual(reasons(results), [
      [true, null, null],
      [false, null, 'COZIFY_API'],
    ]);
  });

  it('sends a command to the members of a group if the hub refuses it for the group', async () => {
    refusedIds.add('g');
    const results = await send({ brightness: 30 }, ['g'], { kind: 'group' });
    assert.deepEqual(reasons(results), [[true, null, null]]);
    assert.deepEqual(
      puts.map(([path]) => path),
      ['groups', 'devices', 'devices'],
    );
  });

  it('returns COZIFY_NOT_FOUND for a device that the hub no longer has', async () => {
    refusedIds.add('c');
    const gone = send(true, ['c']);
    states.delete('c');
    await stage.clock.skip(SECOND);
    assert.deepEqual(reasons(await after(SECOND, gone)), [[false, null, 'COZIFY_NOT_FOUND']]);
  });

  for (const value of [true, { brightness: 30 }]) {
    it(`returns COZIFY_NOT_FOUND for a group that was deleted in the app: ${JSON.stringify(value)}`, async () => {
      refusedIds.add('g');
      stage.hub.replies.set('/groups', { body: JSON.stringify({ h: { id: 'h', name: 'Muut', members: ['c'] } }) });
      const results = await after(SECOND, send(value, ['g'], { kind: 'group' }));
      assert.deepEqual(reasons(results), [[false, null, 'COZIFY_NOT_FOUND']]);
      assert.ok(!idsOf().includes('a'), 'its former members are left alone');
    });
  }

  it('fails commands during an outage, and does not send them afterwards', async () => {
    const lan = new Map(stage.lan);
    stage.lan.clear();
    stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
    const results = await after(60 * SECOND, Promise.all([send(true, ['a']), send(true, ['b'])]));
    assert.deepEqual(
      results.flat().map(({ sent, reason }) => [sent, reason]),
      [
        [false, 'COZIFY_HUB_OFFLINE'],
        [false, 'COZIFY_HUB_OFFLINE'],
      ],
    );
    for (const [host, hub] of lan) stage.lan.set(host, hub);
    stage.gateway = undefined;
    await stage.clock.advance(600 * SECOND);
    assert.deepEqual(puts, []);
    await after(60 * SECOND, send(true, ['c']));
    assert.deepEqual(idsOf(), ['c'], 'only the next command');
  });

  it('does not resend a command without an answer', async () => {
    stage.hub.replies.set('/devices/command', (request) => {
      puts.push(['devices', JSON.parse(request.body ?? '[]') as Element[]]);
      return 'hang';
    });
    const results = await after(60 * SECOND, send(true, ['a']));
    assert.deepEqual(reasons(results), [[false, null, 'COZIFY_UNREACHABLE']]);
    assert.match(results[0]?.error?.message ?? '', /may have/);
    assert.equal(puts.length, 1);
  });

  for (const [label, answer, code] of [
    ['a web page', { body: '<html>Welcome to our network</html>' }, 'COZIFY_BAD_ANSWER'],
    ['an error', { status: 500 }, 'COZIFY_API'],
  ] as const) {
    for (const [kind, id, command, path] of [
      ['device', 'a', 'on', '/devices/command'],
      ['alarm', 'x', 'close', '/alarms/close?alarmId=x'],
    ] as const) {
      it(`fails for ${label} as the response: ${kind}`, async () => {
        stage.hub.replies.set(path, answer);
        const parsed = parseCommand({ command }, undefined);
        const [result] = await live.commands.reserve().send(parsed, [entry(id, kind)], { confirmMs: 0, isAlone: true });
        assert.deepEqual([result?.sent, result?.reason], [false, code]);
      });
    }
  }

  it('rejects a field that the device lacks, without a request', async () => {
    const [result] = await send({ targetTemperature: 21 }, ['a']);
    assert.deepEqual(
      [result?.sent, result?.reason, result?.error?.code],
      [false, 'COZIFY_BAD_INPUT', 'COZIFY_BAD_INPUT'],
    );
    assert.equal(puts.length, 0);
  });

  it('rejects 1002 queued commands with unknown fields', async () => {
    putDelayMs = SECOND;
    const many = Array.from({ length: 1002 }, (_, index) =>
      send({ on: index % 2 === 0, [`x${index}`]: 1 }, ['s'], { kind: 'scene' }),
    );
    const settled = (await Promise.all(many)).flat();
    assert.ok(settled.every(({ reason }) => reason === 'COZIFY_BAD_INPUT'));
  });

  describe('with a confirmation', () => {
    it('confirms a command by the state of the hub after it', async () => {
      const results = await after(SECOND, send(true, ['a'], { confirmMs: 3_000 }));
      assert.deepEqual(reasons(results), [[true, true, null]]);
      assert.equal(results[0]?.state?.['on'], true);
    });

    it('confirms a command that changes nothing', async () => {
      assert.deepEqual(reasons(await after(SECOND, send(false, ['a'], { confirmMs: 3_000 }))), [[true, true, null]]);
    });

    it('returns “timeout” if the state does not change in time', async () => {
      settleMs = Infinity;
      const results = await after(3 * SECOND, send(true, ['a'], { confirmMs: 3_000 }));
      assert.deepEqual(reasons(results), [[true, false, 'timeout']]);
    });

    it('returns “unreachable” immediately for an unreachable device', async () => {
      states.set('a', { isOn: false, brightness: 0.2, reachable: false });
      await stage.clock.skip(SECOND);
      await live.ensure(['device'], 0);
      const results = await after(0, send(true, ['a'], { confirmMs: 3_000 }));
      assert.deepEqual(reasons(results), [[true, false, 'unreachable']]);
      assert.equal(puts.length, 1);
    });

    it('polls until the end of the confirmation', async () => {
      await after(SECOND, send(true, ['a'], { confirmMs: 3_000 }));
      assert.ok(stage.take().some((line) => line.includes('/hub/poll')));
      await stage.clock.advance(60 * SECOND);
      assert.ok(!stage.take().some((line) => line.includes('/hub/poll')));
      assert.equal(live.loop.isRunning, false);
    });
  });
});
