import type { HubBehaviour } from '../behaviour';
import type { Seeded } from '../seeded';
import { effectsOf } from './effects';
import type { Household } from './household';
import { toLevel } from './quantise';
import type { Schedule } from './schedule';
import type { Device } from './things';
import type { DeviceCommand } from './device-command';

/** Fields that change step by step in a transition. All other fields change at its start. */
const FADING: readonly string[] = ['brightness', 'hue', 'saturation', 'temperature'];

export interface DispatchOptions {
  household: Household;
  schedule: Schedule;
  behaviour: HubBehaviour;
  draw: Seeded;
  now: () => number;
}

/** Delivers commands from the hub to devices, with a delay and not always successfully. */
export class Dispatch {
  readonly #options: DispatchOptions;
  /**
   * Time when each device will have finished its earlier commands, by device id. Devices carry out commands in order.
   */
  readonly #busyUntil = new Map<string, number>();

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /** Sends a command to a device. The caller does not learn whether the command is carried out. */
  send(deviceId: string, command: DeviceCommand): void {
    const { household, schedule, behaviour, draw, now } = this.#options;
    const { isOneWay = false, isDeaf = false } = household.traits(deviceId);
    const device = household.get('devices', deviceId);
    if (!device || isDeaf || draw.chance(behaviour.undoneShare)) return;
    if (isOneWay) {
      // A one-way device does not reply, so the hub shows the command as carried out.
      this.#do(deviceId, command, now());
      return;
    }
    if (!device.state.reachable) return;
    const at = Math.max(now() + this.#settleMs(deviceId), this.#busyUntil.get(deviceId) ?? 0);
    this.#busyUntil.set(deviceId, at);
    schedule.add({ at, run: (due) => this.#do(deviceId, command, due) });
    schedule.settle(now());
  }

  #settleMs(deviceId: string): number {
    const { household, behaviour, draw } = this.#options;
    const { settleMinMs, settleMaxMs } = behaviour;
    return household.traits(deviceId).settleMs ?? Math.round(draw.between(settleMinMs, settleMaxMs));
  }

  /** Carries out a command, if the device still exists and is reachable. A one-way device need not be reachable. */
  #do(deviceId: string, { fields, transitionMs }: DeviceCommand, at: number): void {
    const { household, schedule, behaviour } = this.#options;
    const { isOneWay = false, ratedW } = household.traits(deviceId);
    const device = household.get('devices', deviceId);
    if (!device || (!isOneWay && !device.state.reachable)) return;
    schedule.dropSteps(deviceId, fields['isOn'] === false ? undefined : Object.keys(fields));
    const change = effectsOf(device.state, fields, { isLitByBrightness: behaviour.isLitByBrightness, ratedW });
    if (transitionMs === 0) household.changeState(device, change, at);
    else this.#fade(device, change, transitionMs, at);
  }

  #fade(device: Device, change: Record<string, unknown>, transitionMs: number, at: number): void {
    const { household, schedule, behaviour } = this.#options;
    const steps = Math.max(behaviour.transitionSteps, 1);
    const isLighting = change['isOn'] === true && device.state['isOn'] !== true;
    const jumping = { ...change };
    for (const [field, end] of Object.entries(change)) {
      const start = field === 'brightness' && isLighting ? 0 : device.state[field];
      // Skip fields that can't fade. For example, when a lamp changes its mode, the fields of the new mode have no
      // start value.
      if (!FADING.includes(field) || typeof start !== 'number' || start < 0 || typeof end !== 'number' || end < 0)
        continue;
      delete jumping[field];
      if (field === 'brightness' && isLighting) jumping[field] = 0;
      for (let step = 1; step <= steps; step++) {
        const value = step === steps ? end : between(field, start, end, step / steps);
        const run = (due: number) => this.#take(device.id, { [field]: value }, due);
        schedule.add({ at: at + (transitionMs * step) / steps, run, step: { deviceId: device.id, field } });
      }
    }
    if (Object.keys(jumping).length > 0) household.changeState(device, jumping, at);
  }

  /** Applies one step of a transition. */
  #take(deviceId: string, change: Record<string, unknown>, at: number): void {
    const { household } = this.#options;
    const device = household.get('devices', deviceId);
    if (device?.state.reachable) household.changeState(device, change, at);
  }
}

function between(field: string, start: number, end: number, share: number): number {
  const value = start + (end - start) * share;
  return field === 'temperature' || field === 'hue' ? value : toLevel(value);
}
