/** Subscriptions of nodes to the homes that contain their selected things. */
import type { CozifyError } from '../../errors.js';
import { KINDS } from '../things/kinds.js';
import type { ChangeRecord } from '../home/change-log.js';
import type { Homes } from './homes.js';
import type { LiveHome } from '../home/live-home.js';
import { DeviceSelection, type Selection, selectionProblems } from '../targets/selection.js';

/** Options of a subscription to the homes of one account. */
export interface SubscriptionOptions {
  homes: Homes;
  selection: Selection;
  /** Receives each home that may contain selected things, before the first record of that home. */
  onHome?: (live: LiveHome) => void;
  /** Receives each record in the change log of a home that may contain selected things. */
  onRecord: (live: LiveHome, record: ChangeRecord) => void;
  /** Receives all current problems, such as a target that no longer exists, each time they change. */
  onProblems?: (problems: readonly CozifyError[]) => void;
}

/**
 * A subscription to the homes that may contain selected things. Adapts when hubs or things are added, removed or
 * renamed.
 */
export class Subscription {
  readonly #options: SubscriptionOptions;
  readonly #selections = new Map<LiveHome, DeviceSelection>();
  readonly #stops: (() => void)[] = [];
  /** The last known names of targets, by id. */
  readonly #names = new Map<string, string>();
  #checked = '';
  #problems = '[]';

  constructor(options: SubscriptionOptions) {
    this.#options = options;
  }

  start(): void {
    const { homes, selection, onHome, onRecord } = this.#options;
    const take = (live: LiveHome, record: ChangeRecord): void => {
      this.selectionOf(live).refresh();
      onRecord(live, record);
      this.#check();
    };
    this.#stops.push(
      homes.subscribe(selection, take, onHome),
      homes.onHubs(() => this.#check()),
    );
    this.#check();
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }

  /** The selected things of a home. */
  selectionOf(live: LiveHome): DeviceSelection {
    const known = this.#selections.get(live);
    if (known !== undefined) return known;
    const { homes, selection } = this.#options;
    const selected = new DeviceSelection(selection, live.cache.things, () => homes.known);
    this.#selections.set(live, selected);
    return selected;
  }

  /**
   * Looks for problems, such as a target that no longer exists, if hubs, things or lists have changed since the last
   * check. Reports all problems if they differ from those reported last.
   */
  #check(): void {
    const { homes, selection, onProblems } = this.#options;
    if (onProblems === undefined) return;
    const hubs = homes.known;
    const known = [...this.#selections.keys()];
    const stateOf = ({ cache, lists }: LiveHome): unknown => [
      cache.hub,
      cache.things.revision,
      KINDS.filter((kind) => cache.asOf(kind) !== null),
      KINDS.filter((kind) => lists.lacks(kind)),
    ];
    const checked = JSON.stringify([hubs, known.map(stateOf)]);
    if (checked === this.#checked) return;
    this.#checked = checked;
    for (const selected of this.#selections.values()) {
      selected.refresh();
      if (selection.targets.length > 0) for (const { id, name } of selected.entries) this.#names.set(id, name);
    }
    const problems = selectionProblems(selection, known, hubs, this.#names);
    const reported = JSON.stringify(problems.map(({ code, message }) => [code, message]));
    if (reported === this.#problems) return;
    this.#problems = reported;
    onProblems(problems);
  }
}
