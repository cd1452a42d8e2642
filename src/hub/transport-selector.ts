import type { Clock, Deadline } from '../async/clock.js';
import { SingleFlight } from '../async/in-flight.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { HttpRequest, HttpResponse } from '../http/http-client.js';
import type { CloudTransport } from './cloud-transport.js';
import type { HubCall, HubInfo, HubTransport, TransportName } from './hub-api.js';
import { pathAtHub } from './hub-path.js';
import type { KnownHub } from './known-hub.js';
import type { LanTransport } from './lan-transport.js';
import { TimedPolls } from './timed-polls.js';

/** Size limit for an answer: several times the size of the list of a home with 10 000 devices. */
const MAX_BYTES = 32 * 1024 * 1024;

/** A request to a hub in progress, and the state of its last attempt. */
export interface PendingRequest {
  readonly method: HttpRequest['method'];
  /** Path below `/cc/<version>`, or `/hub`. */
  readonly path: `/${string}`;
  readonly body?: string | undefined;
  readonly deadline: Deadline;
  /** Whether an attempt may take all the time until `deadline`, instead of the time limit of its transport. */
  readonly isTimed: boolean;
  readonly signal: AbortSignal;
  /** Whether the user wrote the request, so that a hub that is online may refuse it with 400. */
  readonly isFree: boolean;
  /** The only transport that a poll may use; `undefined` for a request that is not a poll. */
  readonly poll: TransportName | undefined;
  /** See {@link HubRequest.isLarge}. */
  readonly isLarge: boolean;
  /** The hub key of the last attempt. */
  hubKey: string;
  /** The API version of the last attempt. */
  version?: string;
  /** Whether a request that changes something was sent, so that the hub may carry it out. */
  isSent: boolean;
}

/** A response and its source. */
export interface HubResponse extends HttpResponse {
  /** Whether the response came from the hub itself, not from a gateway. */
  isOfHub: boolean;
  transport: TransportName;
}

/** A hub and its two transports. */
export interface TransportSelectorOptions {
  hub: KnownHub;
  lan: LanTransport;
  cloud: CloudTransport;
  clock: Clock;
}

/**
 * Sends a request over the transports of a hub, one after another, until there is a response. Stops if another attempt
 * might carry out a change twice (docs/dev/rules.md, "Choice of the transport").
 */
export class TransportSelector {
  readonly #options: TransportSelectorOptions;
  readonly #infoRequests = new SingleFlight<HubInfo>();
  readonly #polls: TimedPolls;

  constructor(options: TransportSelectorOptions) {
    this.#options = options;
    this.#polls = new TimedPolls(options.clock);
  }

  /**
   * Whether the LAN is not allowed, or counts as down while the cloud is allowed. False after a single failure of the
   * LAN, although requests may already use the cloud first. True if neither transport is allowed.
   */
  get isThroughCloud(): boolean {
    return !this.isLanAllowed || (this.isCloudAllowed && this.#options.lan.isDown);
  }

  /** Whether the hub has a LAN address and may be asked there. */
  get isLanAllowed(): boolean {
    const { saved } = this.#options.hub;
    return saved !== undefined && saved.host !== null && !saved.isLanExcluded;
  }

  /** Whether the hub may be asked through the cloud, and there is a login for that. */
  get isCloudAllowed(): boolean {
    return this.#isCloudEnabled && this.#options.cloud.isOpen;
  }

  /** Sends a request and returns the first response. If all transports fail, throws one error that explains why. */
  async send(pending: PendingRequest): Promise<HubResponse> {
    const failures: CozifyError[] = [];
    let last: HubTransport | undefined;
    for (const transport of this.#transportsFor(pending)) {
      const wouldFailAgain = transport === last && !isUnanswered(failures.at(-1));
      if (pending.deadline.remainingMs === 0 || wouldFailAgain) break;
      last = transport;
      try {
        return await this.#sendBy(transport, pending);
      } catch (error) {
        failures.push(this.#expectRetriable(error, pending));
      }
    }
    throw this.#explain(failures);
  }

  /**
   * Returns the transports to try, in order: the LAN first, unless it has failed lately. If the LAN is the only
   * transport, it is listed twice, so that a GET without an answer is sent again. A poll uses only the transport for
   * which it was scheduled.
   */
  #transportsFor({ poll }: PendingRequest): HubTransport[] {
    const { lan, cloud } = this.#options;
    const allowed = [...(this.isLanAllowed ? [lan] : []), ...(this.isCloudAllowed ? [cloud] : [])];
    if (poll !== undefined) return allowed.filter(({ name }) => name === poll);
    if (!this.isCloudAllowed) return [...allowed, ...allowed];
    return lan.waitMs === 0 ? allowed : allowed.reverse();
  }

  /** Whether the settings of the hub allow the cloud. */
  get #isCloudEnabled(): boolean {
    const { saved } = this.#options.hub;
    return saved !== undefined && (saved.isLanExcluded || saved.isAutoremote || saved.isRemote);
  }

  async #sendBy(transport: HubTransport, pending: PendingRequest): Promise<HubResponse> {
    const { hub, lan } = this.#options;
    const { method, path, body, hubKey, deadline, signal } = pending;
    const isLan = transport === lan;
    await transport.prepare();
    const version = hub.version ?? (await this.#readVersion(transport, hubKey));
    pending.version = version;
    if (deadline.remainingMs === 0) {
      const message = `The hub ${hub.record.name} was found too late. Nothing was sent.`;
      throw new CozifyError('COZIFY_UNREACHABLE', message, { isUnsent: true });
    }
    pending.isSent = method !== 'GET';
    const call: HubCall = {
      method,
      path: pathAtHub(path, version),
      maxBytes: MAX_BYTES,
      signal,
      canFollow: method !== 'GET',
      isRefusable: method !== 'GET' || pending.isFree,
      ...(body === undefined ? {} : { body }),
      ...(pending.isTimed ? { deadlineMs: deadline.remainingMs } : {}),
    };
    const isPoll = pending.poll !== undefined;
    const response = await (isPoll || pending.isLarge
      ? this.#polls.send(transport, hubKey, call, { mayBeHeld: isPoll })
      : transport.send(hubKey, call));
    pending.isSent = false;
    if (isLan) this.#options.cloud.noteHubAnswered();
    hub.noteRoute('isRemote', !isLan);
    return { ...response, isOfHub: isLan || response.status < 500, transport: transport.name };
  }

  async #readVersion(transport: HubTransport, hubKey: string): Promise<string> {
    const { hub } = this.#options;
    const asked = this.#infoRequests.run(transport.name, () => transport.getHub(hubKey));
    const info = await asked.catch((error: unknown) => {
      const { statusCode } = toCozifyError(error);
      throw statusCode === 401 || statusCode === 403 ? hub.refusal(statusCode) : error;
    });
    hub.noteInfo(info);
    if (hub.version !== undefined) return hub.version;
    throw new CozifyError('COZIFY_BAD_ANSWER', `The hub ${hub.record.name} did not send its version.`);
  }

  /**
   * Returns the error if the request may be sent over another transport after it. Throws the error if not, for example
   * because the hub may have carried out the request.
   */
  #expectRetriable(error: unknown, pending: PendingRequest): CozifyError {
    const failure = toCozifyError(error);
    const { code, isUnsent = false, message, retryAfter, statusCode } = failure;
    if (isUnsent || code === 'COZIFY_RATE_LIMITED' || retryAfter !== undefined) {
      pending.isSent = false;
      return failure;
    }
    if (code !== 'COZIFY_UNREACHABLE' && code !== 'COZIFY_HUB_OFFLINE') throw failure;
    if (pending.isSent) throw new CozifyError(code, `${message} ${MAYBE_DONE}`, { statusCode, cause: failure });
    return failure;
  }

  /** Returns the error for a request that failed over each transport. */
  #explain(failures: readonly CozifyError[]): CozifyError {
    const waiting = failures.find(({ code, retryAfter }) => code === 'COZIFY_RATE_LIMITED' || retryAfter !== undefined);
    const isGateway = failures.some(({ code }) => code === 'COZIFY_HUB_OFFLINE');
    const unanswered = isGateway ? undefined : failures.find(isUnanswered);
    return waiting ?? unanswered ?? this.#offline(failures);
  }

  #offline(failures: readonly CozifyError[]): CozifyError {
    const { hub, cloud } = this.#options;
    const reasons = failures.map(({ message }) => message);
    if (failures.length === 0 && this.#isCloudEnabled && !cloud.isOpen) {
      return new CozifyError(
        'COZIFY_OTP_REQUIRED',
        `The hub ${hub.record.name} can be reached through the cloud only: log in with a one-time code.`,
      );
    }
    if (!this.isLanAllowed) reasons.unshift('It is not on the LAN.');
    if (!this.#isCloudEnabled) reasons.push('The cloud is not used for it (autoremote is off).');
    else if (!cloud.isOpen) reasons.push('The cloud can be used only with a login: log in with a one-time code.');
    const { statusCode } = failures.at(-1) ?? {};
    return new CozifyError('COZIFY_HUB_OFFLINE', `The hub ${hub.record.name} can't be reached. ${reasons.join(' ')}`, {
      statusCode,
    });
  }
}

/** Added to the message of an error if a change was sent and got no answer. */
export const MAYBE_DONE = 'The hub may have carried it out nevertheless: check before you send it again.';

function isUnanswered(failure: CozifyError | undefined): boolean {
  return failure?.code === 'COZIFY_UNREACHABLE' && failure.isUnsent !== true;
}
