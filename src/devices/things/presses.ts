import type { Entry } from './device.js';
import { nameKey } from './names.js';
import { asNumber, asTexts, type RawRecord } from './raw.js';

/** How a button was pressed. */
export const PRESSES = ['short', 'long', 'release', 'toggle', 'full'] as const;

/** One press of a button of a remote control or wall switch. */
export interface Press {
  readonly device: Entry;
  /** Cozify's number of the button. */
  readonly button: number;
  /** What the device calls the button; `null` where it has no name. */
  readonly label: string | null;
  readonly press: (typeof PRESSES)[number];
  /** How long before the hub told of it, in milliseconds. */
  readonly ageMs: number;
  /** Only the timestamp told of it: the same button in the same way once more. */
  readonly repeat: boolean;
}

/** A press is told of within seconds; what is older was told of before, or has been waiting for somebody. */
export const MAX_PRESS_AGE_MS = 15_000;

/** Cozify's words for how, those that decide first: what is let go of after a long press may still say `longpress`. */
const MODIFIERS: readonly (readonly [word: string, press: Press['press']])[] = [
  ['stop', 'release'],
  ['longpress', 'long'],
  ['full_on', 'full'],
  ['toggle', 'toggle'],
];

/**
 * The press that a delta tells of, if it tells of one. `before` is the device as it was known, `now` as the delta gives
 * it, `hubTime` the timestamp of the answer, of which it is no older than `maxAgeMs`. A newer timestamp alone is a press, too, if nothing else has changed; a
 * battery report or a new name is none (docs/dev/rules.md, "What counts as a press").
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
  // One of the hub's future is from before its clock went back; an answer that was held may be a little older than what it tells.
  const ageMs = hubTime - now.timestamp;
  if (ageMs > maxAgeMs || ageMs < -MAX_PRESS_AGE_MS) return undefined;
  const isOther = button !== before.raw['button'] || modifiersOf(now.raw) !== modifiersOf(before.raw);
  const known = before.timestamp ?? Infinity;
  // What is known from the hub's future is from before its clock went back, too: what is other than that is newer.
  const isNewer = now.timestamp > known || (known > hubTime && known < Infinity && now.timestamp !== known);
  const isAgain = !isOther && isNewer && now.print === before.print;
  if (!isOther && !isAgain) return undefined;
  const label = now.buttons.find(({ id }) => id === String(button))?.label ?? null;
  const words = asTexts(now.raw['modifiers']).map((word) => word.toLowerCase());
  const press = MODIFIERS.find(([word]) => words.includes(word))?.[1] ?? 'short';
  return { device: now, button, label, press, ageMs: Math.max(0, hubTime - now.timestamp), repeat: isAgain };
}

/** Whether a device has buttons that are heard. */
export function isSwitch({ capabilities, buttons, raw }: Entry): boolean {
  return capabilities.includes('REMOTE_CONTROL') || buttons.length > 0 || 'button' in raw;
}

/** A press as somebody chooses it: of a button by its number or its name, or of any; in one way, or in any. */
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
