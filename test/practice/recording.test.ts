import assert from 'node:assert/strict';
import { HomeCache } from '../../src/devices/home/home-cache';
import { FakeClock } from '../src/support/fake-clock';
import { sized } from '../support/size';
import { DEFAULT_BEHAVIOUR, Home, parseRecording, recordHome, Simulator, type Recording } from '../simulator';

const DAY_MS = 86_400_000;
const EMAIL = 'matti@example.fi';
const never = new AbortController().signal;

/** A clock on which time passes only in `sleep`, without waiting. */
class Clock {
  time = Date.UTC(2026, 10, 1);
  now = (): number => this.time;
  /** Called at each `sleep`. */
  onSleep: () => void = () => undefined;
  sleep = async (ms: number): Promise<void> => {
    this.time += ms;
    this.onSleep();
    await Promise.resolve();
  };
}

/** Records a home until `lastsMs` have passed on its clock. */
function recordOf(home: Home, clock: Clock, lastsMs: number, everyMs: number): Promise<Recording> {
  const ask = (path: string) => home.poll(Number(new URL(`http://hub${path}`).searchParams.get('ts')), never);
  return recordHome({ ask, hubVersion: '1.14.9.124', names: 'kept', lastsMs, everyMs, clock });
}

/** Records a day of a home with random changes. */
async function recordedDay(seed: number): Promise<Recording> {
  const clock = new Clock();
  const home = new Home('home', { ...DEFAULT_BEHAVIOUR }, clock.now, { seed });
  let polls = 0;
  clock.onSleep = () => {
    polls += 1;
    if (polls % 7 === seed % 7) home.wander(1 + (polls % 3));
    if (polls === 50) home.press('Eteisen seinäkytkin', 1, ['longpress']);
    if (polls === 60) home.remove('devices', 'Kaiutin');
    if (polls === 70) home.addLike('Ulko-ovi', 'Takaovi');
    if (polls === 80) home.sendFull();
  };
  return recordOf(home, clock, DAY_MS, 60_000);
}

/** Returns a home that replays a recording, and its clock. */
function replaying(recording: Recording, speed: number) {
  const clock = new Clock();
  return { clock, home: new Home('replayed', { ...DEFAULT_BEHAVIOUR }, clock.now, { recording, speed }) };
}

/**
 * A client that polls a replayed home and collects the changes of each thing. Leaves out timestamps, as the messages of
 * the package's nodes do.
 */
class Client {
  readonly changes: string[] = [];
  /** Number of answers that contained changes. */
  answers = 0;
  readonly #home: Home;
  #ts = 0;

  constructor(home: Home) {
    this.#home = home;
  }

  async poll(): Promise<void> {
    const answer = await this.#home.poll(this.#ts, never);
    this.#ts = answer?.timestamp ?? this.#ts;
    const things = (answer?.polls ?? []).flatMap((delta) =>
      Object.values(delta).filter((part) => typeof part === 'object'),
    );
    if (answer !== undefined && answer.polls.length > 0) this.answers += 1;
    for (const [id, thing] of things.flatMap((list) => Object.entries(list as object))) {
      this.changes.push(`${id} ${JSON.stringify(thing, (_key, value: unknown) => (Number(value) > 1e12 ? 0 : value))}`);
    }
  }
}

/** Replays a whole recording to a client. Returns the client with all changes. */
async function pollReplay(recording: Recording, speed: number, everyMs: number): Promise<Client> {
  const { clock, home } = replaying(recording, speed);
  const client = new Client(home);
  do {
    await client.poll();
    await clock.sleep(everyMs);
  } while (!home.isReplayed);
  return client;
}

/** Returns a recording in which these devices change one after another, one per second. */
function changesOf(ids: readonly string[]): Recording {
  const device = (id: string, count: number) => ({
    id,
    name: id,
    type: 'CONTACT',
    state: { type: 'STATE_CONTACT', count },
  });
  const polls = ids.map((id, index) => ({
    at: (index + 1) * 1000,
    changes: { devices: { [id]: device(id, index + 1) } },
  }));
  const devices = Object.fromEntries(ids.map((id) => [id, device(id, 0)]));
  return { form: 'cozify-recording', version: 1, names: 'kept', hubVersion: '1.14', things: { devices }, polls };
}

/** Records a home in which a wall switch is pressed 12 times: the same button twice in a row, and then another one. */
async function recordedPresses(): Promise<Recording> {
  const clock = new Clock();
  const home = new Home('home', { ...DEFAULT_BEHAVIOUR }, clock.now);
  let polls = 0;
  clock.onSleep = () => {
    polls += 1;
    // A switch that checks in reports the time of its last press again. This is not a press.
    if (polls % 60 === 5) home.checkIn('Eteisen seinäkytkin');
    if (polls % 60 === 0) home.press('Eteisen seinäkytkin', polls % 180 === 0 ? 2 : 1);
  };
  return recordOf(home, clock, 1_440_000, 2000);
}

/** Returns the buttons that a client reports as pressed during a replay, if it polls every `everyMs`. */
async function pressesReceived(recording: Recording, speed: number, everyMs: number): Promise<number[]> {
  const clock = new FakeClock();
  const home = new Home('replayed', { ...DEFAULT_BEHAVIOUR }, () => clock.now(), { recording, speed });
  const cache = new HomeCache({ hub: 'replayed', language: 'fi', clock });
  const buttons: number[] = [];
  for (let isFull = true; !home.isReplayed; isFull = false) {
    const answer = await home.poll(isFull ? 0 : cache.timestamp, AbortSignal.abort());
    if (answer === undefined) cache.noteUnchanged();
    else buttons.push(...(cache.applyPoll(answer, { isFull })?.presses ?? []).map(({ button }) => button));
    await clock.advance(everyMs);
  }
  return buttons;
}

describe('A recording of a home', () => {
  it('is the same at 1, 60 and 1000 times its speed', async () => {
    for (let seed = 1; seed <= sized(5, 20); seed++) {
      const recording = await recordedDay(seed);
      const [once, sixty, thousand] = [
        await pollReplay(recording, 1, 10_000),
        await pollReplay(recording, 60, 1000),
        await pollReplay(recording, 1000, 1000),
      ];
      assert.ok(recording.polls.length > 100);
      assert.ok(Object.values(recording.things.rooms ?? {}).some((room) => room?.['name'] === 'Sauna'));
      assert.equal(once.answers, recording.polls.length + 1);
      assert.deepEqual(sixty.changes, once.changes, `day ${seed}`);
      assert.deepEqual(thousand.changes, once.changes, `day ${seed}`);
      assert.ok(thousand.answers < once.answers, `${thousand.answers} answers for ${once.answers}`);
    }
  });

  it('needs only as many answers as one thing has changes', async () => {
    const devices = Array.from({ length: 40 }, (_, index) => `device-${index}`);
    assert.equal((await pollReplay(changesOf(devices), 1000, 1000)).answers, 2);
    const one = await pollReplay(changesOf(Array<string>(20).fill('device-1')), 1000, 1000);
    assert.equal(one.answers, 21);
    assert.equal(one.changes.length, 21);
  });

  it('replays every press at 1, 60 and 1000 times its speed, on the local network and through the cloud', async () => {
    const recording = await recordedPresses();
    const pressed = [1, 1, 2, 1, 1, 2, 1, 1, 2, 1, 1, 2];
    for (const speed of [1, 60, 1000]) {
      for (const everyMs of [1000, 10_000]) {
        assert.deepEqual(await pressesReceived(recording, speed, everyMs), pressed, `speed ${speed}, ${everyMs} ms`);
      }
    }
  });

  it('keeps the order of changes of several lists in one answer', async () => {
    const recording = changesOf(['device-1', 'device-2', 'device-1']);
    const scene = { id: 'scene-1', name: 'scene 1', isOn: true };
    recording.polls.splice(1, 0, { at: 1500, changes: { scenes: { 'scene-1': scene } } });
    const order = async (speed: number) =>
      (await pollReplay(recording, speed, 1000)).changes.map((change) => change.split(' ')[0]);
    assert.deepEqual((await order(1)).slice(-4), ['device-1', 'scene-1', 'device-2', 'device-1']);
    assert.deepEqual(await order(1000), await order(1));
  });

  it('is replayed completely to each of several clients, and to the others after one ends', async () => {
    const { clock, home } = replaying(changesOf(Array<string>(20).fill('device-1')), 1000);
    const [first, second, brief] = [new Client(home), new Client(home), new Client(home)];
    for (const client of [first, second, brief]) await client.poll();
    for (let half = 0; !home.isReplayed; half++) {
      await (half % 2 === 0 ? first : second).poll();
      // The third client stops after this poll.
      if (half === 5) await brief.poll();
      await clock.sleep(500);
    }
    assert.equal(first.changes.length, 21);
    assert.deepEqual(second.changes, first.changes);
  });

  it('is refused if it is invalid, with the expected form in the message', () => {
    const lamp = { id: 'device-1', name: 'device 1' };
    const good = { form: 'cozify-recording', version: 1, things: { devices: { 'device-1': lamp } }, polls: [] };
    const errorOf = (text: string): string => {
      try {
        parseRecording(text);
      } catch (error) {
        return (error as Error).message;
      }
      return 'no error';
    };
    assert.equal(errorOf(JSON.stringify(good)), 'no error');
    assert.equal(errorOf(`\uFEFF${JSON.stringify(good)}`), 'no error', 'a mark of the editor at the beginning');
    for (const text of ['', '<html>', JSON.stringify(good).slice(0, 90)]) assert.match(errorOf(text), /not the whole/);
    for (const text of ['{}', 'null', '[1]']) assert.match(errorOf(text), /no "form": "cozify-recording"/);
    for (const [wrong, expected] of [
      [{ version: 2 }, /version 2; this program reads version 1/],
      [{ things: undefined }, /"things" is not an object/],
      [{ things: { devices: { a: 5 } } }, /"things.devices" is not an object of things by id/],
      [{ polls: {} }, /"polls" is not a list/],
      [{ polls: [{ at: 1, changes: {} }, 5] }, /"polls\[1\]" is not an object/],
      [{ polls: [{ at: '1', changes: {} }] }, /"polls\[0\]\.at" is not a number/],
      [{ polls: [{ at: 1, changes: { rooms: [] } }] }, /"polls\[0\]\.changes\.rooms"/],
    ] as const) {
      assert.match(errorOf(JSON.stringify({ ...good, ...wrong })), expected);
    }
  });

  it('is served even if the hub reported null for names and lists', async () => {
    const things = {
      devices: { d: { id: 'd', name: null, type: null, capabilities: null, room: null, groups: null, state: null } },
      groups: { g: { id: 'g', name: null, members: null } },
      scenes: { s: { id: 's', name: null, presets: null, excludedIds: null } },
      rules: { r: { id: 'r', config: null, scenes: null } },
      rooms: { o: { id: 'o', name: null } },
      alarms: { a: { id: 'a', name: null } },
    };
    const text = JSON.stringify({ form: 'cozify-recording', version: 1, things, polls: [] });
    const simulator = await Simulator.start({ hubs: [{ home: { recording: parseRecording(text) } }] });
    try {
      const [hub] = simulator.hubs;
      assert.ok(hub);
      const ask = async (path: string, init: RequestInit = {}) =>
        (await fetch(`http://${hub.host}/cc/1.14${path}`, { ...init, headers: { Authorization: hub.key(EMAIL) } }))
          .status;
      for (const path of ['/hub/poll?ts=0', ...Object.keys(things).map((listing) => `/${listing}`)]) {
        assert.equal(await ask(path), 200, path);
      }
      for (const [path, id, type] of [
        ['/groups/command', 'g', 'CMD_GROUP_ON'],
        ['/scenes/command', 's', 'CMD_SCENE_ON'],
        ['/rules/command', 'r', 'RULE_ON_COMMAND'],
      ]) {
        assert.equal(await ask(`${path}`, { method: 'PUT', body: JSON.stringify([{ id, type }]) }), 200, path);
      }
    } finally {
      await simulator.stop();
    }
  });
});
