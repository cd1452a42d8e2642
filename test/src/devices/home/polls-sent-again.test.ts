import assert from 'node:assert/strict';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { CommandStep } from '../../../../src/devices/steps/command-step.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import type { HubStage } from '../../hub/support/hub-stage.js';
import { SECOND } from '../../support/fake-clock.js';

const CLOUD = { host: null, isRemote: true };

describe('A poll that is aborted and sent again', () => {
  const step = new CommandStep();
  let home: SubscribedHome;
  let stage: HubStage;
  /** Milliseconds that the hub takes to answer a poll for changes. */
  let pollMs: number;
  /** Milliseconds that the hub takes to answer a full poll. */
  let fullMs: number;
  /** Whether the hub answers every request with 503. */
  let isOut: boolean;

  beforeEach(() => {
    home = new SubscribedHome();
    ({ stage } = home);
    [pollMs, fullMs, isOut] = [20, 20, false];
    stage.hub.intercept = async ({ path, answer }) => {
      if (isOut) return { status: 503 };
      const reply = await answer();
      if (typeof reply !== 'object') return reply;
      const ownMs = path.includes('ts=0') ? fullMs : path.includes('/hub/poll') ? pollMs : 50;
      return { ...reply, delayMs: ownMs };
    };
  });
  afterEach(() => home.end());

  const pass = (ms: number): Promise<void> => stage.clock.advance(ms);

  /** Calls `ask` every `everyMs` milliseconds until `forMs` milliseconds have passed. */
  async function goesOn(everyMs: number, forMs: number, ask: (time: number) => Promise<unknown>): Promise<void> {
    for (let time = 0; time * everyMs < forMs; time++) {
      void ask(time).catch(() => undefined);
      await pass(everyMs);
    }
  }

  /** Sends a brightness to another lamp, not to the lamp that the test switches by hand. */
  function command(time: number, confirmMs: number): Promise<unknown> {
    const [, other] = home.house.devices.filter(({ type }) => type === 'LIGHT');
    const targets = parseMessageTargets(other?.id);
    const request = { command: parseCommand({}, { brightness: 10 + (time % 80) }), targets, hub: '', confirmMs };
    return home.account.useHomes('command', (homes) => step.run(homes, request));
  }

  for (const [tookMs, everyMs] of [
    [350, 300],
    [2_100, 2_000],
  ] as const) {
    it(`succeeds after an outage if it takes ${tookMs} ms, with other reads every ${everyMs} ms`, async () => {
      await home.start();
      isOut = true;
      await pass(30 * SECOND);
      [isOut, fullMs] = [false, tookMs];
      await goesOn(everyMs, 10 * SECOND, () => home.account.read({ kinds: ['group'], fresh: true }));
      assert.deepEqual([home.poller.error, home.reachable], [undefined, true]);
    });
  }

  for (const [transport, known, tookMs] of [
    ['LAN', {}, 6_000],
    ['cloud', CLOUD, 11_000],
  ] as const) {
    it(`succeeds through the ${transport} if it takes ${tookMs} ms, with commands every 2 s`, async () => {
      fullMs = tookMs;
      await stage.client(known);
      await pass(0);
      home.subscribe();
      await goesOn(2 * SECOND, 30 * SECOND, (time) => command(time, 0));
      assert.equal(home.account.homes.open[0]?.cache.hasPolled, true);
    });
  }

  for (const [transport, known, tookMs, everyMs] of [
    ['LAN', {}, 400, 300],
    ['cloud', CLOUD, 500, 300],
    ['LAN', {}, 6_000, 1_000],
  ] as const) {
    it(`emits a change through the ${transport} if it takes ${tookMs} ms, with confirmations every ${everyMs} ms`, async () => {
      await home.start(known);
      pollMs = tookMs;
      await pass(15 * SECOND);
      home.changes.splice(0);
      const lampOf = (): boolean => home.changes.some(({ device }) => device.id === home.lamp);
      const states: boolean[] = [];
      home.switch();
      await goesOn(everyMs, 20 * SECOND, (time) => {
        states.push(lampOf());
        return command(time, 5 * SECOND);
      });
      const seenAfterMs = states.indexOf(true) * everyMs;
      assert.ok(seenAfterMs > 0 && seenAfterMs < 3 * tookMs + 2 * SECOND, `after ${seenAfterMs} ms`);
    });
  }

  it('is aborted again if the hub holds it for seconds', async () => {
    await home.start();
    pollMs = 12 * SECOND;
    await pass(3 * SECOND);
    void command(1, 5 * SECOND);
    await pass(4 * SECOND);
    await pass(3 * SECOND);
    stage.take();
    void command(2, 5 * SECOND);
    await pass(SECOND);
    assert.ok(home.polls().length >= 1);
    await pass(10 * SECOND);
  });
});
