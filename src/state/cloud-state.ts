import type { Ending } from '../async/ending.js';
import { type AccountRecord, type CloudRecord, cloudOf, eraOf, withCloud } from './account-record.js';
import type { AccountState, Changer, ChangeOptions, Layers, LayersUpdate } from './account-state.js';

/** Computes the next record from the one in force; `undefined` when nothing is to change. May be called several times. */
export type Update = (record: AccountRecord) => AccountRecord | undefined;

/** As {@link Update}, for the part of one cloud. */
export type CloudUpdate = (cloud: CloudRecord) => CloudRecord | undefined;

/** The state of an account as those see it who work with one of its clouds: what they find out is kept for that one. */
export class CloudState implements Changer {
  /** Such as `https://api.cozify.fi`. */
  readonly origin: string;
  isAnswered = false;
  readonly #state: AccountState;
  readonly #ending: Pick<Ending, 'isOver'>;

  /** `ending`: that of the work with the cloud. */
  constructor(state: AccountState, origin: string, ending: Pick<Ending, 'isOver'>) {
    this.#state = state;
    this.origin = origin;
    this.#ending = ending;
  }

  get isOver(): boolean {
    return this.#ending.isOver;
  }

  /** Everything that is in force. */
  get record(): AccountRecord {
    return this.#state.record;
  }

  /** What belongs to this cloud. */
  get cloud(): CloudRecord {
    return cloudOf(this.#state.record, this.origin);
  }

  /** The tokens of this cloud: that in force, and the one that is kept below it. */
  get tokens(): string[] {
    const clouds = [this.cloud, cloudOf(this.#state.kept, this.origin)];
    return clouds.flatMap(({ login }) => login?.token ?? []);
  }

  /** Whether the login in force was taken over from the store, where another process had put it. */
  get isPulled(): boolean {
    return this.#state.isPulled(this.cloud.login?.token);
  }

  /**
   * Tells under whose login something is asked, see {@link eraOf}. What is answered under another one, after a login or a
   * reset, speaks of nobody here.
   */
  get era(): string {
    return eraOf(this.cloud);
  }

  /** Changes what is in force. A login that no store gets to see keeps what is found out by it to itself. */
  change(update: Update, options: ChangeOptions = {}): Promise<void> {
    return this.#state.change((layers) => this.#change(layers, update), options, this);
  }

  /** As {@link change}, for the part of this cloud. */
  changeCloud(update: CloudUpdate, options?: ChangeOptions): Promise<void> {
    return this.change((record) => {
      const cloud = update(cloudOf(record, this.origin));
      return cloud === undefined ? undefined : withCloud(record, cloud);
    }, options);
  }

  /** As {@link changeCloud}, for what was found out under the login of an {@link era}: of another one it is not true. */
  changeEra(era: string, update: CloudUpdate): Promise<void> {
    return this.changeCloud((cloud) => (this.era === era ? update(cloud) : undefined));
  }

  /** Puts another login, or none, in force, because a person wants it so, and ends one that was in memory only. */
  changeLogin(update: Update, options: ChangeOptions = {}): Promise<void> {
    const step: LayersUpdate = ({ kept }) => {
      const next = update(kept);
      return next === undefined ? undefined : { kept: next, guest: undefined };
    };
    return this.#state.change(step, options, this);
  }

  /** Puts a login in force that no store gets to see, unless the work with the cloud is over. What is kept stays as it is. */
  putGuest(update: (cloud: CloudRecord) => CloudRecord): Promise<void> {
    const generation = this.#state.nextGuest();
    const step: LayersUpdate = ({ kept, guest }) => {
      const inForce = guest?.origin === this.origin ? guest : cloudOf(kept, this.origin);
      return { kept, guest: { ...update(inForce), generation } };
    };
    return this.#state.change(step, { isStrict: true }, this);
  }

  /**
   * Changes the login that has this token, be it kept or in memory only or both, or the one that another process has put
   * in its place: what a cloud says of a token is true of that one, whatever is in force meanwhile.
   */
  changeToken(token: string, update: CloudUpdate, options: ChangeOptions = {}): Promise<void> {
    const step: LayersUpdate = ({ kept, guest }) => {
      const own = cloudOf(kept, this.origin);
      const isGuest = guest?.origin === this.origin && guest.login?.token === token;
      const cloud = !isGuest || own.login?.token === token ? update(own) : undefined;
      const next = isGuest ? update(guest) : undefined;
      if (cloud === undefined && next === undefined) return undefined;
      return { kept: cloud === undefined ? kept : withCloud(kept, cloud), guest: next ?? guest };
    };
    return this.#state.change(step, options, this);
  }

  /** Takes over what another process has put into the store. Throws `COZIFY_STORE` when it can't be read. */
  pull(): Promise<void> {
    return this.#state.pull();
  }

  #change({ kept, guest }: Layers, update: Update): Layers | undefined {
    if (guest?.origin !== this.origin) {
      const next = update(kept);
      return next === undefined ? undefined : { kept: next, guest };
    }
    const next = update(withCloud(kept, guest));
    if (next === undefined) return undefined;
    const cloud = cloudOf(next, this.origin);
    // Codes are the person's, whoever is logged in for now.
    const own = { ...cloudOf(kept, this.origin), otp: cloud.otp };
    const isSame = next.email === kept.email && next.holds === kept.holds && own.otp === cloudOf(kept, this.origin).otp;
    return { kept: isSame ? kept : withCloud({ ...next, clouds: kept.clouds }, own), guest: cloud };
  }
}
