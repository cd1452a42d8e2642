import type { Entry } from './device.js';
import { nameKey } from './names.js';
import { asNumber, asTexts, type RawRecord } from './raw.js';

/** How a button was pressed. */
export const PRESSES = ['short', 'long', 'release', 'toggle', 'full'] as const;

/** A press of a button of a remote control or wall switch. */
export interface Press {
  readonly device: Entry;
  /** The number of the button at the hub. */
  readonly button: number;
  /** The label of the button; `null` if the device reports none. */
  readonly label: string | null;
  readonly press: (typeof PRESSES)[number];
  /** The time between the press and the answer from the hub, in milliseconds. */
  readonly ageMs: number;
  /** Whether the same press was repeated, so that only the timestamp changed. */
  readonly repeat: boolean;
}

/** Age limit of a press. The hub reports a press within seconds, so an older press is a duplicate or was delayed. */
export const MAX_PRESS_AGE_MS = 15_000;

/**
 * Words in `modifiers` of a remote control, and the presses that they mean, in order of precedence. A release after a
 * long press may still have `longpress`.
 */
const MODIFIERS: readonly (readonly [word: string, press: Press['press']])[] = [
  ['stop', 'release'],
  ['longpress', 'long'],
  ['full_on', 'full'],
  ['toggle', 'toggle'],
];

/**
 * Returns the press in a delta, if any. `before` is the cached device, `now` the device in the delta, `hubTime` the
 * timestamp of the answer. A press older than `maxAgeMs` is ignored. A newer timestamp without any other change is a
 * repeated press; a battery report or a new name is not a press (docs/dev/rules.md, "What counts as a press").
 */
export function findPress(
  before: Entry | undefined,
  now: Entry,
  hubTime: number | null,
  maxAgeMs = MAX_PRESS_AGE_MS,
): Press | undefined {
  const button = asNumber(now.raw['button']);
  if (before === undefined || button === undefined || button < 0) return undefined;
  if (now.timestamp === null || hubTime === null) return undefined;
  // A press far in the future dates from before the hub's clock was set back. A small lead is normal, because the
  // answer to a held poll may be stamped before the press.
  const ageMs = hubTime - now.timestamp;
  if (ageMs > maxAgeMs || ageMs < -MAX_PRESS_AGE_MS) return undefined;
  const isDifferent = button !== before.raw['button'] || modifiersOf(now.raw) !== modifiersOf(before.raw);
  const beforeMs = before.timestamp ?? Infinity;
  // A cached time in the future dates from before the hub's clock was set back, so any other time is newer.
  const isNewer = now.timestamp > beforeMs || (beforeMs > hubTime && beforeMs < Infinity && now.timestamp !== beforeMs);
  const isRepeated = !isDifferent && isNewer && now.fingerprint === before.fingerprint;
  if (!isDifferent && !isRepeated) return undefined;
  const label = now.buttons.find(({ id }) => id === String(button))?.label ?? null;
  const words = asTexts(now.raw['modifiers']).map((word) => word.toLowerCase());
  const press = MODIFIERS.find(([word]) => words.includes(word))?.[1] ?? 'short';
  return { device: now, button, label, press, ageMs: Math.max(0, ageMs), repeat: isRepeated };
}

/** Whether a device has buttons whose presses are reported. */
export function isSwitch({ type, capabilities, buttons, raw }: Entry): boolean {
  const isRemote = type === 'REMOTE_CONTROL' || capabilities.includes('REMOTE_CONTROL');
  return isRemote || buttons.length > 0 || 'button' in raw;
}

/** Builds an example of a press for the chosen button (number or label, empty for any) and type (empty for any). */
export function examplePress(
  device: Entry,
  { button, press }: { readonly button: string; readonly press: Press['press'] | '' } = { button: '', press: '' },
): Press {
  const { buttons } = device;
  const isNumber = /^\d+$/.test(button);
  const named = buttons.find(({ label }) => label !== null && nameKey(label) === nameKey(button));
  const [first] = buttons;
  const id = isNumber ? button : ((button === '' ? first : named)?.id ?? '1');
  const label = buttons.find((one) => one.id === id)?.label ?? (isNumber || button === '' ? null : button);
  return { device, button: Number(id), label, press: press || 'short', ageMs: 0, repeat: false };
}

function modifiersOf(raw: RawRecord): string {
  return asTexts(raw['modifiers']).sort().join(' ');
}
