import assert from 'node:assert/strict';
import type { CommandOutcome } from '../../../../src/devices/steps/command-step.js';
import { MINUTE, SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { HomeStage, LISTS } from '../home-stage.js';

/**
 * Longest time that a command waits for an earlier command whose list request gets no answer: 5 s for the list, 1 s for
 * the room names in an error about an ambiguous name, and a margin.
 */
const HELD_MS = 6.5 * SECOND;
/** A list request that gets no answer has failed after this time. */
const LOST_MS = 25 * SECOND;

describe('A list that hangs', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    stage.koti.groups['Kaikki'] = ['a', 'b'];
    for (const id of ['d', 'e']) {
      stage.koti.lamps.set(id, { isOn: false, brightness: 1, reachable: true });
      stage.koti.odd.set(id, { name: 'Kaksi' });
    }
    await stage.start();
  });
  afterEach(() => stage.end());

  const types = (): string[] =>
    stage.koti.puts.flatMap(([, elements]) => elements.map(({ id, type }) => `${id} ${type}`));
  const scene = { name: 'Ilta', kind: 'scene' };
  const group = { name: 'Kaikki', kind: 'group' };
  const lampC = { id: 'c', kind: 'device' };

  /** Loads all lists, and lets the cache become 10 s old. */
  const warmUp = async (): Promise<void> => {
    const live = stage.account.homes.of('hub-1');
    const kinds = ['device', 'group', 'scene', 'rule', 'room', 'alarm'] as const;
    await stage.after(SECOND, live.ensure(kinds, 0));
    await stage.clock.skip(10 * SECOND);
  };

  const isDoneBeside = async (first: Promise<CommandOutcome>, ms = HELD_MS): Promise<boolean> => {
    void first.catch(() => undefined);
    const beside = stage.command(lampC, true);
    assert.ok(await stage.endsWithin(ms, beside), 'the command beside it waits');
    return (await beside).isDone;
  };

  for (const list of LISTS.filter((one) => one !== 'devices')) {
    for (const target of ['Ei mitään', scene, group, 'Kaikki', { name: 'Kaksi' }, { name: 'Sauna', kind: 'room' }]) {
      it(`does not block a lamp after a command to ${JSON.stringify(target)}: ${list}`, async () => {
        stage.koti.failing.set(list, 'hang');
        const first = stage.command(target, true);
        assert.ok(await isDoneBeside(first));
        assert.ok(await stage.endsWithin(LOST_MS, first), 'the command itself has no end');
      });
    }
  }

  it('blocks a lamp after a toggle until the poll for the toggle has failed', async () => {
    await warmUp();
    stage.koti.failing.set('devices', 'hang');
    const toggle = stage.command({ id: 'a', kind: 'device' }, 'toggle');
    assert.ok(await isDoneBeside(toggle, LOST_MS));
    await failure(stage.after(LOST_MS, toggle), 'COZIFY_UNREACHABLE');
  });

  it('blocks a lamp after a refused command until the poll for that command has failed', async () => {
    await warmUp();
    stage.koti.refused.add('a');
    stage.koti.failing.set('devices', 'hang');
    const refused = stage.command({ id: 'a', kind: 'device' }, true);
    await stage.clock.advance(0);
    assert.ok(await isDoneBeside(refused, LOST_MS));
    await failure(stage.after(LOST_MS, refused), 'COZIFY_API');
  });

  it('delays many commands no longer than one command', async () => {
    stage.koti.failing.set('scenes', 'hang');
    const all = Array.from({ length: 20 }, (_, index) => [
      stage.command(scene, index % 2 === 0).catch(() => undefined),
      stage.command(lampC, index % 2 === 0),
    ]);
    const lamps = Promise.all(all.flatMap(([, lamp]) => (lamp === undefined ? [] : [lamp])));
    assert.ok(await stage.endsWithin(HELD_MS, lamps));
    await stage.after(LOST_MS, Promise.all(all.flat()));
  });

  it('does not delay the error for an ambiguous name beyond 1.5 s', async () => {
    await warmUp();
    await stage.clock.skip(11 * MINUTE);
    stage.koti.failing.set('rooms', 'hang');
    const two = stage.command({ name: 'Kaksi', kind: 'device' }, true);
    assert.ok(await stage.endsWithin(1.5 * SECOND, two));
    await failure(two, 'COZIFY_BAD_INPUT');
  });

  describe('and arrives later', () => {
    /** Delays the list of groups by this time. */
    const comesAfter = (ms: number): unknown => stage.koti.failing.set('groups', { ...groups(), delayMs: ms });
    const groups = () => ({ body: JSON.stringify({ g1: { id: 'g1', name: 'Kaikki', members: ['a', 'b'] } }) });

    it('keeps the order of commands', async () => {
      comesAfter(4.5 * SECOND);
      const lamp = { id: 'a', kind: 'device' };
      const all = [stage.command(group, true), stage.command(lampC, true), stage.command(lamp, false)];
      await stage.after(10 * SECOND, Promise.all(all));
      assert.deepEqual(types(), ['g1 CMD_GROUP_ON', 'c CMD_DEVICE_ON', 'a CMD_DEVICE_OFF']);
      assert.equal(stage.account.homes.isSending, false);
    });

    it('keeps the order of commands and raw requests', async () => {
      comesAfter(4.5 * SECOND);
      const first = stage.command(group, true);
      const body = JSON.stringify([{ id: 'b', type: 'CMD_DEVICE_OFF' }]);
      const request = stage.account.request('', { method: 'PUT', path: 'devices/command', body });
      const last = stage.command(lampC, true);
      await stage.after(10 * SECOND, Promise.all([first, request, last]));
      assert.deepEqual(types(), ['g1 CMD_GROUP_ON', 'b CMD_DEVICE_OFF', 'c CMD_DEVICE_ON']);
    });

    it('keeps the order of toggles and other commands', async () => {
      await warmUp();
      const devices = JSON.stringify(stage.koti.lists().devices);
      stage.koti.failing.set('devices', { body: devices, delayMs: 4.5 * SECOND });
      const all = [
        stage.command({ id: 'b', kind: 'device' }, 'toggle'),
        stage.command({ id: 'a', kind: 'device' }, 'toggle'),
        stage.command({ id: 'a', kind: 'device' }, false),
      ];
      await stage.after(10 * SECOND, Promise.all(all));
      assert.deepEqual(types(), ['b CMD_DEVICE_ON', 'a CMD_DEVICE_ON', 'a CMD_DEVICE_OFF']);
    });

    it('fails the command after 5 s, and sends nothing for it', async () => {
      comesAfter(6 * SECOND);
      const first = failure(stage.command(group, true), 'COZIFY_HUB_OFFLINE');
      const second = stage.command({ id: 'a', kind: 'device' }, false);
      await stage.clock.advance(HELD_MS);
      assert.match((await first).message, /did not send its list of groups within 5 s/);
      assert.equal((await second).isDone, true);
      await stage.clock.advance(30 * SECOND);
      assert.deepEqual(types(), ['a CMD_DEVICE_OFF']);
    });

    it('fails the command with COZIFY_CLOSED if the account is closed', async () => {
      comesAfter(4.5 * SECOND);
      const first = failure(stage.command(group, true), 'COZIFY_CLOSED');
      await stage.clock.advance(1 * SECOND);
      await stage.close(stage.fixture as never);
      await first;
    });
  });
});
