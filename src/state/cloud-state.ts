import { type AccountRecord, type CloudRecord, cloudOf, epochOf, withCloud } from './account-record.js';
import type { AccountState, Changer, ChangeOptions, Layers, LayersUpdate } from './account-state.js';

/**
 * Computes the next record from the current one; returns `undefined` to change nothing. May be called several times.
 */
export type Update = (record: AccountRecord) => AccountRecord | undefined;

/** Computes the next record of one cloud, in the same way as {@link Update}. */
export type CloudUpdate = (cloud: CloudRecord) => CloudRecord | undefined;

/** Reads and changes the state of an account at one cloud. */
export class CloudState implements Changer {
  /** The origin of the cloud's URL, such as `https://api.cozify.fi`. */
  readonly origin: string;
  isAnswered = false;
  readonly #state: AccountState;
  readonly #shutdown: AbortSignal;

  /** `shutdown` is aborted when the work at this cloud ends. */
  constructor(state: AccountState, origin: string, shutdown: AbortSignal) {
    this.#state = state;
    this.origin = origin;
    this.#shutdown = shutdown;
  }

  get isClosed(): boolean {
    return this.#shutdown.aborted;
  }

  /** The current state of the whole account. */
  get record(): AccountRecord {
    return this.#state.record;
  }

  /** The current record of this cloud. */
  get cloud(): CloudRecord {
    return cloudOf(this.#state.record, this.origin);
  }

  /** The tokens of this cloud: the current token, and the saved token if the current one is in memory only. */
  get tokens(): string[] {
    const clouds = [this.cloud, cloudOf(this.#state.saved, this.origin)];
    return clouds.flatMap(({ login }) => login?.token ?? []);
  }

  /** Whether the current login was taken from the store, where another process had saved it. */
  get isPulled(): boolean {
    return this.#state.isPulled(this.cloud.login?.token);
  }

  /**
   * The epoch of the current login, see {@link epochOf}. The answer to a request of an older epoch is dropped, because
   * a login or a reset has happened since.
   */
  get epoch(): string {
    return epochOf(this.cloud);
  }

  /** Changes the current state. While the login is in memory only, changes of this cloud also stay in memory. */
  change(update: Update, options: ChangeOptions = {}): Promise<void> {
    return this.#state.change((layers) => this.#change(layers, update), options, this);
  }

  /** Changes the record of this cloud, see {@link change}. */
  changeCloud(update: CloudUpdate, options?: ChangeOptions): Promise<void> {
    return this.change((record) => {
      const cloud = update(cloudOf(record, this.origin));
      return cloud === undefined ? undefined : withCloud(record, cloud);
    }, options);
  }

  /** Changes the record of this cloud, unless a login or a reset has started a new epoch. */
  changeInEpoch(epoch: string, update: CloudUpdate): Promise<void> {
    return this.changeCloud((cloud) => (this.epoch === epoch ? update(cloud) : undefined));
  }

  /** Applies a login, a reset or a token set by hand. Drops a login that is in memory only. */
  changeLogin(update: Update, options: ChangeOptions = {}): Promise<void> {
    const layersUpdate: LayersUpdate = ({ saved }) => {
      const next = update(saved);
      return next === undefined ? undefined : { saved: next, temporary: undefined };
    };
    return this.#state.change(layersUpdate, options, this);
  }

  /** Sets a login that is never saved. The saved state does not change. Throws if the account has closed. */
  putTemporary(update: (cloud: CloudRecord) => CloudRecord): Promise<void> {
    const generation = this.#state.nextTemporary();
    const layersUpdate: LayersUpdate = ({ saved, temporary }) => {
      const current = temporary?.origin === this.origin ? temporary : cloudOf(saved, this.origin);
      return { saved, temporary: { ...update(current), generation } };
    };
    return this.#state.change(layersUpdate, { isStrict: true }, this);
  }

  /**
   * Changes the login with this token, whether it is saved or in memory only. If no login has this token any more,
   * calls `update` with the saved record, because another process may have renewed the token.
   */
  changeToken(token: string, update: CloudUpdate, options: ChangeOptions = {}): Promise<void> {
    const layersUpdate: LayersUpdate = ({ saved, temporary }) => {
      const own = cloudOf(saved, this.origin);
      const isTemporary = temporary?.origin === this.origin && temporary.login?.token === token;
      const cloud = !isTemporary || own.login?.token === token ? update(own) : undefined;
      const next = isTemporary ? update(temporary) : undefined;
      if (cloud === undefined && next === undefined) return undefined;
      return { saved: cloud === undefined ? saved : withCloud(saved, cloud), temporary: next ?? temporary };
    };
    return this.#state.change(layersUpdate, options, this);
  }

  /** Merges changes of other processes from the store. Throws `COZIFY_STORE` if the store can't be read. */
  pull(): Promise<void> {
    return this.#state.pull();
  }

  #change({ saved, temporary }: Layers, update: Update): Layers | undefined {
    if (temporary?.origin !== this.origin) {
      const next = update(saved);
      return next === undefined ? undefined : { saved: next, temporary };
    }
    const next = update(withCloud(saved, temporary));
    if (next === undefined) return undefined;
    const cloud = cloudOf(next, this.origin);
    // Save the login code even if the login is in memory only, because the code does not belong to that login.
    const own = { ...cloudOf(saved, this.origin), otp: cloud.otp };
    const isSame =
      next.email === saved.email && next.holds === saved.holds && own.otp === cloudOf(saved, this.origin).otp;
    return { saved: isSame ? saved : withCloud({ ...next, clouds: saved.clouds }, own), temporary: cloud };
  }
}
