import type { Clock } from '../async/clock.js';
import { SingleFlight } from '../async/in-flight.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { Http, HttpResponse } from '../http/http-client.js';
import { expectOk } from '../http/response.js';
import { type HubAddress, MAX_ADDRESSES, parseHubAddresses } from './hub-address.js';
import { askOnLan, getHub, type HubCall, type HubInfo, lanRoute, type HubTransport } from './hub-api.js';
import { LanRetries } from './lan-retries.js';

/**
 * While the hub can't be reached on the LAN, the cloud is asked for the hub's address when the second retry has failed,
 * then after 5 minutes, then once an hour.
 */
const TRIES_TO_ASK_CLOUD = 2;
const ADDRESS_PAUSES_MS: readonly number[] = [300_000];
const LONGEST_ADDRESS_PAUSE_MS = 3_600_000;

/** The dependencies of the LAN transport of one hub. */
export interface LanTransportOptions {
  hubId: string;
  clock: Clock;
  send: Http;
  /** Returns the saved LAN address of the hub. */
  host: () => string | null;
  /** Asks the cloud for the addresses of the hubs on this LAN. */
  lanAddresses: () => Promise<unknown[]>;
  /** Called when the hub has answered at an address. */
  onFound: (info: HubInfo, host: string) => void;
  /** Called when the hub has answered at an address that came from the cloud. */
  onMoved: () => void;
  signal: AbortSignal;
}

/** An address at which the hub has confirmed its id. */
interface ConfirmedAddress {
  address: HubAddress;
  /**
   * The saved host at the time when the hub confirmed its id. If another host is saved later, the hub is looked for
   * again, unless that host is `address`.
   */
  keptHost: string | null;
}

/** A `Retry-After` from the hub. */
interface HubRetryAfter {
  /** The end of the wait (monotonic, ms). */
  readonly until: number;
  /** The status of the response that asked to wait. */
  readonly statusCode: number;
}

/** The LAN transport of one hub. Sends no key to an address before the hub at that address has confirmed its id. */
export class LanTransport implements HubTransport {
  readonly name = 'lan';
  readonly #options: LanTransportOptions;
  readonly #search = new SingleFlight<ConfirmedAddress>();
  readonly #retries: LanRetries;
  #confirmed: ConfirmedAddress | undefined;
  #retryAfter: HubRetryAfter | undefined;
  /** The number of address requests to the cloud in this outage. */
  #addressRequests = 0;
  /** When the next address request is due (monotonic, ms). */
  #nextAddressAt = -Infinity;

  constructor(options: LanTransportOptions) {
    this.#options = options;
    this.#retries = new LanRetries(options.clock);
  }

  /** Milliseconds until the LAN may be used again; 0 if it may be used now. */
  get waitMs(): number {
    return Math.max(this.#retries.waitMs, this.#retryAfterMs);
  }

  /** Whether the LAN has failed twice or the hub has asked to wait, so that another transport is used instead. */
  get isDown(): boolean {
    return this.#retries.isDown || this.#retryAfterMs > 0;
  }

  /** Finds the hub on the LAN. Throws `COZIFY_UNREACHABLE` with `isUnsent` if the hub is not found. */
  async prepare(): Promise<void> {
    await this.#locate();
  }

  async getHub(): Promise<HubInfo> {
    return this.#recognize(await this.#locate());
  }

  /**
   * Sends a request as {@link askOnLan}. Throws for a response with status 429, or with status 503 and `Retry-After`.
   * After a `Retry-After`, sends nothing until that time has passed.
   */
  async send(hubKey: string, call: HubCall): Promise<HttpResponse> {
    this.#checkRetryAfter();
    const confirmed = await this.#locate();
    try {
      const response = await askOnLan(this.#options.send, confirmed.address, hubKey, call);
      this.#noteRetryAfter(response);
      if (response.status === 401 || response.status === 403) await this.#recognize(confirmed);
      return response;
    } catch (error) {
      if (error instanceof CozifyError && error.code === 'COZIFY_UNREACHABLE') this.#lose(confirmed, error);
      throw error;
    }
  }

  #locate(): Promise<ConfirmedAddress> {
    const confirmed = this.#confirmed;
    const host = this.#options.host();
    const isSame = confirmed !== undefined && (host === confirmed.keptHost || host === confirmed.address.host);
    return isSame ? Promise.resolve(confirmed) : this.#search.run('kept', () => this.#find());
  }

  async #find(): Promise<ConfirmedAddress> {
    const keptHost = this.#options.host();
    const confirmed = await this.#findAt([keptHost], keptHost);
    if (confirmed !== undefined) return confirmed;
    this.#noteFailure();
    const where = keptHost === null ? '' : ` at ${keptHost}`;
    throw new CozifyError('COZIFY_UNREACHABLE', `The hub was not found on the LAN${where}.`, { isUnsent: true });
  }

  /** Looks for the hub at these addresses. If the hub answers at one of them, uses that address from then on. */
  async #findAt(hosts: readonly unknown[], keptHost: string | null): Promise<ConfirmedAddress | undefined> {
    const found = await this.#firstOf(parseHubAddresses(hosts));
    if (found === undefined) return undefined;
    this.#retries.reset();
    this.#addressRequests = 0;
    this.#nextAddressAt = -Infinity;
    this.#confirmed = { address: found.address, keptHost };
    this.#options.onFound(found.info, found.address.host);
    return this.#confirmed;
  }

  /** Asks the cloud for the hub's address in the background, if that is due. No request waits for the answer. */
  #askForAddress(): void {
    const now = this.#options.clock.monotonic();
    // The failure that began the outage does not count as a retry.
    if (this.#retries.failures <= TRIES_TO_ASK_CLOUD || now < this.#nextAddressAt) return;
    this.#nextAddressAt = now + (ADDRESS_PAUSES_MS[this.#addressRequests] ?? LONGEST_ADDRESS_PAUSE_MS);
    this.#addressRequests += 1;
    void this.#findElsewhere().catch(() => undefined);
  }

  async #findElsewhere(): Promise<void> {
    const { lanAddresses, host } = this.#options;
    const listed = await lanAddresses();
    const keptHost = host();
    const others = listed.slice(0, MAX_ADDRESSES).filter((address) => address !== keptHost);
    if (this.#confirmed !== undefined) return;
    if ((await this.#findAt(others, keptHost)) !== undefined) this.#options.onMoved();
  }

  /**
   * Asks all addresses at once, and returns the first at which this hub answers. Sends no hub key, because another hub
   * may be there.
   */
  async #firstOf(addresses: readonly HubAddress[]): Promise<{ address: HubAddress; info: HubInfo } | undefined> {
    const { send, signal, hubId } = this.#options;
    const asked = addresses.map(async (address) => {
      const info = await getHub(lanRoute(send, address, { signal }));
      if (info.hubId !== hubId) throw new CozifyError('COZIFY_BAD_ANSWER', 'Another hub has this address.');
      return { address, info };
    });
    return Promise.any(asked).catch(() => undefined);
  }

  /**
   * Checks that this hub is still at its confirmed address. Throws if not, because another hub may have taken the
   * address.
   */
  async #recognize(confirmed: ConfirmedAddress): Promise<HubInfo> {
    const found = await this.#firstOf([confirmed.address]);
    if (found === undefined) throw this.#taken(confirmed);
    return found.info;
  }

  /**
   * Drops an address at which this hub no longer answers, and returns the error. The error has `isUnsent`, because this
   * hub has not carried out the request.
   */
  #taken(confirmed: ConfirmedAddress): CozifyError {
    const message = `The hub is not at ${confirmed.address.host} any more.`;
    const error = new CozifyError('COZIFY_UNREACHABLE', message, { isUnsent: true });
    this.#lose(confirmed, error);
    return error;
  }

  /** Drops an address after a failed connection. The hub there must confirm its id again before the next request. */
  #lose(confirmed: ConfirmedAddress, { isUnsent }: CozifyError): void {
    if (this.#confirmed !== confirmed) return;
    this.#confirmed = undefined;
    if (isUnsent === true) this.#noteFailure();
  }

  #noteFailure(): void {
    // A retry that was made too early, because there was no other transport, does not count.
    if (this.#retries.waitMs > 0) return;
    this.#retries.noteFailure();
    this.#askForAddress();
  }

  get #retryAfterMs(): number {
    return Math.max(0, (this.#retryAfter?.until ?? 0) - this.#options.clock.monotonic());
  }

  #checkRetryAfter(): void {
    const leftMs = this.#retryAfterMs;
    if (this.#retryAfter === undefined || leftMs === 0) return;
    const { statusCode } = this.#retryAfter;
    const retryAfter = Math.ceil(leftMs / 1000);
    const code = statusCode === 429 ? 'COZIFY_RATE_LIMITED' : 'COZIFY_API';
    const message = `The hub asked to wait (status ${statusCode}): try again in ${retryAfter} seconds.`;
    throw new CozifyError(code, message, { statusCode, retryAfter, isUnsent: true });
  }

  /**
   * Throws for a response that asks to wait. After a `Retry-After`, {@link send} sends nothing until the time is over.
   */
  #noteRetryAfter(response: HttpResponse): void {
    const { status: statusCode } = response;
    if (statusCode !== 429 && statusCode !== 503) return;
    try {
      expectOk(response, this.#options.clock);
    } catch (error) {
      const { retryAfter } = toCozifyError(error);
      if (retryAfter === undefined && statusCode === 503) return;
      if (retryAfter !== undefined) {
        this.#retryAfter = { until: this.#options.clock.monotonic() + retryAfter * 1000, statusCode };
      }
      throw error;
    }
  }
}
