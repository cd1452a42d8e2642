import type { NodeAPI } from 'node-red';
import type { Clock } from '../../src/index.js';
import { Timer, systemClock } from '../../src/nodes-api.js';
import { subscribe, type RuntimeEvent, stateOf } from '../runtime/runtime-events.js';

/**
 * Events that Node-RED emits while it restarts the flows, each with the longest time until the next event, in
 * milliseconds.
 */
const STEPS_MS = { 'flows:stopping': 20_000, 'flows:stopped': 3_000, 'flows:starting': 20_000 };
const LOADING_MS = 5_000;

/**
 * Watches whether Node-RED is loading or restarting its flows. During that time, an account that isn't running may
 * still start, so callers should wait before they treat it as not deployed.
 */
export class DeployWatcher {
  readonly #unsubscribe: () => void;
  /** Timer that sets `isChanging` to false if Node-RED's next event does not come in time. */
  readonly #timeout: Timer;
  readonly #onSettled: () => void;
  #change: { done: Promise<void>; end: () => void } | undefined;

  /**
   * Starts with `isChanging` true unless `isLoaded` is set, because Node-RED loads the flows after the node types.
   * `isLoaded`: whether the flows are already loaded, as when the package is installed while Node-RED is running.
   * `onSettled` is called when the flows have started or remain stopped.
   */
  constructor(
    events: NodeAPI['events'],
    { isLoaded, onSettled, clock = systemClock }: { isLoaded: boolean; onSettled: () => void; clock?: Clock },
  ) {
    this.#timeout = new Timer(clock);
    this.#onSettled = onSettled;
    const steps = Object.entries(STEPS_MS).map(([step, ms]) => [step, () => this.#expect(ms)] as const);
    this.#unsubscribe = subscribe(events, {
      ...Object.fromEntries(steps),
      'flows:started': () => this.#end(),
      'runtime-event': (event) => this.#noteState(event as RuntimeEvent),
    });
    if (!isLoaded) this.#expect(LOADING_MS);
  }

  get isChanging(): boolean {
    return this.#change !== undefined;
  }

  /**
   * Resolves when the flows have started, or when Node-RED's next event is overdue. Resolves at once if the flows are
   * not changing.
   */
  settled(): Promise<void> {
    return this.#change?.done ?? Promise.resolve();
  }

  close(): void {
    this.#unsubscribe();
    this.#endChange();
  }

  /**
   * Sets `isChanging` to false if Node-RED reports that the flows are stopped, unless a Deploy is about to start them.
   */
  #noteState(event: RuntimeEvent): void {
    const isStopped = stateOf(event) === 'stopped';
    if (isStopped && event.payload?.deploy !== true) this.#end();
  }

  #expect(withinMs: number): void {
    if (this.#change === undefined) {
      let end = (): void => undefined;
      const done = new Promise<void>((resolve) => (end = resolve));
      this.#change = { done, end };
    }
    this.#timeout.set(withinMs, () => this.#end());
  }

  #end(): void {
    this.#endChange();
    this.#onSettled();
  }

  #endChange(): void {
    this.#timeout.clear();
    this.#change?.end();
    this.#change = undefined;
  }
}
