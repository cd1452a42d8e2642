import type { Account } from '../../../src/account/account.js';
import { CommandStep, type CommandOutcome, type CommandRequest } from '../../../src/devices/steps/command-step.js';
import { type Reading, readThings, type ReadQuery } from '../../../src/devices/steps/reading.js';
import { parseFilter } from '../../../src/devices/targets/device-filter.js';
import { parseMessageTargets } from '../../../src/devices/targets/target.js';
import { parseCommand } from '../../../src/devices/commands/parse-command.js';
import { type FakeHub, HubStage } from '../hub/support/hub-stage.js';
import type { Reply } from '../support/fake-cloud.js';

/** A command in the body of a PUT. */
export interface Element {
  readonly id: string;
  readonly type: string;
  readonly state?: { readonly isOn?: boolean; readonly brightness?: number };
}

/** The true state of a lamp, which the hub reports. */
export interface Lamp {
  isOn: boolean;
  brightness: number;
  reachable: boolean;
}

/** The names of the lists of a hub. */
export const LISTS = ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms'] as const;

/** A hub with lamps. The hub executes a command after `settleMs` on the clock of the stage. */
export class LampHub {
  readonly hub: FakeHub;
  readonly lamps = new Map<string, Lamp>();
  readonly groups: Record<string, readonly string[]> = {};
  /** Replies that replace lists, by the name of the list. */
  readonly failing = new Map<string, Reply>();
  readonly puts: [kind: string, elements: Element[]][] = [];
  readonly refused = new Set<string>();
  putDelayMs = 0;
  listDelayMs = 0;
  settleMs = 100;
  /** The reply to each PUT, in place of the usual reply. */
  putReply: Reply | undefined;
  onPut: (elements: readonly Element[]) => void = () => undefined;
  /** Properties that override the properties of a lamp, by the id of the lamp. */
  readonly odd = new Map<string, object>();
  readonly #stage: HubStage;
  #hubTime = 1000;
  #doneAt = 0;

  constructor(stage: HubStage, hub: FakeHub, ids: readonly string[]) {
    [this.#stage, this.hub] = [stage, hub];
    for (const id of ids) this.lamps.set(id, { isOn: false, brightness: 0.2, reachable: true });
    for (const list of LISTS) hub.replies.set(`/${list}`, () => this.#list(list));
    for (const kind of LISTS) hub.replies.set(`/${kind}/command`, ({ body }) => this.#take(kind, body ?? ''));
    hub.serve = (_request, path) => (path.startsWith('/hub/poll') ? this.#poll() : { status: 404 });
  }

  /** Stops answering until the returned function is called. */
  hang(): () => void {
    this.hub.answer = () => 'hang';
    return () => void delete (this.hub as { answer?: unknown }).answer;
  }

  /** For each PUT, the ids in its body, without duplicates and joined by `+`. */
  get sent(): string[] {
    return this.puts.map(([, elements]) => [...new Set(elements.map(({ id }) => id))].join('+'));
  }

  lamp(id: string): Lamp {
    const lamp = this.lamps.get(id);
    if (lamp === undefined) throw new Error(`no lamp ${id}`);
    return lamp;
  }

  lists(): Record<(typeof LISTS)[number], object> {
    const device = ([id, state]: [string, Lamp]): [string, object] => [
      id,
      {
        ...{ id, name: `Lamppu ${id}`, type: 'LIGHT', room: ['r1'] },
        ...{ capabilities: ['ON_OFF', 'BRIGHTNESS', 'CONTROL_LIGHT'], state: { type: 'STATE_LIGHT', ...state } },
        ...this.odd.get(id),
      },
    ];
    const group = ([id, members]: [string, readonly string[]]): [string, object] => [id, { id, name: id, members }];
    return {
      devices: Object.fromEntries([...this.lamps].map(device)),
      groups: Object.fromEntries(Object.entries(this.groups).map(group)),
      scenes: { s1: { id: 's1', name: 'Ilta', isOn: false } },
      rules: {},
      rooms: { r1: { id: 'r1', name: 'Sauna' } },
      alarms: {},
    };
  }

  #list(list: (typeof LISTS)[number]): Reply {
    return this.failing.get(list) ?? { body: JSON.stringify(this.lists()[list]), delayMs: this.listDelayMs };
  }

  #poll(): Reply {
    const failing = this.failing.get('devices');
    const isLate = typeof failing === 'object' && failing.body?.startsWith('{') === true;
    if (failing !== undefined && !isLate) return failing;
    const polls = [{ type: 'DEVICE_DELTA', devices: this.lists().devices }];
    return {
      body: JSON.stringify({ type: 'POLL_DELTA', full: false, timestamp: (this.#hubTime += 10), polls }),
      delayMs: isLate ? (failing.delayMs ?? 0) : this.listDelayMs,
    };
  }

  #take(kind: string, body: string): Reply {
    const elements = JSON.parse(body) as Element[];
    this.puts.push([kind, elements]);
    this.onPut(elements);
    if (this.putReply !== undefined) return this.putReply;
    if (elements.some(({ id }) => this.refused.has(id))) return { status: 400, delayMs: this.putDelayMs };
    const now = this.#stage.clock.monotonic();
    if (this.settleMs < Infinity) {
      // Commands are carried out in the order of the PUTs.
      this.#doneAt = Math.max(this.#doneAt, now + this.putDelayMs + this.settleMs);
      this.#stage.clock.setTimeout(() => elements.forEach((one) => this.#do(one)), this.#doneAt - now);
    }
    return { body: 'null', delayMs: this.putDelayMs };
  }

  #do({ id, type, state: set }: Element): void {
    for (const one of this.groups[id] ?? [id]) {
      const lamp = this.lamps.get(one);
      if (lamp?.reachable !== true) continue;
      if (set?.brightness !== undefined) lamp.brightness = set.brightness;
      if (set?.isOn !== undefined) lamp.isOn = set.isOn;
      if (type.endsWith('_ON')) lamp.isOn = true;
      if (type.endsWith('_OFF')) lamp.isOn = false;
    }
  }
}

/** An account with one or two hubs of lamps, on a fake clock. */
export class HomeStage extends HubStage {
  readonly koti = new LampHub(this, this.hub, ['a', 'b', 'c']);
  mokki: LampHub | undefined;
  readonly step = new CommandStep();

  /** Opens the account, with a second hub if `isTwo`. */
  async start({ isTwo = false } = {}): Promise<void> {
    if (isTwo) this.mokki = new LampHub(this, this.addOther(), ['m', 'n']);
    await this.client();
    await this.clock.advance(0);
    this.take();
  }

  get account(): Account {
    if (this.fixture === undefined) throw new Error('not begun');
    return this.fixture.account;
  }

  command(target: unknown, payload: unknown = true, more: Partial<CommandRequest> = {}): Promise<CommandOutcome> {
    const targets = target === undefined ? undefined : parseMessageTargets(target);
    const request = { command: parseCommand({}, payload), hub: '', confirmMs: 0, targets, ...more };
    return this.account.useHomes('command', (homes) => this.step.run(homes, request));
  }

  read(target?: unknown, more: Partial<ReadQuery> = {}): Promise<Reading> {
    const query: ReadQuery = {
      ...{ filter: parseFilter({}), hub: '', fresh: false, output: 'array', field: '', condition: null },
      targets: target === undefined ? undefined : parseMessageTargets(target),
      ...more,
    };
    return this.account.useHomes('read', (homes) => readThings(homes, query, this.clock));
  }

  /** Advances the clock, and returns the result of the work. */
  async after<T>(ms: number, work: Promise<T>): Promise<T> {
    void work.catch(() => undefined);
    await this.clock.advance(ms);
    return work;
  }

  /** Advances the clock by `ms`, and returns whether the work has settled. */
  async endsWithin(ms: number, work: Promise<unknown>): Promise<boolean> {
    let hasEnded = false;
    const end = (): void => void (hasEnded = true);
    void work.then(end, end);
    await this.clock.advance(ms);
    return hasEnded;
  }

  /** Returns how often a list was requested since {@link HubStage.take}. Devices are requested by full polls. */
  gets(path: string): number {
    const asked = path === 'devices' ? 'hub/poll?ts=0' : path;
    return this.asked.filter((line) => line.includes(` GET /cc/1.14/${asked}`)).length;
  }
}

/** Returns `sent`, `confirmed` and `reason` of each target's result. */
export function ends({ results }: CommandOutcome): [sent: boolean, confirmed: boolean | null, reason: string | null][] {
  return results.map(({ sent, confirmed, reason }) => [sent, confirmed, reason]);
}
