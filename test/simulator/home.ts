import { isRecord } from './checks';
import { furnish, type Device, type Household, type Item } from './household';

/** What a hub lists by id. */
export type Listing = keyof Household;

const DELTAS: Record<Listing, string> = {
  devices: 'DEVICE_DELTA',
  groups: 'GROUP_DELTA',
  scenes: 'SCENE_DELTA',
  rules: 'RULE_DELTA',
  rooms: 'ROOM_DELTA',
  alarms: 'ALARM_DELTA',
};

const SWITCHES: Record<string, { listing: Listing; isOn: boolean }> = {
  CMD_DEVICE_ON: { listing: 'devices', isOn: true },
  CMD_DEVICE_OFF: { listing: 'devices', isOn: false },
  CMD_GROUP_ON: { listing: 'groups', isOn: true },
  CMD_GROUP_OFF: { listing: 'groups', isOn: false },
  CMD_SCENE_ON: { listing: 'scenes', isOn: true },
  CMD_SCENE_OFF: { listing: 'scenes', isOn: false },
  RULE_ON_COMMAND: { listing: 'rules', isOn: true },
  RULE_OFF_COMMAND: { listing: 'rules', isOn: false },
};

const SAUNA_POWER_W = 6000;

/** The home behind a hub: commands change it, and the changes come out in `poll`. */
export class Home {
  readonly #now: () => number;
  readonly #household: Household;
  readonly #since: number;
  #lastTick = 0;

  constructor(hubId: string, now: () => number) {
    this.#now = now;
    this.#since = this.#tick();
    this.#household = furnish(hubId, this.#since);
  }

  /** `{id: object}`, as the hub answers. */
  list(listing: Listing): Record<string, Device | Item> {
    return Object.fromEntries<Device | Item>(this.#household[listing]);
  }

  /** The changes after `ts`; everything for a `ts` from before this hub started. */
  poll(ts: number): unknown {
    const full = ts < this.#since;
    const timestamp = this.#tick();
    const polls = (Object.keys(DELTAS) as Listing[]).flatMap((listing) => {
      const entries: [string, Device | Item][] = [...this.#household[listing]];
      const changed = entries.filter(([, { timestamp: changedAt }]) => full || changedAt > ts);
      return changed.length > 0 ? [{ type: DELTAS[listing], timestamp, [listing]: Object.fromEntries(changed) }] : [];
    });
    return { type: 'POLL_DELTA', full, timestamp, polls };
  }

  /** Carries out a list of commands, or none of them if one makes no sense; says what was wrong. */
  command(listing: Listing, commands: unknown): 'done' | 'malformed' | 'not-found' {
    if (!Array.isArray(commands)) return 'malformed';
    const actions: (() => void)[] = [];
    for (const command of commands as unknown[]) {
      if (!isRecord(command) || typeof command['id'] !== 'string') return 'malformed';
      const action = this.#actionOf(listing, command);
      if (!action) return 'malformed';
      if (!this.#household[listing].has(command['id'])) return 'not-found';
      actions.push(action);
    }
    for (const act of actions) act();
    return 'done';
  }

  /** Changes a device's state from outside, as the weather does; throws for an unknown device. */
  change(deviceId: string, state: Record<string, unknown>): void {
    const device = this.#household.devices.get(deviceId);
    if (!device) throw new Error(`No device ${deviceId}`);
    const timestamp = this.#tick();
    const changed = { ...device, timestamp, state: { ...device.state, ...state, lastSeen: timestamp } };
    this.#household.devices.set(deviceId, changed);
  }

  #actionOf(listing: Listing, command: Record<string, unknown>): (() => void) | undefined {
    const { id, type, state } = command as { id: string; type: unknown; state: unknown };
    const change = typeof type === 'string' && Object.hasOwn(SWITCHES, type) ? SWITCHES[type] : undefined;
    if (change) return change.listing === listing ? () => this.#switch(listing, id, change.isOn) : undefined;
    const isState = type === 'CMD_DEVICE' && isRecord(state) && typeof state['type'] === 'string';
    return isState && listing === 'devices' ? () => this.#set(id, state) : undefined;
  }

  #switch(listing: Listing, id: string, isOn: boolean): void {
    if (listing === 'devices') {
      this.#set(id, { isOn });
      return;
    }
    const items = this.#household[listing];
    const item = items.get(id);
    if (!item) return;
    items.set(id, { ...item, isOn, timestamp: this.#tick() });
    if (listing === 'scenes' && !isOn) return;
    for (const [deviceId, isOnInScene] of Object.entries(item.devices ?? {})) {
      this.#set(deviceId, { isOn: listing === 'scenes' ? isOnInScene : isOn });
    }
  }

  /** Attributes that are null, missing or foreign to the device are left alone. */
  #set(deviceId: string, wanted: Record<string, unknown>): void {
    const state = this.#household.devices.get(deviceId)?.state ?? {};
    const fixed = ['type', 'reachable', 'lastSeen', 'activePower'];
    const accepted = Object.entries(wanted).filter(
      ([name, value]) => value !== null && Object.hasOwn(state, name) && !fixed.includes(name),
    );
    const changes: Record<string, unknown> = Object.fromEntries(accepted);
    if ('activePower' in state && 'isOn' in changes) changes['activePower'] = changes['isOn'] ? SAUNA_POWER_W : 0;
    this.change(deviceId, changes);
  }

  /** The time, later on each call: a change in the millisecond of a poll must not be missed by the next. */
  #tick(): number {
    this.#lastTick = Math.max(this.#now(), this.#lastTick + 1);
    return this.#lastTick;
  }
}
