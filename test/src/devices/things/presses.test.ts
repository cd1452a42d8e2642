import assert from 'node:assert/strict';
import { Home } from '../../../../src/devices/home/home.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';
import { AT, byId, HUB, poll, remote, type RawDevice } from '../support.js';

/** A home with a remote control whose button 1 was pressed an hour ago, polled each second from then on. */
class Wall {
  readonly clock = new FakeClock();
  readonly home = new Home({ hub: HUB, language: 'fi', clock: this.clock });
  hubTime = AT;
  #remote: RawDevice;

  constructor(state: Record<string, unknown> = {}) {
    this.#remote = remote('rc', state, { timestamp: AT - 3_600_000 });
    this.home.applyPoll(poll(this.hubTime, { devices: byId(this.#remote) }), { isResync: true });
  }

  /** The hub tells of the remote control: what changed in its state and in itself, stamped `agoMs` before the answer. */
  async tell(
    state: object,
    more: object = {},
    { agoMs = 200, pauseMs = SECOND, full = false } = {},
  ): Promise<object[]> {
    await this.clock.advance(pauseMs);
    this.hubTime += pauseMs;
    const timestamp = this.hubTime - agoMs;
    const merged = { ...this.#remote.state, lastSeen: timestamp, ...state };
    this.#remote = { ...this.#remote, timestamp, ...more, state: merged };
    const answer = poll(this.hubTime, { devices: byId(this.#remote) }, full);
    const outcome = this.home.applyPoll(answer, { isResync: full });
    return (outcome?.presses ?? []).map(({ button, label, press, repeat }) => ({ button, label, press, repeat }));
  }
}

describe('presses', () => {
  const short = { button: 2, label: 'Alas', press: 'short', repeat: false };

  it('another button is a press, with what the device calls it', async () => {
    assert.deepEqual(await new Wall().tell({ button: 2 }), [short]);
  });

  it('a button without a name has no label', async () => {
    assert.deepEqual(await new Wall().tell({ button: 7 }), [{ button: 7, label: null, press: 'short', repeat: false }]);
  });

  const modifiers: [words: string[], press: string][] = [
    [['longpress'], 'long'],
    [['stop'], 'release'],
    [['longpress', 'stop'], 'release'],
    [['toggle'], 'toggle'],
    [['full_on'], 'full'],
    [['unheard_of'], 'short'],
  ];
  for (const [words, press] of modifiers) {
    it(`${words.join(' and ')} is ${press}`, async () => {
      const [told] = await new Wall().tell({ modifiers: words });
      assert.deepEqual(told, { button: 1, label: 'Ylös', press, repeat: false });
    });
  }

  it('a long press and its release are two presses of one button', async () => {
    const wall = new Wall();
    assert.deepEqual((await wall.tell({ modifiers: ['longpress'] })).length, 1);
    assert.deepEqual(await wall.tell({ modifiers: ['stop'] }), [
      { button: 1, label: 'Ylös', press: 'release', repeat: false },
    ]);
  });

  it('the order of modifiers is no press', async () => {
    const wall = new Wall({ modifiers: ['a', 'b'] });
    assert.deepEqual(await wall.tell({ modifiers: ['b', 'a'], batteryV: 2.9 }), []);
  });

  it('the same button again, told by the timestamp alone, is a repeat', async () => {
    const wall = new Wall();
    await wall.tell({ button: 2 });
    assert.deepEqual(await wall.tell({}), [{ ...short, repeat: true }]);
    assert.deepEqual(await wall.tell({}), [{ ...short, repeat: true }]);
  });

  const noPress: [what: string, state: object, more?: object][] = [
    ['a battery report', { batteryV: 2.9 }],
    ['a change that rounds to nothing', { batteryV: 3.0001 }],
    ['a new name in the app', {}, { name: 'Uusi nimi' }],
    ['another room in the app', {}, { room: ['r2'] }],
    ['another zone in the app', {}, { zones: ['z'] }],
    ['a device that comes back', { reachable: false }],
  ];
  for (const [what, state, more] of noPress) {
    it(`${what} is none`, async () => assert.deepEqual(await new Wall().tell(state, more), []));
  }

  it('a timestamp that did not grow is none', async () => {
    const wall = new Wall();
    await wall.tell({ button: 2 });
    assert.deepEqual(await wall.tell({}, { timestamp: wall.hubTime - 200 }, { agoMs: 0 }), []);
  });

  it('a button that goes away is none', async () => {
    for (const button of [null, -1]) assert.deepEqual(await new Wall().tell({ button }), []);
  });

  it('a device’s timestamp 15 s before the answer’s still counts, a longer time does not', async () => {
    assert.equal((await new Wall().tell({ button: 2 }, {}, { agoMs: 15_000 })).length, 1);
    assert.deepEqual(await new Wall().tell({ button: 2 }, {}, { agoMs: 15_001 }), []);
  });

  it('a timestamp that is in the future, because the hub’s clock went back since, is no press of now', async () => {
    assert.deepEqual(await new Wall().tell({ button: 2 }, {}, { agoMs: -16 * SECOND }), []);
    assert.equal((await new Wall().tell({ button: 2 }, {}, { agoMs: -12 * SECOND })).length, 1, 'of a held answer');
  });

  it('the first repeated one after the hub’s clock went back counts, though what is known is from its future', async () => {
    const wall = new Wall();
    assert.equal((await wall.tell({ button: 2 })).length, 1);
    const timestamp = wall.hubTime - 200;
    wall.hubTime -= 3_600_000;
    assert.deepEqual(await wall.tell({}, { timestamp }, { full: true }), []);
    assert.deepEqual(await wall.tell({}, { timestamp }), [], 'it is told again');
    for (let time = 0; time < 2; time++) assert.deepEqual(await wall.tell({}), [{ ...short, repeat: true }]);
    assert.deepEqual(await wall.tell({ batteryV: 2.8 }), []);
  });

  it('a device without a timestamp has none', async () => {
    assert.deepEqual(await new Wall().tell({ button: 2 }, { timestamp: null }), []);
  });

  it('a full answer has none, and what it tells is no press afterwards', async () => {
    const wall = new Wall();
    assert.deepEqual(await wall.tell({ button: 2 }, {}, { full: true }), []);
    assert.deepEqual(await wall.tell({ batteryV: 2.8 }), []);
  });

  it('the first answer after a pause of more than 15 s has none, the next has', async () => {
    const wall = new Wall();
    assert.deepEqual(await wall.tell({ button: 2 }, {}, { pauseMs: 15_001 }), []);
    assert.equal((await wall.tell({ button: 1 })).length, 1);
    assert.equal((await wall.tell({ button: 2 }, {}, { pauseMs: 15_000 })).length, 1);
  });

  it('polls that were held and brought nothing are no pause', async () => {
    const wall = new Wall();
    for (let held = 0; held < 4; held++) {
      await wall.clock.advance(12_000);
      wall.hubTime += 12_000;
      wall.home.noteUnchanged();
    }
    assert.equal((await wall.tell({ button: 2 })).length, 1);
  });

  it('two presses in one answer are two', () => {
    const wall = new Wall();
    const [one, two] = [2, 1].map((button) => ({
      type: 'DEVICE_DELTA',
      devices: byId(remote('rc', { button }, { timestamp: AT })),
    }));
    const answer = { type: 'POLL_DELTA', timestamp: AT + 500, polls: [one, two] };
    const outcome = wall.home.applyPoll(answer, { isResync: false });
    assert.deepEqual(
      outcome?.presses.map(({ button }) => button),
      [2, 1],
    );
    assert.deepEqual(
      outcome?.changes.map(({ changed }) => changed),
      [],
    );
  });

  it('a remote control that is new has none', () => {
    const wall = new Wall();
    const answer = poll(AT + 500, { devices: byId(remote('new', { button: 1 })) });
    const outcome = wall.home.applyPoll(answer, { isResync: false });
    assert.deepEqual(outcome?.presses, []);
    assert.deepEqual(
      outcome?.changes.map(({ events }) => events),
      [['added']],
    );
  });
});
