import { CozifyError } from '../../../src/errors.js';
import type { HttpRequest, HttpResponse } from '../../../src/http/http-client.js';
import { Seeded } from '../../../packages/cozify-practice/src/seeded';
import { makeToken } from '../../../test/src/support/tokens';
import type { EventQueue } from './event-queue';
import type { Answer, FleetHub } from './fleet-hub';
import { Traffic } from './traffic';

/** The range of the cloud's response time, in milliseconds. */
const LATENCY_MS = { least: 40, most: 160 };

/** The response to all requests during a failure of the cloud. `refused`: the connection is refused. */
export type Trouble = 'refused' | Answer;

/** A simulated cloud that all homes share. Requests are function calls, not network traffic, and are counted. */
export class FleetCloud {
  readonly traffic = new Traffic();
  /** Returns the response to every request. Set only during a failure of the cloud. */
  trouble: (() => Trouble) | undefined;
  /** How long a poll is held while nothing changes, in milliseconds. */
  holdMs = 0;
  /** The shortest remaining life that a token had when it was renewed, in days. */
  leastDaysLeft = Infinity;
  readonly #queue: EventQueue;
  readonly #startsAt: number;
  readonly #draw = new Seeded(7);
  /** Valid tokens and the times at which they expire. */
  readonly #tokens = new Map<string, number>();
  /** Functions for the held polls. Each function cuts the connection of one poll. */
  readonly #held = new Set<() => void>();

  constructor(queue: EventQueue, startsAt: number) {
    this.#queue = queue;
    this.#startsAt = startsAt;
  }

  /** Issues a token at the given time, in milliseconds since 1970. */
  issue(at: number): string {
    const token = makeToken(at);
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp: number };
    this.#tokens.set(token, exp * 1000);
    return token;
  }

  /** Whether a token is valid now. */
  takes(token: string): boolean {
    return (this.#tokens.get(token) ?? 0) > this.#now;
  }

  /** Cuts the connections of all held polls. Returns how many there were. */
  cutOff(): number {
    const held = [...this.#held];
    for (const cut of held) cut();
    return held.length;
  }

  /** Answers a request from the home that has `hub`. */
  async ask(request: HttpRequest, hub: FleetHub): Promise<HttpResponse> {
    const { pathname, search } = new URL(request.url);
    const [, path] = pathname.split('/hub/remote');
    const call = path === undefined ? (pathname.split('/').at(-1) ?? '') : 'remote';
    this.traffic.note(call, this.#queue.now);
    const trouble = this.trouble?.();
    if (trouble === 'refused') throw unreachable(request, true);
    await this.#queue.pause(this.#draw.between(LATENCY_MS.least, LATENCY_MS.most));
    if (request.signal?.aborted === true) throw closed();
    const answer = trouble ?? (await this.#answer(call, `${path}${search}`, request, hub));
    if (this.holdMs > 0 && hub.isUnchanged(answer)) await this.#hold(request);
    return { headers: {}, ...answer };
  }

  get #now(): number {
    return this.#startsAt + this.#queue.now;
  }

  #answer(call: string, path: string, { headers = {} }: HttpRequest, hub: FleetHub): Answer | Promise<Answer> {
    const token = headers['Authorization'] ?? '';
    if (call === 'lan_ip') return { status: 200, body: JSON.stringify(hub.isReachableOnLan ? [hub.host] : []) };
    if (!this.takes(token)) return { status: 401, body: '{"message":"Unauthorized"}' };
    if (call === 'hubkeys') return { status: 200, body: JSON.stringify({ [hub.id]: hub.key }) };
    if (call === 'refreshsession') return { status: 200, body: this.#renew(token) };
    return hub.isOn ? hub.answer(path) : { status: 400, body: '{"message":"Hub is not connected"}' };
  }

  #renew(token: string): string {
    const daysLeft = ((this.#tokens.get(token) ?? 0) - this.#now) / 86_400_000;
    this.leastDaysLeft = Math.min(this.leastDaysLeft, daysLeft);
    return this.issue(this.#now);
  }

  /** Holds a poll: resolves after `holdMs`. Rejects if its connection is cut or the request is aborted. */
  #hold(request: HttpRequest): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (error?: CozifyError): void => {
        this.#queue.callOff(timer);
        this.#held.delete(cut);
        if (error === undefined) resolve();
        else reject(error);
      };
      const cut = (): void => end(unreachable(request, false));
      const timer = this.#queue.after(this.holdMs, () => end());
      this.#held.add(cut);
      request.signal?.addEventListener('abort', () => end(closed()));
    });
  }
}

/** Returns the error that the HTTP client throws for a failed connection. */
export function unreachable({ peer }: HttpRequest, isUnsent: boolean): CozifyError {
  return new CozifyError('COZIFY_UNREACHABLE', `${peer} can't be reached.`, { isUnsent });
}

function closed(): CozifyError {
  return new CozifyError('COZIFY_CLOSED', 'The account was closed while the call ran.');
}
