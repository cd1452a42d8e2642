import assert from 'node:assert/strict';
import type { Device, SimulatedHub } from '../simulator';
import { sleep, Stage, until } from './harness';
import { isLong, itInLong, say, sized } from '../support/size';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** The default poll interval through the cloud. */
const CLOUD_INTERVAL_MS = 10 * SECOND;

/** Seconds without motion before a message; longer than the time between polls on a busy machine. */
const STILL_S = 4;

/** The longest delay before failed polls are retried: a minute plus 25 % jitter. */
const LONGEST_PAUSE_MS = 75 * SECOND;

/** Answers to polls without a list of changes. */
const BAD_POLL_ANSWERS: Record<string, { status: number; body?: string }> = {
  'a 500': { status: 500 },
  'a 401 and the same key': { status: 401 },
  'a 403': { status: 403 },
  'a 404': { status: 404 },
  'a 429': { status: 429 },
  garbage: { status: 200, body: '"x' },
  'a web page': { status: 200, body: '<html>Welcome to our Wi-Fi</html>' },
};

function answerPolls({ simulator }: Stage, fault: { status: number; body?: string }): void {
  for (const call of ['hub', 'remote'] as const) simulator.fault(call, { path: '/hub/poll', ...fault });
}

describe('A hub in trouble, at the default poll intervals', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open({ simulator: { hubs: [{ name: 'Koti' }] } });
  });
  after(() => stage?.close());

  const hub = (): SimulatedHub => {
    const [only] = stage.simulator.hubs;
    assert.ok(only);
    return only;
  };
  const deviceWith = (isMatch: (device: Device) => boolean): Device => {
    const found = hub().home.devices.find(isMatch);
    assert.ok(found);
    return found;
  };
  const lamp = (): Device => deviceWith(({ type }) => type === 'LIGHT');
  const wall = (): Device => deviceWith(({ state }) => 'button' in state);
  const mover = (): Device => deviceWith(({ type, state }) => type === 'MOTION' || 'motion' in state);
  const targetOf = ({ id, name }: Device): object => ({ hub: '', kind: 'device', id, name });

  async function begin(): Promise<void> {
    const isStill = { field: 'motion', op: 'is', value: false };
    await stage.newLogin(
      {},
      { read: { type: 'cozify-read', targets: [], kind: 'scene', fresh: true } },
      {
        changes: { type: 'cozify-changes', targets: [targetOf(lamp())] },
        motion: { type: 'cozify-changes', targets: [targetOf(mover())] },
        still: { type: 'cozify-changes', targets: [targetOf(mover())], condition: isStill, for: STILL_S },
        button: { type: 'cozify-button', targets: [] },
      },
    );
    const seen = polls('lan').length;
    await until('two polls', () => polls('lan').length >= seen + 2);
    if (mover().state['motion'] !== true) await moves(true);
  }

  /** Changes the motion, and waits for its message. */
  async function moves(motion: boolean): Promise<void> {
    const before = count('motion');
    hub().home.change(mover().id, { motion });
    await until(`the motion ${motion}`, () => count('motion') > before);
  }

  const polls = (transport: 'lan' | 'cloud') => hub().log.of({ path: '/hub/poll', transport });
  const count = (by: string): number => stage.received(by).length;
  const isGreen = (): boolean => stage.statuses().findLast(({ source }) => source === 'changes')?.fill === 'green';

  const flip = (): void => hub().home.change(lamp().id, { isOn: lamp().state['isOn'] !== true });
  let pressed = 0;
  const press = (): void => hub().home.press(wall().id, 1 + (pressed++ % 2));

  /** Causes one event, and waits for its message. */
  async function isReported(by: 'changes' | 'button'): Promise<void> {
    const before = count(by);
    (by === 'button' ? press : flip)();
    await until(`the message of ${by}`, () => count(by) > before);
  }

  /** Takes the hub off the LAN for one poll. The LAN is tried again after 5 s. */
  async function hiccup(): Promise<void> {
    await hub().leaveLan();
    await sleep(1.5 * SECOND);
    await hub().returnToLan();
  }

  it('reports a change and a press after one refused connection on the LAN', async () => {
    await begin();
    for (let time = 1; time <= sized(1, 20); time++) {
      const [changes, presses] = [count('changes'), count('button')];
      await hiccup();
      flip();
      press();
      const at = Date.now();
      await until('both', () => count('changes') > changes && count('button') > presses);
      const lateMs = Date.now() - at;
      say(`reported ${lateMs} ms after the LAN was back`);
      if (isLong) assert.ok(lateMs < CLOUD_INTERVAL_MS * 0.8, 'before the next poll through the cloud');
      await isReported('button');
      assert.deepEqual([count('changes'), count('button')], [time, 2 * time], 'one message each');
    }
  });

  itInLong('reports each press after a refused connection in a home that was quiet for long', async () => {
    await begin();
    await sleep(11 * MINUTE);
    for (let time = 0; time < 8; time++) {
      await hiccup();
      await sleep(2 * SECOND + time * 125);
      await isReported('button');
      await sleep(20 * SECOND);
      assert.equal(count('button'), time + 1);
    }
  });

  itInLong('polls at once after a successful read that follows an outage of 70 s', async () => {
    for (let time = 0; time < 3; time++) {
      await begin();
      await hub().goOffline();
      await sleep(70 * SECOND);
      await hub().goOnline();
      flip();
      assert.equal((await stage.ask('read')).output, 1);
      const at = Date.now();
      await until('the change', () => count('changes') > 0);
      say(`reported ${Date.now() - at} ms after the read`);
      assert.ok(Date.now() - at < 10 * SECOND, 'before the end of the back-off');
      await isReported('button');
    }
  });

  for (const [name, answer] of Object.entries(BAD_POLL_ANSWERS)) {
    const define = name === 'a 500' ? it : itInLong;
    define(`shows an unreachable hub when polls get ${name}, and recovers afterwards`, async () => {
      await begin();
      await until('a green status', isGreen);
      const [motions, stills] = [count('motion'), count('still')];
      const topics = stage.topics().length;
      const inTheLog = stage.log().length;
      const lines = (): number =>
        stage
          .log()
          .slice(inTheLog)
          .match(/The hub "?Koti"?/g)?.length ?? 0;
      // The first poll ends the motion; all later polls fail.
      const held = stage.simulator.hold('hub', { path: '/hub/poll' });
      await until('a poll', () => held.isAsked);
      hub().home.change(mover().id, { motion: false });
      answerPolls(stage, answer);
      held.release();
      await until('the stillness', () => count('motion') > motions);
      hub().home.change(mover().id, { motion: true });
      await until('a status that is not green', () => !isGreen());
      await stage.untilTopic('hubs', 1);
      assert.deepEqual(stage.topics().slice(topics), ['hubs']);
      assert.equal((await stage.snapshot()).hubs[0]?.reachable, false);
      assert.equal(lines(), 1, stage.log().slice(inTheLog));
      await sleep(STILL_S * SECOND * sized(1, 5));
      assert.equal(count('still'), stills, 'the motion may have changed');
      assert.equal(isGreen(), false);

      stage.simulator.clearFaults();
      // A read causes a poll at once. In its long size, the test waits for the retry instead.
      if (!isLong) assert.equal((await stage.ask('read')).output, 1);
      await until('a green status', isGreen, LONGEST_PAUSE_MS * 5);
      assert.deepEqual([stage.topics().slice(topics), lines()], [['hubs', 'hubs'], 2]);
      await isReported('changes');
      await isReported('button');
      await until('the motion', () => count('motion') > motions + 1);
      assert.equal(count('still'), stills);
      await moves(false);
      await until('the end of the motion', () => count('still') > stills);
    });
  }
});
