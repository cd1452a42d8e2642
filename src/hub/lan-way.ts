import type { Clock } from '../async/clock.js';
import { SingleFlight } from '../async/single-flight.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http-client.js';
import { expectOk } from '../http/response.js';
import { type HubAddress, MAX_ADDRESSES, parseHubAddresses } from './hub-address.js';
import { askOnLan, getHub, type HubCall, type HubInfo, lanRoute } from './hub-api.js';
import type { AddressQuestion, HubWay } from './hub-way.js';

/**
 * How long the LAN is left alone after the first failures in a row, and after each that follows, and by which part longer
 * at most: many homes may have lost their LAN in one moment.
 */
const PAUSES: readonly Pause[] = [
  { ms: 5_000, part: 1 / 10 },
  { ms: 15_000, part: 1 / 10 },
];
const LONGEST_PAUSE: Pause = { ms: 60_000, part: 1 / 10 };

/** At these tries after a failure, and at each sixteenth, the cloud is asked where the hub may be now. */
const TRIES_TO_ASK_CLOUD = [2, 4, 8];
const EACH_TO_ASK_CLOUD = 16;

/** A hub that has too much to do is left alone by those who have another way for so long at least, whatever it asks for. */
const SPARED_MS = 30_000;

/** One that fails now and then is the way to the hub all the same. */
const FAILURES_TO_LOSE = 2;

/** A time in which the LAN is left alone. */
interface Pause {
  ms: number;
  part: number;
}

/** What the way over the LAN needs to know of its hub. */
export interface LanWayOptions {
  hubId: string;
  clock: Clock;
  send: Http;
  /** Where the hub was found last, as it is kept. */
  host: () => string | null;
  /** What the cloud takes for the addresses of hubs on this LAN. */
  lanAddresses: () => Promise<unknown[]>;
  /** Whether that is worth asking. */
  isCloudHelpful: () => boolean;
  /** Called when the hub has said who it is, and where. */
  onFound: (info: HubInfo, host: string) => void;
  signal: AbortSignal;
}

/** An address at which the hub itself has said that it is there. */
interface Place {
  address: HubAddress;
  /** What was kept as its host then: another one since is another address. */
  keptHost: string | null;
}

/** The way to one hub on the LAN. No key goes to an address before the hub there has said that it is this one. */
export class LanWay implements HubWay {
  readonly #options: LanWayOptions;
  readonly #search = new SingleFlight<Place>();
  #place: Place | undefined;
  #failures = 0;
  /** The cloud is to be asked where the hub is, by whom that costs least. */
  #isAddressWanted = false;
  /** When the LAN's turn comes after a failure, and when the hub wants to be asked again. Monotonic. */
  #nextTurnAt = 0;
  #heldUntil = 0;
  /** When it is worth asking again a hub that had too much to do; 0 once it has been asked, and has not said so again. */
  #sparedUntil = 0;

  constructor(options: LanWayOptions) {
    this.#options = options;
  }

  /** Whether it is worth trying before another way. */
  get isInTurn(): boolean {
    return this.#options.clock.monotonic() >= Math.max(this.#nextTurnAt, this.#sparedUntil);
  }

  /** Whether it has failed so often, or is to be left alone, that another way stands in for it. */
  get isLost(): boolean {
    return this.#failures >= FAILURES_TO_LOSE || this.#options.clock.monotonic() < this.#sparedUntil;
  }

  /** Milliseconds until it is worth trying again, 0 where it is now; `undefined` while it has not failed. */
  get turnMs(): number | undefined {
    const now = this.#options.clock.monotonic();
    if (this.#failures === 0 && this.#sparedUntil === 0) return undefined;
    return Math.max(0, this.#nextTurnAt - now, this.#sparedUntil - now);
  }

  /** It is time to ask the cloud where the hub is, which a try has put off. */
  get isAddressWanted(): boolean {
    return this.#isAddressWanted && this.#options.isCloudHelpful();
  }

  /** Makes sure that the hub is there. Throws `COZIFY_UNREACHABLE`, with nothing sent, when it is not. */
  async prepare(question: AddressQuestion = 'if due'): Promise<void> {
    await this.#locate(question);
  }

  async getHub(): Promise<HubInfo> {
    return this.#recognize(await this.#locate());
  }

  /** As {@link askOnLan}; 429 is thrown, and until its `Retry-After` is over nothing is sent. */
  async send(hubKey: string, call: HubCall): Promise<HttpResponse> {
    this.#checkHold();
    const place = await this.#locate();
    try {
      const response = await askOnLan(this.#options.send, place.address, hubKey, call);
      this.#noteHold(response);
      if (response.status === 401 || response.status === 403) await this.#recognize(place);
      return response;
    } catch (error) {
      if (error instanceof CozifyError && error.code === 'COZIFY_UNREACHABLE') this.#lose(place, error);
      throw error;
    }
  }

  #locate(question: AddressQuestion = 'if due'): Promise<Place> {
    const place = this.#place;
    const host = this.#options.host();
    const isSame = place !== undefined && (host === place.keptHost || host === place.address.host);
    return isSame ? Promise.resolve(place) : this.#search.run('', () => this.#find(question));
  }

  async #find(question: AddressQuestion): Promise<Place> {
    const { host, onFound } = this.#options;
    const keptHost = host();
    const found = await this.#firstOf(await this.#candidates(keptHost, question));
    if (found === undefined) {
      this.#noteFailure();
      const where = keptHost === null ? '' : ` at ${keptHost}`;
      throw new CozifyError('COZIFY_UNREACHABLE', `The hub was not found on the LAN${where}.`, { isUnsent: true });
    }
    this.#failures = 0;
    this.#isAddressWanted = false;
    this.#nextTurnAt = 0;
    this.#place = { address: found.address, keptHost };
    onFound(found.info, found.address.host);
    return this.#place;
  }

  /** Where the hub may be: where it was, and when that has failed before, where the cloud sees hubs. */
  async #candidates(keptHost: string | null, question: AddressQuestion): Promise<HubAddress[]> {
    const { isInTurn } = this;
    if (isInTurn && this.#isTryToAskCloud) this.#isAddressWanted = true;
    const isAsking = this.isAddressWanted && (question === 'now' || (question === 'if due' && isInTurn));
    if (isAsking) this.#isAddressWanted = false;
    const listed = isAsking ? await this.#options.lanAddresses().catch(() => []) : [];
    const candidates = parseHubAddresses([keptHost, ...listed.slice(0, MAX_ADDRESSES)]);
    // Where the hub was is tried in its turn, not because the cloud was asked.
    return question === 'now' && !isInTurn ? candidates.filter(({ host }) => host !== keptHost) : candidates;
  }

  get #isTryToAskCloud(): boolean {
    const failures = this.#failures;
    return failures > 0 && (TRIES_TO_ASK_CLOUD.includes(failures) || failures % EACH_TO_ASK_CLOUD === 0);
  }

  /** Of these addresses that at which the hub is. Whoever else answers gets no key. */
  async #firstOf(addresses: readonly HubAddress[]): Promise<{ address: HubAddress; info: HubInfo } | undefined> {
    const { send, signal, hubId } = this.#options;
    const asked = addresses.map(async (address) => {
      const info = await getHub(lanRoute(send, address, { signal }));
      if (info.hubId !== hubId) throw new CozifyError('COZIFY_BAD_ANSWER', 'Another hub has this address.');
      return { address, info };
    });
    return Promise.any(asked).catch(() => undefined);
  }

  /** Whoever refuses a key may be another hub that has this address by now, whose word says nothing of the key. */
  async #recognize(place: Place): Promise<HubInfo> {
    const found = await this.#firstOf([place.address]);
    if (found === undefined) throw this.#taken(place);
    return found.info;
  }

  /** Another hub is at a place by now: what was sent there has done nothing. */
  #taken(place: Place): CozifyError {
    const message = `The hub is not at ${place.address.host} any more.`;
    const error = new CozifyError('COZIFY_UNREACHABLE', message, { isUnsent: true });
    this.#lose(place, error);
    return error;
  }

  /** The connection to a place has failed: whoever is there now has to say anew who it is. */
  #lose(place: Place, { isUnsent }: CozifyError): void {
    // What was sent before it was too busy says nothing of that.
    if (this.#options.clock.monotonic() >= this.#sparedUntil) this.#sparedUntil = 0;
    if (this.#place !== place) return;
    this.#place = undefined;
    if (isUnsent === true) this.#noteFailure();
  }

  #noteFailure(): void {
    const { clock } = this.#options;
    const now = clock.monotonic();
    // A try out of turn, because no other way was left, says nothing new.
    if (now < this.#nextTurnAt) return;
    const { ms, part } = PAUSES[this.#failures] ?? LONGEST_PAUSE;
    this.#nextTurnAt = now + ms * (1 + clock.random() * part);
    this.#failures += 1;
  }

  #checkHold(): void {
    const leftMs = this.#heldUntil - this.#options.clock.monotonic();
    if (leftMs <= 0) return;
    const retryAfter = Math.ceil(leftMs / 1000);
    const message = `The hub asked to wait: try again in ${retryAfter} seconds.`;
    throw new CozifyError('COZIFY_RATE_LIMITED', message, { statusCode: 429, retryAfter, isUnsent: true });
  }

  #noteHold(response: HttpResponse): void {
    if (response.status !== 429) {
      this.#sparedUntil = 0;
      return;
    }
    try {
      expectOk(response, this.#options.clock);
    } catch (error) {
      const { retryAfter = 0 } = toCozifyError(error);
      const now = this.#options.clock.monotonic();
      this.#heldUntil = now + retryAfter * 1000;
      this.#sparedUntil = now + Math.max(retryAfter * 1000, SPARED_MS);
      throw error;
    }
  }
}
