import type { Clock } from '../async/clock.js';
import { SingleFlight } from '../async/single-flight.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http-client.js';
import { expectOk } from '../http/response.js';
import { type HubAddress, MAX_ADDRESSES, parseHubAddresses } from './hub-address.js';
import { askOnLan, getHub, type HubCall, type HubInfo, lanRoute } from './hub-api.js';
import type { HubWay } from './hub-way.js';

/** How long the LAN is left alone after the first failures in a row, and after each that follows. */
const PAUSES_MS = [5_000, 15_000];
const LONGEST_PAUSE_MS = 60_000;

/** From this try after a failure on, the cloud is asked where the hub may be now. */
const TRY_TO_ASK_CLOUD = 2;

/** What the way over the LAN needs to know of its hub. */
export interface LanWayOptions {
  hubId: string;
  clock: Clock;
  send: Http;
  /** Where the hub was found last, as it is kept. */
  host: () => string | null;
  /** What the cloud takes for the addresses of hubs on this LAN. */
  lanAddresses: () => Promise<unknown[]>;
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
  /** When the LAN's turn comes after a failure, and when the hub wants to be asked again. Monotonic. */
  #nextTurnAt = 0;
  #heldUntil = 0;

  constructor(options: LanWayOptions) {
    this.#options = options;
  }

  /** Whether it is worth trying before another way. */
  get isInTurn(): boolean {
    return this.#options.clock.monotonic() >= Math.max(this.#nextTurnAt, this.#heldUntil);
  }

  /** Makes sure that the hub is there. Throws `COZIFY_UNREACHABLE`, with nothing sent, when it is not. */
  async prepare(): Promise<void> {
    await this.#locate();
  }

  async getHub(): Promise<HubInfo> {
    const { send, signal, hubId } = this.#options;
    const place = await this.#locate();
    const info = await getHub(lanRoute(send, place.address, { signal }));
    if (info.hubId !== hubId) throw this.#taken(place);
    return info;
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

  #locate(): Promise<Place> {
    const place = this.#place;
    const host = this.#options.host();
    const isSame = place !== undefined && (host === place.keptHost || host === place.address.host);
    return isSame ? Promise.resolve(place) : this.#search.run('', () => this.#find());
  }

  async #find(): Promise<Place> {
    const { host, onFound } = this.#options;
    const keptHost = host();
    const found = await this.#firstOf(await this.#candidates(keptHost));
    if (found === undefined) {
      this.#noteFailure();
      const where = keptHost === null ? '' : ` at ${keptHost}`;
      throw new CozifyError('COZIFY_UNREACHABLE', `The hub was not found on the LAN${where}.`, { isUnsent: true });
    }
    this.#failures = 0;
    this.#nextTurnAt = 0;
    this.#place = { address: found.address, keptHost };
    onFound(found.info, found.address.host);
    return this.#place;
  }

  /** Where the hub may be: where it was, and when that has failed before, where the cloud sees hubs. */
  async #candidates(keptHost: string | null): Promise<HubAddress[]> {
    const isAsking = this.isInTurn && this.#failures >= TRY_TO_ASK_CLOUD;
    const listed = isAsking ? await this.#options.lanAddresses().catch(() => []) : [];
    return parseHubAddresses([keptHost, ...listed.slice(0, MAX_ADDRESSES)]);
  }

  /** Of these addresses that at which the hub is. Whoever else answers gets no key. */
  async #firstOf(addresses: readonly HubAddress[]): Promise<{ address: HubAddress; info: HubInfo } | undefined> {
    const { send, signal, hubId } = this.#options;
    const asked = addresses.map(async (address) => {
      const info = await getHub(lanRoute(send, address, { signal }));
      if (info.hubId !== hubId) throw new CozifyError('COZIFY_BAD_ANSWER', 'Another hub is there.');
      return { address, info };
    });
    return Promise.any(asked).catch(() => undefined);
  }

  /** Whoever refuses a key may be another hub that has this address by now, whose word says nothing of the key. */
  async #recognize(place: Place): Promise<void> {
    if ((await this.#firstOf([place.address])) === undefined) throw this.#taken(place);
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
    if (this.#place !== place) return;
    this.#place = undefined;
    if (isUnsent === true) this.#noteFailure();
  }

  #noteFailure(): void {
    const now = this.#options.clock.monotonic();
    // A try out of turn, because no other way was left, says nothing new.
    if (now < this.#nextTurnAt) return;
    this.#nextTurnAt = now + (PAUSES_MS[this.#failures] ?? LONGEST_PAUSE_MS);
    this.#failures += 1;
  }

  #checkHold(): void {
    const leftMs = this.#heldUntil - this.#options.clock.monotonic();
    if (leftMs <= 0) return;
    const retryAfter = Math.ceil(leftMs / 1000);
    const message = `The hub asked to wait: ${retryAfter} seconds are left.`;
    throw new CozifyError('COZIFY_RATE_LIMITED', message, { statusCode: 429, retryAfter, isUnsent: true });
  }

  #noteHold(response: HttpResponse): void {
    if (response.status !== 429) return;
    try {
      expectOk(response, this.#options.clock);
    } catch (error) {
      const { retryAfter = 0 } = toCozifyError(error);
      this.#heldUntil = this.#options.clock.monotonic() + retryAfter * 1000;
      throw error;
    }
  }
}
