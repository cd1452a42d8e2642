import type { CozifyError } from '../../errors.js';
import { KINDS } from '../things/kinds.js';
import { Ear } from './ear.js';
import type { PollOutcome } from './home.js';
import type { Homes } from './homes.js';
import { type KnownHome, listeningProblems, type Selection } from './listening.js';
import type { LiveHome } from './live-home.js';

/** Who listens to what in the homes of an account. */
export interface HearingOptions {
  homes: Homes;
  selection: Selection;
  /** Takes each home where something of it may be, before it is listened to. */
  onFollow?: (live: LiveHome) => void;
  /** Takes what a poll of a home brought, whatever of it is listened to. */
  onOutcome: (live: LiveHome, outcome: PollOutcome) => void;
  /** Called after each good answer of a home to a poll, once what it brought was told. */
  onHeard?: (live: LiveHome) => void;
  /** Takes all that keeps something from being heard, each time that is otherwise than before. */
  onProblems?: (problems: readonly CozifyError[]) => void;
}

/** What is listened to in homes, and what of it can't be heard, as hubs and things come, go and are renamed. */
export class Hearing {
  readonly #options: HearingOptions;
  readonly #ears = new Map<LiveHome, Ear>();
  readonly #stops: (() => void)[] = [];
  /** What the targets that are there are called, by their ids. */
  readonly #names = new Map<string, string>();
  #checked = '';
  #problems = '[]';

  constructor(options: HearingOptions) {
    this.#options = options;
  }

  /** Listens until it is stopped. */
  start(): void {
    const { homes, selection, onFollow, onOutcome } = this.#options;
    const take = (live: LiveHome, outcome: PollOutcome): void => {
      this.of(live).refresh();
      onOutcome(live, outcome);
      this.#check();
    };
    this.#stops.push(
      homes.listen(selection, take, onFollow),
      homes.onHubs(() => this.#check()),
    );
    this.#check();
  }

  /** What is heard of a home, from now on at each of its good answers. */
  of(live: LiveHome): Ear {
    const known = this.#ears.get(live);
    if (known !== undefined) return known;
    const { homes, selection, onHeard } = this.#options;
    const ear = new Ear(selection, live.home.things, () => homes.known);
    this.#ears.set(live, ear);
    const noteHeard = (): void => {
      // What is told later than it was heard waits for lists by whose names it is judged.
      if (live.isTelling) return;
      onHeard?.(live);
      this.#check();
    };
    this.#stops.push(live.onHeard(noteHeard));
    return ear;
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** Looks for what can't be heard, where names may mean other things than before. */
  #check(): void {
    const { homes, selection, onProblems } = this.#options;
    if (onProblems === undefined) return;
    const hubs = homes.known;
    const known = [...this.#ears.keys()].map(({ home, failedLists }): KnownHome => ({
      things: home.things,
      knows: (kind) => home.asOf(kind) !== null,
      lacks: (kind) => failedLists.lacks(kind),
    }));
    const stateOf = ({ things, knows, lacks }: KnownHome): unknown => [
      things.hub,
      things.revision,
      KINDS.filter(knows),
      KINDS.filter(lacks),
    ];
    const checked = JSON.stringify([hubs, known.map(stateOf)]);
    if (checked === this.#checked) return;
    this.#checked = checked;
    for (const ear of this.#ears.values()) {
      ear.refresh();
      if (selection.targets.length > 0) for (const { id, name } of ear.listened) this.#names.set(id, name);
    }
    const problems = listeningProblems(selection, known, hubs, this.#names);
    const said = JSON.stringify(problems.map(({ code, message }) => [code, message]));
    if (said === this.#problems) return;
    this.#problems = said;
    onProblems(problems);
  }
}
