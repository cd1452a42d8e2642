import assert from 'node:assert/strict';
import type { Device, SimulatedHub } from '../simulator';
import { sleep, Stage, until } from './harness';
import { isLong, itInLong, say, sized } from '../support/size';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** What an account has that nobody has set otherwise. */
const CLOUD_INTERVAL_MS = 10 * SECOND;

/** For how long nobody may have moved until that is told: for longer than two polls are apart, whatever the machine does. */
const STILL_S = 4;

/** In which polls that fail are tried again at the latest: a minute, and a quarter of one. */
const LONGEST_PAUSE_MS = 75 * SECOND;

/** What polls may be answered with that is no list. */
const NO_LISTS: Record<string, { status: number; body?: string }> = {
  'a 500': { status: 500 },
  'a 401 with the same key again': { status: 401 },
  'a 403': { status: 403 },
  'a 404': { status: 404 },
  'a 429': { status: 429 },
  garbage: { status: 200, body: '"x' },
  'a web page': { status: 200, body: '<html>Welcome to our Wi-Fi</html>' },
};

function answerPolls({ simulator }: Stage, fault: { status: number; body?: string }): void {
  for (const call of ['hub', 'remote'] as const) simulator.fault(call, { path: '/hub/poll', ...fault });
}

describe('a hub in trouble, at the intervals that an account has by default', () => {
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
  const deviceWith = (isWanted: (device: Device) => boolean): Device => {
    const found = hub().home.devices.find(isWanted);
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

  /** Somebody moves, or stands still, and that is told. */
  async function moves(motion: boolean): Promise<void> {
    const before = count('motion');
    hub().home.change(mover().id, { motion });
    await until(`the motion ${motion}`, () => count('motion') > before);
  }

  const polls = (way: 'lan' | 'cloud') => hub().log.of({ path: '/hub/poll', way });
  const count = (by: string): number => stage.heard(by).length;
  const isGreen = (): boolean => stage.statuses().findLast(({ source }) => source === 'changes')?.fill === 'green';

  const flip = (): void => hub().home.change(lamp().id, { isOn: lamp().state['isOn'] !== true });
  let pressed = 0;
  const press = (): void => hub().home.press(wall().id, 1 + (pressed++ % 2));

  /** One thing happens, and is told. */
  async function isTold(by: 'changes' | 'button'): Promise<void> {
    const before = count(by);
    (by === 'button' ? press : flip)();
    await until(`what happened, by ${by}`, () => count(by) > before);
  }

  /** One poll finds the LAN closed: the LAN is tried again in 5 seconds. */
  async function hiccup(): Promise<void> {
    await hub().leaveLan();
    await sleep(1.5 * SECOND);
    await hub().returnToLan();
  }

  it('one refused connection on the LAN: a change and a press are told, and no press is lost', async () => {
    await begin();
    for (let time = 1; time <= sized(1, 20); time++) {
      const [changes, presses] = [count('changes'), count('button')];
      await hiccup();
      flip();
      press();
      const at = Date.now();
      await until('both', () => count('changes') > changes && count('button') > presses);
      const lateMs = Date.now() - at;
      say(`told ${lateMs} ms after the LAN was back`);
      if (isLong) assert.ok(lateMs < CLOUD_INTERVAL_MS * 0.8, 'not when the turn of the cloud comes');
      await isTold('button');
      assert.deepEqual([count('changes'), count('button')], [time, 2 * time], 'each once');
    }
  });

  itInLong(
    'no press is lost in a home that has been quiet for long, whenever it comes after such a hiccup',
    async () => {
      await begin();
      await sleep(11 * MINUTE);
      for (let time = 0; time < 8; time++) {
        await hiccup();
        await sleep(2 * SECOND + time * 125);
        await isTold('button');
        await sleep(20 * SECOND);
        assert.equal(count('button'), time + 1);
      }
    },
  );

  itInLong('after an outage of 70 s a good read brings the next poll at once', async () => {
    for (let time = 0; time < 3; time++) {
      await begin();
      await hub().goOffline();
      await sleep(70 * SECOND);
      await hub().goOnline();
      flip();
      assert.equal((await stage.ask('read')).output, 1);
      const at = Date.now();
      await until('the change', () => count('changes') > 0);
      say(`told ${Date.now() - at} ms after the read`);
      assert.ok(Date.now() - at < 10 * SECOND, 'not when the pause would have been over');
      await isTold('button');
    }
  });

  for (const [what, answer] of Object.entries(NO_LISTS)) {
    const define = what === 'a 500' ? it : itInLong;
    define(`polls that get ${what}: nobody is left to believe that all is well`, async () => {
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
      // One poll tells that somebody stands still, and those after it nothing any more.
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
      assert.equal(count('still'), stills, 'somebody has moved since');
      assert.equal(isGreen(), false);

      stage.simulator.clearFaults();
      // Who asks the hub has it polled at once; otherwise the next poll comes by itself.
      if (!isLong) assert.equal((await stage.ask('read')).output, 1);
      await until('a green status', isGreen, LONGEST_PAUSE_MS * 5);
      assert.deepEqual([stage.topics().slice(topics), lines()], [['hubs', 'hubs'], 2]);
      await isTold('changes');
      await isTold('button');
      await until('how the motion is', () => count('motion') > motions + 1);
      assert.equal(count('still'), stills);
      await moves(false);
      await until('that it is still', () => count('still') > stills);
    });
  }
});
