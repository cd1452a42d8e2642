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
}

/** A key that a hub refuses, and for which no other was found so far: what that says is about this hub and this key alone. */
interface Vain {
  readonly key: string | null;
  /** How often in a row polls have asked, and what was asked last. */
  readonly times: number;
  readonly last: Asking | undefined;
  /** How long polls are content with what came of it. */
  readonly patienceMs: number;
}

/** New keys for hubs that refuse theirs: asked for once for all who wait, at most once a minute. */
export class KeyRenewal {
  readonly #options: KeyRenewalOptions;
  #last: Asking | undefined;
  /** By hub. */
  readonly #vain = new Map<string, Vain>();

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
      this.#noteVain(hub, refused, isPatient);
      throw refusal ?? hub.refusal();
    }
    this.#vain.delete(hub.id);
    return key;
  }

  async #renew(hub: KnownHub, refused: string | null, isPatient: boolean): Promise<void> {
    if (this.#options.state.cloud.login !== null) {
      if (await this.#ask(isPatient ? this.#patienceMs(hub, refused) : LEAST_GAP_MS)) return;
      this.#noteVain(hub, refused, isPatient);
    }
    const problem = refused === null ? 'has no key' : 'refuses its key';
    throw new CozifyError('COZIFY_OTP_REQUIRED', `The hub ${hub.record.name} ${problem}: log in with a one-time code.`);
  }

  /** What came of it now, or less than so long ago. */
  #ask(leastMs: number): Promise<boolean> {
    const { clock, askKeys } = this.#options;
    const at = clock.monotonic();
    if (this.#last === undefined || at - this.#last.at >= leastMs) this.#last = { at, isAccepted: askKeys() };
    return this.#last.isAccepted;
  }

  #patienceMs({ id }: KnownHub, refused: string | null): number {
    const vain = this.#vain.get(id);
    return vain?.key === refused ? vain.patienceMs : LEAST_GAP_MS;
  }

  /** What was asked for last has brought this hub nothing, for whichever of those who waited for it. */
  #noteVain({ id }: KnownHub, refused: string | null, isPatient: boolean): void {
    const before = this.#vain.get(id);
    const vain = before?.key === refused ? before : undefined;
    const last = this.#last;
    if (vain !== undefined && vain.last === last) return;
    // However often people ask meanwhile, polls wait no longer for that.
    const times = Math.max(1, (vain?.times ?? 0) + Number(isPatient));
    const patienceMs = Math.max(LEAST_GAP_MS, backOffMs(this.#options.clock, times, PATIENCE));
    this.#vain.set(id, { key: refused, times, last, patienceMs });
  }
}
