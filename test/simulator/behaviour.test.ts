import assert from 'node:assert/strict';
import { DEFAULT_BEHAVIOUR, isBehaviour, UNKNOWNS } from '../../packages/cozify-practice/src/behaviour';

describe('Behaviour of a simulated hub', () => {
  it('is validated by isBehaviour', () => {
    assert.ok(isBehaviour({ ...DEFAULT_BEHAVIOUR }));
    assert.ok(isBehaviour({}));
    for (const wrong of [
      { pollHoldMs: '1' },
      { quietPoll: 'never' },
      { lostShare: 2 },
      { refusalStatus: 200 },
      { no: 1 },
    ]) {
      assert.ok(!isBehaviour(wrong), JSON.stringify(wrong));
    }
  });

  it('has several valid answers to each unknown', () => {
    for (const [unknown, answers] of Object.entries(UNKNOWNS)) {
      assert.ok(answers.length > 1 && answers.every(isBehaviour), unknown);
    }
  });
});
