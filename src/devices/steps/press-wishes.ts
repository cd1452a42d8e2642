import { badInput } from '../../errors.js';
import { expectFew, kindOf } from '../../input.js';
import { parseSelection, type Selection } from '../targets/selection.js';
import { nameKey } from '../things/names.js';
import { type Press, PRESSES } from '../things/presses.js';

/** Which presses somebody wants to hear of. */
export interface PressWishes extends Selection {
  /** One an output; none means that every press goes to the only one. */
  readonly choices: readonly PressChoice[];
  /** A press of which only the timestamp told counts, too. */
  readonly repeats: boolean;
}

/** Presses of one button, or of any, in one way, or in any. */
export interface PressChoice {
  /** Cozify's number of the button or the name that the device has for it; empty for any. */
  readonly button: string;
  /** Empty for any. */
  readonly press: Press['press'] | '';
}

/**
 * Which presses a node wants to hear of, as its properties have it; what is absent has the node's default. Throws
 * `COZIFY_BAD_INPUT` for what makes no sense, saying what was expected.
 */
export function parsePressWishes(properties: Record<string, unknown>): PressWishes {
  const { targets, hub, presses = [], repeats } = properties;
  if (!Array.isArray(presses)) throw badInput(`presses should be a list, but was ${kindOf(presses)}.`);
  expectFew(presses, 'presses');
  return {
    ...parseSelection({ targets, hub }),
    choices: presses.map(parseChoice),
    repeats: repeats !== false && repeats !== 'false',
  };
}

/** Whether a press is one that was chosen. */
export function isChosen(choice: PressChoice, { button, label, press }: Press): boolean {
  if (choice.press !== '' && choice.press !== press) return false;
  if (choice.button === '') return true;
  return /^\d+$/.test(choice.button)
    ? Number(choice.button) === button
    : label !== null && nameKey(label) === nameKey(choice.button);
}

function parseChoice(value: unknown): PressChoice {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw badInput(
      `each of presses should be an object such as {button: 1, press: "long"}, but one was ${kindOf(value)}.`,
    );
  const { button, press = '' } = value as Record<string, unknown>;
  const known = (['', ...PRESSES] as const).find((one) => one === press);
  if (known === undefined) throw badInput(`press should be one of ${PRESSES.join(', ')}, or empty for any.`);
  return { button: parseButton(button), press: known };
}

function parseButton(button: unknown): string {
  if (button === undefined || button === null) return '';
  if (typeof button === 'string') return button.trim();
  if (typeof button === 'number' && Number.isInteger(button) && button >= 0) return String(button);
  throw badInput(`button should be the number or the name of a button, but was ${kindOf(button)}.`);
}
