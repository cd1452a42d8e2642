import assert from 'node:assert/strict';
import { EventRing, KEPT_EVENTS } from '../../../../src/devices/steps/home-events.js';

const event = (hub: string, id = 'x') => {
  const thing = { hub, kind: 'device', id, name: id, room: null } as const;
  return {
    at: '2026-01-01T00:00:00.000Z',
    event: 'changed',
    thing,
    changed: ['on'],
    state: {},
    press: null,
    by: null,
  } as const;
};

describe('EventRing', () => {
  it('returns the events after a position, of one hub or of all', () => {
    const ring = new EventRing();
    ring.add([event('a'), event('b')]);
    const { last, events } = ring.since('', '');
    assert.deepEqual(
      events.map(({ n }) => n),
      [1, 2],
    );
    assert.deepEqual(ring.since(last, '').events, []);
    ring.add([event('b')]);
    assert.deepEqual([ring.since(last, '').events.length, ring.since(last, 'a').events.length], [1, 0]);
  });

  it('keeps the last 200 events, and sets reset if requested events are dropped', () => {
    const ring = new EventRing();
    ring.add([event('a')]);
    const { last } = ring.since('', '');
    ring.add(Array.from({ length: KEPT_EVENTS }, () => event('a')));
    const kept = ring.since(last, '');
    assert.deepEqual([kept.reset, kept.events.length, kept.events[0]?.n], [false, 200, 2]);
    ring.add([event('a')]);
    assert.equal(ring.since(last, '').reset, true);
    assert.equal(ring.since(last, '').events.length, 200);
  });

  it('numbers events that it drops immediately', () => {
    const ring = new EventRing();
    ring.add(Array.from({ length: KEPT_EVENTS + 50 }, () => event('a')));
    const { events } = ring.since('', '');
    assert.deepEqual([events.length, events[0]?.n, events.at(-1)?.n], [200, 51, 250]);
  });

  it('shares the device object of events until the name or the hub differs', () => {
    const ring = new EventRing();
    ring.add([event('a')]);
    ring.add([event('a')]);
    ring.add([event('b')]);
    const renamed = event('b');
    ring.add([{ ...renamed, thing: { ...renamed.thing, name: 'y' } }]);
    const [first, same, other, last] = ring.since('', '').events.map(({ thing }) => thing);
    assert.equal(first, same);
    assert.deepEqual([first?.hub, other?.hub, other?.name, last?.name], ['a', 'b', 'x', 'y']);
  });

  it('sets reset for positions from another ring', () => {
    const [ring, other] = [new EventRing(), new EventRing()];
    ring.add([event('a')]);
    for (const after of [other.since('', '').last, 'x', '.1', `${ring.since('', '').last}9`]) {
      assert.deepEqual([ring.since(after, '').reset, ring.since(after, '').events.length], [true, 1], after);
    }
  });
});
