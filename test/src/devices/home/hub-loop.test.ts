import assert from 'node:assert/strict';
import { HubLoop, type HubLoopOptions, type PolledHub } from '../../../../src/devices/home/hub-loop.js';
import type { PollTransports } from '../../../../src/devices/home/poll-schedule.js';
import { HomeCache, type PollOutcome } from '../../../../src/devices/home/home-cache.js';
import { CozifyError } from '../../../../src/errors.js';
import type { HubRequest, ReceivedAnswer } from '../../../../src/hub/hub-client.js';
import { FakeClock, HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';
import { each } from '../../../support/each.js';

const LAMP = {
  id: 'lamp',
  name: 'Lamppu',
  type: 'LIGHT',
  state: { type: 'STATE_LIGHT', isOn: false, reachable: true },
};

type Reply =
  | 'unchanged'
  | 'change'
  | 'empty'
  | 'no devices'
  | 'full'
  | 'nonsense'
  | 'away'
  | 'clock back'
  | 'obsolete'
  | { heldMs: number };

/** A number of polls that only an endless loop reaches. Later polls hang. */
const ENDLESS = 10_000;

describe('HubLoop', () => {
  let clock: FakeClock;
  let home: HomeCache;
  let loop: HubLoop;
  let outcomes: PollOutcome[];
  /** Start times of the polls whose answers confirmed the state of the home (`isUpToDate`). */
  let answeredAt: number[];
  /** Start times of polls, with their `ts` parameter. */
  let polls: { at: number; ts: number }[];
  let open: number;
  let mostOpen: number;
  let reply: Reply;
  let transports: { -readonly [Name in keyof PollTransports]: PollTransports[Name] };
  let noted: boolean[];
  /** Called after each applied answer, as a subscriber is. */
  let onApplied: () => void;
  let version: string;
  let hubTime: number;
  let isOn: boolean;
  /** The lists that the next answer waits for. */
  let lists: Promise<void> | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    lists = undefined;
    home = new HomeCache({ hub: 'hub-1', language: 'fi', clock });
    [outcomes, answeredAt, polls, open, mostOpen, hubTime, isOn] = [[], [], [], 0, 0, 1000, false];
    [reply, noted, version] = ['unchanged', [], '1.14.9'];
    onApplied = () => undefined;
    transports = { isLanAllowed: true, isCloudAllowed: false, isLanDown: false, lanWaitMs: 0, key: null };
    const options: HubLoopOptions = {
      cache: home,
      clock,
      hub: hubThat((request) => ask(request)),
      version: () => version,
      intervals: { pollLanMs: SECOND, pollCloudMs: 10 * SECOND },
      loadMissing: () => lists,
      onApplied: (outcome, { requestedAt, isUpToDate }) => {
        outcomes.push(outcome);
        if (isUpToDate) answeredAt.push(requestedAt);
        onApplied();
      },
    };
    loop = new HubLoop(options);
  });
  afterEach(() => loop.close());

  function hubThat(request: PolledHub['request']): PolledHub {
    return Object.assign(transports, {
      request,
      needsLogin: false,
      notePoll: (isGood: boolean) => void noted.push(isGood),
      endPolls: () => undefined,
    });
  }

  async function ask({ path, signal, deadlineMs }: HubRequest): Promise<ReceivedAnswer> {
    const ts = Number(/ts=(\d+)/.exec(path)?.[1]);
    assert.equal(deadlineMs, 45_000);
    polls.push({ at: clock.monotonic(), ts });
    if (polls.length > ENDLESS) await new Promise(() => undefined);
    mostOpen = Math.max(mostOpen, (open += 1));
    try {
      return await answer(ts, signal);
    } finally {
      open -= 1;
    }
  }

  function answer(ts: number, signal: AbortSignal | undefined): ReceivedAnswer | Promise<ReceivedAnswer> {
    if (reply === 'away') throw new CozifyError('COZIFY_HUB_OFFLINE', 'away');
    if (reply === 'nonsense') return { status: 200, body: '"no poll"', transport: 'lan' };
    if (typeof reply === 'object') return held(reply.heldMs, signal);
    if (reply === 'obsolete') return { status: 304, body: '', transport: 'lan', wasObsolete: true };
    if (ts !== 0 && reply === 'unchanged') return { status: 304, body: '', transport: 'lan' };
    hubTime += reply === 'clock back' ? -500 : 10;
    if (reply === 'change') isOn = !isOn;
    const devices = reply === 'no devices' ? {} : { lamp: { ...LAMP, state: { ...LAMP.state, isOn } } };
    const deltas = reply === 'empty' ? [] : [{ type: 'DEVICE_DELTA', devices }];
    const body = JSON.stringify({ type: 'POLL_DELTA', full: reply === 'full', timestamp: hubTime, polls: deltas });
    return { status: 200, body, transport: 'lan' };
  }

  function held(heldMs: number, signal: AbortSignal | undefined): Promise<ReceivedAnswer> {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => resolve({ status: 304, body: '', transport: 'lan' }), heldMs);
      signal?.addEventListener('abort', () => {
        clock.clearTimeout(timer);
        reject(new CozifyError('COZIFY_CLOSED', 'ended'));
      });
    });
  }

  const gaps = (): number[] => polls.slice(1).map(({ at }, index) => at - (polls[index]?.at ?? 0));

  it('is not sure after the clock of the hub was set back, until a full poll is answered', async () => {
    loop.need();
    await clock.advance(3 * SECOND);
    reply = 'clock back';
    await clock.advance(SECOND);
    reply = 'unchanged';
    const sent = polls.length;
    assert.deepEqual(
      answeredAt,
      polls.slice(0, -1).map(({ at }) => at),
    );
    assert.equal(loop.isUpToDate, false);
    await clock.advance(SECOND);
    assert.equal(polls[sent]?.ts, 0);
    assert.equal(answeredAt.at(-1), polls[sent]?.at);
    assert.equal(loop.isUpToDate, true);
  });

  it('notes the first good answer after an outage before its only subscriber gets it and leaves', async () => {
    const stop = loop.need();
    await clock.advance(3 * SECOND);
    reply = 'away';
    await clock.advance(10 * SECOND);
    reply = 'change';
    noted = [];
    let notedBefore: boolean[] = [];
    onApplied = () => {
      notedBefore = [...noted];
      stop();
    };
    await clock.advance(MINUTE);
    assert.deepEqual([notedBefore.at(-1), noted.at(-1)], [true, true]);
  });

  /** Polls the hub, takes it offline for a minute, and then lets it give this answer. */
  async function comeBack(answer: Reply): Promise<void> {
    loop.need();
    await clock.advance(3 * SECOND);
    reply = 'away';
    await clock.advance(MINUTE);
    reply = answer;
  }

  it('accepts an empty device list after an outage only after 2 minutes, and asks for it every 30 s until then', async () => {
    await comeBack('no devices');
    outcomes = [];
    polls = [];
    await clock.advance(100 * SECOND);
    assert.equal(home.things.list('device').length, 1);
    assert.ok(polls.filter(({ ts }) => ts === 0).length <= 4);
    await clock.advance(2 * MINUTE);
    const { changes } = outcomes.find((outcome) => outcome.changes.length > 0) ?? { changes: [] };
    assert.deepEqual(each(changes, 'events'), [['removed']]);
  });

  it('sends a full poll after an outage of a minute, but not of five seconds', async () => {
    loop.need();
    await clock.advance(3 * SECOND);
    for (const [awayMs, isFull] of [
      [5 * SECOND, false],
      [MINUTE, true],
    ] as const) {
      reply = 'away';
      await clock.advance(awayMs);
      reply = 'change';
      loop.wake();
      polls = [];
      await clock.advance(0);
      assert.deepEqual(
        polls.map(({ ts }) => ts === 0),
        [isFull],
      );
      await clock.advance(20 * SECOND);
    }
  });

  it('sends no further full poll because a hub marks each answer as full', async () => {
    loop.need();
    reply = 'full';
    await clock.advance(10 * SECOND);
    assert.equal(polls.filter(({ ts }) => ts === 0).length, 1);
    assert.equal(answeredAt.length, polls.length);
  });

  it('polls only while needed', async () => {
    await clock.advance(HOUR);
    assert.equal(polls.length, 0);
    const release = loop.need();
    await clock.advance(5 * SECOND);
    release();
    const sent = polls.length;
    await clock.advance(HOUR);
    assert.equal(polls.length, sent);
    assert.equal(clock.timers, 0, 'no timer is left');
  });

  it('starts with a full poll, then uses the timestamps of the hub', async () => {
    loop.need();
    await clock.advance(2 * SECOND);
    assert.deepEqual(each(polls, 'ts'), [0, 1010, 1010]);
    assert.deepEqual(
      outcomes.map(({ isFirst, changes }) => [isFirst, changes.length]),
      [
        [true, 0],
        [false, 0],
        [false, 0],
      ],
    );
  });

  it('keeps its interval over a short pause, as at a Deploy', async () => {
    let release = loop.need();
    for (let times = 0; times < 5; times += 1) {
      await clock.advance(2.4 * SECOND);
      release();
      await clock.advance(0.1 * SECOND);
      release = loop.need();
    }
    await clock.advance(2 * SECOND);
    assert.deepEqual([...new Set(gaps())], [SECOND]);
    release();
    await clock.advance(10 * SECOND);
    const before = polls.length;
    loop.need();
    await clock.advance(0);
    assert.equal(polls.length, before + 1, 'immediately after a long pause');
  });

  it('starts the next poll immediately after a held one, and never sends two at a time', async () => {
    loop.need();
    await clock.advance(0);
    reply = { heldMs: 12 * SECOND };
    await clock.advance(61 * SECOND);
    assert.deepEqual([...new Set(gaps())], [SECOND, 12 * SECOND]);
    assert.equal(mostOpen, 1);
  });

  it('polls every 10 s through the cloud, and every 30 s after 10 minutes without a change', async () => {
    [transports.isLanAllowed, transports.isCloudAllowed] = [false, true];
    loop.need();
    await clock.advance(20 * MINUTE);
    assert.deepEqual([...new Set(gaps())], [10 * SECOND, 30 * SECOND]);
    polls.length = 0;
    reply = 'change';
    await clock.advance(MINUTE);
    assert.equal(gaps().at(-1), 10 * SECOND, 'a change ends that');
  });

  for (const [label, cause] of [
    ['the hub’s clock is set back', () => void (reply = 'clock back')],
    ['the hub has another version', () => void (version = '1.15.0')],
    ['the hub has answered 410, and has the same version', () => void (reply = 'obsolete')],
  ] as const) {
    it(`sends a full poll if ${label}`, async () => {
      loop.need();
      await clock.advance(0);
      cause();
      await clock.advance(SECOND);
      reply = 'unchanged';
      await clock.advance(SECOND);
      assert.ok(
        polls.slice(1).some(({ ts }) => ts === 0),
        polls.map(({ ts }) => ts).join(),
      );
      await clock.advance(SECOND);
      assert.notEqual(polls.at(-1)?.ts, 0, 'once');
    });
  }

  for (const [transport, quietMs, everyMs] of [
    ['LAN', MINUTE, 10 * MINUTE],
    ['cloud', 10 * MINUTE, 2 * HOUR],
  ] as const) {
    const fullPolls = (): number[] => polls.filter(({ ts }) => ts === 0).map(({ at }) => at);
    const fullGaps = (): number[] =>
      fullPolls()
        .slice(1)
        .map((at, index) => at - (fullPolls()[index] ?? 0));
    const isAbout = (gap: number, ms: number): boolean => gap >= ms && gap <= ms + 33 * SECOND;

    it(`sends a full poll through the ${transport} after ${quietMs / MINUTE} minutes of nothing but 304`, async () => {
      if (transport === 'cloud') [transports.isLanAllowed, transports.isCloudAllowed] = [false, true];
      loop.need();
      await clock.advance(4 * quietMs);
      assert.ok(fullGaps().length >= 2 && fullGaps().every((gap) => isAbout(gap, quietMs)), fullGaps().join());
    });

    it(`sends a full poll through the ${transport} ${everyMs / MINUTE} minutes after the last full answer`, async () => {
      if (transport === 'cloud') [transports.isLanAllowed, transports.isCloudAllowed] = [false, true];
      reply = 'change';
      loop.need();
      await clock.advance(3.5 * everyMs);
      assert.ok(fullGaps().length >= 2 && fullGaps().every((gap) => isAbout(gap, everyMs)), fullGaps().join());
    });
  }

  it('sends a full poll after a sleep of the machine', async () => {
    loop.need();
    await clock.advance(3 * SECOND);
    clock.sleep(HOUR);
    polls = [];
    await clock.advance(1.5 * SECOND);
    assert.equal(polls[0]?.ts, 0);
  });

  it('sends a full poll after 10 minutes without polls', async () => {
    const release = loop.need();
    await clock.advance(5 * SECOND);
    release();
    await clock.advance(10 * MINUTE);
    polls = [];
    reply = 'change';
    loop.need();
    await clock.advance(SECOND);
    assert.deepEqual(
      polls.map(({ ts }) => ts === 0),
      [true, false],
    );
  });

  it('backs off from 1 to 60 s while polls fail, and returns to its interval after a success', async () => {
    clock.chance = () => 0.5;
    loop.need();
    await clock.advance(0);
    reply = 'away';
    await clock.advance(10 * MINUTE);
    assert.deepEqual(
      gaps().slice(0, 8),
      [1, 1, 2, 4, 8, 16, 32, 60].map((s) => s * SECOND),
    );
    assert.deepEqual([loop.error?.code, loop.isUpToDate], ['COZIFY_HUB_OFFLINE', false]);
    reply = 'unchanged';
    await clock.advance(MINUTE);
    polls.length = 0;
    await clock.advance(3 * SECOND);
    assert.deepEqual([...new Set(gaps())], [SECOND]);
    assert.equal(loop.error, undefined);
  });

  describe('a demanded answer', () => {
    /**
     * Starts to wait for the next poll answer. Returns a function that returns the outcome so far: `waits`, `met` or an
     * error code.
     */
    function demand(): () => string {
      let end = 'waits';
      loop.next().then(
        () => (end = 'met'),
        (error: unknown) => (end = (error as CozifyError).code),
      );
      return () => end;
    }

    it('is requested once with ts=0 if nothing polls the hub', async () => {
      const ends = [demand(), demand()];
      await clock.advance(SECOND);
      assert.deepEqual(
        ends.map((end) => end()),
        ['met', 'met'],
      );
      assert.deepEqual(each(polls, 'ts'), [0]);
      assert.equal(clock.timers, 0, 'no timer is left');
    });

    it('is requested immediately between two polls, for changes only', async () => {
      loop.need();
      await clock.advance(1.2 * SECOND);
      polls = [];
      const end = demand();
      await clock.advance(0);
      assert.deepEqual([end(), polls.map(({ ts }) => ts)], ['met', [1010]]);
    });

    it('delays the next poll while it is on its way', async () => {
      loop.need();
      await clock.advance(1.9 * SECOND);
      reply = { heldMs: 250 };
      const end = demand();
      await clock.advance(SECOND);
      assert.deepEqual([end(), mostOpen], ['met', 1]);
    });

    it('does not discard an answer that waits for lists', async () => {
      loop.need();
      await clock.advance(0.5 * SECOND);
      reply = 'change';
      lists = new Promise((resolve) => clock.setTimeout(resolve, 2 * SECOND));
      await clock.advance(SECOND);
      [polls, outcomes] = [[], []];
      const end = demand();
      await clock.advance(0.9 * SECOND);
      assert.deepEqual([end(), polls], ['waits', []]);
      await clock.advance(0.1 * SECOND);
      assert.deepEqual([end(), each(polls, 'ts'), outcomes.length], ['met', [1020], 2]);
    });

    it('is requested again if a poll began before the demand', async () => {
      loop.need();
      await clock.advance(0);
      reply = { heldMs: 200 };
      await clock.advance(SECOND);
      polls = [];
      const end = demand();
      await clock.advance(150);
      assert.equal(end(), 'waits');
      await clock.advance(SECOND);
      assert.deepEqual([end(), polls.length > 0, mostOpen], ['met', true, 1]);
    });

    /** Calls `demand` while the hub holds a poll: the hub would answer this poll only after 12 s. */
    async function demandDuringHeldPoll(): Promise<() => string> {
      loop.need();
      await clock.advance(0);
      reply = { heldMs: 12 * SECOND };
      await clock.advance(3 * SECOND);
      polls = [];
      const end = demand();
      reply = 'unchanged';
      await clock.advance(0);
      return end;
    }

    it('ends a poll that the hub holds, and is requested with ts=0', async () => {
      const end = await demandDuringHeldPoll();
      assert.deepEqual([end(), polls[0]?.ts], ['met', 0]);
    });

    it('is followed immediately by the next poll if the hub holds polls, so that no change has to wait', async () => {
      const end = await demandDuringHeldPoll();
      await clock.advance(1);
      assert.deepEqual([end(), polls.map(({ ts }) => ts > 0)], ['met', [false, true]]);
    });

    it('fails with the error of the poll', async () => {
      reply = 'away';
      const end = demand();
      await clock.advance(SECOND);
      assert.deepEqual([end(), polls.length], ['COZIFY_HUB_OFFLINE', 1]);
    });

    it('fails if the loop is closed', async () => {
      loop.need();
      reply = { heldMs: 12 * SECOND };
      await clock.advance(0);
      const end = demand();
      loop.close();
      await clock.advance(0);
      assert.equal(end(), 'COZIFY_CLOSED');
    });
  });

  for (const failing of ['away', 'nonsense'] as const) {
    it(`counts the failed polls of reads (${failing}), and sends at most one a second`, async () => {
      loop.need();
      await clock.advance(5 * SECOND);
      reply = failing;
      [polls, noted] = [[], []];
      for (let reads = 0; reads < 100; reads++) {
        loop.next().catch(() => undefined);
        await clock.advance(0.1 * SECOND);
      }
      assert.ok(polls.length <= 11, `${polls.length} polls in 10 s`);
      assert.deepEqual(
        noted,
        polls.map(() => false),
      );
      reply = 'unchanged';
      await clock.advance(2 * SECOND);
      assert.equal(loop.isUpToDate, true);
    });

    it(`polls a failing hub (${failing}) at most once a second over both transports together`, async () => {
      loop.need();
      await clock.advance(5 * SECOND);
      [transports.isCloudAllowed, reply] = [true, failing];
      polls = [];
      await clock.advance(MINUTE);
      assert.ok(polls.length <= 61, `${polls.length} polls in a minute`);
      reply = 'unchanged';
      await clock.advance(MINUTE);
      assert.equal(loop.isUpToDate, true);
    });
  }
});
