import type { Deadline } from '../async/deadline.js';
import { SingleFlight } from '../async/single-flight.js';
import { CozifyError, toCozifyError } from '../errors.js';
import type { HttpRequest, HttpResponse } from '../http/http-client.js';
import type { CloudWay } from './cloud-way.js';
import type { HubInfo } from './hub-api.js';
import { pathAtHub } from './hub-path.js';
import type { AddressQuestion, HubWay } from './hub-way.js';
import type { KnownHub } from './known-hub.js';
import type { LanWay } from './lan-way.js';

/** A home of 10 000 devices fits several times. */
const MAX_BYTES = 32 * 1024 * 1024;

/** How a poll may go. */
export interface PollTry {
  /** On the LAN only, though there is another way. */
  readonly isLanOnly: boolean;
  /** In place of going through the cloud it asks that where the hub is. */
  readonly isForAddress: boolean;
  /** Called when it goes through the cloud. */
  readonly onCloud: () => void;
  /** Called when the hub has answered on the LAN, whatever was tried before. */
  readonly onLan: () => void;
}

/** A step on its way to a hub. */
export interface HubStep {
  readonly method: HttpRequest['method'];
  /** Below `/cc/<version>`, or the hub's own `/hub`. */
  readonly path: `/${string}`;
  readonly body?: string | undefined;
  readonly deadline: Deadline;
  /** Each call may take what is left of the step's time, not only its own. */
  readonly isTimed: boolean;
  readonly signal: AbortSignal;
  /** Somebody has put it together: a hub that is there may refuse it. */
  readonly isFree: boolean;
  readonly poll: PollTry | undefined;
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
 * Sends a step by the ways that there are to a hub, one after another, as far as that does no harm (docs/dev/rules.md, "A hub
 * is reached by the way that there is").
 */
export class HubWays {
  readonly #options: HubWaysOptions;
  readonly #asking = new SingleFlight<HubInfo>();

  constructor(options: HubWaysOptions) {
    this.#options = options;
  }

  /** Whether the hub is asked through the cloud for now: the LAN does not lead there, or has failed twice. */
  get isThroughCloud(): boolean {
    return !this.#mayLan || (this.#isCloudOpen && this.#options.lan.isLost);
  }

  /** Milliseconds until the LAN is to be tried again; `undefined` while it has not failed, or is the only way. */
  get lanTurnMs(): number | undefined {
    return this.#mayLan && this.#isCloudOpen ? this.#options.lan.turnMs : undefined;
  }

  /** The cloud is to be asked where the hub is on the LAN, in place of a poll through it. */
  get isAddressWanted(): boolean {
    return this.lanTurnMs !== undefined && this.#options.lan.isAddressWanted;
  }

  /** Gives the first response. Throws `COZIFY_HUB_OFFLINE` when no way leads to the hub, or what else went wrong. */
  async send(step: HubStep): Promise<HubResponse> {
    const failures: CozifyError[] = [];
    let last: HubWay | undefined;
    for (const way of this.#inOrder(step)) {
      const isInVain = way === last && !isUnanswered(failures.at(-1));
      if (step.deadline.remainingMs === 0 || isInVain) break;
      last = way;
      try {
        return await this.#sendBy(way, step);
      } catch (error) {
        failures.push(this.#harmless(error, step));
      }
    }
    throw this.#explain(failures);
  }

  /**
   * The LAN first, unless it has failed lately. Where it is the only way it stands for the other, too; the cloud is not
   * asked twice.
   */
  #inOrder({ poll }: HubStep): HubWay[] {
    const { lan, cloud } = this.#options;
    if (!this.#mayLan) return this.#isCloudOpen ? [cloud] : [];
    if (!this.#isCloudOpen) return [lan, lan];
    if (poll?.isLanOnly === true) return [lan];
    return lan.isInTurn ? [lan, cloud] : [cloud, lan];
  }

  get #mayLan(): boolean {
    const { kept } = this.#options.hub;
    return kept !== undefined && kept.host !== null && !kept.isLanExcluded;
  }

  get #mayCloud(): boolean {
    const { kept } = this.#options.hub;
    return kept !== undefined && (kept.isLanExcluded || kept.isAutoremote || kept.isRemote);
  }

  get #isCloudOpen(): boolean {
    return this.#mayCloud && this.#options.cloud.isOpen;
  }

  async #sendBy(way: HubWay, step: HubStep): Promise<HubResponse> {
    const { hub, lan } = this.#options;
    const { method, path, body, hubKey, deadline, signal } = step;
    const isLan = way === lan;
    if (!isLan) step.poll?.onCloud();
    await way.prepare(this.#questionOf(step));
    const version = hub.version ?? (await this.#readVersion(way, hubKey));
    step.version = version;
    if (deadline.remainingMs === 0) {
      const message = `The hub ${hub.record.name} was found too late. Nothing was sent.`;
      throw new CozifyError('COZIFY_UNREACHABLE', message, { isUnsent: true });
    }
    step.isSent = method !== 'GET';
    const response = await way.send(hubKey, {
      method,
      path: pathAtHub(path, version),
      maxBytes: MAX_BYTES,
      signal,
      canFollow: method !== 'GET',
      isRefusable: method !== 'GET' || step.isFree,
      ...(body === undefined ? {} : { body }),
      ...(step.isTimed ? { deadlineMs: deadline.remainingMs } : {}),
    });
    step.isSent = false;
    if (isLan) {
      step.poll?.onLan();
      this.#options.cloud.noteThere();
    }
    hub.notePlace('isRemote', !isLan);
    return { ...response, isOfHub: isLan || response.status < 500 };
  }

  /** A poll leaves it to one that would have gone through the cloud, where there is such a one. */
  #questionOf({ poll }: HubStep): AddressQuestion {
    if (poll === undefined || !this.#isCloudOpen) return 'if due';
    return poll.isForAddress ? 'now' : 'later';
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
    throw new CozifyError('COZIFY_BAD_ANSWER', `The hub ${hub.record.name} did not send its version.`);
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
    if (!this.#mayCloud) reasons.push('The cloud is not used for it (autoremote is off).');
    else if (!cloud.isOpen) reasons.push('The cloud can be used only with a login: log in with a one-time code.');
    const { statusCode } = failures.at(-1) ?? {};
    return new CozifyError('COZIFY_HUB_OFFLINE', `The hub ${hub.record.name} can't be reached. ${reasons.join(' ')}`, {
      statusCode,
    });
  }
}

/** Said of what was sent and got no answer, so that nobody sends it again without a look. */
export const MAYBE_DONE = 'The hub may have carried it out nevertheless: check before you send it again.';

function isUnanswered(failure: CozifyError | undefined): boolean {
  return failure?.code === 'COZIFY_UNREACHABLE' && failure.isUnsent !== true;
}
