import type { Clock } from '../async/clock.js';
import { Elapsed } from '../async/elapsed.js';
import { Listeners } from '../async/listeners.js';
import { CozifyError, toCozifyError } from '../errors.js';
import { listOf, objectOf, schemas, shape } from '../schema.js';
import { Saved } from '../store/saved.js';
import type { Log, Store } from '../store/store.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { withoutEnd } from '../text.js';

/** What is remembered of the codes for one address at one cloud. */
interface AddressRecord {
  /** Origin and address, the address in lower case. */
  to: string;
  /** When codes were sent, and for which accounts; those of the last 15 minutes. */
  sent: { at: number; account: string }[];
  lastSentAt: number | null;
  isUsed: boolean;
  /** Refused tries since the last code was sent. */
  refused: number;
  /** When anything of this last changed. */
  touchedAt: number;
}

/** What is kept of the codes sent and tried lately. */
export interface OtpLimiterRecord {
  addresses: AddressRecord[];
}

const { text, number, count, flag, numberOrNull } = schemas;
const addressSchema = objectOf({
  to: text,
  sent: listOf(objectOf({ at: number, account: text })),
  lastSentAt: numberOrNull,
  isUsed: flag,
  refused: count,
  touchedAt: number,
});

/** The check of {@link OtpLimiterRecord}. */
export const otpLimiterShape = shape<OtpLimiterRecord>(objectOf({ addresses: listOf(addressSchema) }));

/** One address at one cloud, asked for by one account. */
export interface OtpTarget {
  origin: string;
  email: string;
  account: string;
}

/** A code is not taken any more when it is so old. */
export const CODE_LIFE_MS = 15 * 60_000;
/** A code that was refused so often is dead. */
const MAX_REFUSED_TRIES = 5;
const WAIT_MS = 60_000;
const MAX_CODES = 3;
const WINDOW_MS = 15 * 60_000;
const FORGET_MS = 24 * 3_600_000;
const MAX_ADDRESSES = 1000;

/**
 * Keeps mailboxes from floods and codes from guessing, for all accounts of a process together and across restarts
 * (docs/dev/rules.md, "Codes are rationed"). No reset of an account touches it.
 */
export class OtpLimiter {
  readonly #saved: Saved<OtpLimiterRecord>;
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();
  readonly #listeners: Listeners;
  /** How long ago what has a wall time happened. */
  readonly #elapsed = new WeakMap<object, Elapsed>();

  /** `log` is told of listeners that fail. */
  constructor(store: Store<OtpLimiterRecord>, clock: Clock, log?: Log) {
    this.#saved = new Saved({ store, empty: { addresses: [] }, isEmpty: () => false, merge: mergeRations });
    this.#clock = clock;
    this.#listeners = new Listeners((error) =>
      log?.error(`A listener for codes failed: ${toCozifyError(error).message}`),
    );
  }

  /**
   * Has a code sent by `send`, unless one sent less than a minute ago is unused. Gives when the code at hand was sent
   * and whether that was now. Throws `COZIFY_RATE_LIMITED` with `retryAfter`, or what `send` throws, which counts for
   * nothing.
   */
  send(target: OtpTarget, send: () => Promise<void>): Promise<{ sentAt: number; isNew: boolean }> {
    const sendInTurn = async (): Promise<{ sentAt: number; isNew: boolean }> => {
      const before = this.#address(target);
      const recent = this.#recentCode(before);
      if (recent !== undefined) return { sentAt: recent, isNew: false };
      this.#checkLimits(target, before);
      await send();
      // What an earlier process left may have been read meanwhile.
      const address = this.#address(target);
      const sentAt = this.#clock.now();
      const sent = { at: sentAt, account: target.account };
      address.sent.push(sent);
      Object.assign(address, { lastSentAt: sentAt, isUsed: false, refused: 0 });
      for (const what of [sent, address]) this.#note(what, sentAt);
      await this.#remember(address);
      return { sentAt, isNew: true };
    };
    const ofAddress = (): ReturnType<typeof sendInTurn> => this.#inTurn(keyOf(target.origin, target.email), sendInTurn);
    return this.#inTurn(`account ${target.account}`, ofAddress);
  }

  /**
   * Tries a code by `attempt`. After 5 refused tries the code is dead: `COZIFY_OTP_REJECTED` without asking, until a
   * new one was sent. Tries that got no verdict are not counted.
   */
  try<T>(target: OtpTarget, attempt: () => Promise<T>): Promise<T> {
    return this.#inTurn(keyOf(target.origin, target.email), async () => {
      if (this.#address(target).refused >= MAX_REFUSED_TRIES) {
        throw new CozifyError('COZIFY_OTP_REJECTED', 'The code was wrong too often: request a new one.');
      }
      try {
        const result = await attempt();
        const address = this.#address(target);
        Object.assign(address, { isUsed: true, refused: 0 });
        await this.#remember(address);
        return result;
      } catch (error) {
        if (error instanceof CozifyError && error.code === 'COZIFY_OTP_REJECTED') {
          const address = this.#address(target);
          address.refused += 1;
          await this.#remember(address);
        }
        throw error;
      }
    });
  }

  /** Whether a code sent to the address can still be used, as far as is known. */
  isUsable(origin: string, email: string): boolean {
    const address = this.#find(keyOf(origin, email));
    return address === undefined || (!address.isUsed && address.refused < MAX_REFUSED_TRIES);
  }

  /** Calls `listener` when a code may have become usable or unusable, whichever account it was. Gives the way to stop that. */
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Reads what an earlier process left. No login depends on it: while it can't be read, it is tried again at each use. */
  async load(): Promise<void> {
    const { addresses } = await this.#saved.known();
    for (const address of addresses) {
      if (address.lastSentAt !== null) this.#note(address, address.lastSentAt);
      for (const sent of address.sent) this.#note(sent, sent.at);
    }
  }

  /** Whether something waits to be saved. */
  get needsSave(): boolean {
    return this.#saved.needsSave;
  }

  /** Tries again to save what could not be. */
  async retrySave(): Promise<void> {
    if (!this.needsSave) return;
    await this.#saved.retrySave();
    await this.load();
    this.#listeners.tell(() => []);
  }

  /** Notes when something happened, unless that is known. */
  #note(what: object, at: number): void {
    if (this.#elapsed.get(what)?.at !== at) this.#elapsed.set(what, new Elapsed(this.#clock, at));
  }

  /** Milliseconds since something happened. A clock that jumps, or a machine that sleeps, makes nothing younger. */
  #ageOf(what: object, at: number): number {
    return (this.#elapsed.get(what) ?? new Elapsed(this.#clock, at)).ms;
  }

  /** When the last code was sent, if that was under a minute ago and it is neither used nor dead. */
  #recentCode(address: AddressRecord): number | undefined {
    const { lastSentAt, isUsed, refused } = address;
    if (lastSentAt === null || isUsed || refused >= MAX_REFUSED_TRIES) return undefined;
    return this.#ageOf(address, lastSentAt) < WAIT_MS ? lastSentAt : undefined;
  }

  #checkLimits(target: OtpTarget, address: AddressRecord): void {
    const all = this.#saved.value.addresses.flatMap(({ sent }) => sent);
    const forAccount = all.filter(({ account }) => account === target.account);
    for (const sent of [address.sent, forAccount]) {
      const ages = sent.map((code) => this.#ageOf(code, code.at)).filter((age) => age < WINDOW_MS);
      const oldest = ages.sort((a, b) => a - b)[MAX_CODES - 1];
      if (oldest === undefined) continue;
      const retryAfter = Math.max(1, Math.ceil((WINDOW_MS - oldest) / 1000));
      const message = `${MAX_CODES} codes were sent within ${WINDOW_MS / 60_000} minutes: use the last one, or wait.`;
      throw new CozifyError('COZIFY_RATE_LIMITED', message, { retryAfter });
    }
  }

  #address(target: OtpTarget): AddressRecord {
    const to = keyOf(target.origin, target.email);
    return this.#find(to) ?? { to, sent: [], lastSentAt: null, isUsed: false, refused: 0, touchedAt: 0 };
  }

  #find(to: string): AddressRecord | undefined {
    return this.#saved.value.addresses.find((address) => address.to === to);
  }

  /** In memory it holds in any case; a full disk must fail neither a code nor a login. */
  async #remember(address: AddressRecord): Promise<void> {
    const now = this.#clock.now();
    address.touchedAt = now;
    address.sent = address.sent.filter((sent) => this.#ageOf(sent, sent.at) < WINDOW_MS);
    await this.#saved.change(({ addresses }) => {
      const others = addresses.filter(({ to, touchedAt }) => to !== address.to && now - touchedAt <= FORGET_MS);
      return { addresses: [...withRoom(others), address] };
    });
    this.#listeners.tell(() => []);
  }

  /** One at a time for each key, so that two requests at once see each other, and a slow one holds up no others. */
  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.load();
    return this.#mutex.runExclusive(key, work);
  }
}

function keyOf(origin: string, email: string): string {
  // One mailbox, one key: case and a dot at the end of the domain make no other.
  return `${origin} ${withoutEnd(email.toLowerCase(), /\./)}`;
}

/** What an earlier process noted of an address, and this one before it could read that. */
function mergeAddresses(earlier: AddressRecord, own: AddressRecord): AddressRecord {
  const isNew = own.lastSentAt !== null;
  return {
    to: own.to,
    sent: [...earlier.sent, ...own.sent],
    lastSentAt: own.lastSentAt ?? earlier.lastSentAt,
    isUsed: own.isUsed || (!isNew && earlier.isUsed),
    refused: own.refused + (isNew ? 0 : earlier.refused),
    touchedAt: Math.max(own.touchedAt, earlier.touchedAt),
  };
}

/** What an earlier process has kept, and what this one has made before it could read that. */
function mergeRations(stored: OtpLimiterRecord, own: OtpLimiterRecord): OtpLimiterRecord {
  const known = new Map(stored.addresses.map((address) => [address.to, address]));
  for (const address of own.addresses) {
    const earlier = known.get(address.to);
    known.set(address.to, earlier === undefined ? address : mergeAddresses(earlier, address));
  }
  return { addresses: [...known.values()] };
}

/**
 * Room for one more: too many lose those touched longest ago, of which those that no code went to come first, for trying
 * is cheaper than sending.
 */
function withRoom(addresses: AddressRecord[]): AddressRecord[] {
  const tooMany = addresses.length - MAX_ADDRESSES + 1;
  if (tooMany <= 0) return addresses;
  const unsent = addresses.filter(({ lastSentAt }) => lastSentAt === null);
  const gone = new Set([...unsent, ...addresses].slice(0, tooMany));
  return addresses.filter((address) => !gone.has(address));
}
