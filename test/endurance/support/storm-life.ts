// The random events of the storm test.
import { HOUR, MINUTE, SECOND } from '../../src/support/fake-clock.js';
import type { Device } from '../../simulator/index.js';
import type { Seeded } from './seeded.js';
import { Storm } from './storm.js';
import { StormActs } from './storm-acts.js';
import { FIRST_FLOW, NAMED, NODES } from './storm-flows.js';
import type { StormHub } from './storm-hub.js';
import { bringTrouble, lengthOf } from './storm-troubles.js';

const VERSIONS = 100;
const CLOUD_ONLY_MS = 2 * MINUTE;
/**
 * If a hub's key was lost for longer than this time, polls request a new key only rarely (up to an hour apart). The
 * test then sends a read, which requests the key at once.
 */
const KEY_LOST_MS = 4 * MINUTE;

type LanReply = 'refused' | 'nobody' | 'hang';

/** A random event: its name, its relative frequency, and its action. */
type RandomEvent = readonly [name: string, weight: number, run: (hub: StormHub) => unknown];

/** Runs the storm test: random events of the home, the network, the hubs and the flows, with checks in between. */
export class StormLife {
  readonly storm: Storm;
  /** Number of random events so far, by name. */
  readonly eventCounts: Record<string, number> = {};
  /** The latest events, for the report of a failure. */
  readonly lately: string[] = [];
  readonly acts: StormActs;
  readonly #random: Seeded;
  readonly #events: readonly [RandomEvent, ...RandomEvent[]];
  readonly #scheduled = new Map<number, () => void>();
  #added = 0;
  #keys = 0;
  #minor = 14;

  constructor(random: Seeded) {
    this.#random = random;
    this.storm = new Storm(random);
    this.acts = new StormActs(this.storm, random);
    const [first, ...others] = this.#all.flatMap((one) => Array.from({ length: one[1] }, () => one));
    if (first === undefined) throw new Error('no random events');
    this.#events = [first, ...others];
  }

  get #all(): RandomEvent[] {
    const { acts, storm } = this;
    return [
      // In the home.
      ['hand', 4, (hub) => acts.switchByHand(hub)],
      ['wander', 1, (hub) => acts.wander(hub)],
      ['reach', 1, (hub) => this.#reach(hub)],
      ['edit', 1, (hub) => this.#edit(hub)],
      ['rename', 1, () => this.#rename()],
      ['lose', 1, (hub) => this.#lose(hub)],
      ['lamp', 2, (hub) => acts.commandLamp(hub)],
      ['command', 2, (hub) => acts.command(hub)],
      ['toggle', 1, () => acts.toggle()],
      ['wait', 1, (hub) => acts.wait(hub)],
      ['read', 2, (hub) => acts.read(hub)],
      // Between the nodes and the hubs.
      ['LAN', 2, (hub) => this.#bring([hub], 'lan')],
      // All hubs, because the client applies a `Retry-After` of the cloud to all of them.
      ['cloud', 2, () => this.#bring(storm.hubs, 'cloud')],
      ['answers', 1, (hub) => this.#bring([hub], 'answers')],
      ['list', 1, (hub) => this.#bring([hub], 'list')],
      ['silence', 1, (hub) => this.#silence(hub)],
      ['move', 1, (hub) => this.#move(hub)],
      // At the hub.
      ['another key', 1, (hub) => this.#endKey(hub)],
      ['no key', 1, (hub) => this.#loseKey(hub)],
      ['update', 1, (hub) => this.#update(hub)],
      ['reboot', 1, (hub) => this.#reboot(hub)],
      ['clock', 1, (hub) => hub.setClock(this.#random.between(-2, 2) * HOUR)],
      // The clock of the hub slips by less than a poll interval.
      ['slip', 1, (hub) => this.#slip(hub)],
      ['full', 1, (hub) => this.#sendFull(hub)],
      // In the process of the nodes.
      ['clock of the host', 1, () => storm.stage.clock.jump(this.#random.between(-HOUR, HOUR))],
      ['deploy', 2, () => this.#deploy()],
      ['restart', 1, () => this.#restart()],
    ];
  }

  /** Runs for `ms` of simulated time. Throws at the first problem. */
  async live(ms: number): Promise<void> {
    try {
      await this.#liveOn(ms);
    } finally {
      this.storm.giveClockBack();
    }
  }

  async #liveOn(ms: number): Promise<void> {
    const { storm } = this;
    await storm.start();
    await this.#calmDown();
    await this.#lookThroughCloud();
    while (storm.now < ms) {
      for (let left = Math.floor(this.#random.between(0, 4)); left > 0; left--) await this.#runRandomEvent();
      await storm.pass(this.#random.pick([0, 0.5, 2, 10, 60]) * SECOND * this.#random.next());
      if (this.#random.chance(0.5)) await this.#look();
      await storm.pass(lengthOf(this.#random) / 4);
      if (this.#random.chance(0.05)) await this.#calmDown();
      this.#expectNoTrouble();
    }
    await this.#calmDown();
    await storm.end();
    this.#expectNoTrouble();
  }

  /** Ends all faults, and checks that all nodes know the true states. */
  async #calmDown(): Promise<void> {
    for (const [timer, work] of [...this.#scheduled]) {
      this.storm.stage.clock.clearTimeout(timer);
      work();
    }
    this.#note('calm');
    await this.storm.calmDown();
  }

  /** Blocks the LAN for two minutes, so that even a short storm has changes and presses through the cloud. */
  async #lookThroughCloud(): Promise<void> {
    const { storm } = this;
    for (const hub of storm.hubs) {
      hub.trouble({ transport: 'lan', reply: 'refused', share: 1, until: storm.now + CLOUD_ONLY_MS });
    }
    await storm.pass(CLOUD_ONLY_MS / 2);
    await storm.check((hub) => this.acts.press(hub));
  }

  #later(work: () => void): void {
    const doIt = (): void => {
      this.#scheduled.delete(timer);
      work();
    };
    const timer = this.storm.stage.clock.setTimeout(doIt, lengthOf(this.#random));
    this.#scheduled.set(timer, doIt);
  }

  #expectNoTrouble(): void {
    const { troubles, when } = this.storm;
    if (troubles.length === 0) return;
    const asked = this.storm.hubs.map(({ fake, lately }) => `requests to ${fake.id}:\n${lately.join('\n')}`);
    const before = [`${when}; the latest events:`, ...this.lately, ...(process.env['TRACE'] === '1' ? asked : [])];
    throw new Error([...troubles, ...before].join('\n'));
  }

  async #runRandomEvent(): Promise<void> {
    const [hub] = this.#random.chance(0.7) ? this.storm.hubs : [this.storm.hubs[1]];
    const [name, , run] = this.#random.pick(this.#events);
    this.eventCounts[name] = (this.eventCounts[name] ?? 0) + 1;
    const detail = (await run(hub)) as string | undefined;
    this.#note(`${name}${detail === undefined ? '' : ` ${detail}`} at ${hub.fake.id}`);
  }

  #note(what: string): void {
    this.lately.push(`${this.storm.when}: ${what}`);
    if (this.lately.length > 40) this.lately.shift();
  }

  /** Checks that nodes receive all changes, with a random action at the beginning. */
  async #look(): Promise<void> {
    const what = this.#random.pick(['nothing', 'press', 'read', 'hand', 'warm', 'lamp'] as const);
    this.#note(`look, ${what}`);
    await this.storm.check((hub) => {
      if (what === 'press') return this.acts.press(hub);
      if (what === 'read') return this.acts.readNow(hub);
      if (what === 'lamp') return this.acts.commandNow(hub);
      if (what === 'hand') this.acts.switchByHand(hub);
      return what === 'warm' ? this.acts.warm(hub) : undefined;
    });
  }

  #reach(hub: StormHub): string {
    const device = this.#random.pick(hub.home.devices as [Device, ...Device[]]);
    const isReachable = this.#random.chance(0.6);
    hub.home.setReachable(device.id, isReachable);
    return `${device.name} ${isReachable}`;
  }

  /** Makes changes that polls do not report until the next complete answer. */
  #lose(hub: StormHub): void {
    const before = new Map(hub.home.devices.map(({ id, timestamp }) => [id, timestamp]));
    hub.home.loseChanges(3);
    hub.home.wander(3);
    hub.home.loseChanges(0);
    for (const { id, timestamp } of hub.home.devices) if (before.get(id) !== timestamp) this.storm.unsure.add(id);
  }

  /**
   * Moves the hub's clock by up to 3 s, which is less than a poll interval. A step back may hide changes until the next
   * complete answer.
   */
  #slip(hub: StormHub): void {
    const byMs = this.#random.between(-3, 3) * SECOND;
    hub.setClock(byMs);
    if (byMs < 0) for (const { id } of hub.home.devices) this.storm.unsure.add(id);
  }

  /** Adds, renames, moves or removes a device, as a person does in the app. */
  #edit({ home }: StormHub): string | undefined {
    const device = this.#random.pick(home.devices as [Device, ...Device[]]);
    const { id, name } = device;
    const rooms = home.all('rooms').map((room) => room.id);
    const edit = this.#random.pick(['add', 'rename', 'move', 'remove'] as const);
    const isAdded = / \d+!*$/.test(name);
    if (edit === 'add' && home.devices.length < 60) home.addLike(id, `${name.replace(/ \d+!*$/, '')} ${++this.#added}`);
    else if (edit === 'rename' && isAdded) home.rename('devices', id, `${name}!`.slice(-40));
    else if (edit === 'move') home.moveTo(id, rooms[Math.floor(this.#random.between(0, rooms.length))] ?? null);
    else if (edit === 'remove' && isAdded) home.remove('devices', id);
    else return undefined;
    return `${edit} ${name}`;
  }

  /** Renames the device that a node follows by name, or restores its name. */
  #rename(): string {
    const { home } = this.storm.hubs[0];
    const old = home.devices.find(({ name }) => name.startsWith(NAMED) && !/ \d+!*$/.test(name));
    if (old === undefined) return 'no thing';
    const name = old.name === NAMED ? `${NAMED} pihalla` : NAMED;
    home.rename('devices', old.id, name);
    // Forgets the device's state, because the node gets no changes of the device while it has another name.
    this.storm.followers.get(NODES.named)?.restart();
    return name;
  }

  #bring(hubs: readonly StormHub[], kind: 'lan' | 'cloud' | 'answers' | 'list'): void {
    bringTrouble(hubs, kind, { random: this.#random, now: this.storm.now });
  }

  #silence(hub: StormHub): void {
    const forMs = lengthOf(this.#random);
    this.#off(hub, forMs, ['refused', 'nobody', 'hang'], () => this.#random.pick([400, 408]));
  }

  /** Makes the hub unreachable on the LAN and through the cloud. */
  #off(
    hub: StormHub,
    forMs: number,
    replies: [LanReply, ...LanReply[]] = ['refused', 'nobody'],
    pickStatus = (): number => 400,
  ): void {
    const until = this.storm.now + forMs;
    hub.trouble({ transport: 'lan', reply: this.#random.pick(replies), share: 1, until });
    hub.trouble({ transport: 'cloud', reply: { status: pickStatus() }, share: 1, until });
  }

  /** Revokes the hub's key, and issues a new one. */
  #endKey(hub: StormHub): void {
    const { fake, keyLostAt } = hub;
    hub.wasKeyLost ||= keyLostAt !== undefined && this.storm.now - keyLostAt > KEY_LOST_MS;
    hub.keyLostAt = undefined;
    fake.killKeys();
    fake.newKey(`key ${++this.#keys}`);
    this.#disturb();
  }

  /** Revokes the hub's key. The cloud continues to issue the revoked key for a while. */
  #loseKey(hub: StormHub): void {
    hub.keyLostAt ??= this.storm.now;
    hub.fake.killKeys();
    this.#disturb();
    this.#later(() => this.#endKey(hub));
  }

  #update(hub: StormHub): void {
    this.#minor = 14 + ((this.#minor - 13) % VERSIONS);
    hub.fake.version = `1.${this.#minor}.0.1`;
    this.#off(hub, this.#random.between(0, 60) * SECOND);
    hub.home.restart();
  }

  #move({ fake }: StormHub): string {
    const { lan } = this.storm.stage;
    for (const [address, there] of lan) if (there === fake) lan.delete(address);
    let address: string;
    do address = `192.168.1.${Math.round(this.#random.between(10, 250))}`;
    while (lan.has(address));
    lan.set(address, fake);
    this.#disturb();
    return address;
  }

  /** Restarts the hub. Afterwards, the hub's clock is either right, or behind until the network sets the clock. */
  #reboot(hub: StormHub): string {
    const { home } = hub;
    const isClockLost = this.#random.chance(0.4);
    this.#off(hub, this.#random.between(5, 90) * SECOND);
    hub.emptyAnswers = Math.floor(this.#random.between(0, 3));
    home.restart(hub.emptyAnswers, this.#random.pick(['empty', 'missing'] as const));
    if (isClockLost) {
      const behindMs = this.#random.between(MINUTE, 3 * HOUR);
      hub.setClock(-behindMs);
      this.#later(() => hub.setClock(behindMs));
    }
    return isClockLost ? 'without its clock' : '';
  }

  #sendFull({ home }: StormHub): void {
    home.sendFull();
    this.#disturb();
  }

  #disturb(): void {
    for (const hub of this.storm.hubs) hub.disturb();
  }

  async #deploy(): Promise<string> {
    const { storm } = this;
    const all = Object.values(NODES);
    const kind = this.#random.pick(['full', 'full', 'flow', 'node', 'changed', 'off'] as const);
    const node = this.#random.pick(all as [string, ...string[]]);
    const pauseMs = this.#random.pick([0, 0, 0.05, 1]) * SECOND * this.#random.next();
    if (kind === 'full') await storm.restartNodes(all, this.#random.pick([0, 0, 1, 20]) * SECOND * this.#random.next());
    else if (kind === 'flow') await storm.restartNodes(FIRST_FLOW, pauseMs);
    else if (kind === 'node') await storm.restartNodes([node], pauseMs);
    else if (kind === 'off') await storm.restartNodes([node], this.#random.between(70, 150) * SECOND);
    else {
      storm.settings = { forSeconds: this.#random.pick([20, 60, 300]) };
      await storm.restartNodes([NODES.idle], 0);
    }
    return `${kind} ${kind === 'node' || kind === 'off' ? node : ''}`;
  }

  /** Restarts the process: closes all nodes and the account, and opens them again from the saved state. */
  async #restart(): Promise<void> {
    const { storm } = this;
    await storm.closeNodes();
    await storm.close();
    await storm.pass(this.#random.between(0, 2 * MINUTE));
    await storm.open();
    storm.startNodes();
  }
}
