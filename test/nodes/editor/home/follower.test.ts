import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import type { Reply } from '../../../../nodes/editor/account/api.js';
import type { FeedAnswer } from '../../../../nodes/editor/home/api.js';
import { Follower } from '../../../../nodes/editor/home/follower.js';

/** An answer to a request for events, `afterMs` milliseconds later. */
type Answer = { reply: Reply<FeedAnswer>; afterMs: number };

/** An answer with events, each a string. Without events, it arrives at the end of a long poll. */
function news(last: string, events: string[] = [], { reset = false, afterMs = 20_000 } = {}): Answer {
  const answer = { last, events, reset, hubs: [] } as unknown as FeedAnswer;
  return { reply: { isOk: true, answer }, afterMs: events.length > 0 ? 0 : afterMs };
}

function failure(status: number, retryAfter?: number): Answer {
  const more = retryAfter === undefined ? {} : { retryAfter };
  return { reply: { isOk: false, failure: { status, ...more } }, afterMs: 0 };
}

describe('the events at home', () => {
  let clock: SinonFakeTimers;
  let follower: Follower;
  /** The requests and reports so far, each with its time in seconds. */
  let log: string[];
  let answers: Answer[];
  /** Whether the lists arrive; true after the last. */
  let lists: boolean[];

  beforeEach(() => {
    clock = useFakeTimers();
    [log, answers, lists] = [[], [], []];
    const note = (text: string): void => void log.push(`${Date.now() / 1000} ${text}`);
    follower = new Follower({
      feed: async (after, wait) => {
        note(`after "${after}" for ${wait} s`);
        const { reply, afterMs } = answers.shift() ?? news('end', [], { afterMs: 1e9 });
        if (afterMs > 0) await new Promise((resolve) => setTimeout(resolve, afterMs));
        return reply;
      },
      onStart: () => {
        note('lists');
        return Promise.resolve(lists.shift() ?? true);
      },
      onNews: ({ last, events }) => note(`news ${[last, ...events.map(String)].join(' ')}`),
      onFailure: ({ status }) => note(`failure ${status}`),
    });
  });
  afterEach(() => clock.restore());

  /** Returns what happens within the given time. */
  async function within(seconds: number): Promise<string[]> {
    await clock.tickAsync(seconds * 1000);
    return log.splice(0);
  }

  const START = ['0 after "" for 0 s', '0 news a', '0 lists'];

  it('are requested at once, and after the lists by one long poll after another', async () => {
    answers = [news('a', [], { afterMs: 0 }), news('b', ['press']), news('c')];
    follower.start();
    follower.start();
    assert.equal(follower.isOn, true);
    assert.deepEqual(await within(30), [
      ...START,
      '0 after "a" for 20 s',
      '0 news b press',
      '0 after "b" for 20 s',
      '20 news c',
      '20 after "c" for 20 s',
    ]);
  });

  it('are requested once per second if they are answered sooner without events', async () => {
    const soon = (ms: number): Answer => news('a', [], { afterMs: ms });
    answers = [soon(0), soon(0), soon(999), soon(1000)];
    follower.start();
    assert.deepEqual(await within(10), [
      ...START,
      '0 after "a" for 20 s',
      '0 news a',
      '1 after "a" for 20 s',
      '1.999 news a',
      '2.999 after "a" for 20 s',
      '3.999 news a',
      '3.999 after "a" for 20 s',
    ]);
  });

  it('cause the lists to be loaded again if some may be missing', async () => {
    answers = [news('a', [], { afterMs: 0 }), news('b', ['press'], { reset: true })];
    follower.start();
    assert.deepEqual((await within(0)).slice(START.length), [
      '0 after "a" for 20 s',
      '0 news b press',
      '0 lists',
      '0 after "b" for 20 s',
    ]);
  });

  it('are requested again after failures, at growing intervals, and the lists with them', async () => {
    answers = [0, 500, 502, 503, 504].map((status) => failure(status));
    answers.push(news('a', [], { afterMs: 0 }), failure(500), failure(500), news('b', [], { afterMs: 0 }));
    follower.start();
    assert.deepEqual(await within(150), [
      ...['0 after "" for 0 s', '0 failure 0'],
      ...['1 after "" for 0 s', '1 failure 500'],
      ...['6 after "" for 0 s', '6 failure 502'],
      ...['21 after "" for 0 s', '21 failure 503'],
      ...['81 after "" for 0 s', '81 failure 504'],
      ...['141 after "" for 0 s', '141 news a', '141 lists'],
      ...['141 after "a" for 20 s', '141 failure 500'],
      ...['142 after "a" for 0 s', '142 failure 500'],
      ...['147 after "a" for 0 s', '147 news b', '147 lists', '147 after "b" for 20 s'],
    ]);
  });

  it('are not requested or reported after a stop, which also clears the timer', async () => {
    answers = [news('a', [], { afterMs: 0 }), news('b')];
    follower.start();
    await within(10);
    follower.stop();
    assert.equal(follower.isOn, false);
    follower.again();
    assert.deepEqual(await within(100), []);
    answers = [failure(500)];
    follower.start();
    await within(0.5);
    follower.stop();
    assert.equal(clock.countTimers(), 0, 'not during a pause');
    answers = [news('a', [], { afterMs: 0 })];
    lists = [false];
    follower.start();
    follower.stop();
    assert.deepEqual(await within(100), ['110.5 after "a" for 0 s']);
    assert.equal(clock.countTimers(), 0);
  });
});
