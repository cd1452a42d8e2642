import type { HubBehaviour } from '../behaviour';
import { isRecord } from '../checks';
import type { Dispatch } from './dispatch';
import type { Household } from './household';
import { withDeviceTargetName } from './shown';
import { type Device, type Listing, type Preset, type Rule, type Scene } from './things';
import { readDeviceCommand } from './device-command';

/** The result of an array of commands: the ids of the commanded things, or the reason why the array was refused. */
export type Outcome = { isRefused: false; ids: string[] } | { isRefused: true; message: string };

/** The commands that switch something on (true) or off (false), by list. */
const SWITCHES: Readonly<Partial<Record<Listing, Readonly<Record<string, boolean>>>>> = {
  devices: { CMD_DEVICE_ON: true, CMD_DEVICE_OFF: false },
  groups: { CMD_GROUP_ON: true, CMD_GROUP_OFF: false },
  scenes: { CMD_SCENE_ON: true, CMD_SCENE_OFF: false },
  rules: { RULE_ON_COMMAND: true, RULE_OFF_COMMAND: false },
};

/** Carries out commands that are PUT to `/devices/command` and similar paths. */
export class Commands {
  readonly #household: Household;
  readonly #dispatch: Dispatch;
  readonly #behaviour: HubBehaviour;

  constructor(household: Household, dispatch: Dispatch, behaviour: HubBehaviour) {
    this.#household = household;
    this.#dispatch = dispatch;
    this.#behaviour = behaviour;
  }

  /** Carries out an array of commands in order. The option `refusal` decides what happens with invalid elements. */
  execute(listing: Listing, elements: readonly unknown[]): Outcome {
    const { refusal } = this.#behaviour;
    const ids: string[] = [];
    const effects: (() => void)[] = [];
    let refused: number | undefined;
    for (const [index, element] of elements.entries()) {
      const effect = this.#effectOf(listing, element);
      if (effect !== undefined) {
        effects.push(effect);
        ids.push((element as { id: string }).id);
      } else if (refusal !== 'skip') {
        refused = index;
        break;
      }
    }
    if (refused === undefined || refusal === 'stop') for (const effect of effects) effect();
    return refused === undefined
      ? { isRefused: false, ids }
      : { isRefused: true, message: `Element ${refused} makes no sense` };
  }

  /** Returns a function that carries out a command; undefined if the command is invalid. */
  #effectOf(listing: Listing, element: unknown): (() => void) | undefined {
    if (!isRecord(element)) return undefined;
    const { id, type, state } = element;
    if (typeof id !== 'string' || typeof type !== 'string') return undefined;
    if (!this.#household.get(listing, id) || this.#household.traits(id).isRefused) return undefined;
    const switches = SWITCHES[listing] ?? {};
    if (Object.hasOwn(switches, type)) return this.#switching(listing, id, switches[type] ?? false);
    if (listing === 'devices' && type === 'CMD_IDENTIFY') return () => undefined;
    return type === 'CMD_DEVICE' && isRecord(state) ? this.#setting(listing, id, state) : undefined;
  }

  #switching(listing: Listing, id: string, isOn: boolean): (() => void) | undefined {
    const device = listing === 'devices' ? this.#household.get('devices', id) : undefined;
    if (device) {
      const field = switchOf(device);
      return field && (() => this.#dispatch.send(id, { fields: { [field]: isOn }, transitionMs: 0 }));
    }
    if (listing === 'groups') return () => this.#switchGroup(id, isOn);
    if (listing === 'scenes') return () => this.#switchScene(id, isOn);
    return () => this.#switchRule(id, isOn);
  }

  #setting(listing: Listing, id: string, state: Record<string, unknown>): (() => void) | undefined {
    if (listing === 'devices') return this.#settingDevice(id, state);
    if (listing !== 'groups' || !this.#behaviour.isGroupDimmable) return undefined;
    const members = this.#membersOf(id).filter((member) => this.#isFor(member, state));
    const effects = members.map((member) => this.#settingDevice(member.id, state));
    if (effects.length === 0 || effects.includes(undefined)) return undefined;
    return () => effects.forEach((effect) => effect?.());
  }

  #settingDevice(id: string, state: Record<string, unknown>): (() => void) | undefined {
    const device = this.#household.get('devices', id);
    if (!device || (this.#behaviour.stateType !== 'ignored' && !this.#isFor(device, state))) return undefined;
    const command = readDeviceCommand(
      device,
      withDeviceTargetName(state, device, this.#behaviour.targetName),
      this.#behaviour,
    );
    return command && (() => this.#dispatch.send(id, command));
  }

  /**
   * Whether the state in a command has the type of the device's state. A state without a type is accepted, unless
   * `stateType` is `required`.
   */
  #isFor(device: Device, { type }: Record<string, unknown>): boolean {
    return type === device.state.type || (type === undefined && this.#behaviour.stateType !== 'required');
  }

  #membersOf(groupId: string): Device[] {
    const { members = [] } = this.#household.get('groups', groupId) ?? {};
    return members.flatMap((id) => this.#household.get('devices', id) ?? []);
  }

  #switchGroup(id: string, isOn: boolean): void {
    for (const member of this.#membersOf(id)) {
      const field = switchOf(member);
      if (field) this.#dispatch.send(member.id, { fields: { [field]: isOn }, transitionMs: 0 });
    }
  }

  /** Switches a scene at once. The devices in it follow, each with its own delay. */
  #switchScene(id: string, isOn: boolean): void {
    const scene = this.#household.get('scenes', id);
    if (!scene) return;
    if (isOn) for (const other of this.#household.all('scenes')) this.#yieldTo(scene, other);
    this.#household.put('scenes', { ...scene, isOn });
    if (isOn) this.#applyPresets(scene);
    if (this.#behaviour.isRuleTied) this.#followScenes();
  }

  #yieldTo(scene: Scene, other: Scene): void {
    const isRival = this.#behaviour.isSceneExclusive && other.category === scene.category && other.id !== scene.id;
    const isExcluded = isRival || scene.excludedIds.includes(other.id);
    if (isExcluded && other.isOn) this.#household.put('scenes', { ...other, isOn: false });
  }

  #applyPresets({ presets }: Scene): void {
    // A recording may contain invalid presets.
    for (const { state, targetIds } of presets.filter(isPreset)) {
      for (const deviceId of targetIds) {
        const device = this.#household.get('devices', deviceId);
        const command = device && readDeviceCommand(device, state, this.#behaviour);
        if (command) this.#dispatch.send(deviceId, command);
      }
    }
  }

  #switchRule(id: string, isOn: boolean): void {
    const rule = this.#household.get('rules', id);
    if (!rule) return;
    const isTied = this.#behaviour.isRuleTied && Object.keys(rule.scenes).length > 0;
    this.#household.put('rules', { ...rule, is_on: isTied ? this.#isSetByScenes(rule) : isOn });
  }

  #followScenes(): void {
    for (const rule of this.#household.all('rules')) {
      const isOn = this.#isSetByScenes(rule);
      const isTied = Object.keys(rule.scenes).length > 0;
      if (isTied && rule.is_on !== isOn) this.#household.put('rules', { ...rule, is_on: isOn });
    }
  }

  #isSetByScenes({ scenes }: Rule): boolean {
    return Object.entries(scenes).some(([id, isMember]) => isMember && this.#household.get('scenes', id)?.isOn);
  }
}

function isPreset(preset: unknown): preset is Preset {
  return isRecord(preset) && isRecord(preset['state']) && Array.isArray(preset['targetIds']);
}

/** Returns the field that the ON and OFF commands switch; undefined for a device that can't be switched. */
function switchOf({ state }: Device): 'isOn' | 'sirenOn' | undefined {
  if (Object.hasOwn(state, 'isOn')) return 'isOn';
  return Object.hasOwn(state, 'sirenOn') ? 'sirenOn' : undefined;
}
