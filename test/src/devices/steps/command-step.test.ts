import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import {
  type CommandOutcome,
  CommandStep,
  type CommandRequest,
  MAX_COMMANDS,
} from '../../../../src/devices/steps/command-step.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { byId, device, lamp, type RawDevice, thermometer } from '../support.js';

describe('CommandStep', () => {
  let stage: HubStage;
  let account: Account;
  let step: CommandStep;
  let devices: RawDevice[];
  /** For each PUT, the ids in its body. */
  let puts: string[][];
  let refusedId: string | undefined;
  let putDelayMs: number;

  beforeEach(async () => {
    [stage, step, puts, refusedId, putDelayMs] = [new HubStage(), new CommandStep(), [], undefined, 0];
    devices = [
      lamp('d1', { isOn: false }, { name: 'Kattovalo', room: ['r1'] }),
      lamp('d2', { isOn: false }, { name: 'Lamppu', room: ['r2'] }),
      lamp('d3', { isOn: false }, { name: 'Lamppu', room: ['r2'] }),
      thermometer('d4', { temperature: 78.21 }, { name: 'Mittari', room: ['r1'] }),
    ];
    const lists: Record<string, () => object> = {
      devices: () => byId(...devices),
      groups: () => ({ g1: { id: 'g1', name: 'Kaikki', members: ['d2', 'd3'] } }),
      rooms: () => ({ r1: { id: 'r1', name: 'Sauna' }, r2: { id: 'r2', name: 'Eteinen' } }),
    };
    for (const name of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms']) {
      stage.hub.replies.set(`/${name}`, () => ({ body: JSON.stringify(lists[name]?.() ?? {}) }));
    }
    for (const kind of ['devices', 'groups']) {
      stage.hub.replies.set(`/${kind}/command`, ({ body }) => {
        const ids = (JSON.parse(body ?? '') as { id: string }[]).map(({ id }) => id);
        puts.push(ids);
        return { ...(refusedId !== undefined && ids.includes(refusedId) ? { status: 400 } : {}), delayMs: putDelayMs };
      });
    }
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    await stage.clock.advance(0);
  });
  afterEach(() => stage.end());

  function command(
    target: unknown,
    payload: unknown = true,
    more: Partial<CommandRequest> = {},
  ): Promise<CommandOutcome> {
    const request = {
      ...{ command: parseCommand({}, payload), hub: '', confirmMs: 0 },
      targets: target === undefined ? undefined : parseMessageTargets(target),
      ...more,
    };
    return account.useHomes('command', (homes) => step.run(homes, request));
  }
  const codes = ({ results }: CommandOutcome) => results.map(({ sent, reason }) => [sent, reason]);
  const kattovalo = { hub: 'hub-1', kind: 'device', id: 'd1', name: 'Kattovalo' };

  it('sends a command and returns a result with the found target', async () => {
    const { results, isDone } = await command(' kattovalo ');
    assert.deepEqual(results, [
      { target: kattovalo, sent: true, confirmed: null, reason: null, state: null, ignored: [], clamped: [] },
    ]);
    assert.deepEqual([isDone, new Set(puts.flat())], [true, new Set(['d1'])]);
  });

  it('rejects a missing target, and sends nothing for an empty list', async () => {
    await failure(command(undefined), 'COZIFY_BAD_INPUT');
    const { results, isDone } = await command([]);
    assert.deepEqual([results, isDone, puts], [[], true, []]);
  });

  it('returns one result per target in order, and sends to the others if some are not found', async () => {
    const missing = { name: 'Kellari', room: 'Sauna' };
    const outcome = await command([missing, 'Kattovalo', 'Ei mitään', { id: 'nowhere', hub: 'hub-1' }]);
    assert.deepEqual(
      outcome.results.map(({ target }) => target),
      [missing, kattovalo, 'Ei mitään', { id: 'nowhere', hub: 'hub-1' }],
    );
    const notFound = [false, 'COZIFY_NOT_FOUND'];
    assert.deepEqual(codes(outcome), [notFound, [true, null], notFound, notFound]);
    assert.deepEqual([outcome.isDone, outcome.error?.code], [false, 'COZIFY_NOT_FOUND']);
  });

  it('fails if nothing could be sent', async () => {
    const error = await failure(command(['Kattovala', 'Ei mitään']), 'COZIFY_NOT_FOUND');
    assert.match(error.message, /"Kattovalo"/);
    await failure(command(['Lamppu']), 'COZIFY_BAD_INPUT');
    refusedId = 'd1';
    await failure(command('Kattovalo'), 'COZIFY_API');
    refusedId = undefined;
    stage.lan.clear();
    stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
    await failure(command('Kattovalo'), 'COZIFY_HUB_OFFLINE');
  });

  it('returns COZIFY_API for the one target that the hub refuses', async () => {
    refusedId = 'd2';
    const outcome = await command(['Kattovalo', { id: 'd2' }]);
    assert.deepEqual(codes(outcome), [
      [true, null],
      [false, 'COZIFY_API'],
    ]);
    assert.equal(outcome.isDone, false);
  });

  it('accepts a group or a room as one target, before the devices are loaded', async () => {
    const group = await command({ name: 'Kaikki', kind: 'group' });
    assert.deepEqual(
      group.results.map(({ target, sent }) => [target, sent]),
      [[{ hub: 'hub-1', kind: 'group', id: 'g1', name: 'Kaikki' }, true]],
    );
    puts = [];
    const room = await command({ name: 'Eteinen', kind: 'room' });
    assert.deepEqual(
      room.results.map(({ target, sent }) => [target, sent]),
      [[{ hub: 'hub-1', kind: 'room', id: 'r2', name: 'Eteinen' }, true]],
    );
    assert.deepEqual(
      room.things.map(({ entry }) => entry.id),
      ['d2', 'd3'],
    );
    assert.deepEqual([...new Set(puts.flat())].sort(), ['d2', 'd3']);
  });

  it('sends once to a device that is named twice', async () => {
    const outcome = await command(['Kattovalo', { id: 'd1' }]);
    assert.deepEqual(codes(outcome), [
      [true, null],
      [true, null],
    ]);
    assert.equal(puts.length, 1);
  });

  it('fails for a single device without the field, and ignores the field among several', async () => {
    await failure(command('Mittari', { brightness: 50 }), 'COZIFY_BAD_INPUT');
    const outcome = await command(['Kattovalo', 'Mittari'], { brightness: 50 });
    assert.deepEqual(
      outcome.results.map(({ sent, reason, ignored }) => [sent, reason, ignored]),
      [
        [true, null, []],
        [false, 'COZIFY_BAD_INPUT', ['brightness']],
      ],
    );
    assert.equal(outcome.isDone, false);
    await failure(command(['Mittari', 'Mittari'], { brightness: 50 }), 'COZIFY_BAD_INPUT');
  });

  it('sends to each device the fields that it supports', async () => {
    devices.push(
      device('d5', 'LIGHT', ['ON_OFF', 'CONTROL_LIGHT'], { type: 'STATE_LIGHT', isOn: false }, { name: 'Releevalo' }),
      device('d6', 'HVAC', ['HVAC', 'CONTROL_MODE'], { type: 'STATE_HVAC', mode: 0 }, { name: 'Pumppu' }),
    );
    const number = await command(['Releevalo', 'Kattovalo'], 40);
    assert.deepEqual(
      number.results.map(({ sent, ignored }) => [sent, ignored]),
      [
        [true, ['brightness']],
        [true, []],
      ],
    );
    const mode = await command(['Pumppu', 'Kattovalo'], { mode: 'cool' });
    assert.deepEqual(codes(mode), [
      [true, null],
      [false, 'COZIFY_BAD_INPUT'],
    ]);
    const odd = await command(['Kattovalo', 'Pumppu'], { mode: 'boost' }).catch((error: unknown) => error);
    assert.equal((odd as { code?: string }).code, 'COZIFY_BAD_INPUT');
  });

  it('sends to the reachable hub while another is offline', async () => {
    await stage.end();
    stage = new HubStage();
    const other = stage.addOther();
    for (const name of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms']) {
      const list = name === 'devices' ? byId(lamp('d1', {}, { name: 'Kattovalo' })) : {};
      stage.hub.replies.set(`/${name}`, { body: JSON.stringify(list) });
    }
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
    for (const [host, hub] of stage.lan) if (hub === other) stage.lan.delete(host);
    const outcome = await command(['Kattovalo', { name: 'Mökkivalo', hub: 'hub-2' }]);
    assert.deepEqual(outcome.results[0]?.target, kattovalo);
    assert.deepEqual(codes(outcome), [
      [true, null],
      [false, 'COZIFY_HUB_OFFLINE'],
    ]);
    assert.equal(outcome.isDone, false);
  });

  it('rejects commands over the limit with COZIFY_BUSY until others have finished', async () => {
    putDelayMs = SECOND;
    const toggles = Array.from({ length: MAX_COMMANDS }, () => command('Kattovalo'));
    const all = Promise.allSettled(toggles);
    await failure(command('Kattovalo'), 'COZIFY_BUSY');
    await stage.clock.advance(10 * SECOND);
    assert.deepEqual([...new Set((await all).map(({ status }) => status))], ['fulfilled']);
    putDelayMs = 0;
    assert.equal((await command('Kattovalo')).isDone, true);
  });

  it('returns “timeout” for a sent command that is not confirmed in time', async () => {
    const running = command('Kattovalo', true, { confirmMs: 3 * SECOND });
    await stage.clock.advance(10 * SECOND);
    const { results, isDone } = await running;
    assert.deepEqual(
      results.map(({ sent, confirmed, reason }) => [sent, confirmed, reason]),
      [[true, false, 'timeout']],
    );
    assert.equal(isDone, false);
    assert.equal(results[0]?.state?.['on'], false, 'how it is now');
  });
});
