import { badInput, type CozifyError } from '../../errors.js';
import { kindOf } from '../../input.js';
import { abilitiesOfThing, describeAbilities, devicesOf, isAble } from '../things/abilities.js';
import type { Entry } from '../things/device.js';
import { type Field, fieldOf } from '../things/fields.js';
import { SEND_TRUE, withoutField } from './briefs.js';
import { type Fields, type Command, parseFieldRequest, type FieldRequest } from './parse-command.js';
import { asText, isSameJson, type RawRecord } from '../things/raw.js';
import { type Effect, ownSwitch, settingOf } from './settings.js';
import type { Things } from '../things/things.js';

/**
 * The sender of a command: a node (by id), the editor, or `own` for any other caller. `own` also means several
 * different senders.
 */
export type Author = { readonly node: string } | 'editor' | 'own';

/** A command in the array of a PUT request to a hub. */
export interface CommandElement {
  readonly id: string;
  readonly type: string;
  readonly state?: RawRecord;
}

/** The commands to send for one target, and the expected state. */
export interface Plan {
  readonly entry: Entry;
  /**
   * The path of the request: elements are sent to `/<endpoint>/command`. Alarms have no elements and are closed by
   * `/alarms/close`.
   */
  readonly endpoint: 'devices' | 'groups' | 'scenes' | 'rules' | 'alarms';
  /** Empty for an alarm, and if the target supports no field of the command. */
  readonly elements: readonly CommandElement[];
  /** The expected state, in the units of messages. */
  readonly asked: Fields;
  /** The duration of the transition. */
  readonly transitionMs: number;
  readonly ignored: readonly string[];
  readonly clamped: readonly string[];
  /**
   * For a group or room: a plan for each device that supports the command. The command is confirmed when these devices
   * have their planned states. If the hub refuses the command for the whole group, these plans are sent one by one.
   */
  readonly members: readonly Plan[];
  /**
   * The sender of the command. Defaults to `own`. For a group or room, also the sender of the commands to its devices.
   */
  readonly author?: Author;
}

/** Options of {@link planCommand}. */
export interface PlanOptions {
  /** Whether the message has no other target. If so, an unsupported field is an error; otherwise it is ignored. */
  readonly isAlone: boolean;
  /**
   * All targets of the command at this hub. A plain number sets brightness, position or target temperature. If a
   * target has none of these fields, the other targets decide which field the number means.
   */
  readonly targets?: readonly Entry[];
  /** Whether the toggle switches on. Defaults to true, as a placeholder until the toggle is decided. */
  readonly toggleTo?: boolean | undefined;
}

/** State types, by device type, that are not `STATE_` followed by the device type. */
const STATE_TYPES: Readonly<Record<string, string>> = {
  ALARM_DEVICE: 'STATE_ALARM',
  CO: 'STATE_CO_SENSOR',
  POWER_SOCKET: 'STATE_SOCKET',
  REMOTE_CONTROL: 'STATE_RC',
};

/** Fields that a plain number may set. The first of these that the target has is set. */
const NUMBERED = ['brightness', 'position', 'targetTemperature'].map(fieldOf).filter((field) => field !== undefined);

/**
 * Plans a command for one target. Throws `COZIFY_BAD_INPUT` for a value that no device accepts. For the only target of
 * a message (`isAlone`), also throws for a field that the target does not have, or if nothing is left to send.
 * Otherwise such fields are listed in `ignored`, and a plan without elements is not sent.
 */
export function planCommand(command: Command, entry: Entry, things: Things, options: PlanOptions): Plan {
  const { kind, name } = entry;
  if (command.type === 'close') {
    if (kind === 'alarm') return { ...emptyPlan(entry), endpoint: 'alarms', asked: { closed: true } };
    throw badInput(`"${name}" is not an alarm: only alarms can be closed.`);
  }
  if (kind === 'alarm') throw badInput(`"${name}" is an alarm: choose Close in the node.`);
  const devices = devicesOf(entry, things);
  if (kind === 'room' && devices.length === 0) {
    throw badInput(`There is no lamp in "${name}": choose the devices to control.`);
  }
  const request = requestOf(command, entry, things, options);
  const draft = draftPlan(request, entry, devices);
  const missing = asInCommand(draft.missing, request);
  const plan = { ...draft.plan, ignored: [...asInCommand(draft.plan.ignored, request), ...missing] };
  if (!options.isAlone) return plan;
  const [firstMissing] = missing;
  if (firstMissing !== undefined) {
    const message = `"${name}" has no ${missing.join(', ')}. ${abilityText(entry, things)}`;
    throw badInput(message, withoutField(firstMissing));
  }
  if (plan.elements.length === 0) throw nothingToSet(entry, things);
  return plan;
}

/** Creates the `COZIFY_BAD_INPUT` error for a command that sets nothing. The message lists the fields of the thing. */
export function nothingToSet(entry: Entry, things: Things): CozifyError {
  return badInput(`There is nothing to set on "${entry.name}". ${abilityText(entry, things)}`);
}

/**
 * Returns field names as they were given in the command: `color` instead of hue and saturation if the
 * command had a color.
 */
function asInCommand(names: readonly string[], { isColor }: FieldRequest): string[] {
  return [...new Set(names.map((name) => (isColor && (name === 'hue' || name === 'saturation') ? 'color' : name)))];
}

/** A plan, and the requested fields that the target does not have. */
interface Draft {
  plan: Plan;
  missing: readonly string[];
}

type Switchable = Exclude<Command, { type: 'close' }>;

function requestOf(
  command: Switchable,
  entry: Entry,
  things: Things,
  { toggleTo = true, targets = [] }: PlanOptions,
): FieldRequest {
  switch (command.type) {
    case 'set':
      return command.request;
    case 'toggle':
      return parseFieldRequest({ on: toggleTo }, command.transition);
    case 'number': {
      const others = targets.flatMap((one) => devicesOf(one, things));
      const field = numberedFieldOf(devicesOf(entry, things)) ?? numberedFieldOf(others);
      if (field !== undefined) return parseFieldRequest({ [field.name]: command.value }, command.transition);
      throw badInput(
        `Only a light, a blind or a thermostat accepts a number, and "${entry.name}" is none of them: send true or false.`,
        SEND_TRUE,
      );
    }
  }
}

function numberedFieldOf(devices: readonly Entry[]): Field | undefined {
  return NUMBERED.find((one) => devices.some((device) => isAble(device, one)));
}

function draftPlan(request: FieldRequest, entry: Entry, devices: readonly Entry[]): Draft {
  switch (entry.kind) {
    case 'device':
      return planDevice(request, entry);
    case 'group':
      return planGroup(request, entry, devices);
    case 'room':
      return planTogether(request, entry, devices);
    case 'scene':
    case 'rule':
    case 'alarm':
      return planSwitch(request, entry);
  }
}

function planDevice(request: FieldRequest, entry: Entry): Draft {
  const setting = settingOf(request, entry);
  const { asked, raw, ignored, clamped, missing } = setting;
  const transitionMs = Number(raw['transitionMsec'] ?? 0);
  return {
    plan: { ...emptyPlan(entry), elements: elementsOf(setting, entry), asked, transitionMs, ignored, clamped },
    missing,
  };
}

/**
 * Returns a CMD_DEVICE element for the fields, and after it an element that switches the device. Setting the brightness
 * alone may not switch on a lamp; and a lamp may take its brightness and colour only while it is on.
 */
function elementsOf({ asked, raw }: Effect, entry: Entry): CommandElement[] {
  const { id, type, raw: shown } = entry;
  const isOn = asked['on'];
  const own = ownSwitch(entry);
  const state: Record<string, unknown> = { ...raw };
  if (isOn !== undefined && own !== undefined) state[own.key] = isOn;
  // A state with only a transition gives the hub nothing to change to, so `isOn` is added.
  if (Object.keys(state).join() === 'transitionMsec') state['isOn'] = isOn;
  const elements: CommandElement[] = [];
  const stateType = asText(shown['type']) ?? stateTypeOf(type);
  if (Object.keys(state).length > 0) {
    elements.push({ id, type: 'CMD_DEVICE', state: { ...(stateType !== undefined && { type: stateType }), ...state } });
  }
  if (isOn !== undefined && own === undefined) {
    elements.push({ id, type: isOn === true ? 'CMD_DEVICE_ON' : 'CMD_DEVICE_OFF' });
  }
  return elements;
}

/** Returns the state type of a device that does not report its state type. */
function stateTypeOf(type: string | null): string | undefined {
  if (type === null) return undefined;
  return Object.hasOwn(STATE_TYPES, type) ? STATE_TYPES[type] : `STATE_${type}`;
}

/** Plans one command for a group if all members would get the same command, otherwise a command for each member. */
function planGroup(request: FieldRequest, group: Entry, devices: readonly Entry[]): Draft {
  const draft = planTogether(request, group, devices);
  const { on, ...others } = request.fields;
  const isSwitched = typeof on === 'boolean' && Object.keys(others).length === 0 && request.transition === null;
  const [first, ...rest] = draft.plan.members.map(({ elements }) => forGroup(elements, group.id));
  const isUniform =
    draft.plan.members.length === devices.length && rest.every((elements) => isSameJson(elements, first));
  if (first !== undefined && isUniform)
    return { ...draft, plan: { ...draft.plan, endpoint: 'groups', elements: first } };
  // The hub can switch a group even if its members are unknown here.
  if (!isSwitched || (first === undefined && devices.length > 0)) return draft;
  const elements = [{ id: group.id, type: on ? 'CMD_GROUP_ON' : 'CMD_GROUP_OFF' }];
  return { plan: { ...draft.plan, endpoint: 'groups', elements, asked: { on } }, missing: [] };
}

function forGroup(elements: readonly CommandElement[], id: string): CommandElement[] {
  return elements.map((element) => ({
    ...element,
    id,
    type: element.type.replace(/^CMD_DEVICE_(?=ON|OFF)/, 'CMD_GROUP_'),
  }));
}

/** Plans a command for each device, with the fields that the device supports. */
function planTogether(request: FieldRequest, entry: Entry, devices: readonly Entry[]): Draft {
  const drafts = devices.map((device) => planDevice(request, device));
  const plans = drafts.map(({ plan }) => plan);
  const members = plans.filter(({ elements }) => elements.length > 0);
  const asked: Fields = Object.assign({}, ...members.map((member) => member.asked)) as Fields;
  const untouched = [
    ...Object.keys(request.fields),
    ...(request.transition === null ? [] : ['transition']),
    ...request.dropped,
  ];
  const left = untouched.filter((name) => asked[name] === undefined && !(name === 'on' && request.isOnImplied));
  const isIgnored = (name: string): boolean =>
    Object.hasOwn(entry.state, name) || plans.some(({ ignored }) => ignored.includes(name));
  const hasTransition = members.some(({ transitionMs }) => transitionMs > 0);
  const plan: Plan = {
    ...emptyPlan(entry),
    elements: members.flatMap(({ elements }) => elements),
    asked,
    transitionMs: Math.max(0, ...members.map(({ transitionMs }) => transitionMs)),
    ignored: left.filter((name) => isIgnored(name) && !(name === 'transition' && hasTransition)),
    clamped: [...new Set(members.flatMap(({ clamped }) => clamped))],
    members,
  };
  return { plan, missing: left.filter((name) => !isIgnored(name) && name !== 'transition') };
}

/** Plans a command for a scene or rule. Ignores an `on` that was only added because of a brightness or color. */
function planSwitch({ fields, isOnImplied, transition, dropped }: FieldRequest, entry: Entry): Draft {
  const { on: given, ...others } = fields;
  const on = isOnImplied ? undefined : given;
  if (on !== undefined && typeof on !== 'boolean') throw badInput(`on should be true or false, but was ${kindOf(on)}.`);
  const [type, endpoint] =
    entry.kind === 'rule'
      ? ([on ? 'RULE_ON_COMMAND' : 'RULE_OFF_COMMAND', 'rules'] as const)
      : ([on ? 'CMD_SCENE_ON' : 'CMD_SCENE_OFF', 'scenes'] as const);
  const elements = on === undefined ? [] : [{ id: entry.id, type }];
  const ignored = [...dropped, ...(transition === null ? [] : ['transition'])];
  return {
    plan: { ...emptyPlan(entry), endpoint, elements, asked: on === undefined ? {} : { on }, ignored },
    missing: isOnImplied && given === false ? ['brightness'] : Object.keys(others),
  };
}

function emptyPlan(entry: Entry): Plan {
  return {
    entry,
    endpoint: 'devices',
    elements: [],
    asked: {},
    transitionMs: 0,
    ignored: [],
    clamped: [],
    members: [],
  };
}

function abilityText(entry: Entry, things: Things): string {
  return describeAbilities(abilitiesOfThing(entry, things));
}
