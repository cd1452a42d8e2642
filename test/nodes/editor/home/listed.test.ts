import assert from 'node:assert/strict';
import type { FeedAnswer } from '../../../../nodes/editor/home/home-api.js';
import { Listed } from '../../../../nodes/editor/home/listed.js';

type Hub = FeedAnswer['hubs'][number];

const page = { next: null, total: 1, asOf: null };
const THERE = { ...page, away: false };
const AWAY = { ...page, away: true };

/** Two hubs as the feed tells of them, of which the first was heard at this second. */
function hubs(second: number | null, first: Partial<Hub> = {}, other: Partial<Hub> = {}): Hub[] {
  const asOf = second === null ? null : new Date(second * 1000).toISOString();
  const one = { id: 'one', asOf, away: false, revision: asOf === null ? 0 : 3 };
  return [
    { ...one, ...first },
    { ...one, id: 'other', asOf: new Date((second ?? 0) * 1000).toISOString(), revision: 5, ...other },
  ];
}

/** Whether the home is to be listed anew at each of these answers, the first of which came before the list. */
function outdated(list: typeof THERE, ...answers: Hub[][]): boolean[] {
  const listed = new Listed();
  return answers.map((answer, index) => {
    const isOutdated = listed.isOutdated(answer);
    if (index === 0 || isOutdated) listed.take(index === 0 ? list : THERE);
    return isOutdated;
  });
}

describe('the list of the home', () => {
  it('is not asked for again because of what it has made known itself', () => {
    assert.deepEqual(outdated(THERE, hubs(null), hubs(1), hubs(2)), [false, false, false]);
  });

  it('is asked for again when something has come, gone or another name', () => {
    assert.deepEqual(outdated(THERE, hubs(1), hubs(2, { revision: 4 }), hubs(3, { revision: 4 })), [
      false,
      true,
      false,
    ]);
  });

  it('is asked for again when a hub of which nothing was known answers at last, be another away', () => {
    const isAway = { away: true, asOf: null };
    const answers = [hubs(null, {}, isAway), hubs(null, {}, isAway), hubs(3, {}, isAway), hubs(4, {}, isAway)];
    assert.deepEqual(outdated(AWAY, ...answers), [false, false, true, false]);
  });

  it('is asked for again when a hub that did not answer then does, and was never called away', () => {
    const answers = [hubs(1), hubs(2, { asOf: new Date(1000).toISOString() }), hubs(3), hubs(4)];
    assert.deepEqual(outdated(AWAY, ...answers), [false, false, true, false]);
  });

  it('is asked for again once two hubs have answered, each in its own time', () => {
    const at = (second: number): Partial<Hub> => ({ asOf: new Date(second * 1000).toISOString() });
    const answers = [
      hubs(1),
      hubs(3, at(3), at(1)),
      hubs(6, at(3), at(1)),
      hubs(9, at(3), at(8)),
      hubs(12, at(11), at(8)),
    ];
    assert.deepEqual(outdated(AWAY, ...answers), [false, false, false, true, false]);
  });

  it('looks for a hub that did not answer sooner than for what happens, unless that is called away', () => {
    const listed = new Listed();
    const isExpected = (list: typeof THERE, answer: Hub[]): boolean => {
      listed.take(list);
      listed.isOutdated(answer);
      return listed.patienceS < 20;
    };
    assert.equal(isExpected(THERE, hubs(1)), false);
    assert.equal(isExpected(AWAY, hubs(1)), true);
    assert.equal(isExpected(AWAY, hubs(1, { away: true })), false);
    assert.equal(isExpected(AWAY, hubs(2)), false);
  });

  it('is not asked for again and again where a hub that answers goes on giving no list', () => {
    const listed = new Listed();
    listed.isOutdated(hubs(1));
    listed.take(AWAY);
    assert.equal(listed.isOutdated(hubs(2)), true);
    listed.take(AWAY);
    assert.equal(listed.isOutdated(hubs(3)), false);
    listed.take(THERE);
    listed.take(AWAY);
    assert.equal(listed.isOutdated(hubs(4)), true);
  });

  it('is not asked for again while its hub is away: that is told when it is back', () => {
    const away = [1, 2, 3].map((second) => hubs(second, { away: true }));
    assert.deepEqual(outdated(AWAY, ...away), [false, false, false]);
  });
});
