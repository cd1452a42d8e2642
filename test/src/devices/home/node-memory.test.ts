import assert from 'node:assert/strict';
import { Home } from '../../../../src/devices/home/home.js';
import type { Known } from '../../../../src/devices/home/node-memory.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';
import { AT, byId, HUB, lamp, poll } from '../support.js';

const KNOWN: Known = { kinds: new Set(['device']), standing: new Map() };

describe('what a listener knew', () => {
  let clock: FakeClock;
  let home: Home;
  let hubTime: number;

  beforeEach(() => {
    clock = new FakeClock();
    home = new Home({ hub: HUB, language: 'fi', clock });
    hubTime = AT;
    hear(lamp('a'), lamp('b'));
  });

  function hear(...lamps: ReturnType<typeof lamp>[]): void {
    const isResync = !home.hasPolled;
    assert.ok(home.applyPoll(poll((hubTime += 10), { devices: byId(...lamps) }, isResync), { isResync }));
  }
  const leave = (id = 'n1', settings = '{}'): void => home.memories.leave(id, settings, KNOWN);
  const take = (id = 'n1', settings = '{}') =>
    home.memories.take(id, settings, (kind, of) => home.things.get(kind, of));
  const missed = (id = 'n1'): string[] | undefined =>
    take(id)?.changes.map(({ entry, changed }) => `${entry.id} ${changed.join(' ')}`);

  it('is taken once, by the same id with the same settings', () => {
    leave();
    assert.equal(take('n2'), undefined);
    assert.deepEqual([...(take()?.kinds ?? [])], ['device']);
    assert.equal(take(), undefined);
    leave();
    assert.equal(take('n1', '{"own":false}'), undefined);
    assert.equal(take(), undefined, 'it was set to something else meanwhile');
  });

  it('is kept for a minute', async () => {
    leave();
    await clock.advance(60 * SECOND);
    assert.ok(take());
    leave();
    await clock.advance(60 * SECOND + 1);
    assert.equal(take(), undefined);
  });

  it('has what changed since for each that left, whenever that was', () => {
    leave('n1');
    leave('n2');
    hear(lamp('a', { isOn: false }));
    leave('n3');
    hear(lamp('b', { isOn: false }), lamp('a'));
    assert.deepEqual(missed('n1'), ['b on']);
    assert.deepEqual(missed('n2'), ['b on']);
    assert.deepEqual(missed('n3'), ['b on', 'a on']);
  });

  it('says what moved, though it be as it was, and when it did last', async () => {
    leave();
    await clock.advance(SECOND);
    hear(lamp('a', { isOn: false }));
    await clock.advance(SECOND);
    hear(lamp('a'));
    const taken = take();
    assert.deepEqual(taken?.changes, []);
    const stirred = taken?.stirred.get('device a');
    assert.deepEqual([[...(stirred?.changed ?? [])], stirred?.at], [['on'], clock.monotonic()]);
  });
});
