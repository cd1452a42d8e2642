import type { Clock } from '../async/clock.js';
import { CozifyError } from '../errors.js';
import type { AccountState } from '../state/account-state.js';
import type { KnownHub } from './known-hub.js';

/** The cloud is asked for hub keys no more often than this. */
const LEAST_GAP_MS = 60_000;

/** Where keys are asked for anew, and when. */
export interface KeyRenewalOptions {
  clock: Clock;
  state: AccountState;
  /** Asks the cloud for the keys of all hubs. They are in the state when it resolves, to `false` if the login is rejected. */
  askKeys: () => Promise<boolean>;
}

/** New keys for hubs that refuse theirs: asked for once for all who wait, at most once a minute. */
export class KeyRenewal {
  readonly #options: KeyRenewalOptions;
  #last: { at: number; isAccepted: Promise<boolean> } | undefined;

  constructor(options: KeyRenewalOptions) {
    this.#options = options;
  }

  /**
   * The key that takes the place of `refused`, or of none. Throws `COZIFY_OTP_REQUIRED` when the cloud gives none without
   * a login, `refusal` when it gives the same again, and what asking the cloud throws.
   */
  async replace(hub: KnownHub, refused: string | null, refusal?: CozifyError): Promise<string> {
    const known = hub.record.key;
    if (known !== null && known !== refused) return known;
    if (this.#options.state.cloud.login === null || !(await this.#ask())) {
      const problem = refused === null ? 'has no key' : 'refuses its key';
      throw new CozifyError(
        'COZIFY_OTP_REQUIRED',
        `The hub ${hub.record.name} ${problem}: log in with a one-time code.`,
      );
    }
    const { key } = hub.record;
    if (key === null || key === refused) throw refusal ?? hub.refusal();
    return key;
  }

  /** What came of it now, or less than a minute ago. */
  #ask(): Promise<boolean> {
    const at = this.#options.clock.monotonic();
    if (this.#last === undefined || at - this.#last.at >= LEAST_GAP_MS) {
      this.#last = { at, isAccepted: this.#options.askKeys() };
    }
    return this.#last.isAccepted;
  }
}
