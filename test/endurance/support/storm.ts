// The storm test, which lets random events happen at two simulated hubs: its hub nodes, and the checks of their
// messages and statuses.
import assert from 'node:assert/strict';
import { systemClock } from '../../../src/async/clock.js';
import registerButton from '../../../nodes/cozify-button.js';
import registerChanges from '../../../nodes/cozify-changes.js';
import registerCommand from '../../../nodes/cozify-command.js';
import registerRead from '../../../nodes/cozify-read.js';
import registerWait from '../../../nodes/cozify-wait.js';
import { HubStage } from '../../src/hub/support/hub-stage.js';
import { DAY, HOUR, MINUTE, SECOND, settle } from '../../src/support/fake-clock.js';
import type { AccountFixture } from '../../src/support/stage.js';
import type { Device } from '../../simulator/index.js';
import { Seeded } from './seeded.js';
import { type Message, SmallRed } from './small-red.js';
import { StormEnds } from './storm-ends.js';
import { NAMED, NODES, nodesOf, type Settings } from './storm-flows.js';
import { Follower } from './storm-follower.js';
import { StormHub } from './storm-hub.js';
import { StormPresses } from './storm-presses.js';
import { isGroupOn, followedOf, isSame, truthOf } from './storm-truth.js';

/** Time limits within which a node must report a change, by transport. Polls through the cloud are less frequent. */
const REPORTED_MS = { lan: 5 * SECOND, cloud: 50 * SECOND };
/** Time without a good answer after which three polls in a row have failed, even if each of them has hung. */
const THREE_POLLS_MS = 4 * MINUTE;
/** Time after the end of all faults within which even the most delayed poll is sent. */
const CALM_MS = 10 * MINUTE;
/** The maximum number of requests in one burst. A burst may load all lists of two hubs. */
const MAX_AT_ONCE = 200;
/** The maximum number of requests per second for commands and polls. Failures must not increase it. */
const MAX_PER_SECOND = 10;
/**
 * Time after which a hub is polled on the LAN as usual again, even if its address has changed or it has sent many
 * complete answers.
 */
const LONG_CALM_MS = 18 * MINUTE;
/** How long the account keeps the cache of a hub's devices current after the last node has unsubscribed. */
const KEPT_MS = MINUTE;
const STEP_MS = 100;

/**
 * Two hubs and twelve hub nodes on a simulated clock, and the checks of the storm test. `StormLife` contains the random
 * events.
 */
export class Storm {
  readonly stage = new HubStage();
  readonly hubs: readonly [StormHub, StormHub];
  readonly red: SmallRed;
  readonly ends: StormEnds;
  readonly presses: StormPresses;
  readonly troubles: string[] = [];
  readonly followers: ReadonlyMap<string, Follower>;
  /** Number of checks by transport, and of checks of node statuses. */
  readonly checks = { lan: 0, cloud: 0, statuses: 0 };
  /** Ids of devices with changes that polls report only in the next complete answer, which lists all devices. */
  readonly unsure = new Set<string>();
  /** When motion started, by the id of the sensor (monotonic, ms). */
  readonly #movingSince = new Map<string, number>();
  settings: Settings = { forSeconds: 60 };
  #fixture: AccountFixture | undefined;
  readonly #clockBefore = { ...systemClock };
  #startedAt = 0;
  /** Number of cancelled messages, according to the log of the wait node. */
  #loggedCancellations = 0;

  constructor(random: Seeded) {
    const { clock } = this.stage;
    clock.turns = 1;
    this.stage.mostAsked = 100_000;
    // The clock and each hub have their own random numbers, so that the events do not depend on the number of requests.
    const [jitter, ...shares] = Array.from({ length: 3 }, () => new Seeded(random.next() * 2 ** 31));
    assert.ok(jitter && shares[0] && shares[1]);
    clock.chance = jitter.next;
    this.hubs = [
      new StormHub(this.stage.hub, { devices: 40 }, { clock, random: shares[0] }),
      new StormHub(this.stage.addOther(), { devices: 20, seed: 2 }, { clock, random: shares[1] }),
    ];
    const note = (trouble: string): void => this.note(trouble);
    this.red = new SmallRed(clock, { sent: (...all) => this.#receive(...all), logged: (...all) => this.#read(...all) });
    this.ends = new StormEnds(this.red, clock, note);
    this.presses = new StormPresses(clock, note);
    const follow = (node: string, read: (payload: unknown) => unknown, isInitialSent = false): [string, Follower] => [
      node,
      new Follower({ node, read, isInitialSent, note }),
    ];
    this.followers = new Map([
      follow(NODES.everything, followedOf, true),
      follow(NODES.groups, (state) => (Object(state) as Message)['on']),
      follow(NODES.lamp, (payload) => payload),
      follow(NODES.named, (payload) => payload),
    ]);
    for (const register of [registerButton, registerChanges, registerCommand, registerRead, registerWait]) {
      register(this.red.api);
    }
    // Replaces the functions of the system clock, because the nodes use it.
    Object.assign(systemClock, {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      setTimeout: (callback: () => void, delayMs: number) => clock.setTimeout(callback, delayMs),
      clearTimeout: (timer: number) => clock.clearTimeout(timer),
      random: () => clock.random(),
    });
  }

  note(trouble: string): void {
    if (this.troubles.length < 20) this.troubles.push(`${this.when}: ${trouble}`);
  }

  /** The simulated time since the start, for reports. */
  get when(): string {
    const ms = this.stage.clock.monotonic();
    return `day ${Math.floor(ms / DAY)} ${new Date(ms % DAY).toISOString().slice(11, 23)} (${Math.round(ms)})`;
  }

  /** The monotonic time in milliseconds. */
  get now(): number {
    return this.stage.clock.monotonic();
  }

  /** Logs in, and starts all nodes. */
  async start(): Promise<void> {
    await this.stage.client();
    assert.ok(this.stage.fixture);
    await this.stage.close(this.stage.fixture);
    await this.open();
    this.startNodes();
  }

  /** Starts a process: the account opens from its stored state. */
  async open(): Promise<void> {
    this.#fixture = await this.stage.open();
    this.red.account = this.#fixture.account;
    for (const hub of this.hubs) hub.disturb();
  }

  async close(): Promise<void> {
    assert.ok(this.#fixture);
    this.red.account = undefined;
    await this.stage.close(this.#fixture);
    for (const follower of this.followers.values()) follower.restart();
  }

  /** Restores the real system clock. */
  giveClockBack(): void {
    Object.assign(systemClock, this.#clockBefore);
  }

  /** Closes all nodes and the account. Fails if a timer is still running. */
  async end(): Promise<void> {
    await this.closeNodes();
    await this.close();
    await this.pass(CALM_MS);
    this.ends.end();
    assert.equal(this.stage.clock.timers, 0, 'a closed account has no timer');
    await this.stage.end();
  }

  /** Creates these nodes, or all nodes if none are given. */
  startNodes(which: readonly string[] = Object.values(NODES)): void {
    const [{ home, fake }] = this.hubs;
    this.red.start(nodesOf(fake.id, home, this.settings).filter(({ id }) => which.includes(id)));
    this.#startedAt = this.now;
  }

  async closeNodes(which: readonly string[] = this.red.running): Promise<void> {
    await this.during(this.red.close(which));
    if (!which.includes(NODES.wait)) return;
    const left = this.ends.drop(NODES.wait);
    if (left !== this.#loggedCancellations)
      this.note(`${left} messages waited at a close, but the log has ${this.#loggedCancellations}`);
    this.#loggedCancellations = 0;
  }

  /** Restarts nodes after a pause. */
  async restartNodes(which: readonly string[], pauseMs: number): Promise<void> {
    await this.closeNodes(which);
    if (pauseMs > 0) await this.pass(pauseMs);
    // If no nodes are running, this is a full Deploy, which also restarts the account node.
    if (this.#fixture !== undefined && this.red.running.length === 0) await this.stage.deploy(this.#fixture);
    if (pauseMs >= KEPT_MS) for (const id of which) this.followers.get(id)?.restart();
    // Counts the hubs as disconnected, because nodes that subscribe again need a first poll.
    if (pauseMs > 0) for (const hub of this.hubs) hub.disturb();
    this.startNodes(which);
  }

  /** Advances the clock. Records a problem if there were too many requests in this time. */
  async pass(ms: number): Promise<void> {
    this.#noteMotion();
    await this.stage.clock.advance(ms);
    const requests = this.stage.take().length;
    const most = MAX_AT_ONCE + (ms / SECOND) * MAX_PER_SECOND;
    if (requests > most) this.note(`${requests} requests in ${ms / SECOND} s`);
    this.stage.cloud.requests.length = 0;
  }

  /** Advances the clock until the work has ended. */
  async during(work: Promise<unknown>): Promise<void> {
    let isDone = false;
    const done = work.then(() => (isDone = true));
    await settle();
    for (let waited = 0; !isDone && waited < MINUTE; waited += STEP_MS) await this.pass(isDone ? 0 : STEP_MS);
    await done;
  }

  /**
   * Runs `act` for each connected hub, and checks that nodes receive all changes of the hubs that stay connected. If
   * `act` returns a check, that check runs at the end, provided that its hub stayed connected.
   */
  async check(act: (hub: StormHub) => (() => void) | undefined = () => undefined): Promise<void> {
    // A press at the moment when nodes start may count as a press from before the start.
    if (this.now - this.#startedAt < SECOND) await this.pass(SECOND);
    const transports = this.hubs.map((hub) =>
      hub.isConnected('lan') ? 'lan' : hub.isConnected('cloud') ? 'cloud' : undefined,
    );
    const actChecks = this.hubs.map((hub, index) => (transports[index] === undefined ? undefined : act(hub)));
    const before = this.hubs.map(({ home }) => this.#truths(home.devices));
    const windowMs = Math.max(...transports.map((transport) => (transport === undefined ? 0 : REPORTED_MS[transport])));
    await this.pass(windowMs);
    for (const [index, hub] of this.hubs.entries()) {
      const transport = transports[index];
      if (transport === undefined || !hub.isConnected(transport, windowMs)) continue;
      this.checks[transport] += 1;
      actChecks[index]?.();
      if (hub.isReported) this.#compare(hub, before[index] ?? new Map());
    }
    this.#checkStatuses(
      transports.every(
        (transport, index) => transport !== undefined && this.hubs[index]?.isConnected(transport, windowMs),
      ),
    );
    this.ends.check();
  }

  /** Ends all faults, and checks that the nodes then have the true state of every device. */
  async calmDown(): Promise<void> {
    for (const { home } of this.hubs) home.loseChanges(0);
    for (const hub of this.hubs) hub.clear();
    await this.pass(CALM_MS);
    for (const hub of this.hubs.filter(({ wasKeyLost }) => wasKeyLost)) {
      hub.wasKeyLost = false;
      const [device] = hub.home.devices;
      this.ends.give(NODES.read, { target: { hub: hub.fake.id, id: device?.id } });
    }
    // Polls omit changes of unreachable devices, and only a complete answer contains the changes that earlier polls
    // have missed.
    for (const { home } of this.hubs) for (const { id } of home.devices) home.setReachable(id, true);
    for (const { home } of this.hubs) home.sendFull();
    await this.pass(LONG_CALM_MS);
    this.unsure.clear();
    const isOnLan = (hub: StormHub): boolean => hub.isConnected('lan', MINUTE);
    // If a hub did not answer at its new address, the next attempt at that address is an hour later.
    if (!this.hubs.every(isOnLan)) await this.pass(HOUR);
    for (const [index, hub] of this.hubs.entries()) {
      if (!isOnLan(hub)) this.note(`hub ${index + 1} is not polled on the LAN without any trouble`);
    }
    await this.check();
    for (const { home } of this.hubs) {
      for (const device of home.devices) this.#expectSent(device, truthOf(device), 'there is no trouble');
    }
  }

  #truths(devices: readonly Device[]): Map<string, unknown> {
    return new Map(devices.map((device) => [device.id, truthOf(device)]));
  }

  /**
   * Compares the last sent state of each device with its true state. Skips devices whose true state has changed during
   * the check.
   */
  #compare({ home }: StormHub, before: ReadonlyMap<string, unknown>): void {
    const steady = home.devices.filter((device) => isSame(before.get(device.id), truthOf(device)));
    const known = steady.filter(({ id, state }) => state.reachable && !this.unsure.has(id));
    for (const device of known) this.#expectSent(device, truthOf(device), 'the hub is connected');
    const isSteady = steady.length === home.devices.length && known.length === steady.length;
    if (!isSteady) return;
    const last = this.followers.get(NODES.groups)?.last;
    for (const group of home.all('groups')) {
      const sent = last?.get(group.id);
      if (sent !== undefined && sent !== isGroupOn(group, home.devices))
        this.note(`the group ${group.name} is not in the sent state`);
    }
  }

  #expectSent(device: Device, truth: unknown, why: string): void {
    const sent = (node: string): unknown => this.followers.get(node)?.last.get(device.id);
    const everything = sent(NODES.everything);
    const says = JSON.stringify({ sent: everything, truth });
    if (!isSame(everything, truth))
      this.note(`${device.name} (${device.id}) is not in the sent state though ${why}: ${says}`);
    const isOn = sent(NODES.lamp);
    if (isOn !== undefined && isOn !== device.state['isOn'])
      this.note(`the lamp is not in the sent state though ${why}`);
    const temperature = sent(NODES.named);
    const isNamed = device.name === NAMED;
    if (isNamed && temperature !== undefined && temperature !== (truth as Message)['temperature'])
      this.note(`${NAMED} is not in the sent state though ${why}: ${JSON.stringify(temperature)}`);
  }

  /** Records a problem if a node is green while all polls fail, or if a node shows a connected hub as offline. */
  #checkStatuses(areAllConnected: boolean): void {
    const answeredAt = Math.min(...this.hubs.map((hub) => hub.answeredAt));
    const arePollsFailing = this.now - Math.max(answeredAt, this.#startedAt) > THREE_POLLS_MS;
    this.checks.statuses += 1;
    for (const id of [NODES.everything, NODES.buttons, NODES.groups]) {
      const status = this.red.statusOf(id);
      const says = JSON.stringify(status);
      if (arePollsFailing && status?.fill === 'green') this.note(`${id} is green while polls fail: ${says}`);
      if (areAllConnected && /hub away|hubiin ei/.test(status?.text ?? ''))
        this.note(`${id} shows a hub as away: ${says}`);
    }
  }

  #receive(node: string, messages: (Message | null)[]): void {
    const [message] = messages;
    if (message === null || message === undefined) return;
    if (node === NODES.buttons) this.presses.receive(message);
    if (node === NODES.idle) this.#checkIdle(message);
    this.followers.get(node)?.receive(message);
  }

  /**
   * Records when motion started at each sensor. The times that a hub reports are not used, because they depend on its
   * clock.
   */
  #noteMotion(): void {
    for (const { id, state } of this.hubs.flatMap(({ home }) => home.devices)) {
      if (state['motion'] !== true) this.#movingSince.delete(id);
      else if (!this.#movingSince.has(id)) this.#movingSince.set(id, this.now);
    }
  }

  /**
   * Checks a “no motion” message. If the sensor reports motion again, the motion must be so recent that the node may not
   * have received it yet.
   */
  #checkIdle({ device, payload }: Message): void {
    const { id, hub } = device as { id: string; hub: string };
    const home = this.hubs.find(({ fake }) => fake.id === hub)?.home;
    const sensor = home?.devices.find((one) => one.id === id);
    if (this.unsure.has(id)) return;
    if (payload !== false) this.note(`the message about no motion at ${id} has the payload ${String(payload)}`);
    const movingMs = this.now - (this.#movingSince.get(id) ?? Infinity);
    if (sensor?.state['motion'] === true && movingMs > REPORTED_MS.cloud)
      this.note(`${sensor.name} has motion, but the node sent no motion`);
  }

  #read(node: string, text: string): void {
    if (node === NODES.wait) this.#loggedCancellations += Number(/^Cancelled (\d+)/.exec(text)?.[1] ?? 0);
    if (text.includes('subscriber failed')) this.note(`${node}: ${text}`);
  }
}
