import { type BackOff, backOffMs } from '../async/back-off.js';
import type { Clock } from '../async/clock.js';
import { CozifyError } from '../errors.js';
import type { CloudState } from '../state/cloud-state.js';
import type { KnownHub } from './known-hub.js';

/** The cloud is asked for hub keys no more often than this. */
const LEAST_GAP_MS = 60_000;

/** Nor, by polls, more often than this, where it was the same again each time. */
const PATIENCE: BackOff = { firstMs: LEAST_GAP_MS, longestMs: 3_600_000 };

/** Where keys are asked for anew, and when. */
export interface KeyRenewalOptions {
  clock: Clock;
  state: CloudState;
  /** Asks the cloud for the keys of all hubs. They are in the state when it resolves, to `false` if the login is rejected. */
  askKeys: () => Promise<boolean>;
}

/** What a hub said to the key that it refuses, and whether a person waits for another. */
export interface Refusal {
  refusal?: CozifyError;
  isPatient?: boolean;
}

/** A time that the cloud was asked for keys. Times are monotonic, in milliseconds. */
interface Asking {
  readonly at: number;
  readonly isAccepted: Promise<boolean>;
  /** How long polls are content with what came of it. */
  patienceMs: number;
  isFutile: boolean;
}

/** New keys for hubs that refuse theirs: asked for once for all who wait, at most once a minute. */
export class KeyRenewal {
  readonly #options: KeyRenewalOptions;
  #last: Asking | undefined;
  /** How often in a row that has brought no other key. */
  #futile = 0;

  constructor(options: KeyRenewalOptions) {
    this.#options = options;
  }

  /**
   * The key that takes the place of `refused`, or of none. Throws `COZIFY_OTP_REQUIRED` when the cloud gives none without
   * a login, `refusal` when it gives the same again, and what asking the cloud throws. `isPatient`: nobody waits for it.
   */
  async replace(hub: KnownHub, refused: string | null, { refusal, isPatient = false }: Refusal = {}): Promise<string> {
    const known = hub.record.key;
    if (known === null || known === refused) await this.#renew(hub, refused, isPatient);
    const { key } = hub.record;
    if (key === null || key === refused) {
      this.#noteFutile();
      throw refusal ?? hub.refusal();
    }
    this.#futile = 0;
    return key;
  }

  async #renew(hub: KnownHub, refused: string | null, isPatient: boolean): Promise<void> {
    if (this.#options.state.cloud.login !== null) {
      if (await this.#ask(isPatient)) return;
      this.#noteFutile();
    }
    const problem = refused === null ? 'has no key' : 'refuses its key';
    throw new CozifyError('COZIFY_OTP_REQUIRED', `The hub ${hub.record.name} ${problem}: log in with a one-time code.`);
  }

  /** What came of it now, or less than a minute ago. */
  #ask(isPatient: boolean): Promise<boolean> {
    const { clock, askKeys } = this.#options;
    const at = clock.monotonic();
    const leastMs = isPatient ? (this.#last?.patienceMs ?? LEAST_GAP_MS) : LEAST_GAP_MS;
    if (this.#last === undefined || at - this.#last.at >= leastMs) {
      this.#last = { at, isAccepted: askKeys(), patienceMs: LEAST_GAP_MS, isFutile: false };
    }
    return this.#last.isAccepted;
  }

  /** What was asked for last has brought nothing, for whichever of those who waited for it. */
  #noteFutile(): void {
    if (this.#last === undefined || this.#last.isFutile) return;
    this.#futile += 1;
    this.#last.isFutile = true;
    this.#last.patienceMs = Math.max(LEAST_GAP_MS, backOffMs(this.#options.clock, this.#futile, PATIENCE));
  }
}
