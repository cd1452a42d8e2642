import { isCount } from './checks';

/**
 * Options for everything in which hubs differ, or in which the behaviour of real hubs is unknown. All of them can be
 * changed at any time. The defaults follow the documentation; where it says nothing, they follow the more likely
 * behaviour. The default delays are short.
 */
export interface HubBehaviour {
  /**
   * Minimum of the random delay between the hub's answer and the new state of a device. Real devices take 50 to 3000
   * ms.
   */
  settleMinMs: number;
  /** Maximum of the random delay between the hub's answer and the new state of a device. */
  settleMaxMs: number;
  /** The share of commands that devices accept but never carry out, from 0 to 1. See also the trait `isDeaf`. */
  undoneShare: number;
  /**
   * Number of steps in which a transition (for example, of a lamp's brightness) becomes visible; 0 shows only its end.
   */
  transitionSteps: number;
  /** Whether a command with only a brightness switches the lamp on. Unknown for real hubs. */
  isLitByBrightness: boolean;
  /**
   * Result of an array of commands with an invalid element. `whole`: an error, and no element is carried out; `skip`:
   * 200, and the other elements are carried out; `stop`: an error, and the elements before it are carried out. Unknown
   * for real hubs.
   */
  refusal: 'whole' | 'skip' | 'stop';
  /** HTTP status of the error for an array of commands with an invalid element. */
  refusalStatus: number;
  /** Whether a group accepts CMD_DEVICE, the command that sets fields such as the brightness. Unknown for real hubs. */
  isGroupDimmable: boolean;
  /**
   * Whether switching on a user's scene switches off the user's other scenes. Factory scenes always exclude each other.
   */
  isSceneExclusive: boolean;
  /**
   * Whether a rule that is tied to scenes can't be switched separately. Such a rule is on exactly while one of its
   * scenes is on.
   */
  isRuleTied: boolean;
  /**
   * Body of the answer to a command for devices and groups: the JSON value `null`, or nothing. Unknown for real hubs.
   */
  dispatchAnswer: 'null' | 'empty';
  /**
   * Form of the answer to a command for scenes or rules: an object with them by id (`map`), or an array (`list`). The
   * documented form is `list`.
   */
  commandedAs: 'map' | 'list';
  /**
   * Whether the state in a CMD_DEVICE command must contain its type. `optional`: the type may be missing, as with many
   * clients, but a wrong type is invalid; `required`: the type must be there; `ignored`: the type is not checked. The
   * same applies to the type of `rcData`, the sound settings.
   */
  stateType: 'optional' | 'required' | 'ignored';
  /**
   * Result of a command with -1 for `hue`, `saturation` or `temperature`. A lamp has this value in the fields of the
   * mode (color or white) that it is not in. Unknown for real hubs, but some clients send the value back and get no
   * error.
   */
  minusOne: 'ignored' | 'refused';
  /** Result of a command with a value out of range. Unknown for real hubs. */
  oddValue: 'ignored' | 'refused';
  /**
   * Whether a command with `liftPct` moves a blind that also has a `position`. The only known client sends `position`.
   */
  isLiftTaken: boolean;

  /**
   * Form of a device's capabilities. `set`: an object with `type` and `values`; `list`: an array; `mixed`: the form
   * differs by device.
   */
  capabilitiesAs: 'set' | 'list' | 'mixed';
  /** Form of the room of a device: a list of one id, or the id; `mixed`: the form differs by device. */
  roomAs: 'list' | 'text' | 'mixed';
  /** Unit of air pressure. */
  pressureIn: 'Pa' | 'hPa';
  /** Field name of the target temperature; `own`: the name differs by device. */
  targetName: 'own' | 'targetTemp' | 'targetTemperature';
  /** Whether the answer to a poll is an array with one element. */
  isPollWrapped: boolean;
  /** Whether the answer to a poll with `ts=0` is marked as full. This answer always contains everything. */
  isFirstPollFull: boolean;
  /**
   * How polls report changes of all lists except devices. `named`: under the name of the list (`groups`); `foreign`:
   * under an unexpected name; `absent`: not at all. Unknown for real hubs.
   */
  otherDeltas: 'named' | 'foreign' | 'absent';
  /** How long a poll is held while nothing changes; real hubs reportedly hold it for up to 12 s. */
  pollHoldMs: number;
  /** Answer to a poll when nothing has changed: a 200 without changes, or a 304. */
  quietPoll: 'empty' | '304';
  /** Delay of complete poll answers and of lists, in milliseconds. */
  slowFullMs: number;
  /** The share of changes that no poll reports, from 0 to 1. */
  lostShare: number;
  /**
   * Effect of pressing the same button again. `times`: the time fields in the device's state change; `nothing`: the
   * state does not change. Unknown for real hubs.
   */
  repeatedPress: 'times' | 'nothing';
  /** Whether a group counts as changed when one of its members changes. */
  isGroupUpdated: boolean;

  /** HTTP status for a revoked or expired key. Real hubs have sent 401 and 403. */
  deadKeyStatus: number;
  /** Lowest role that may read. Roles: admin 32, user 8, guest 2, anonymous 1. */
  roleToRead: number;
  /** Lowest role that may send commands. */
  roleToCommand: number;
  /** Lowest role that may close alarms and switch rules. */
  roleToManage: number;
}

export const DEFAULT_BEHAVIOUR: HubBehaviour = {
  settleMinMs: 200,
  settleMaxMs: 200,
  undoneShare: 0,
  transitionSteps: 4,
  isLitByBrightness: true,
  refusal: 'whole',
  refusalStatus: 400,
  isGroupDimmable: true,
  isSceneExclusive: false,
  isRuleTied: true,
  dispatchAnswer: 'null',
  commandedAs: 'list',
  stateType: 'optional',
  minusOne: 'ignored',
  oddValue: 'refused',
  isLiftTaken: true,
  capabilitiesAs: 'set',
  roomAs: 'list',
  pressureIn: 'Pa',
  targetName: 'own',
  isPollWrapped: false,
  isFirstPollFull: true,
  otherDeltas: 'named',
  pollHoldMs: 0,
  quietPoll: 'empty',
  slowFullMs: 0,
  lostShare: 0,
  repeatedPress: 'times',
  isGroupUpdated: true,
  deadKeyStatus: 401,
  roleToRead: 1,
  roleToCommand: 2,
  roleToManage: 8,
};

/** Unknown behaviours of real hubs: for each question, the variants that a client has to work with. */
export const UNKNOWNS: Readonly<Record<string, readonly Partial<HubBehaviour>[]>> = {
  'does brightness alone light a lamp': [{ isLitByBrightness: true }, { isLitByBrightness: false }],
  'what becomes of an array with a bad element': [{ refusal: 'whole' }, { refusal: 'skip' }, { refusal: 'stop' }],
  'with which status': [{ refusalStatus: 400 }, { refusalStatus: 404 }, { refusalStatus: 422 }],
  'does a group take CMD_DEVICE': [{ isGroupDimmable: true }, { isGroupDimmable: false }],
  'do scenes switch each other off': [{ isSceneExclusive: false }, { isSceneExclusive: true }],
  'does a tied rule stay as it was switched': [{ isRuleTied: true }, { isRuleTied: false }],
  'what does the answer to a command carry': [{ dispatchAnswer: 'null' }, { dispatchAnswer: 'empty' }],
  'how are commanded scenes listed': [{ commandedAs: 'list' }, { commandedAs: 'map' }],
  'is a state taken without its type': [{ stateType: 'optional' }, { stateType: 'required' }, { stateType: 'ignored' }],
  'is -1 taken back': [{ minusOne: 'ignored' }, { minusOne: 'refused' }],
  'what becomes of a value out of its range': [{ oddValue: 'refused' }, { oddValue: 'ignored' }],
  'does the lift move a blind': [{ isLiftTaken: true }, { isLiftTaken: false }],
  'how are capabilities listed': [{ capabilitiesAs: 'set' }, { capabilitiesAs: 'list' }, { capabilitiesAs: 'mixed' }],
  'how is a room named': [{ roomAs: 'list' }, { roomAs: 'text' }, { roomAs: 'mixed' }],
  'in which unit is a pressure': [{ pressureIn: 'Pa' }, { pressureIn: 'hPa' }],
  'what is a target temperature called': [{ targetName: 'targetTemp' }, { targetName: 'targetTemperature' }],
  'is a poll wrapped': [{ isPollWrapped: false }, { isPollWrapped: true }],
  'does the first poll say it is full': [{ isFirstPollFull: true }, { isFirstPollFull: false }],
  'what are the other deltas called': [{ otherDeltas: 'named' }, { otherDeltas: 'foreign' }, { otherDeltas: 'absent' }],
  'is a poll held': [
    { pollHoldMs: 0, quietPoll: 'empty' },
    { pollHoldMs: 0, quietPoll: '304' },
    { pollHoldMs: 12_000, quietPoll: '304' },
    { pollHoldMs: 12_000, quietPoll: 'empty' },
  ],
  'what does the same press again change': [{ repeatedPress: 'times' }, { repeatedPress: 'nothing' }],
  'does a group change with its members': [{ isGroupUpdated: true }, { isGroupUpdated: false }],
  'what is the status for a dead key': [{ deadKeyStatus: 401 }, { deadKeyStatus: 403 }],
};

const isBoolean = (value: unknown): boolean => typeof value === 'boolean';
const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const isErrorStatus = (value: unknown): boolean => isCount(value) && value >= 400 && value <= 599;
const isOneOf =
  (...words: string[]) =>
  (value: unknown): boolean =>
    words.includes(value as string);

const CHECKS: Record<keyof HubBehaviour, (value: unknown) => boolean> = {
  settleMinMs: isCount,
  settleMaxMs: isCount,
  undoneShare: isShare,
  transitionSteps: isCount,
  isLitByBrightness: isBoolean,
  refusal: isOneOf('whole', 'skip', 'stop'),
  refusalStatus: isErrorStatus,
  isGroupDimmable: isBoolean,
  isSceneExclusive: isBoolean,
  isRuleTied: isBoolean,
  dispatchAnswer: isOneOf('null', 'empty'),
  commandedAs: isOneOf('map', 'list'),
  stateType: isOneOf('optional', 'required', 'ignored'),
  minusOne: isOneOf('ignored', 'refused'),
  oddValue: isOneOf('ignored', 'refused'),
  isLiftTaken: isBoolean,
  capabilitiesAs: isOneOf('set', 'list', 'mixed'),
  roomAs: isOneOf('list', 'text', 'mixed'),
  pressureIn: isOneOf('Pa', 'hPa'),
  targetName: isOneOf('own', 'targetTemp', 'targetTemperature'),
  isPollWrapped: isBoolean,
  isFirstPollFull: isBoolean,
  otherDeltas: isOneOf('named', 'foreign', 'absent'),
  pollHoldMs: isCount,
  quietPoll: isOneOf('empty', '304'),
  slowFullMs: isCount,
  lostShare: isShare,
  repeatedPress: isOneOf('times', 'nothing'),
  isGroupUpdated: isBoolean,
  deadKeyStatus: isErrorStatus,
  roleToRead: isCount,
  roleToCommand: isCount,
  roleToManage: isCount,
};

/** Whether the options in an untrusted value are all known and valid. */
export function isBehaviour(value: Record<string, unknown>): value is Partial<HubBehaviour> {
  return Object.entries(value).every(
    ([name, content]) => Object.hasOwn(CHECKS, name) && CHECKS[name as keyof HubBehaviour](content),
  );
}
