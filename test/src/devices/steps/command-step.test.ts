import assert from 'node:assert/strict';
import { type CommandOutcome, MAX_COMMANDS } from '../../../../src/devices/steps/command-step.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { ends, HomeStage } from '../home-stage.js';

describe('CommandStep', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    const { groups, lamps, odd } = stage.koti;
    groups['Kaikki'] = ['b', 'c'];
    odd.set('a', { name: 'Kattovalo' });
    for (const id of ['b', 'c']) odd.set(id, { name: 'Lamppu' });
    lamps.set('d', { isOn: false, brightness: 0, reachable: true });
    const meter = { capabilities: ['TEMPERATURE'], state: { type: 'STATE_MULTI_SENSOR', temperature: 78.21 } };
    odd.set('d', { name: 'Mittari', type: 'MULTI_SENSOR', ...meter });
    await stage.start();
  });
  afterEach(() => stage.end());

  const command = (...args: Parameters<HomeStage['command']>): Promise<CommandOutcome> => stage.command(...args);
  const codes = (outcome: CommandOutcome) => ends(outcome).map(([sent, , reason]) => [sent, reason]);
  const kattovalo = { hub: 'hub-1', kind: 'device', id: 'a', name: 'Kattovalo' };

  it('sends a command and returns a result with the found target', async () => {
    const { results, isDone } = await command(' kattovalo ');
    assert.deepEqual(results, [
      { target: kattovalo, sent: true, confirmed: null, reason: null, state: null, ignored: [], clamped: [] },
    ]);
    assert.deepEqual([isDone, stage.koti.sent], [true, ['a']]);
  });

  it('rejects a missing target, and sends nothing for an empty list', async () => {
    await failure(command(undefined), 'COZIFY_BAD_INPUT');
    const { results, isDone } = await command([]);
    assert.deepEqual([results, isDone, stage.koti.puts], [[], true, []]);
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
    stage.koti.refused.add('a');
    await failure(command('Kattovalo'), 'COZIFY_API');
    stage.koti.refused.clear();
    stage.lan.clear();
    stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
    await failure(command('Kattovalo'), 'COZIFY_HUB_OFFLINE');
  });

  it('accepts a group or a room as one target, before the devices are loaded', async () => {
    const group = await command({ name: 'Kaikki', kind: 'group' });
    assert.deepEqual(
      group.results.map(({ target, sent }) => [target, sent]),
      [[{ hub: 'hub-1', kind: 'group', id: 'Kaikki', name: 'Kaikki' }, true]],
    );
    stage.koti.puts.length = 0;
    const room = await command({ name: 'Sauna', kind: 'room' });
    assert.deepEqual(
      room.results.map(({ target, sent }) => [target, sent]),
      [[{ hub: 'hub-1', kind: 'room', id: 'r1', name: 'Sauna' }, true]],
    );
    assert.deepEqual(
      room.things.map(({ entry }) => entry.id),
      ['a', 'b', 'c'],
    );
    assert.deepEqual(stage.koti.sent, ['a+b+c']);
  });

  it('sends once to a device that is named twice', async () => {
    const outcome = await command(['Kattovalo', { id: 'a' }]);
    assert.deepEqual(codes(outcome), [
      [true, null],
      [true, null],
    ]);
    assert.equal(stage.koti.puts.length, 1);
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

  it('rejects commands over the limit with COZIFY_BUSY until others have finished', async () => {
    stage.koti.putDelayMs = SECOND;
    const toggles = Array.from({ length: MAX_COMMANDS }, () => command('Kattovalo'));
    const all = Promise.allSettled(toggles);
    await failure(command('Kattovalo'), 'COZIFY_BUSY');
    await stage.clock.advance(10 * SECOND);
    assert.deepEqual([...new Set((await all).map(({ status }) => status))], ['fulfilled']);
    stage.koti.putDelayMs = 0;
    assert.equal((await command('Kattovalo')).isDone, true);
  });

  it('returns “timeout” for a sent command that is not confirmed in time', async () => {
    stage.koti.settleMs = Infinity;
    const running = command('Kattovalo', true, { confirmMs: 3 * SECOND });
    await stage.clock.advance(10 * SECOND);
    const outcome = await running;
    const { results, isDone } = outcome;
    assert.deepEqual([ends(outcome), isDone], [[[true, false, 'timeout']], false]);
    assert.equal(results[0]?.state?.['on'], false, 'how it is now');
  });
});
