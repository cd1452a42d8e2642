import assert from 'node:assert/strict';
import { DEFAULT_BEHAVIOUR, isBehaviour, UNKNOWNS } from '../../packages/cozify-practice/src/behaviour';
import { Visitor } from './support';

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

  for (const [unknown, answers] of Object.entries(UNKNOWNS)) {
    it(`lets a lamp be read, switched and polled with each answer to: ${unknown}`, async () => {
      assert.ok(answers.length > 1);
      for (const answer of answers) {
        assert.ok(isBehaviour(answer));
        const visitor = await Visitor.come(answer);
        try {
          const lamp = visitor.hub.home.device('Lukuvalo');
          visitor.hub.home.change(lamp.id, { isOn: false });
          const ts = await timestampOf(visitor, 0);
          await visitor.set(lamp, { isOn: true, brightness: 0.5 });
          assert.equal((await visitor.list('devices')).find(({ id }) => id === lamp.id)?.state['isOn'], true);
          const changes = await (await visitor.ask(`/hub/poll?ts=${ts}`)).text();
          assert.ok(changes.includes(lamp.id), JSON.stringify(answer));
        } finally {
          await visitor.leave();
        }
      }
    });
  }
});

/** Polls, and returns the timestamp of the response. The response may be wrapped in an array. */
async function timestampOf(visitor: Visitor, ts: number): Promise<number> {
  const seen: unknown = await (await visitor.ask(`/hub/poll?ts=${ts}`)).json();
  return ((Array.isArray(seen) ? seen[0] : seen) as { timestamp: number }).timestamp;
}
