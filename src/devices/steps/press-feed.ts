/** The logic of the button node, without Node-RED: makes messages from presses, and parses the node's properties. */
import type { Clock } from '../../async/clock.js';
import { badInput, type CozifyError } from '../../errors.js';
import { expectFew, kindOf } from '../../input.js';
import type { LiveHome } from '../home/live-home.js';
import type { Homes, ListedThing } from '../across-hubs/homes.js';
import { Subscription } from '../across-hubs/subscription.js';
import { parseSelection, type Selection } from '../targets/selection.js';
import type { Thing } from '../things/device.js';
import { nameKey } from '../things/names.js';
import { examplePress, isSwitch, type Press, PRESSES } from '../things/presses.js';

/** The message of a button node. */
export interface PressMessage {
  topic: string;
  payload: { button: number; label: string | null; press: Press['press']; repeat: boolean };
  /** When the press was received, ISO 8601 UTC. */
  at: string;
  device: Thing;
}

/** Options of a {@link PressFeed}. */
export interface PressFeedOptions {
  homes: Homes;
  config: PressConfig;
  clock: Pick<Clock, 'now' | 'monotonic'>;
  /** Receives the messages for a press: one per output, or `null` for an output that does not send this press. */
  send: (messages: (PressMessage | null)[], press: Press, thing: ListedThing) => void;
  /** Receives the id of each hub once its devices are known. */
  onBegin?: (hub: string) => void;
  /** Receives all current problems, such as a target that no longer exists, each time they change. */
  onProblems?: (problems: readonly CozifyError[]) => void;
}

/** Sends messages for the presses that a button node selects. Ignores presses from before the start of the feed. */
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
        for (const press of presses) this.#take(live, press);
      },
      ...(onProblems === undefined ? {} : { onProblems }),
    });
    this.#subscription.start();
  }

  stop(): void {
    this.#subscription.stop();
  }

  /**
   * Returns example messages for a press of the first selected device that has buttons, with the button and the type of
   * press of the first row in the node's dialog. Returns `undefined` while no such device is known.
   */
  example(): (PressMessage | null)[] | undefined {
    const { homes, config } = this.#options;
    for (const live of homes.open) {
      const device = this.#subscription.selectionOf(live).entries.find(isSwitch);
      if (device === undefined) continue;
      const press = examplePress(device, config.choices[0]);
      return this.#outputsOf(press).map((isHit, output) =>
        isHit || output === 0 ? this.#messageOf(live, press) : null,
      );
    }
    return undefined;
  }

  #begin(live: LiveHome): void {
    if (this.#begun.has(live) || !live.cache.hasPolled) return;
    this.#begun.add(live);
    this.#options.onBegin?.(live.cache.hub);
  }

  #take(live: LiveHome, press: Press): void {
    const { config, clock, send } = this.#options;
    if (press.repeat && !config.repeats) return;
    // Ignores a press from before the node started.
    if (clock.monotonic() - press.ageMs < this.#startedAt) return;
    if (!this.#subscription.selectionOf(live).includes(press.device)) return;
    const outputs = this.#outputsOf(press);
    if (!outputs.includes(true)) return;
    const messages = outputs.map((isHit) => (isHit ? this.#messageOf(live, press) : null));
    send(messages, press, { entry: press.device, live });
  }

  /** Returns, for each output, whether it sends a press. A node without rows has one output for all presses. */
  #outputsOf(press: Press): boolean[] {
    const { choices } = this.#options.config;
    return choices.length === 0 ? [true] : choices.map((choice) => isChosen(choice, press));
  }

  #messageOf(live: LiveHome, { device, button, label, press, repeat }: Press): PressMessage {
    return {
      topic: device.name,
      payload: { button, label, press, repeat },
      at: new Date(this.#options.clock.now()).toISOString(),
      device: live.cache.things.show(device),
    };
  }
}

/** The config of a button node. */
export interface PressConfig extends Selection {
  /** One row per output. If empty: one output for all presses. */
  readonly choices: readonly PressChoice[];
  /** Whether repeats of a press are sent. A repeat changes nothing but the timestamp. */
  readonly repeats: boolean;
}

/** A row in the list of presses of a button node. */
export interface PressChoice {
  /** The number or name of the button; empty for any button. */
  readonly button: string;
  /** The type of the press; empty for any type. */
  readonly press: Press['press'] | '';
}

/** Parses the properties of a button node. Uses the default for a missing property. Throws `COZIFY_BAD_INPUT`. */
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

function isChosen(choice: PressChoice, { button, label, press }: Press): boolean {
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
