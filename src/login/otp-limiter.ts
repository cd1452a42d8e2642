import type { Clock } from '../async/clock.js';
import { Elapsed } from '../async/elapsed.js';
import { Listeners } from '../async/listeners.js';
import { SingleFlight } from '../async/single-flight.js';
import { CozifyError, toCozifyError } from '../errors.js';
import { shape } from '../schema.js';
import type { Log, Store } from '../store/store.js';
import { KeyedMutex } from '../async/keyed-mutex.js';

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

/** The check of {@link OtpLimiterRecord}. */
export const otpLimiterShape = shape<OtpLimiterRecord>({
  type: 'object',
  required: ['addresses'],
  properties: {
    addresses: {
      type: 'array',
      items: {
        type: 'object',
        required: ['to', 'sent', 'lastSentAt', 'isUsed', 'refused', 'touchedAt'],
        properties: {
          to: { type: 'string' },
          sent: {
            type: 'array',
            items: {
              type: 'object',
              required: ['at', 'account'],
              properties: { at: { type: 'number' }, account: { type: 'string' } },
            },
          },
          lastSentAt: { type: ['number', 'null'] },
          isUsed: { type: 'boolean' },
          refused: { type: 'integer', minimum: 0 },
          touchedAt: { type: 'number' },
        },
      },
    },
  },
});

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
 * (docs/rules.md, "Codes are rationed"). No reset of an account touches it.
 */
export class OtpLimiter {
  readonly #store: Store<OtpLimiterRecord>;
  readonly #clock: Clock;
  readonly #addresses = new Map<string, AddressRecord>();
  /** Whether what an earlier process left has been read: before that it is not overwritten. */
  #isRead = false;
  #isSaved = true;
  readonly #flight = new SingleFlight<void>();
  readonly #mutex = new KeyedMutex();
  readonly #listeners: Listeners;
  /** How long ago what has a wall time happened. */
  readonly #elapsed = new WeakMap<object, Elapsed>();

  /** `log` is told of listeners that fail. */
  constructor(store: Store<OtpLimiterRecord>, clock: Clock, log?: Log) {
    this.#store = store;
    this.#clock = clock;
    this.#listeners = new Listeners((error) =>
      log?.error(`A listener for codes failed, and nothing else: ${toCozifyError(error).message}`),
    );
  }

  /**
   * Has a code sent by `send`, unless one sent less than a minute ago is unused. Gives when the code at hand was sent
   * and whether that was now. Throws `COZIFY_RATE_LIMITED` with `retryAfter`, or what `send` throws, which counts for
   * nothing.
   */
  send(target: OtpTarget, send: () => Promise<void>): Promise<{ sentAt: number; isNew: boolean }> {
    return this.#inTurn(`account ${target.account}`, () => this.#sendInTurn(target, send));
  }

  #sendInTurn(target: OtpTarget, send: () => Promise<void>): Promise<{ sentAt: number; isNew: boolean }> {
    return this.#inTurn(keyOf(target.origin, target.email), async () => {
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
    });
  }

  /**
   * Tries a code by `attempt`. After 5 refused tries the code is dead: `COZIFY_OTP_REJECTED` without asking, until a
   * new one was sent. Tries that got no verdict are not counted.
   */
  try<T>(target: OtpTarget, attempt: () => Promise<T>): Promise<T> {
    return this.#inTurn(keyOf(target.origin, target.email), async () => {
      if (this.#address(target).refused >= MAX_REFUSED_TRIES) {
        throw new CozifyError('COZIFY_OTP_REJECTED', 'The code was refused too often: ask for a new one.');
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
    const address = this.#addresses.get(keyOf(origin, email));
    return address === undefined || (!address.isUsed && address.refused < MAX_REFUSED_TRIES);
  }

  /** Calls `listener` when a code may have become usable or unusable, whichever account it was. Gives the way to stop that. */
  onChange(listener: () => void): () => void {
    return this.#listeners.add(listener);
  }

  /** Reads what an earlier process left. No login depends on it: while it can't be read, it is tried again at each use. */
  async load(): Promise<void> {
    if (!this.#isRead) await this.#flight.run('load', () => this.#load());
  }

  /** Whether something waits to be saved. */
  get needsSave(): boolean {
    return !this.#isSaved;
  }

  /** Tries again to save what could not be. */
  async retrySave(): Promise<void> {
    if (this.#isSaved) return;
    await this.#flight.run('save', async () => {
      await this.#save();
      this.#listeners.tell(() => []);
    });
  }

  async #load(): Promise<void> {
    const record = await this.#store.load().catch(() => undefined);
    if (record === undefined) return;
    this.#isRead = true;
    for (const stored of record?.addresses ?? []) {
      const own = this.#addresses.get(stored.to);
      const address = own === undefined ? stored : mergeAddresses(stored, own);
      this.#addresses.set(address.to, address);
      if (address.lastSentAt !== null) this.#note(address, address.lastSentAt);
      for (const sent of address.sent) if (!this.#elapsed.has(sent)) this.#note(sent, sent.at);
    }
  }

  #note(what: object, at: number): void {
    this.#elapsed.set(what, new Elapsed(this.#clock, at));
  }

  /** In memory it holds in any case; a full disk must fail neither a code nor a login. */
  async #save(): Promise<void> {
    await this.load();
    this.#isSaved =
      this.#isRead &&
      (await this.#store.save({ addresses: [...this.#addresses.values()] }).then(
        () => true,
        () => false,
      ));
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
    const all = [...this.#addresses.values()].flatMap(({ sent }) => sent);
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
    return this.#addresses.get(to) ?? { to, sent: [], lastSentAt: null, isUsed: false, refused: 0, touchedAt: 0 };
  }

  async #remember(address: AddressRecord): Promise<void> {
    const now = this.#clock.now();
    address.touchedAt = now;
    address.sent = address.sent.filter((sent) => this.#ageOf(sent, sent.at) < WINDOW_MS);
    this.#addresses.delete(address.to);
    this.#addresses.set(address.to, address);
    for (const [to, { touchedAt }] of this.#addresses) if (now - touchedAt > FORGET_MS) this.#addresses.delete(to);
    while (this.#addresses.size > MAX_ADDRESSES) this.#addresses.delete(this.#leastNeeded());
    await this.#save();
    this.#listeners.tell(() => []);
  }

  /** The address touched longest ago, of those that no code went to if there is one: trying is cheaper than sending. */
  #leastNeeded(): string {
    const [...addresses] = this.#addresses.values();
    return (addresses.find(({ lastSentAt }) => lastSentAt === null) ?? addresses[0])?.to ?? '';
  }

  /** One at a time for each key, so that two requests at once see each other, and a slow one holds up no others. */
  async #inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    await this.load();
    return this.#mutex.runExclusive(key, work);
  }
}

function keyOf(origin: string, email: string): string {
  // One mailbox, one key: case and a dot at the end of the domain make no other.
  return `${origin} ${email.toLowerCase().replace(/\.+$/, '')}`;
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
