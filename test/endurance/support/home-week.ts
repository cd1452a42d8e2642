import assert from 'node:assert/strict';
import { ChangeFeed } from '../../../src/devices/steps/change-feed.js';
import type { ChangeMessage } from '../../../src/devices/home/change-message.js';
import { parseChangeWishes } from '../../../src/devices/steps/change-wishes.js';
import { CommandStep } from '../../../src/devices/steps/command-step.js';
import { HomeHandover } from '../../../src/devices/home/home-handover.js';
import { parseOrder } from '../../../src/devices/commands/orders.js';
import { parseMessageTargets } from '../../../src/devices/home/targets.js';
import { toCozifyError } from '../../../src/errors.js';
import type { HttpRequest } from '../../../src/http/http-client.js';
import { DEFAULT_BEHAVIOUR, Home as SimulatedHome } from '../../simulator/index.js';
import { HubCalls } from '../../simulator/hub-calls.js';
import type { Device } from '../../simulator/home/things.js';
import { HOST, HubStage } from '../../src/hub/support/hub-stage.js';
import type { Reply } from '../../src/support/fake-cloud.js';
import { HOUR, MINUTE, SECOND } from '../../src/support/fake-clock.js';
import type { Player } from '../../src/support/stage.js';
import type { Seeded } from './seeded.js';
import { WeekPresses } from './week-presses.js';

const POLL_MS = 10 * SECOND;
/** By then any poll that was put off has been made, and the LAN has been tried again. */
const CALM_MS = 5 * MINUTE;
const LISTENER = 'changes-1';
const EVERYTHING = parseChangeWishes({
  kinds: ['device'],
  events: ['changed', 'added', 'removed', 'unreachable', 'reachable'],
  initial: true,
});

/** What is followed of a device, by the flows' name, and how it is read off what the hub knows. */
const FOLLOWED: Readonly<Record<string, (state: Device['state']) => unknown>> = {
  on: ({ isOn, sirenOn }) => isOn ?? sirenOn,
  open: ({ open }) => open,
  motion: ({ motion }) => motion,
  humidity: ({ humidity }) => (typeof humidity === 'number' ? Math.round(humidity * 10) / 10 : undefined),
};

type Followed = Readonly<Record<string, unknown>>;

/**
 * A home and a flow that listens to it and commands it, while whatever happens comes in random order. Follows each
 * device by the messages alone: what one says of before must be what the last one said of after, and once all is calm
 * the last one must say how the device is.
 */
export class HomeWeek {
  readonly stage = new HubStage();
  readonly simulated: SimulatedHome;
  readonly happened: Record<string, number> = {};
  readonly presses: WeekPresses;
  messages = 0;
  commands = 0;
  /** Commands of which nobody can know whether they were done. */
  uncertain = 0;
  mostTimers = 0;
  readonly #random: Seeded;
  readonly #homes = new HomeHandover(this.stage.clock);
  readonly #calls: HubCalls;
  readonly #last = new Map<string, Followed>();
  readonly #troubles: string[] = [];
  /** The orders that have reached the hub, by the transition that no other order has, in milliseconds. */
  readonly #received = new Map<string, number>();
  readonly #pending = new Set<Promise<void>>();
  #player: Player | undefined;
  #feed: ChangeFeed | undefined;
  #isFirst = true;
  #orders = 0;
  #added = 0;
  #version = 14;

  constructor(random: Seeded) {
    this.#random = random;
    const { clock, hub } = this.stage;
    const behaviour = { ...DEFAULT_BEHAVIOUR, settleMinMs: 200, settleMaxMs: 3 * SECOND };
    this.simulated = new SimulatedHome(hub.id, behaviour, () => clock.outside(), { devices: 40 });
    this.#calls = new HubCalls(this.simulated, behaviour);
    hub.serve = (request, path) => this.#serve(request, path);
    this.presses = new WeekPresses(clock, this.simulated, this.#troubles);
  }

  /** Lives until so many deploys have been made, of which one comes about every ten minutes. */
  async live(deploys: number): Promise<void> {
    await this.stage.client();
    assert.ok(this.stage.player);
    await this.stage.close(this.stage.player);
    await this.#start();
    for (let made = 0; made < deploys; made += 1) {
      const until = this.stage.clock.monotonic() + this.#random.between(MINUTE, 19 * MINUTE);
      while (this.stage.clock.monotonic() < until) {
        this.#happen();
        await this.stage.clock.advance(this.#random.between(SECOND, 3 * MINUTE));
        this.mostTimers = Math.max(this.mostTimers, this.stage.clock.timers);
      }
      if (this.#random.chance(0.1)) await this.#calmDown();
      await this.#deploy();
      assert.deepEqual(this.#troubles, [], `after ${made} deploys`);
      this.stage.take();
      this.stage.cloud.requests.length = 0;
    }
    await this.#calmDown();
    await this.#stop();
  }

  async #start(): Promise<void> {
    const options = { homeHandover: this.#homes, pollLanMs: POLL_MS, pollCloudMs: POLL_MS };
    this.#player = await this.stage.open({ ...options, isResting: true });
    this.#feed = new ChangeFeed({
      ...{ id: LISTENER, homes: this.#player.account.homes, wishes: EVERYTHING, clock: this.stage.clock },
      send: (message) => this.#follow(message),
    });
    this.presses.start(this.#player.account);
  }

  async #stop(): Promise<void> {
    this.#feed?.stop();
    this.presses.stop();
    if (this.#player !== undefined) await this.stage.close(this.#player);
    await Promise.all(this.#pending);
    assert.equal(this.stage.clock.timers, 0, 'a closed account leaves no timer');
  }

  /** The editor's full deploy; the successor comes within a minute, and knows what its predecessor knew. */
  async #deploy(): Promise<void> {
    await this.#stop();
    await this.stage.clock.advance(this.#random.between(0, 20 * SECOND));
    await this.#start();
  }

  #happen(): void {
    const happen = this.#random.pick([
      ...[this.#wander, this.#wander, this.#wander, this.#command, this.#command, this.#reach, this.#shift],
      ...[this.#leaveLan, this.#moveHub, this.#endKey, this.#update, this.#restartHub, this.#sendFull, this.#lose],
      ...[this.#cloudTrouble, this.#silence, this.#edit, this.#stepClock, this.#press, this.#press, this.#wait],
    ] as const);
    this.happened[happen.name.slice(1)] = (this.happened[happen.name.slice(1)] ?? 0) + 1;
    happen.call(this);
  }

  #wander(): void {
    this.simulated.wander(Math.ceil(this.#random.between(0, 10)));
  }

  /** A transition that no other order has: it is seen at the hub which of them came, and how often. */
  #command(): void {
    const lamps = this.simulated.devices.filter((one) => JSON.stringify(one.capabilities).includes('"TRANSITION"'));
    const [first, ...others] = lamps;
    if (first === undefined || this.#player === undefined) return;
    const lamp = this.#random.pick([first, ...others]);
    const transition = ++this.#orders / 1000;
    const order = parseOrder({}, { on: true, brightness: 50, transition });
    const wishes = { order, targets: parseMessageTargets(lamp.id), hub: '', confirmMs: this.#random.pick([0, 5000]) };
    const step = new CommandStep();
    this.commands += 1;
    let answers = 0;
    const note = (count: number, what: string): void => {
      answers += 1;
      if (answers > 1) this.#troubles.push('A command was answered twice.');
      const received = this.#received.get(String(transition * 1000)) ?? 0;
      if (received > 1) this.#troubles.push(`An order reached the hub ${received} times: ${what}`);
      if (what !== 'COZIFY_UNREACHABLE' && received !== count)
        this.#troubles.push(`An order reached the hub ${received} times in place of ${count}: ${what}`);
      if (what === 'COZIFY_UNREACHABLE') this.uncertain += 1;
    };
    const work = this.#player.account
      .useHomes('command', (homes) => step.run(homes, wishes))
      .then(
        ({ results: [result] }) => note(result?.sent === true ? 1 : 0, `sent, ${String(result?.reason)}`),
        (error: unknown) => {
          const { code } = toCozifyError(error);
          if (code !== 'COZIFY_CLOSED') note(0, code);
        },
      );
    this.#pending.add(work);
    void work.finally(() => this.#pending.delete(work));
  }

  #press(): void {
    this.presses.press();
  }

  #wait(): void {
    this.presses.wait();
  }

  #reach(): void {
    const [first, ...others] = this.simulated.devices;
    if (first !== undefined) {
      const { id } = this.#random.pick([first, ...others]);
      this.simulated.setReachable(id, this.#random.chance(0.7));
    }
  }

  /** The hub's clock is set. */
  #shift(): void {
    this.simulated.shiftClock(this.#random.between(-2, 2) * HOUR);
  }

  /** The host's clock is set. */
  #stepClock(): void {
    this.stage.clock.jump(this.#random.between(-HOUR, HOUR));
  }

  #leaveLan(): void {
    if (this.#random.chance(0.5)) this.stage.lan.clear();
    else for (const address of this.stage.lan.keys()) this.stage.lan.set(address, 'nobody');
  }

  #moveHub(): void {
    this.stage.lan.clear();
    this.stage.lan.set(`192.168.1.${Math.round(this.#random.between(2, 250))}`, this.stage.hub);
  }

  #endKey(): void {
    this.stage.hub.killKeys();
    this.stage.hub.newKey(`key ${this.stage.clock.monotonic()}`);
  }

  #update(): void {
    this.stage.hub.version = `1.${++this.#version}.0.1`;
  }

  #restartHub(): void {
    this.simulated.restart(Math.floor(this.#random.between(0, 3)), this.#random.pick(['empty', 'missing'] as const));
  }

  #sendFull(): void {
    this.simulated.sendFull();
  }

  /** What gets lost is heard of with the next full answer. */
  #lose(): void {
    this.simulated.loseChanges(3);
    this.simulated.wander(3);
  }

  #cloudTrouble(): void {
    const replies: Reply[] = [
      { status: 400 },
      { status: 408 },
      { status: 503, headers: { 'retry-after': '30' } },
      { status: 429, headers: { 'retry-after': '20' } },
      { status: 200, body: '<html>' },
      'unreachable',
      'hang',
    ];
    this.stage.gateway = replies[Math.floor(this.#random.between(0, replies.length))];
  }

  /** Neither way leads to the hub. */
  #silence(): void {
    this.stage.lan.clear();
    this.stage.gateway = 'unreachable';
  }

  /** Somebody adds, renames, moves or deletes a device in the app. */
  #edit(): void {
    const [first, ...others] = this.simulated.devices;
    if (first === undefined) return;
    const device = this.#random.pick([first, ...others]);
    const { id, name } = device;
    const rooms = this.simulated.all('rooms').map((room) => room.id);
    const edit = this.#random.pick(['add', 'rename', 'move', 'remove'] as const);
    if (edit === 'add' || this.simulated.devices.length < 30) this.simulated.addLike(id, `${name} ${++this.#added}`);
    else if (edit === 'rename') this.simulated.rename('devices', id, `${name}!`.slice(-40));
    else if (edit === 'move')
      this.simulated.moveTo(id, rooms[Math.floor(this.#random.between(0, rooms.length))] ?? null);
    else if (this.#hasLike(device)) this.simulated.remove('devices', id);
  }

  /** Of each sort one stays, so that a week never runs out of lamps to command or buttons to press. */
  #hasLike({ id, type, capabilities }: Device): boolean {
    const sort = JSON.stringify(capabilities);
    return this.simulated.devices.some(
      (other) => other.id !== id && other.type === type && JSON.stringify(other.capabilities) === sort,
    );
  }

  /** All trouble ends; then the flow must know how things are. */
  async #calmDown(): Promise<void> {
    this.stage.gateway = undefined;
    this.stage.lan.clear();
    this.stage.lan.set(HOST, this.stage.hub);
    this.simulated.loseChanges(0);
    await this.stage.clock.advance(CALM_MS);
    // What changes while it is unreachable is not believed.
    for (const { id } of this.simulated.devices) this.simulated.setReachable(id, true);
    // Deltas that got lost come to light with a full answer.
    this.simulated.sendFull();
    await this.stage.clock.advance(CALM_MS);
    const known = new Map(this.simulated.devices.map(({ id, state }) => [id, truthOf(state)]));
    assert.deepEqual(sorted(this.#last), sorted(known), 'how the flow takes the home to be, and how it is');
    const button = this.presses.press();
    await this.stage.clock.advance(MINUTE);
    assert.ok(button === undefined || this.presses.hasHeard(button), 'what is pressed while all is well is heard');
  }

  #follow({ event, device, payload, previous }: ChangeMessage): void {
    this.messages += 1;
    const [after, before] = [followedOf(payload), followedOf(previous)];
    const known = this.#last.get(device.id);
    if (event === 'initial' && !this.#isFirst && known !== undefined) this.#troubles.push(`${device.id} is told anew`);
    if (event === 'added' || event === 'initial') {
      if (known !== undefined) this.#troubles.push(`${device.id} was there: ${event}`);
    } else if (!isSame(known, before)) {
      const said = JSON.stringify({ known, before, after });
      this.#troubles.push(`${event} of ${device.id} leaves something out, or says it twice: ${said}`);
    }
    if (event === 'removed') this.#last.delete(device.id);
    else this.#last.set(device.id, after);
  }

  async #serve({ method, body = '' }: HttpRequest, path: string): Promise<Reply> {
    const { pathname, searchParams } = new URL(path, 'http://hub');
    if (method === 'PUT') {
      for (const [, milliseconds] of body.matchAll(/"transitionMsec":(\d+)/g)) {
        const order = String(milliseconds);
        this.#received.set(order, (this.#received.get(order) ?? 0) + 1);
      }
    }
    // Nobody waits for a held answer.
    const call = { method, path: pathname, query: searchParams, body, role: 32, signal: AbortSignal.abort() };
    return this.#calls.answer(call);
  }
}

function truthOf(state: Device['state']): Followed {
  return compact(Object.entries(FOLLOWED).map(([name, read]) => [name, read(state)]));
}

function followedOf(payload: unknown): Followed {
  const state = Object(payload) as Record<string, unknown>;
  return compact(Object.keys(FOLLOWED).map((name) => [name, state[name]]));
}

function compact(fields: (readonly [string, unknown])[]): Followed {
  return Object.fromEntries(fields.filter(([, value]) => value !== undefined && value !== null));
}

function isSame(one: Followed | undefined, other: Followed): boolean {
  return one !== undefined && JSON.stringify(one) === JSON.stringify(other);
}

function sorted(of: ReadonlyMap<string, Followed>): [string, Followed][] {
  return [...of].sort(([a], [b]) => (a < b ? -1 : 1));
}
