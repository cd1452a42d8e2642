import type { Clock } from '../../async/clock.js';
import type { CozifyError } from '../../errors.js';
import type { Thing } from '../things/device.js';
import type { Homes, ListedThing } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import { Subscription } from '../homes/subscription.js';
import { isChosen, type PressWishes } from './press-wishes.js';
import { examplePress, isSwitch, type Press } from '../things/presses.js';

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
  wishes: PressWishes;
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
    const { homes, wishes, clock, onProblems } = options;
    this.#startedAt = clock.monotonic();
    this.#subscription = new Subscription({
      homes,
      selection: wishes,
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
    const { homes, wishes } = this.#options;
    for (const live of homes.open) {
      const device = this.#subscription.selectionOf(live).entries.find(isSwitch);
      if (device === undefined) continue;
      const press = examplePress(device, wishes.choices[0]);
      const outputs = wishes.choices.length === 0 ? [true] : wishes.choices.map((choice) => isChosen(choice, press));
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
    const { wishes, clock, send } = this.#options;
    if (press.repeat && !wishes.repeats) return;
    // What was pressed before anybody listened was meant for somebody else.
    if (clock.monotonic() - press.ageMs < this.#startedAt) return;
    if (!this.#subscription.selectionOf(live).includes(press.device)) return;
    const outputs = wishes.choices.length === 0 ? [true] : wishes.choices.map((choice) => isChosen(choice, press));
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
