import assert from 'node:assert/strict';
import { StateLine } from '../../../../nodes/editor/home/state-line.js';

describe('the status line of the home', () => {
  let text: string;
  let nextStep: string;
  let end: AbortController;
  let line: StateLine;
  let page: EventTarget;

  beforeEach(() => {
    [text, nextStep, end, page] = ['', '', new AbortController(), new EventTarget()];
    const $line = { text: (shown?: string) => (shown === undefined ? text : (text = shown)) };
    const frame = { contains: (target: unknown) => target === 'inside' };
    const $frame = { 0: frame, find: () => $line } as unknown as JQuery;
    Object.assign(globalThis, { document: page });
    line = new StateLine($frame, () => nextStep, end.signal);
  });
  afterEach(() => {
    end.abort();
    Reflect.deleteProperty(globalThis, 'document');
  });

  /** Imitates an action of the user inside or outside the tab. */
  function act(name: 'pointerdown' | 'click' | 'keydown', where: 'inside' | 'outside' = 'inside'): string {
    const event = new Event(name);
    Object.defineProperty(event, 'target', { value: where });
    page.dispatchEvent(event);
    return text;
  }

  it('shows the number of things only in their panel', () => {
    line.showState('', '', 'Things: 2');
    assert.equal(text, 'Things: 2');
    line.turnTo('events');
    assert.equal(text, '');
    line.showState('', 'Old.', 'Things: 3');
    assert.equal(text, 'Old.');
    line.turnTo('things');
    assert.equal(text, 'Old. Things: 3');
    line.showState('Searching');
    assert.equal(text, 'Searching');
    line.showState('Searching', '', 'Things: 2');
    assert.equal(text, 'Searching');
    line.showState('', 'Old.');
    assert.equal(text, 'Old.');
  });

  it('shows a result in place of the state until the next action, but after the reason why values are old', () => {
    line.showState('', 'Old.', 'Things: 2');
    line.result('Done.');
    assert.equal(text, 'Old. Done.');
    line.showState('', '', 'Things: 3');
    assert.equal(text, 'Done.');
    assert.equal(act('pointerdown'), 'Done.', 'the line does not move under the mouse');
    assert.equal(act('click'), 'Things: 3');
    for (const where of ['inside', 'outside'] as const) {
      line.result('Done.');
      assert.equal(act('keydown', where), 'Things: 3', where);
    }
    line.result('Done.');
    assert.equal(act('pointerdown', 'outside'), 'Things: 3');
    line.result('Dropped.');
    assert.equal(act('click', 'outside'), 'Dropped.');
  });

  it('shows the next step after the result', () => {
    nextStep = 'Choose one.';
    line.result('Done.');
    assert.equal(act('keydown'), 'Choose one.');
    nextStep = '';
    assert.equal(act('keydown'), '');
  });

  it('ends with its tab', () => {
    line.result('Done.');
    end.abort();
    assert.equal(act('keydown'), 'Done.');
  });
});
