import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import { watchAttention } from '../../../../nodes/editor/home/attention.js';

describe('the attention of the user to the home', () => {
  let clock: SinonFakeTimers;
  let changes: string[];
  let end: AbortController;
  let page: EventTarget & { visibilityState: string };
  /** Imitates the browser, which reports whether the tab is in front. */
  let report: (...isInFront: boolean[]) => void;
  let watched: unknown;

  beforeEach(() => {
    clock = useFakeTimers();
    [changes, end] = [[], new AbortController()];
    page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    class IntersectionObserver {
      constructor(call: (entries: { isIntersecting: boolean }[]) => void) {
        report = (...isInFront) => call(isInFront.map((isIntersecting) => ({ isIntersecting })));
      }
      observe(part: unknown): void {
        watched = part;
      }
      disconnect(): void {
        watched = undefined;
      }
    }
    Object.assign(globalThis, { document: page, IntersectionObserver });
    const part = {} as Element;
    watchAttention(part, (seen) => changes.push(seen), end.signal);
    assert.equal(watched, part);
  });
  afterEach(() => {
    clock.restore();
    for (const name of ['document', 'IntersectionObserver']) Reflect.deleteProperty(globalThis, name);
  });

  const MINUTE = 60_000;
  /** Returns the changes after this time, and after this event of the page. */
  function after(minutes: number, event?: string): string[] {
    clock.tick(minutes * MINUTE);
    if (event !== undefined) page.dispatchEvent(new Event(event));
    return changes.splice(0);
  }
  function reported(...isInFront: boolean[]): string[] {
    report(...isInFront);
    return changes.splice(0);
  }

  it('begins and ends when the tab comes to the front and leaves it', () => {
    assert.deepEqual(after(0, 'mousemove'), [], 'not before the browser has reported it');
    assert.deepEqual(reported(false), []);
    assert.deepEqual(reported(false, true), ['seen']);
    assert.deepEqual(reported(true), []);
    assert.deepEqual(reported(true, false), ['hidden']);
    assert.deepEqual(after(60), []);
    assert.equal(clock.countTimers(), 0);
  });

  it('ends while the page is hidden', () => {
    reported(true);
    page.visibilityState = 'hidden';
    assert.deepEqual(after(0, 'visibilitychange'), ['hidden']);
    page.visibilityState = 'visible';
    assert.deepEqual(after(0, 'visibilitychange'), ['seen']);
  });

  for (const input of ['keydown', 'mousemove', 'mousedown', 'touchstart']) {
    it(`pauses after 15 minutes without input, until ${input}`, () => {
      reported(true);
      assert.deepEqual(after(14, input), []);
      assert.deepEqual(after(14.999), []);
      assert.deepEqual(after(0.001), ['idle']);
      assert.deepEqual(reported(true), [], 'a change of the layout is no input');
      assert.deepEqual(after(30, input), ['seen']);
      assert.deepEqual(after(15), ['idle']);
      assert.deepEqual(reported(false), ['hidden']);
      assert.deepEqual(reported(true), ['seen']);
    });
  }

  it('is watched without a timer or a listener after the end', () => {
    reported(true);
    end.abort();
    assert.deepEqual([watched, clock.countTimers()], [undefined, 0]);
    assert.deepEqual([...after(60, 'mousemove'), ...after(0, 'visibilitychange')], []);
    assert.equal(clock.countTimers(), 0);
  });
});
