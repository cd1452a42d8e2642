import { Timer } from '../async/timers.js';
import type { Clock } from '../async/clock.js';
import { joinSignals } from '../async/signals.js';
import { CozifyError } from '../errors.js';
import type { HttpResponse } from '../http/http-client.js';
import type { HubCall, HubTransport, TransportName } from './hub-api.js';

/**
 * How long the first byte of an answer may take, unless the hub is known to answer polls only when something changes.
 */
const FIRST_BYTE_MS: Readonly<Record<TransportName, number>> = { lan: 5_000, cloud: 10_000 };
/** How long the first byte may take at a hub that answers polls only when something changes (long polling). */
const LONGEST_HOLD_MS = 20_000;
/** How long an answer may take after its first byte, in milliseconds. */
const BODY_MS = 20_000;

/** Sends polls to one hub, each with a time limit (docs/dev/rules.md, "How long a poll may take"). */
export class TimedPolls {
  readonly #clock: Clock;
  /** Whether the hub is known to hold polls: to answer them only when something changes (long polling). */
  #holdsPolls = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Sends a poll. Throws as {@link HubTransport.send}, and `COZIFY_UNREACHABLE` if the answer takes too long.
   * `mayBeHeld`: whether the hub may wait for a change before it answers, so that a late first byte need not be a
   * failure.
   */
  async send(
    transport: HubTransport,
    hubKey: string,
    call: HubCall,
    { mayBeHeld }: { mayBeHeld: boolean },
  ): Promise<HttpResponse> {
    const late = new AbortController();
    const timer = new Timer(this.#clock, { keepsAlive: true });
    const { signal, release } = joinSignals([call.signal, late.signal], closed);
    const startedAt = this.#clock.monotonic();
    let isOver = false;
    const end = (): void => late.abort(unanswered(this.#clock.monotonic() - startedAt));
    const endAt = (limitMs: number): void => timer.set(startedAt + limitMs - this.#clock.monotonic(), end);
    const onResponse = (): void => {
      isOver = true;
      timer.set(BODY_MS, end);
    };
    const onLateFirstByte = async (): Promise<void> => {
      const isThere = await transport.getHub(hubKey).then(
        () => true,
        () => false,
      );
      if (isOver) return;
      this.#holdsPolls = isThere;
      if (isThere) endAt(LONGEST_HOLD_MS);
      else end();
    };
    if (mayBeHeld && this.#holdsPolls) endAt(LONGEST_HOLD_MS);
    else timer.set(FIRST_BYTE_MS[transport.name], mayBeHeld ? () => void onLateFirstByte() : end);
    try {
      return await transport.send(hubKey, { ...call, deadlineMs: LONGEST_HOLD_MS + BODY_MS, signal, onResponse });
    } catch (error) {
      if (!late.signal.aborted) throw error;
      // The next poll tests again whether the hub answers polls only when something changes.
      this.#holdsPolls = false;
      throw late.signal.reason;
    } finally {
      isOver = true;
      timer.clear();
      release();
    }
  }
}

function unanswered(tookMs: number): CozifyError {
  return new CozifyError('COZIFY_UNREACHABLE', `The hub did not answer a poll within ${Math.round(tookMs / 1000)} s.`);
}

function closed(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The poll was ended.');
}
