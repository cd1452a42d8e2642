import assert from 'node:assert/strict';
import type { Change } from '../../../../src/devices/things/changes.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';
import { AT, byId, HUB, lamp, poll } from '../support.js';

/** Invalid responses to a request for a list. */
const JUNK: readonly unknown[] = [
  ['a', 'b'],
  [null],
  [{ name: 'no id' }],
  { '': {} },
  { error: 'busy' },
  { x: 1, y: 'z' },
  { x: {} },
  [{ id: 'a', timestamp: AT }],
];

describe('An unreadable list', () => {
  let clock: FakeClock;
  let home: HomeCache;

  beforeEach(async () => {
    clock = new FakeClock();
    home = new HomeCache({ hub: HUB, language: 'fi', clock });
    home.applyPoll(poll(AT, { devices: byId(lamp('a'), lamp('b')) }, true), { isFull: true });
    await clock.advance(20 * SECOND);
  });

  const idsOf = (changes: readonly Change[] = []): string[] => changes.map(({ entry }) => entry.id);

  for (const junk of JUNK) {
    const name = JSON.stringify(junk);

    it(`removes no devices, even if repeated: ${name}`, () => {
      for (const time of [1, 2, 3]) {
        const outcome = home.applyPoll(poll(AT + time, { devices: junk }, true), { isFull: true });
        assert.deepEqual(idsOf(outcome?.changes), []);
        assert.equal(home.load('device', junk), undefined, 'not accepted');
        assert.equal(home.ageMs('device'), 20 * SECOND, 'the age continues');
      }
      assert.equal(home.things.list('device').length, 2);
    });

    it(`is not accepted as the first list of a home: ${name}`, () => {
      home = new HomeCache({ hub: HUB, language: 'fi', clock });
      const first = home.applyPoll(poll(AT, { devices: junk }, true), { isFull: true });
      assert.equal(first?.isFirst, false);
      const second = home.applyPoll(poll(AT + 1, { devices: byId(lamp('a')) }, true), { isFull: true });
      assert.deepEqual([second?.isFirst, idsOf(second?.changes)], [true, []]);
    });
  }

  it('is treated as empty if all its entries are null, which is accepted only after 2 minutes', async () => {
    const gone = { a: null, b: null };
    assert.deepEqual(idsOf(home.load('device', gone)), []);
    await clock.advance(120 * SECOND);
    assert.deepEqual(idsOf(home.load('device', gone)), ['a', 'b']);
  });

  for (const isKnown of [true, false]) {
    it(`fails a fresh read${isKnown ? '' : ' without a cache'}`, async () => {
      const subscribed = new SubscribedHome();
      const { stage } = subscribed;
      await stage.client();
      await stage.clock.advance(0);
      if (isKnown) await subscribed.account.read({ kinds: ['device'] });
      await stage.clock.advance(15 * SECOND);
      stage.hub.intercept = ({ path, answer }) =>
        path.includes('/hub/poll') ? { body: '{"error":"busy"}' } : answer();
      for (const query of [
        { targets: subscribed.lamp, fresh: true },
        { kinds: ['device'], fresh: true },
      ] as const) {
        const read = subscribed.account.read(query);
        const failure = assert.rejects(read, { code: 'COZIFY_BAD_ANSWER' });
        await stage.clock.advance(20 * SECOND);
        await failure;
      }
      await subscribed.end();
    });
  }

  it('does not block commands to a cached lamp', async () => {
    const subscribed = new SubscribedHome();
    await subscribed.start();
    subscribed.leave();
    subscribed.stage.hub.intercept = ({ path, answer }) =>
      path.includes('/hub/poll') ? { body: '["a","b"]' } : answer();
    for (const on of [true, false]) {
      await subscribed.stage.clock.advance(11 * 60 * SECOND);
      const report = subscribed.account.command({ id: subscribed.lamp }, on);
      await subscribed.stage.clock.advance(5 * SECOND);
      assert.deepEqual([(await report).isDone, subscribed.house.device(subscribed.lamp).state['isOn']], [true, on]);
    }
    await subscribed.end();
  });
});
