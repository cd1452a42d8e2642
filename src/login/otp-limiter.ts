import { type Clock, Elapsed } from '../async/clock.js';
import { Subscribers } from '../async/subscribers.js';
import { CozifyError, toCozifyError } from '../errors.js';
import { listOf, objectOf, schemas, shape } from '../schema.js';
import { Saved } from '../store/saved.js';
import type { Log, Store } from '../store/store.js';
import { KeyedMutex } from '../async/locks.js';
import { withoutEnd } from '../text.js';

/** Login codes that one cloud has sent to one e-mail address, and the attempts to log in with them. */
interface AddressRecord {
  /** The cloud's origin and the e-mail address in lower case: see {@link addressKey}. */
  to: string;
  /** Login codes of the last 15 minutes: when each was sent (ms since 1970), and for which account. */
  sent: { at: number; account: string }[];
  lastSentAt: number | null;
  /** Whether the last login code was exchanged for a token. */
  isUsed: boolean;
  /** Rejected attempts since the last login code was sent. */
  refused: number;
  /** Time of the last change of this record, in ms since 1970. */
  touchedAt: number;
}

/** The stored state of an {@link OtpLimiter}. */
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

/** Checks a stored {@link OtpLimiterRecord}. */
export const otpLimiterShape = shape<OtpLimiterRecord>(objectOf({ addresses: listOf(addressSchema) }));

/** The e-mail address that a login code goes to, the cloud that sends it, and the account that requests it. */
export interface OtpTarget {
  origin: string;
  email: string;
  account: string;
}

/** How long a login code counts as valid. The cloud's own limit is not known. */
export const CODE_LIFE_MS = 15 * 60_000;
/** After this many rejected attempts, the last login code can no longer be used. */
const MAX_REFUSED_TRIES = 5;
/** While a login code is unused and younger than this, no other code is requested. */
const WAIT_MS = 60_000;
/** At most this many login codes are sent to one e-mail address, and for one account, within {@link WINDOW_MS}. */
const MAX_CODES = 3;
const WINDOW_MS = 15 * 60_000;
const FORGET_MS = 24 * 3_600_000;
const MAX_ADDRESSES = 1000;

/**
 * Limits how many login codes are sent and how often a code may be tried, for all accounts of a process together and
 * across restarts (docs/first-login.md, "How many codes you can get"). A reset of an account does not change the
 * limits.
 */
export class OtpLimiter {
  readonly #saved: Saved<OtpLimiterRecord>;
  readonly #clock: Clock;
  readonly #mutex = new KeyedMutex();
  readonly #subscribers: Subscribers;
  /** Ages of the records and of the codes in `sent`, safe against jumps of the wall clock. */
  readonly #elapsed = new WeakMap<object, Elapsed>();

  /** `log` receives errors of subscribers. */
  constructor(store: Store<OtpLimiterRecord>, clock: Clock, log?: Log) {
    this.#saved = new Saved({ store, empty: { addresses: [] }, isEmpty: () => false, merge: mergeLimits });
    this.#clock = clock;
    this.#subscribers = new Subscribers((error) =>
      log?.error(`A subscriber for codes failed: ${toCozifyError(error).message}`),
    );
  }

  /**
   * Sends a login code with `send`, unless an unused code is less than a minute old. Returns the time of the pending
   * code (ms since 1970) and whether it is new. Throws `COZIFY_RATE_LIMITED` with `retryAfter`, or the error of `send`.
   * A failed `send` does not count towards the limits.
   */
  send(target: OtpTarget, send: () => Promise<void>): Promise<{ sentAt: number; isNew: boolean }> {
    const sendQueued = async (): Promise<{ sentAt: number; isNew: boolean }> => {
      const before = this.#address(target);
      const recent = this.#recentCode(before);
      if (recent !== undefined) return { sentAt: recent, isNew: false };
      this.#checkLimits(target, before);
      await send();
      // Read the record again, because the store may have been loaded during the request.
      const address = this.#address(target);
      const sentAt = this.#clock.now();
      const sent = { at: sentAt, account: target.account };
      address.sent.push(sent);
      Object.assign(address, { lastSentAt: sentAt, isUsed: false, refused: 0 });
      for (const record of [sent, address]) this.#trackAge(record, sentAt);
      await this.#save(address);
      return { sentAt, isNew: true };
    };
    const ofAddress = (): ReturnType<typeof sendQueued> =>
      this.#runExclusive(addressKey(target.origin, target.email), sendQueued);
    return this.#runExclusive(`account ${target.account}`, ofAddress);
  }

  /**
   * Logs in with a login code by calling `attempt`. Counts the attempt if the cloud rejects the code. After 5 rejected
   * attempts, throws `COZIFY_OTP_REJECTED` without calling `attempt`, until a new code has been sent.
   */
  try<T>(target: OtpTarget, attempt: () => Promise<T>): Promise<T> {
    return this.#runExclusive(addressKey(target.origin, target.email), async () => {
      if (this.#address(target).refused >= MAX_REFUSED_TRIES) {
        throw new CozifyError('COZIFY_OTP_REJECTED', 'The code was wrong too often: request a new one.');
      }
      try {
        const result = await attempt();
        const address = this.#address(target);
        Object.assign(address, { isUsed: true, refused: 0 });
        await this.#save(address);
        return result;
      } catch (error) {
        if (error instanceof CozifyError && error.code === 'COZIFY_OTP_REJECTED') {
          const address = this.#address(target);
          address.refused += 1;
          await this.#save(address);
        }
        throw error;
      }
    });
  }

  /**
   * Whether the last login code for the e-mail address can still be used: it was not used before, and was rejected
   * fewer than 5 times. `true` for an address without a record.
   */
  isUsable(origin: string, email: string): boolean {
    const address = this.#find(addressKey(origin, email));
    return address === undefined || (!address.isUsed && address.refused < MAX_REFUSED_TRIES);
  }

  /** Calls `subscriber` after each change of a record. Returns a function that unsubscribes it. */
  onChange(subscriber: () => void): () => void {
    return this.#subscribers.add(subscriber);
  }

  /**
   * Loads the stored records. Never throws, because a login must not depend on the store. If the load fails, it is
   * repeated at the next use.
   */
  async load(): Promise<void> {
    const { addresses } = await this.#saved.tryRead();
    for (const address of addresses) {
      if (address.lastSentAt !== null) this.#trackAge(address, address.lastSentAt);
      for (const sent of address.sent) this.#trackAge(sent, sent.at);
    }
  }

  /** Whether a change is not saved yet. */
  get needsSave(): boolean {
    return this.#saved.needsSave;
  }

  /** Tries again to save a change. */
  async retrySave(): Promise<void> {
    if (!this.needsSave) return;
    await this.#saved.retrySave();
    await this.load();
    this.#subscribers.notify(() => []);
  }

  /** Starts to measure the age of a record or code from the time `since`, unless it is being measured already. */
  #trackAge(record: object, since: number): void {
    if (this.#elapsed.get(record)?.at !== since) this.#elapsed.set(record, new Elapsed(this.#clock, since));
  }

  /**
   * Returns the milliseconds since `since`, as measured for a record or code. A clock jump or a sleep of the machine
   * does not shorten this time.
   */
  #ageMs(record: object, since: number): number {
    return (this.#elapsed.get(record) ?? new Elapsed(this.#clock, since)).ms;
  }

  /**
   * Returns the time of the last login code if the code is less than a minute old, was not used and was not rejected
   * too often.
   */
  #recentCode(address: AddressRecord): number | undefined {
    const { lastSentAt, isUsed, refused } = address;
    if (lastSentAt === null || isUsed || refused >= MAX_REFUSED_TRIES) return undefined;
    return this.#ageMs(address, lastSentAt) < WAIT_MS ? lastSentAt : undefined;
  }

  #checkLimits(target: OtpTarget, address: AddressRecord): void {
    const all = this.#saved.value.addresses.flatMap(({ sent }) => sent);
    const forAccount = all.filter(({ account }) => account === target.account);
    for (const sent of [address.sent, forAccount]) {
      const ages = sent.map((code) => this.#ageMs(code, code.at)).filter((age) => age < WINDOW_MS);
      const oldest = ages.sort((a, b) => a - b)[MAX_CODES - 1];
      if (oldest === undefined) continue;
      const retryAfter = Math.ceil((WINDOW_MS - oldest) / 1000);
      const message = `${MAX_CODES} codes were sent within ${WINDOW_MS / 60_000} minutes: use the last one, or wait.`;
      throw new CozifyError('COZIFY_RATE_LIMITED', message, { retryAfter });
    }
  }

  #address(target: OtpTarget): AddressRecord {
    const to = addressKey(target.origin, target.email);
    return this.#find(to) ?? { to, sent: [], lastSentAt: null, isUsed: false, refused: 0, touchedAt: 0 };
  }

  #find(to: string): AddressRecord | undefined {
    return this.#saved.value.addresses.find((address) => address.to === to);
  }

  /**
   * Stores a record. Never throws, because a full disk must not prevent a login. The limits then hold in memory only.
   */
  async #save(address: AddressRecord): Promise<void> {
    const now = this.#clock.now();
    address.touchedAt = now;
    address.sent = address.sent.filter((sent) => this.#ageMs(sent, sent.at) < WINDOW_MS);
    await this.#saved.change(({ addresses }) => {
      const others = addresses.filter(({ to, touchedAt }) => to !== address.to && now - touchedAt <= FORGET_MS);
      return { addresses: [...withRoom(others), address] };
    });
    this.#subscribers.notify(() => []);
  }

  /** Runs jobs with the same key one at a time, so that each sees the counts of the job before it. */
  async #runExclusive<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.load();
    return this.#mutex.runExclusive(key, work);
  }
}

function addressKey(origin: string, email: string): string {
  // Different spellings of one mailbox share a key: letter case and a dot at the end of the domain make no difference.
  return `${origin} ${withoutEnd(email.toLowerCase(), /\./)}`;
}

/**
 * Merges two records of an e-mail address: the stored record, and the record that this process made before it could
 * read the store.
 */
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

/** Merges the stored records with the records that this process made before it could read the store. */
function mergeLimits(stored: OtpLimiterRecord, own: OtpLimiterRecord): OtpLimiterRecord {
  const known = new Map(stored.addresses.map((address) => [address.to, address]));
  for (const address of own.addresses) {
    const earlier = known.get(address.to);
    known.set(address.to, earlier === undefined ? address : mergeAddresses(earlier, address));
  }
  return { addresses: [...known.values()] };
}

/**
 * Makes room for the record of one more e-mail address. First drops addresses to which no code was sent, because an
 * attacker can name many of them at no cost. Then drops the addresses that changed longest ago.
 */
function withRoom(addresses: AddressRecord[]): AddressRecord[] {
  const tooMany = addresses.length - MAX_ADDRESSES + 1;
  if (tooMany <= 0) return addresses;
  const unsent = addresses.filter(({ lastSentAt }) => lastSentAt === null);
  const gone = new Set([...unsent, ...addresses].slice(0, tooMany));
  return addresses.filter((address) => !gone.has(address));
}
