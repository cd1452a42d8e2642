import assert from 'node:assert/strict';
import type { Change } from '../../../../src/devices/things/changes.js';
import { Home } from '../../../../src/devices/home/home.js';
import { HeardHome } from '../../hub/support/heard-home.js';
import { FakeClock, HOUR, SECOND } from '../../support/fake-clock.js';
import { AT, byId, HUB, lamp, poll, type RawDevice, remote } from '../support.js';

describe('An answer to an older request', () => {
  let clock: FakeClock;
  let home: Home;

  beforeEach(async () => {
    clock = new FakeClock();
    home = new Home({ hub: HUB, language: 'fi', clock });
    full([one('a', { isOn: false }), one('b')]);
    await clock.advance(SECOND);
  });

  /** Returns a lamp that changed at this offset from the start. */
  const one = (id: string, state: object = {}, changedMs = 0): RawDevice =>
    lamp(id, { ...state }, { timestamp: AT + changedMs });
  const told = (changes: readonly Change[] = []): string[] =>
    changes.map(({ entry, events, state }) => `${entry.id} ${events.join()} ${String(state['on'])}`);
  const part = (atMs: number, devices: object, askedAt = clock.monotonic()): string[] =>
    told(home.applyPoll(poll(AT + atMs, { devices }), { isResync: false, askedAt })?.changes);
  const full = (devices: RawDevice[], atMs = 0, askedAt = clock.monotonic()): string[] =>
    told(home.applyPoll(poll(AT + atMs, { devices: byId(...devices) }, true), { isResync: true, askedAt })?.changes);
  const list = (devices: RawDevice[], askedAt: number): string[] =>
    told(home.load('device', byId(...devices), askedAt));

  it('does not remove a device that a newer poll has added', async () => {
    const askedAt = clock.monotonic();
    await clock.advance(500);
    assert.deepEqual(part(1500, byId(one('c', {}, 1400))), ['c added true']);
    await clock.advance(500);
    assert.deepEqual(list([one('a', { isOn: false }), one('b')], askedAt), []);
    await clock.advance(SECOND);
    assert.deepEqual(
      list([one('a', { isOn: false }), one('b')], clock.monotonic()),
      ['c removed true'],
      'a newer list',
    );
  });

  it('does not restore a device that a newer poll has removed', async () => {
    const askedAt = clock.monotonic();
    await clock.advance(500);
    assert.deepEqual(part(1500, { b: null }), ['b removed true']);
    await clock.advance(500);
    assert.deepEqual(list([one('a', { isOn: false }), one('b')], askedAt), []);
    await clock.advance(SECOND);
    assert.deepEqual(
      list([one('a', { isOn: false }), one('b')], clock.monotonic()),
      ['b added true'],
      'a newer one does',
    );
  });

  it('adds and removes devices that no newer poll contained', async () => {
    const askedAt = clock.monotonic();
    await clock.advance(500);
    part(1500, byId(one('a', { isOn: true }, 1400)));
    await clock.advance(500);
    assert.deepEqual(list([one('a', { isOn: false }), one('c')], askedAt), ['b removed true', 'c added true']);
  });

  it('does not restore a device that a newer list lacks', async () => {
    const askedAt = clock.monotonic();
    await clock.advance(500);
    assert.deepEqual(list([one('a', { isOn: false })], clock.monotonic()), ['b removed true']);
    await clock.advance(300);
    assert.deepEqual(part(1100, byId(one('b', { isOn: false }, 1050)), askedAt), []);
    await clock.advance(SECOND);
    assert.deepEqual(part(2800, byId(one('b', {}, 2700))), ['b added true'], 'a newer one does');
  });

  it('does not remove a device that a newer list contains', async () => {
    assert.deepEqual(part(500, { b: null }), ['b removed true']);
    await clock.advance(SECOND);
    const askedAt = clock.monotonic();
    await clock.advance(500);
    const both = [one('a', { isOn: false }), one('b', {}, 2300)];
    assert.deepEqual(list(both, clock.monotonic()), ['b added true']);
    await clock.advance(300);
    assert.deepEqual(part(2100, { b: null }, askedAt), []);
    await clock.advance(SECOND);
    assert.deepEqual(part(3800, { b: null }), ['b removed true'], 'a newer one does');
  });

  it('updates a device from a newer list if its own timestamp is newer', async () => {
    const askedAt = clock.monotonic();
    await clock.advance(500);
    const all = [one('a', { isOn: false }), one('b'), one('c', {}, 1400)];
    assert.deepEqual(list(all, clock.monotonic()), ['c added true']);
    await clock.advance(300);
    assert.deepEqual(part(1750, byId(one('c', { isOn: false }, 1700)), askedAt), ['c changed false']);
  });

  it('updates a lamp that had not changed since the clock of the hub went back', async () => {
    full([one('a', { isOn: false }), one('b')], 1000 - HOUR);
    await clock.advance(SECOND);
    const askedAt = clock.monotonic();
    await clock.advance(500);
    part(2500 - HOUR, {});
    await clock.advance(500);
    assert.deepEqual(list([one('a', { isOn: true }, 2700 - HOUR), one('b')], askedAt), ['a changed true']);
  });

  it('emits a press once after the clock of the hub went back', async () => {
    const pressed = (atMs: number, changedMs: number, askedAt: number): number => {
      const devices = byId(remote('r', { button: 1 }, { timestamp: AT + changedMs }));
      const options = { isResync: false, askedAt };
      return home.applyPoll(poll(AT + atMs, { devices }), options)?.presses.length ?? 0;
    };
    const unpressed = remote('r', { button: 1 }, { timestamp: AT });
    full([unpressed], 1000 - HOUR);
    await clock.advance(SECOND);
    const askedAt = clock.monotonic();
    await clock.advance(100);
    list([unpressed], clock.monotonic());
    await clock.advance(400);
    assert.equal(pressed(2500 - HOUR, 2300 - HOUR, askedAt), 1);
    await clock.advance(SECOND);
    assert.equal(pressed(3500 - HOUR, 2300 - HOUR, clock.monotonic()), 0, 'the hub repeats the press');
  });

  for (const isFull of [false, true]) {
    const late = (isOn: boolean, changedMs: number, atMs: number, askedAt: number): string[] => {
      const device = one('a', { isOn }, changedMs);
      return isFull ? full([device, one('b')], atMs, askedAt) : part(atMs, byId(device), askedAt);
    };

    describe(`by a poll${isFull ? ' of everything' : ''}`, () => {
      it('does not overwrite a newer state of a list', async () => {
        const askedAt = clock.monotonic();
        await clock.advance(500);
        assert.deepEqual(list([one('a', { isOn: true }, 1400), one('b')], clock.monotonic()), ['a changed true']);
        await clock.advance(SECOND);
        assert.deepEqual(late(false, 0, 1000, askedAt), []);
        assert.deepEqual(late(true, 1400, 2500, clock.monotonic()), []);
      });

      it('overwrites an older state of a list after a held poll', async () => {
        const askedAt = clock.monotonic();
        await clock.advance(500);
        list([one('a', { isOn: false }), one('b')], clock.monotonic());
        await clock.advance(8 * SECOND);
        assert.deepEqual(late(true, 9000, 9100, askedAt), ['a changed true']);
      });

      it('overwrites the state of a list long after the clock of the hub went back', async () => {
        full([one('a', { isOn: false }), one('b')], 1000 - HOUR);
        await clock.advance(SECOND);
        const askedAt = clock.monotonic();
        await clock.advance(500);
        list([one('a', { isOn: false }), one('b')], clock.monotonic());
        await clock.advance(SECOND);
        assert.deepEqual(late(true, 3000 - HOUR, 3100 - HOUR, askedAt), ['a changed true']);
        // Later timestamps are comparable again.
        const askedNext = clock.monotonic();
        await clock.advance(500);
        list([one('a', { isOn: false }, 3800 - HOUR), one('b')], clock.monotonic());
        await clock.advance(SECOND);
        assert.deepEqual(late(true, 3000 - HOUR, 3600 - HOUR, askedNext), []);
      });

      it('overwrites the state of a list after the clock of the hub went back', async () => {
        const askedAt = clock.monotonic();
        await clock.advance(500);
        list([one('a', { isOn: false }), one('b')], clock.monotonic());
        await clock.advance(SECOND);
        assert.deepEqual(late(true, 1200 - HOUR, 1500 - HOUR, askedAt), ['a changed true']);
      });
    });
  }
});

describe('A slow poll', () => {
  it('does not revert a lamp that was switched and read during the poll', async () => {
    const home = new HeardHome();
    const { stage } = home;
    await home.begin();
    await stage.clock.advance(5 * SECOND);
    let isSlow = true;
    stage.hub.between = async ({ path, answer }) => {
      const reply = await answer();
      const isPoll = path.includes('/hub/poll') && typeof reply === 'object';
      return isPoll && isSlow ? { ...reply, delayMs: 1500 } : reply;
    };
    home.house.change(home.lamp, { brightness: 0.33 });
    stage.take();
    await home.untilSo(() => stage.asked.length > 0, 2 * SECOND);
    isSlow = false;
    await stage.clock.advance(200);
    home.changes.splice(0);
    home.switch();
    await stage.clock.advance(100);
    await home.account.read({ kinds: ['device'], fresh: true });
    await stage.clock.advance(6 * SECOND);
    assert.equal(home.changes.length, 1);
    await home.end();
  });

  for (const byMs of [30 * SECOND, HOUR]) {
    it(`emits a change after a read, with the clock of the hub set back by ${byMs / SECOND} s`, async () => {
      const home = new HeardHome();
      const { clock, hub } = home.stage;
      await home.begin();
      home.switch();
      await clock.advance(SECOND);
      home.house.shiftClock(-byMs);
      await clock.advance(2 * SECOND);
      // The hub collects its changes only after the delay.
      hub.between = async ({ path, answer }) => {
        if (path.includes('/hub/poll')) await new Promise<void>((resolve) => clock.setTimeout(resolve, 900));
        return answer();
      };
      await clock.advance(5 * SECOND);
      home.stage.take();
      await home.untilSo(() => home.stage.asked.length > 0, 2 * SECOND);
      await clock.advance(100);
      void home.account.read({ kinds: ['device'], fresh: true });
      await clock.advance(300);
      home.changes.splice(0);
      home.switch();
      await home.untilSo(() => home.changes.length > 0, 5 * SECOND);
      await home.end();
    });
  }
});
