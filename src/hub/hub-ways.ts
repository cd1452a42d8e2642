import type { Deadline } from '../async/deadline.js';
import { SingleFlight } from '../async/single-flight.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { HttpRequest, HttpResponse } from '../http/http-client.js';
import type { CloudWay } from './cloud-way.js';
import type { HubInfo } from './hub-api.js';
import type { HubWay } from './hub-way.js';
import type { KnownHub } from './known-hub.js';
import type { LanWay } from './lan-way.js';

/** A home of 10 000 devices fits several times. */
const MAX_BYTES = 32 * 1024 * 1024;

/** A step on its way to a hub. */
export interface HubStep {
  readonly method: HttpRequest['method'];
  /** Below `/cc/<version>`. */
  readonly path: `/${string}`;
  readonly body?: string | undefined;
  readonly deadline: Deadline;
  /** Each call may take what is left of the step's time, not only its own. */
  readonly isTimed: boolean;
  readonly signal: AbortSignal;
  /** What the last try was made with. */
  hubKey: string;
  version?: string;
  /** Something that changes the hub is under way to it. */
  isSent: boolean;
}

/** A response, and whether it came from the hub itself, not from a gateway before it. */
export interface HubResponse extends HttpResponse {
  isOfHub: boolean;
}

/** A hub and the two ways to it. */
export interface HubWaysOptions {
  hub: KnownHub;
  lan: LanWay;
  cloud: CloudWay;
}

/**
 * Sends a step by the ways that there are to a hub, one after another, as far as that does no harm (docs/rules.md, "A hub
 * is reached by the way that there is").
 */
export class HubWays {
  readonly #options: HubWaysOptions;
  readonly #asking = new SingleFlight<HubInfo>();
  /** The way by which the last response came. */
  #answered: HubWay | undefined;

  constructor(options: HubWaysOptions) {
    this.#options = options;
  }

  /** Whether the hub was last heard through the cloud. */
  get isThroughCloud(): boolean {
    return this.#answered === this.#options.cloud;
  }

  /** Gives the first response. Throws `COZIFY_HUB_OFFLINE` when no way leads to the hub, or what else went wrong. */
  async send(step: HubStep): Promise<HubResponse> {
    const failures: CozifyError[] = [];
    let last: HubWay | undefined;
    for (const way of this.#inOrder) {
      const isInVain = way === last && !isUnanswered(failures.at(-1));
      if (step.deadline.remainingMs === 0 || isInVain) break;
      last = way;
      try {
        const response = await this.#sendBy(way, step);
        this.#answered = way;
        return response;
      } catch (error) {
        failures.push(this.#harmless(error, step));
      }
    }
    throw this.#explain(failures);
  }

  /** The LAN first, unless it has failed lately. The only way there is stands for the other, too. */
  get #inOrder(): HubWay[] {
    const { lan, cloud } = this.#options;
    const ways = [...(this.#mayLan ? [lan] : []), ...(this.#mayCloud && cloud.isOpen ? [cloud] : [])];
    if (ways.length === 1) return [...ways, ...ways];
    return lan.isInTurn ? ways : ways.reverse();
  }

  get #mayLan(): boolean {
    const { host, isLanExcluded } = this.#options.hub.record;
    return host !== null && !isLanExcluded;
  }

  get #mayCloud(): boolean {
    const { isLanExcluded, isAutoremote, isRemote } = this.#options.hub.record;
    return isLanExcluded || isAutoremote || isRemote;
  }

  async #sendBy(way: HubWay, step: HubStep): Promise<HubResponse> {
    const { hub, lan } = this.#options;
    const { method, path, body, hubKey, deadline, signal } = step;
    await way.prepare();
    const version = hub.version ?? (await this.#readVersion(way, hubKey));
    step.version = version;
    if (deadline.remainingMs === 0) {
      const message = `The hub ${hub.record.name} was found too late: nothing was sent.`;
      throw new CozifyError('COZIFY_UNREACHABLE', message, { isUnsent: true });
    }
    step.isSent = method !== 'GET';
    const response = await way.send(hubKey, {
      method,
      path: `/cc/${version}${path}`,
      maxBytes: MAX_BYTES,
      signal,
      canFollow: method !== 'GET',
      ...(body === undefined ? {} : { body }),
      ...(step.isTimed ? { deadlineMs: deadline.remainingMs } : {}),
    });
    step.isSent = false;
    const isLan = way === lan;
    hub.note({ isRemote: !isLan });
    return { ...response, isOfHub: isLan || response.status < 500 };
  }

  async #readVersion(way: HubWay, hubKey: string): Promise<string> {
    const { hub, lan } = this.#options;
    const asked = this.#asking.run(way === lan ? 'lan' : 'cloud', () => way.getHub(hubKey));
    const info = await asked.catch((error: unknown) => {
      const { statusCode } = toCozifyError(error);
      throw statusCode === 401 || statusCode === 403 ? hub.refusal(statusCode) : error;
    });
    hub.noteInfo(info);
    if (hub.version !== undefined) return hub.version;
    throw new CozifyError('COZIFY_BAD_ANSWER', `The hub ${hub.record.name} should have said its version, but did not.`);
  }

  /** A failure after which the step may go another way. Throws every other, and one that may have been done. */
  #harmless(error: unknown, step: HubStep): CozifyError {
    const failure = toCozifyError(error);
    const { code, isUnsent = false, message, statusCode } = failure;
    if (isUnsent || code === 'COZIFY_RATE_LIMITED') {
      step.isSent = false;
      return failure;
    }
    if (code !== 'COZIFY_UNREACHABLE' && code !== 'COZIFY_HUB_OFFLINE') throw failure;
    if (step.isSent) throw new CozifyError(code, `${message} ${MAYBE_DONE}`, { statusCode, cause: failure });
    return failure;
  }

  /** What it means that each way has failed. */
  #explain(failures: readonly CozifyError[]): CozifyError {
    const waiting = failures.find(({ code, retryAfter }) => code === 'COZIFY_RATE_LIMITED' || retryAfter !== undefined);
    const isGateway = failures.some(({ code }) => code === 'COZIFY_HUB_OFFLINE');
    const unanswered = isGateway ? undefined : failures.find(isUnanswered);
    return waiting ?? unanswered ?? this.#offline(failures);
  }

  #offline(failures: readonly CozifyError[]): CozifyError {
    const { hub, cloud } = this.#options;
    const reasons = failures.map(({ message }) => message);
    if (failures.length === 0 && this.#mayCloud && !cloud.isOpen) {
      return new CozifyError(
        'COZIFY_OTP_REQUIRED',
        `The hub ${hub.record.name} can be reached through the cloud only: log in with a one-time code.`,
      );
    }
    if (!this.#mayLan) reasons.unshift('It is not on the LAN.');
    if (!this.#mayCloud) reasons.push('It is not to be asked through the cloud.');
    else if (!cloud.isOpen) reasons.push('Through the cloud it takes a login.');
    const { statusCode } = failures.at(-1) ?? {};
    return new CozifyError('COZIFY_HUB_OFFLINE', `The hub ${hub.record.name} can't be reached. ${reasons.join(' ')}`, {
      statusCode,
    });
  }
}

/** Said of what was sent and got no answer, so that nobody sends it again without a look. */
export const MAYBE_DONE = 'It may have been done all the same: look before you send it again.';

function isUnanswered(failure: CozifyError | undefined): boolean {
  return failure?.code === 'COZIFY_UNREACHABLE' && failure.isUnsent !== true;
}
