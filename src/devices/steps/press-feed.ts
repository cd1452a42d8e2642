import type { Clock } from '../../async/clock.js';
import { badInput, type CozifyError } from '../../errors.js';
import { expectFew, kindOf } from '../../input.js';
import type { Thing } from '../things/device.js';
import type { Homes, ListedThing } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { Subscription } from '../homes/subscription.js';
import { parseSelection, type Selection } from '../targets/selection.js';
import { nameKey } from '../things/names.js';
import { examplePress, isSwitch, type Press, PRESSES } from '../things/presses.js';

/** What a flow hears of a press. */
export interface PressMessage {
  topic: string;
  payload: { button: number; label: string | null; press: Press['press']; repeat: boolean };
  /** When it was received, ISO 8601 UTC. */
  at: string;
  device: Thing;
}

/** Who listens to which presses, and where they go. */
export interface PressFeedOptions {
  homes: Homes;
  config: PressConfig;
  clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Takes a press for each output: a message of its own, or `null` where it is not for that one. */
  send: (messages: (PressMessage | null)[], press: Press, thing: ListedThing) => void;
  /** Takes the id of a hub whose home begins to be heard. */
  onBegin?: (hub: string) => void;
  /** Takes all that keeps something from being heard, each time that is otherwise than before. */
  onProblems?: (problems: readonly CozifyError[]) => void;
}

/** The presses of buttons that somebody wants to hear of, from when it began to listen. */
export class PressFeed {
  readonly #options: PressFeedOptions;
  readonly #begun = new Set<LiveHome>();
  readonly #subscription: Subscription;
  readonly #startedAt: number;

  constructor(options: PressFeedOptions) {
    this.#options = options;
    const { homes, config, clock, onProblems } = options;
    this.#startedAt = clock.monotonic();
    this.#subscription = new Subscription({
      homes,
      selection: config,
      onRecord: (live, { presses }) => {
        this.#begin(live);
        for (const press of presses) this.#hear(live, press);
      },
      ...(onProblems === undefined ? {} : { onProblems }),
    });
    this.#subscription.start();
  }

  stop(): void {
    this.#subscription.stop();
  }

  /**
   * The press of the first row, or the first that there is without rows, on the first of the switches: a message for each
   * output, as they are sent. `undefined` while no switch is known.
   */
  example(): (PressMessage | null)[] | undefined {
    const { homes, config } = this.#options;
    for (const live of homes.open) {
      const device = this.#subscription.selectionOf(live).entries.find(isSwitch);
      if (device === undefined) continue;
      const press = examplePress(device, config.choices[0]);
      const outputs = config.choices.length === 0 ? [true] : config.choices.map((choice) => isChosen(choice, press));
      return outputs.map((isWanted, output) => (isWanted || output === 0 ? this.#messageOf(live, press) : null));
    }
    return undefined;
  }

  #begin(live: LiveHome): void {
    if (this.#begun.has(live) || !live.home.hasPolled) return;
    this.#begun.add(live);
    this.#options.onBegin?.(live.home.hub);
  }

  #hear(live: LiveHome, press: Press): void {
    const { config, clock, send } = this.#options;
    if (press.repeat && !config.repeats) return;
    // What was pressed before anybody listened was meant for somebody else.
    if (clock.monotonic() - press.ageMs < this.#startedAt) return;
    if (!this.#subscription.selectionOf(live).includes(press.device)) return;
    const outputs = config.choices.length === 0 ? [true] : config.choices.map((choice) => isChosen(choice, press));
    if (!outputs.includes(true)) return;
    const messages = outputs.map((isWanted) => (isWanted ? this.#messageOf(live, press) : null));
    send(messages, press, { entry: press.device, live });
  }

  #messageOf(live: LiveHome, { device, button, label, press, repeat }: Press): PressMessage {
    return {
      topic: device.name,
      payload: { button, label, press, repeat },
      at: new Date(this.#options.clock.now()).toISOString(),
      device: live.home.things.show(device),
    };
  }
}

/** Which presses somebody wants to hear of. */
export interface PressConfig extends Selection {
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
export function parsePressConfig(properties: Record<string, unknown>): PressConfig {
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
