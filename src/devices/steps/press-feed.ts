import type { Clock } from '../../async/clock.js';
import type { CozifyError } from '../../errors.js';
import type { Entry, Thing } from '../things/device.js';
import type { Homes, ListedThing } from '../home/homes.js';
import { goneProblem, isListenedTo, listeningProblems } from '../home/listening.js';
import type { LiveHome } from '../home/live-home.js';
import { isChosen, type PressWishes } from './press-wishes.js';
import type { Press } from '../things/presses.js';

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
  clock: Pick<Clock, 'now'>;
  /** Takes a press for each output: a message of its own, or `null` where it is not for that one. */
  send: (messages: (PressMessage | null)[], press: Press, thing: ListedThing) => void;
  /** Takes the id of a hub whose home begins to be heard. */
  onBegin?: (hub: string) => void;
  /** Takes what keeps a target from being heard. */
  onProblem?: (error: CozifyError) => void;
}

/** The presses of buttons that somebody wants to hear of, from when it began to listen. */
export class PressFeed {
  readonly #options: PressFeedOptions;
  readonly #begun = new Set<LiveHome>();
  readonly #stop: () => void;

  constructor(options: PressFeedOptions) {
    this.#options = options;
    this.#stop = options.homes.listen(options.wishes, (live, { presses, changes }) => {
      this.#begin(live);
      for (const press of presses) this.#hear(live, press);
      for (const change of changes) if (change.events.includes('removed')) this.#missIfGone(live, change.entry);
    });
  }

  stop(): void {
    this.#stop();
  }

  #begin(live: LiveHome): void {
    if (this.#begun.has(live) || !live.home.hasPolled) return;
    this.#begun.add(live);
    const { wishes, homes, onBegin, onProblem } = this.#options;
    onBegin?.(live.home.hub);
    for (const problem of listeningProblems(wishes, live.home.things, homes.known)) onProblem?.(problem);
  }

  #missIfGone(live: LiveHome, entry: Entry): void {
    const { wishes, homes, onProblem } = this.#options;
    const isHeard = isListenedTo(wishes, live.home.things, entry, homes.known);
    const problem = isHeard ? goneProblem(wishes, entry) : undefined;
    if (problem !== undefined) onProblem?.(problem);
  }

  #hear(live: LiveHome, press: Press): void {
    const { wishes, homes, send } = this.#options;
    const { things } = live.home;
    if (press.repeat && !wishes.repeats) return;
    if (!isListenedTo(wishes, things, press.device, homes.known)) return;
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
