import assert from 'node:assert/strict';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';
import { AT, byId, HUB, poll, remote, type RawDevice } from '../support.js';
import { each } from '../../../support/each.js';

/**
 * A home with a remote control whose button 1 was pressed an hour ago. Each poll comes a second after the previous
 * poll.
 */
class RemoteFixture {
  readonly clock = new FakeClock();
  readonly home = new HomeCache({ hub: HUB, language: 'fi', clock: this.clock });
  hubTime = AT;
  #remote: RawDevice;

  constructor(state: Record<string, unknown> = {}) {
    this.#remote = remote('rc', state, { timestamp: AT - 3_600_000 });
    this.home.applyPoll(poll(this.hubTime, { devices: byId(this.#remote) }), { isFull: true });
  }

  /**
   * Applies a poll with a changed state of the remote control. Its time stamp is `agoMs` before the time of the answer.
   * Returns the presses that the poll reveals.
   */
  async report(
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
    const outcome = this.home.applyPoll(answer, { isFull: full });
    return (outcome?.presses ?? []).map(({ button, label, press, repeat }) => ({ button, label, press, repeat }));
  }
}

describe('findPress', () => {
  const short = { button: 2, label: 'Alas', press: 'short', repeat: false };

  it('reports a press of a different button with its label', async () => {
    assert.deepEqual(await new RemoteFixture().report({ button: 2 }), [short]);
  });

  it('reports label null for a button without a label', async () => {
    assert.deepEqual(await new RemoteFixture().report({ button: 7 }), [
      { button: 7, label: null, press: 'short', repeat: false },
    ]);
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
    it(`reads ${words.join(' and ')} as ${press}`, async () => {
      const [first] = await new RemoteFixture().report({ modifiers: words });
      assert.deepEqual(first, { button: 1, label: 'Ylös', press, repeat: false });
    });
  }

  it('reports a long press and its release as two presses', async () => {
    const fixture = new RemoteFixture();
    assert.deepEqual((await fixture.report({ modifiers: ['longpress'] })).length, 1);
    assert.deepEqual(await fixture.report({ modifiers: ['stop'] }), [
      { button: 1, label: 'Ylös', press: 'release', repeat: false },
    ]);
  });

  it('ignores the order of modifiers', async () => {
    const fixture = new RemoteFixture({ modifiers: ['a', 'b'] });
    assert.deepEqual(await fixture.report({ modifiers: ['b', 'a'], batteryV: 2.9 }), []);
  });

  it('reports a repeat if only the timestamp changes', async () => {
    const fixture = new RemoteFixture();
    await fixture.report({ button: 2 });
    assert.deepEqual(await fixture.report({}), [{ ...short, repeat: true }]);
    assert.deepEqual(await fixture.report({}), [{ ...short, repeat: true }]);
  });

  const noPress: [title: string, state: object, more?: object][] = [
    ['a battery report', { batteryV: 2.9 }],
    ['a change that rounds to nothing', { batteryV: 3.0001 }],
    ['a new name in the app', {}, { name: 'Uusi nimi' }],
    ['another room in the app', {}, { room: ['r2'] }],
    ['another zone in the app', {}, { zones: ['z'] }],
    ['a device that comes back', { reachable: false }],
  ];
  for (const [title, state, more] of noPress) {
    it(`ignores ${title}`, async () => assert.deepEqual(await new RemoteFixture().report(state, more), []));
  }

  it('ignores an unchanged timestamp', async () => {
    const fixture = new RemoteFixture();
    await fixture.report({ button: 2 });
    assert.deepEqual(await fixture.report({}, { timestamp: fixture.hubTime - 200 }, { agoMs: 0 }), []);
  });

  it('ignores a button that becomes null or -1', async () => {
    for (const button of [null, -1]) assert.deepEqual(await new RemoteFixture().report({ button }), []);
  });

  it('accepts a press up to 15 s older than the answer', async () => {
    assert.equal((await new RemoteFixture().report({ button: 2 }, {}, { agoMs: 15_000 })).length, 1);
    assert.deepEqual(await new RemoteFixture().report({ button: 2 }, {}, { agoMs: 15_001 }), []);
  });

  it('ignores a timestamp in the future, after the hub’s clock was set back', async () => {
    assert.deepEqual(await new RemoteFixture().report({ button: 2 }, {}, { agoMs: -16 * SECOND }), []);
    assert.equal(
      (await new RemoteFixture().report({ button: 2 }, {}, { agoMs: -12 * SECOND })).length,
      1,
      'of a held answer',
    );
  });

  it('reports repeats after the hub’s clock was set back', async () => {
    const fixture = new RemoteFixture();
    assert.equal((await fixture.report({ button: 2 })).length, 1);
    const timestamp = fixture.hubTime - 200;
    fixture.hubTime -= 3_600_000;
    assert.deepEqual(await fixture.report({}, { timestamp }, { full: true }), []);
    assert.deepEqual(await fixture.report({}, { timestamp }), [], 'sent again unchanged');
    for (let time = 0; time < 2; time++) assert.deepEqual(await fixture.report({}), [{ ...short, repeat: true }]);
    assert.deepEqual(await fixture.report({ batteryV: 2.8 }), []);
  });

  it('ignores a device without a timestamp', async () => {
    assert.deepEqual(await new RemoteFixture().report({ button: 2 }, { timestamp: null }), []);
  });

  it('ignores presses in a full answer, and does not report them later', async () => {
    const fixture = new RemoteFixture();
    assert.deepEqual(await fixture.report({ button: 2 }, {}, { full: true }), []);
    assert.deepEqual(await fixture.report({ batteryV: 2.8 }), []);
  });

  it('reports the presses of the last 15 s in a delta after a pause', async () => {
    const fixture = new RemoteFixture();
    assert.equal((await fixture.report({ button: 2 }, {}, { pauseMs: 20_000 })).length, 1);
    assert.deepEqual(await fixture.report({ button: 1 }, {}, { pauseMs: 20_000, agoMs: 15_001 }), []);
  });

  it('does not count held polls without changes as a pause', async () => {
    const fixture = new RemoteFixture();
    for (let held = 0; held < 4; held++) {
      await fixture.clock.advance(12_000);
      fixture.hubTime += 12_000;
      fixture.home.noteUnchanged();
    }
    assert.equal((await fixture.report({ button: 2 })).length, 1);
  });

  it('reports two presses in one answer', () => {
    const fixture = new RemoteFixture();
    const [one, two] = [2, 1].map((button) => ({
      type: 'DEVICE_DELTA',
      devices: byId(remote('rc', { button }, { timestamp: AT })),
    }));
    const answer = { type: 'POLL_DELTA', timestamp: AT + 500, polls: [one, two] };
    const outcome = fixture.home.applyPoll(answer, { isFull: false });
    assert.deepEqual(each(outcome?.presses ?? [], 'button'), [2, 1]);
    assert.deepEqual(each(outcome?.changes ?? [], 'changed'), []);
  });

  it('ignores the button of an added remote control', () => {
    const fixture = new RemoteFixture();
    const answer = poll(AT + 500, { devices: byId(remote('new', { button: 1 })) });
    const outcome = fixture.home.applyPoll(answer, { isFull: false });
    assert.deepEqual(outcome?.presses, []);
    assert.deepEqual(each(outcome?.changes ?? [], 'events'), [['added']]);
  });
});
