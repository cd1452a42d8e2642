import assert from 'node:assert/strict';
import { DevicePoller, type DevicePollerOptions, type PolledHub } from '../../../../src/devices/home/device-poller.js';
import type { PollTransports } from '../../../../src/devices/home/poll-schedule.js';
import { Home, type PollOutcome } from '../../../../src/devices/home/home.js';
import { CozifyError } from '../../../../src/errors.js';
import type { HubAnswer, HubRequest } from '../../../../src/hub/hub-client.js';
import { FakeClock, HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';

const LAMP = {
  id: 'lamp',
  name: 'Lamppu',
  type: 'LIGHT',
  state: { type: 'STATE_LIGHT', isOn: false, reachable: true },
};

type Reply =
  'unchanged' | 'change' | 'empty' | 'no devices' | 'full' | 'nonsense' | 'away' | 'clock back' | { heldMs: number };

/** Limit of polls, which only an endless loop reaches. */
const ENDLESS = 10_000;

describe('DevicePoller', () => {
  let clock: FakeClock;
  let home: Home;
  let poller: DevicePoller;
  let outcomes: PollOutcome[];
  /** Start times of the polls that made the home certain. */
  let heard: number[];
  /** Start times of polls, with their `ts` parameter. */
  let polls: { at: number; ts: number }[];
  let open: number;
  let mostOpen: number;
  let reply: Reply;
  /** Transports of the hub. */
  let transports: { -readonly [Name in keyof PollTransports]: PollTransports[Name] };
  let noted: boolean[];
  let version: string;
  let hubTime: number;
  let isOn: boolean;

  beforeEach(() => {
    clock = new FakeClock();
    home = new Home({ hub: 'hub-1', language: 'fi', clock });
    [outcomes, heard, polls, open, mostOpen, hubTime, isOn] = [[], [], [], 0, 0, 1000, false];
    [reply, noted, version] = ['unchanged', [], '1.14.9'];
    transports = { isLanAllowed: true, isCloudAllowed: false, isLanLost: false, lanWaitMs: 0, key: null };
    const options: DevicePollerOptions = {
      home,
      clock,
      hub: hubThat((request) => ask(request)),
      version: () => version,
      intervals: { pollLanMs: SECOND, pollCloudMs: 10 * SECOND },
      onApplied: (outcome, { requestedAt, isSure }) => {
        outcomes.push(outcome);
        if (isSure) heard.push(requestedAt);
      },
    };
    poller = new DevicePoller(options);
  });
  afterEach(() => poller.close());

  function hubThat(request: PolledHub['request']): PolledHub {
    return Object.assign(transports, {
      request,
      needsLogin: false,
      notePoll: (isGood: boolean) => void noted.push(isGood),
      endPolls: () => undefined,
    });
  }

  async function ask({ path, signal, deadlineMs }: HubRequest): Promise<HubAnswer> {
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

  function answer(ts: number, signal: AbortSignal | undefined): HubAnswer | Promise<HubAnswer> {
    if (reply === 'away') throw new CozifyError('COZIFY_HUB_OFFLINE', 'away');
    if (reply === 'nonsense') return { status: 200, body: '"no poll"' };
    if (typeof reply === 'object') return held(reply.heldMs, signal);
    if (ts !== 0 && reply === 'unchanged') return { status: 304, body: '' };
    hubTime += reply === 'clock back' ? -500 : 10;
    if (reply === 'change') isOn = !isOn;
    const devices = reply === 'no devices' ? {} : { lamp: { ...LAMP, state: { ...LAMP.state, isOn } } };
    const deltas = reply === 'empty' ? [] : [{ type: 'DEVICE_DELTA', devices }];
    const body = JSON.stringify({ type: 'POLL_DELTA', full: reply === 'full', timestamp: hubTime, polls: deltas });
    return { status: 200, body };
  }

  function held(heldMs: number, signal: AbortSignal | undefined): Promise<HubAnswer> {
    return new Promise((resolve, reject) => {
      const timer = clock.setTimeout(() => resolve({ status: 304, body: '' }), heldMs);
      signal?.addEventListener('abort', () => {
        clock.clearTimeout(timer);
        reject(new CozifyError('COZIFY_CLOSED', 'ended'));
      });
    });
  }

  const gaps = (): number[] => polls.slice(1).map(({ at }, place) => at - (polls[place]?.at ?? 0));

  for (const odd of ['clock back', 'full'] as const) {
    it(`is uncertain after an answer that requires a full load (${odd}), until that load`, async () => {
      poller.need();
      await clock.advance(3 * SECOND);
      reply = odd;
      await clock.advance(SECOND);
      reply = 'unchanged';
      const sent = polls.length;
      assert.deepEqual(
        heard,
        polls.slice(0, -1).map(({ at }) => at),
      );
      assert.equal(poller.isSure, false);
      await clock.advance(SECOND);
      assert.equal(polls[sent]?.ts, 0);
      assert.equal(heard.at(-1), polls[sent]?.at);
      assert.equal(poller.isSure, true);
    });
  }

  /** Takes a polled hub offline for a minute, and then gives this answer. */
  async function comeBack(answer: Reply): Promise<void> {
    poller.need();
    await clock.advance(3 * SECOND);
    reply = 'away';
    await clock.advance(MINUTE);
    reply = answer;
  }

  it('is uncertain while a hub that came back lists no devices', async () => {
    await comeBack('empty');
    heard = [];
    await clock.advance(2 * MINUTE);
    assert.deepEqual([heard, poller.isSure, polls.at(-1)?.ts], [[], false, 0]);
    reply = 'unchanged';
    await clock.advance(2 * SECOND);
    assert.deepEqual([heard.length > 0, poller.isSure], [true, true]);
  });

  it('ignores empty lists for two minutes after an outage', async () => {
    await comeBack('no devices');
    outcomes = [];
    await clock.advance(100 * SECOND);
    assert.deepEqual([home.things.list('device').length, poller.isSure], [1, false]);
    await clock.advance(2 * MINUTE);
    const { changes } = outcomes.find((outcome) => outcome.changes.length > 0) ?? { changes: [] };
    assert.deepEqual(
      changes.map(({ events }) => events),
      [['removed']],
    );
  });

  it('loads everything after an outage of a minute, but not of five seconds', async () => {
    poller.need();
    await clock.advance(3 * SECOND);
    for (const [awayMs, isAnew] of [
      [5 * SECOND, false],
      [MINUTE, true],
    ] as const) {
      reply = 'away';
      await clock.advance(awayMs);
      reply = 'change';
      poller.wake();
      polls = [];
      await clock.advance(0);
      assert.deepEqual(
        polls.map(({ ts }) => ts === 0),
        [isAnew],
      );
      await clock.advance(20 * SECOND);
    }
  });

  it('is certain by each answer of a hub that always sends “full”', async () => {
    poller.need();
    reply = 'full';
    await clock.advance(2 * MINUTE);
    heard = [];
    await clock.advance(10 * SECOND);
    assert.ok(heard.length >= 9, String(heard));
  });

  it('polls only while needed', async () => {
    await clock.advance(HOUR);
    assert.equal(polls.length, 0);
    const release = poller.need();
    await clock.advance(5 * SECOND);
    release();
    const sent = polls.length;
    await clock.advance(HOUR);
    assert.equal(polls.length, sent);
    assert.equal(clock.timers, 0, 'no timer is left');
  });

  it('starts with a full poll, then uses the timestamps of the hub', async () => {
    poller.need();
    await clock.advance(2 * SECOND);
    assert.deepEqual(
      polls.map(({ ts }) => ts),
      [0, 1010, 1010],
    );
    assert.deepEqual(
      outcomes.map(({ isFirst, changes }) => [isFirst, changes.length]),
      [
        [true, 0],
        [false, 0],
        [false, 0],
      ],
    );
  });

  it('polls every second on the LAN', async () => {
    poller.need();
    await clock.advance(10 * SECOND);
    assert.ok(gaps().every((gap) => gap === SECOND));
  });

  it('keeps its interval over a short pause, as at a Deploy', async () => {
    let release = poller.need();
    for (let times = 0; times < 5; times += 1) {
      await clock.advance(2.4 * SECOND);
      release();
      await clock.advance(0.1 * SECOND);
      release = poller.need();
    }
    await clock.advance(2 * SECOND);
    assert.deepEqual([...new Set(gaps())], [SECOND]);
    release();
    await clock.advance(10 * SECOND);
    const before = polls.length;
    poller.need();
    await clock.advance(0);
    assert.equal(polls.length, before + 1, 'immediately after a long pause');
  });

  it('starts the next poll immediately after a held one, and never two at a time', async () => {
    poller.need();
    await clock.advance(0);
    reply = { heldMs: 12 * SECOND };
    await clock.advance(61 * SECOND);
    assert.deepEqual([...new Set(gaps())], [SECOND, 12 * SECOND]);
    assert.equal(mostOpen, 1);
  });

  it('polls every 10 s through the cloud, and every 30 s after 10 minutes without a change', async () => {
    [transports.isLanAllowed, transports.isCloudAllowed] = [false, true];
    poller.need();
    await clock.advance(20 * MINUTE);
    assert.deepEqual([...new Set(gaps())], [10 * SECOND, 30 * SECOND]);
    polls.length = 0;
    reply = 'change';
    await clock.advance(MINUTE);
    assert.equal(gaps().at(-1), 10 * SECOND, 'a change ends that');
  });

  it('emits changes', async () => {
    poller.need();
    await clock.advance(0);
    reply = 'change';
    await clock.advance(SECOND);
    assert.deepEqual(outcomes.at(-1)?.changes[0]?.changed, ['on']);
  });

  for (const [label, cause] of [
    ['the hub says so', () => void (reply = 'full')],
    ['the hub’s clock goes back', () => void (reply = 'clock back')],
    ['the hub has another version', () => void (version = '1.15.0')],
  ] as const) {
    it(`sends a full poll if ${label}`, async () => {
      poller.need();
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

  it('sends a full poll every 12 hours, and after an outage of 11 minutes', async () => {
    poller.need();
    await clock.advance(SECOND);
    polls.length = 0;
    await clock.skip(12 * HOUR);
    await clock.advance(SECOND);
    assert.equal(polls[0]?.ts, 0);
    reply = 'away';
    await clock.advance(11 * MINUTE);
    reply = 'unchanged';
    polls.length = 0;
    await clock.advance(70 * SECOND);
    assert.equal(polls[0]?.ts, 0);
  });

  it('backs off from 1 to 60 s while polls fail, and returns to its interval after a success', async () => {
    clock.chance = () => 0.5;
    poller.need();
    await clock.advance(0);
    reply = 'away';
    await clock.advance(10 * MINUTE);
    assert.deepEqual(
      gaps().slice(0, 8),
      [1, 1, 2, 4, 8, 16, 32, 60].map((s) => s * SECOND),
    );
    assert.deepEqual([poller.error?.code, poller.isSure], ['COZIFY_HUB_OFFLINE', false]);
    reply = 'unchanged';
    await clock.advance(MINUTE);
    polls.length = 0;
    await clock.advance(3 * SECOND);
    assert.deepEqual([...new Set(gaps())], [SECOND]);
    assert.equal(poller.error, undefined);
  });

  it('polls immediately on wake', async () => {
    poller.need();
    reply = 'away';
    await clock.advance(5 * MINUTE);
    polls.length = 0;
    poller.wake();
    await clock.advance(0);
    assert.equal(polls.length, 1);
  });

  it('ignores an invalid answer, and backs off', async () => {
    poller.need();
    await clock.advance(0);
    reply = 'nonsense';
    await clock.advance(10 * SECOND);
    assert.equal(outcomes.length, 1);
    assert.ok(polls.length < 8);
  });

  it('replaces a poll that is older than the time of pollNow, but not a newer one', async () => {
    poller.need();
    await clock.advance(0);
    reply = { heldMs: 12 * SECOND };
    await clock.advance(3 * SECOND);
    polls.length = 0;
    poller.pollNow(clock.monotonic());
    await clock.advance(0);
    assert.equal(polls.length, 1);
    poller.pollNow(0);
    await clock.advance(0);
    assert.equal(polls.length, 1);
    assert.equal(open, 1);
  });

  for (const failing of ['away', 'nonsense'] as const) {
    it(`polls a hub that is ${failing} at most once a second by both transports`, async () => {
      poller.need();
      await clock.advance(5 * SECOND);
      [transports.isCloudAllowed, reply] = [true, failing];
      polls = [];
      await clock.advance(MINUTE);
      assert.ok(polls.length <= 61, `${polls.length} polls in a minute`);
      reply = 'unchanged';
      await clock.advance(MINUTE);
      assert.equal(poller.isSure, true);
    });
  }

  it('backs off full polls for a hub that always sends “full”, without losing changes', async () => {
    poller.need();
    await clock.advance(2 * SECOND);
    reply = 'full';
    await clock.advance(2 * SECOND);
    const resyncs = (): number => polls.filter(({ ts }) => ts === 0).length;
    assert.equal(resyncs(), 2, 'the first wish is granted at once');
    await clock.advance(HOUR);
    assert.ok(resyncs() <= 25, `${resyncs()} in an hour`);
    outcomes = [];
    isOn = true;
    await clock.advance(2 * SECOND);
    assert.deepEqual(
      outcomes.flatMap(({ changes }) => changes.map(({ changed }) => changed)),
      [['on']],
    );
    await clock.advance(11 * MINUTE);
    assert.ok(resyncs() > 10, 'it is not forgotten either');
    reply = 'unchanged';
    await clock.advance(30 * MINUTE);
    const before = resyncs();
    reply = 'full';
    await clock.advance(SECOND);
    reply = 'unchanged';
    await clock.advance(SECOND);
    assert.equal(resyncs(), before + 1, 'and one that has kept quiet is believed again at once');
  });

  it('sends a full poll immediately for five “full” answers, and delays the sixth', async () => {
    poller.need();
    await clock.advance(2 * SECOND);
    for (let time = 1; time <= 5; time += 1) {
      reply = 'full';
      await clock.advance(SECOND);
      reply = 'unchanged';
      await clock.advance(SECOND);
      assert.equal(polls.filter(({ ts }) => ts === 0).length, 1 + time);
      await clock.advance(MINUTE);
    }
    reply = 'full';
    await clock.advance(SECOND);
    reply = 'unchanged';
    await clock.advance(SECOND);
    assert.equal(polls.filter(({ ts }) => ts === 0).length, 6, 'the sixth waits');
    await clock.advance(10 * SECOND);
    assert.equal(polls.filter(({ ts }) => ts === 0).length, 7);
  });

  it('sends a full poll immediately after a clock step, despite many “full” answers', async () => {
    poller.need();
    await clock.advance(2 * SECOND);
    reply = 'full';
    await clock.advance(30 * SECOND);
    const resyncs = (): number => polls.filter(({ ts }) => ts === 0).length;
    for (let time = 1; time <= 8; time += 1) {
      const before = resyncs();
      reply = 'clock back';
      await clock.advance(SECOND);
      reply = 'unchanged';
      await clock.advance(SECOND);
      assert.equal(resyncs(), before + 1, `time ${time}`);
    }
  });

  it('allows a longer pause between presses at the slow cloud interval', async () => {
    [transports.isLanAllowed, transports.isCloudAllowed] = [false, true];
    const told: (number | undefined)[] = [];
    const applyPoll = home.applyPoll.bind(home);
    home.applyPoll = (answer, options) => {
      told.push(options.pauseMs);
      return applyPoll(answer, options);
    };
    reply = 'change';
    poller.need();
    await clock.advance(SECOND);
    reply = 'unchanged';
    await clock.advance(HOUR);
    reply = 'change';
    await clock.advance(MINUTE);
    assert.deepEqual([told[0], told[1]], [15_000, 45_000]);
  });
});
