import type { NodeAPI } from 'node-red';
import type { Clock } from '../../src/index.js';
import { Alarm, systemClock } from '../../src/nodes-api.js';
import { listen } from '../runtime/listen.js';
import { type RuntimeEvent, stateOf } from './runtime-state.js';

/** What Node-RED tells between stopping flows and having started them, and how long the next of it may take to come. */
const STEPS_MS = { 'flows:stopping': 20_000, 'flows:stopped': 3_000, 'flows:starting': 20_000 };
const LOADING_MS = 5_000;

/**
 * Whether Node-RED is loading or restarting its flows. An account that does not run then may do so in a moment: who
 * asks for it should wait, instead of taking it for one that is not deployed.
 */
export class DeployWatcher {
  readonly #unlisten: () => void;
  /** When it has been silent for too long. */
  readonly #limit: Alarm;
  readonly #onSettled: () => void;
  #change: { over: Promise<void>; end: () => void } | undefined;

  /**
   * Begins as Node-RED does, which loads flows after the nodes; `isLoaded` when the package came later. `onSettled` is
   * called whenever flows have started, or stay stopped.
   */
  constructor(
    events: NodeAPI['events'],
    { isLoaded, onSettled, clock = systemClock }: { isLoaded: boolean; onSettled: () => void; clock?: Clock },
  ) {
    this.#limit = new Alarm(clock);
    this.#onSettled = onSettled;
    const steps = Object.entries(STEPS_MS).map(([step, ms]) => [step, () => this.#expect(ms)] as const);
    this.#unlisten = listen(events, {
      ...Object.fromEntries(steps),
      'flows:started': () => this.#end(),
      'runtime-event': (event) => this.#noteState(event as RuntimeEvent),
    });
    if (!isLoaded) this.#expect(LOADING_MS);
  }

  get isChanging(): boolean {
    return this.#change !== undefined;
  }

  /** Resolves once the flows run, or Node-RED has gone silent about it; at once when nothing changes. */
  settled(): Promise<void> {
    return this.#change?.over ?? Promise.resolve();
  }

  close(): void {
    this.#unlisten();
    this.#endChange();
  }

  /** Ends the change if Node-RED says that the flows are stopped, unless a Deploy starts them again. */
  #noteState(event: RuntimeEvent): void {
    const isStopped = stateOf(event) === 'stopped';
    if (isStopped && event.payload?.deploy !== true) this.#end();
  }

  #expect(withinMs: number): void {
    if (this.#change === undefined) {
      let end = (): void => undefined;
      const over = new Promise<void>((resolve) => (end = resolve));
      this.#change = { over, end };
    }
    this.#limit.set(withinMs, () => this.#end());
  }

  #end(): void {
    this.#endChange();
    this.#onSettled();
  }

  #endChange(): void {
    this.#limit.clear();
    this.#change?.end();
    this.#change = undefined;
  }
}
