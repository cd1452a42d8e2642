import { isCount } from './checks';

/**
 * How a hub behaves where hubs differ, or where nobody knows: everything here can be changed while it runs. The
 * defaults are the documented behaviour, the likelier one where it is unknown, and quick.
 */
export interface HubBehaviour {
  /** From the hub's answer to the new state of a device: drawn between these two. Real devices take 50 to 3000. */
  settleMinMs: number;
  settleMaxMs: number;
  /** The share of commands that devices take and never do, 0 to 1; see also the trait `isDeaf`. */
  undoneShare: number;
  /** In how many steps a transition shows; 0: only its end. */
  transitionSteps: number;
  /** Unknown: whether brightness alone lights a lamp that is off. */
  isLitByBrightness: boolean;
  /**
   * Unknown: what becomes of an array in which an element makes no sense. `whole`: an error and nothing is done; `skip`:
   * 200, and the others are done; `stop`: an error, but those before it are done.
   */
  refusal: 'whole' | 'skip' | 'stop';
  /** The status of such an error. */
  refusalStatus: number;
  /** Unknown: whether a group takes CMD_DEVICE. */
  isGroupDimmable: boolean;
  /** Whether a scene of people switches the others off; those of the factory always do so to each other. */
  isSceneExclusive: boolean;
  /** Whether a rule that is tied to scenes follows them, so that switching it on by itself doesn't stick. */
  isRuleTied: boolean;
  /** Unknown: what the answer to a command for devices and groups carries. */
  dispatchAnswer: 'null' | 'empty';
  /** How the answer to a command for scenes and rules lists them: in a row is documented. */
  commandedAs: 'map' | 'list';
  /**
   * Whether CMD_DEVICE needs the type of its state. `optional`: it may be left out, as clients do, but a foreign one makes
   * no sense; `required`: it must be there; `ignored`: nobody looks at it. That of `rcData` likewise.
   */
  stateType: 'optional' | 'required' | 'ignored';
  /** Unknown: what becomes of the -1 of another mode that is sent back; clients do that, and are not refused. */
  minusOne: 'ignored' | 'refused';
  /** Unknown: what becomes of a value out of its range. */
  oddValue: 'ignored' | 'refused';
  /** Whether `liftPct` moves a blind that shows a `position`; the only client that is known writes `position`. */
  isLiftTaken: boolean;

  /** How devices list what they can; `mixed`: some so and some so. */
  capabilitiesAs: 'set' | 'list' | 'mixed';
  /** How devices name their room: in a list of one, or bare. */
  roomAs: 'list' | 'text' | 'mixed';
  /** What the pressure of air is told in. */
  pressureIn: 'Pa' | 'hPa';
  /** How thermostats call what they aim at; `own`: some so and some so. */
  targetName: 'own' | 'targetTemp' | 'targetTemperature';
  /** Whether the answer to a poll comes as an array of one. */
  isPollWrapped: boolean;
  /** Whether the answer to `ts=0` says that it is full; it always is. */
  isFirstPollFull: boolean;
  /**
   * Unknown: the deltas of everything but devices. `named`: as the list (`groups`); `foreign`: under a name nobody
   * expects; `absent`: there are none.
   */
  otherDeltas: 'named' | 'foreign' | 'absent';
  /** How long a poll is held while there is nothing to tell; hubs are said to do so for up to 12 s. */
  pollHoldMs: number;
  /** What a poll gets when there is nothing to tell. */
  quietPoll: 'empty' | '304';
  /** How long a full answer and a list take. */
  slowFullMs: number;
  /** The share of changes that no poll ever tells, 0 to 1. */
  lostShare: number;
  /** Unknown: what the same press again changes: the device's times, or nothing at all. */
  repeatedPress: 'times' | 'nothing';
  /** Whether a group counts as changed when a member does. */
  isGroupTold: boolean;

  /** The status for a dead key; both are seen. */
  deadKeyStatus: number;
  /** The least role (admin 32, user 8, guest 2, anonymous 1) that may read, switch things, and close alarms or change rules. */
  roleToRead: number;
  roleToCommand: number;
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
  isGroupTold: true,
  deadKeyStatus: 401,
  roleToRead: 1,
  roleToCommand: 2,
  roleToManage: 8,
};

/**
 * What no source knows, by what the question is: each behaviour that a hub may turn out to have. What holds for a hub
 * must hold for each of them.
 */
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
  'what is a pressure told in': [{ pressureIn: 'Pa' }, { pressureIn: 'hPa' }],
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
  'does a group change with its members': [{ isGroupTold: true }, { isGroupTold: false }],
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
  isGroupTold: isBoolean,
  deadKeyStatus: isErrorStatus,
  roleToRead: isCount,
  roleToCommand: isCount,
  roleToManage: isCount,
};

/** Whether a value that came from outside is a part of a behaviour, with nothing in it that would be ignored. */
export function isBehaviour(value: Record<string, unknown>): value is Partial<HubBehaviour> {
  return Object.entries(value).every(
    ([name, content]) => Object.hasOwn(CHECKS, name) && CHECKS[name as keyof HubBehaviour](content),
  );
}
