// A simulated cloud for years of simulated time.
import { CozifyError } from '../../../src/errors.js';
import type { Http, HttpResponse, HttpRequest } from '../../../src/http/http-client.js';
import { signJwt } from '../../simulator/index.js';
import { DAY, HOUR, type LongClock, MINUTE, type ProcessClock, SECOND } from './long-clock.js';
import type { Seeded } from './seeded.js';

/** The lifetime of a token of the real cloud. */
export const LIFE_MS = 28 * DAY + 10 * MINUTE;

const HUB = { hubId: 'hub-1', name: 'Koti', version: '1.14.9.124' };
const HUB_URL = 'http://192.168.1.5:8893';

/** Faults of single calls. During an outage, all calls have the same one of the {@link OUTAGES}. */
export const FAULTS = [
  '500',
  '502',
  '503',
  '504',
  '429 soon',
  '429 late',
  '429 absurd',
  'html 200',
  'html 401',
  'empty',
  'timeout',
  'reset',
] as const;
export type YearsFault = (typeof FAULTS)[number];

/** Faults that can last for days. */
export const OUTAGES = ['reset', 'timeout', '503', 'html 200', 'html 401'] as const satisfies YearsFault[];

const PAGE = '<!DOCTYPE html><title>Welcome to our network</title>';

/** An attempt to renew a token. `waitMs` is the time that the cloud asks clients to wait before the next attempt. */
export interface RenewalTry {
  at: number;
  isGood: boolean;
  waitMs: number;
  expiresAt: number;
}

/**
 * A cloud in memory for simulated years, without network connections. A token is valid for 28 days and 10 minutes of
 * true time. A renewal revokes the old token at once. Some calls fail. A failed call has no effect, because a renewal
 * whose answer is lost would end the login.
 */
export class YearsCloud {
  readonly counts: Record<string, number> = {};
  faults = 0;
  /** Number of calls with a token that was no longer valid. */
  refused = 0;
  faultRate = 0.01;
  /** Called at each request for a renewal, with the monotonic time of the request. */
  onRenewal: (at: number) => void = () => undefined;
  onTry: (attempt: RenewalTry) => void = () => undefined;
  readonly #clock: LongClock;
  readonly #random: Seeded;
  readonly #valid = new Map<string, { user: string; expiresAt: number }>();
  #made = 0;
  #outage: { until: number; fault: YearsFault } | undefined;

  constructor(clock: LongClock, random: Seeded) {
    this.#clock = clock;
    this.#random = random;
  }

  issueToken(user = 'user-1'): string {
    const iat = Math.floor(this.#clock.trueTime / 1000);
    const exp = iat + LIFE_MS / 1000;
    const jti = ++this.#made;
    const token = signJwt({ role: 32, iat, exp, user_id: user, kid: 'years', iss: 'Cloud', jti }, 'secret');
    this.#valid.set(token, { user, expiresAt: exp * 1000 });
    return token;
  }

  isValid(token: string): boolean {
    return this.#clock.trueTime < (this.#valid.get(token)?.expiresAt ?? 0);
  }

  startOutage(ms: number, fault: YearsFault): void {
    this.#outage = { until: this.#clock.trueTime + ms, fault };
  }

  /** Returns the HTTP client of a process. After the process has died, requests are neither handled nor answered. */
  connect(process: ProcessClock): { send: Http; close: () => void; inFlight: () => number } {
    let inFlight = 0;
    const send: Http = async (request) => {
      inFlight += 1;
      try {
        return await this.#answer(process, request);
      } finally {
        inFlight -= 1;
      }
    };
    return { send, close: () => undefined, inFlight: () => inFlight };
  }

  async #answer(process: ProcessClock, request: HttpRequest): Promise<HttpResponse> {
    checkOpen(request);
    const call = request.isLan ? 'lan' : (new URL(request.url).pathname.split('/').at(-1) ?? '');
    this.counts[call] = (this.counts[call] ?? 0) + 1;
    if (call === 'refreshsession') this.onRenewal(this.#clock.monotonic);
    const token = request.headers?.['Authorization'] ?? '';
    const fault = request.isLan ? undefined : this.#fault();
    if (fault !== undefined) this.faults += 1;
    const waitMs = fault === undefined ? 0 : this.#waitFor(fault);
    if (call === 'refreshsession' && fault !== undefined) {
      this.onTry({ at: this.#clock.monotonic, isGood: false, waitMs, expiresAt: 0 });
    }
    await this.#pause(process, fault === 'timeout' ? request.deadlineMs : this.#latency());
    checkOpen(request);
    return fault === undefined ? this.#work(call, token) : spoiled(fault, waitMs);
  }

  #work(call: string, token: string): HttpResponse {
    if (call === 'lan') return ok(JSON.stringify(HUB));
    if (call === 'lan_ip') return ok(JSON.stringify([HUB_URL]));
    if (!this.isValid(token)) {
      this.refused += 1;
      return { status: 401, headers: {}, body: '{"code":401,"message":"Authentication failed"}' };
    }
    // Hub keys change each day, so that the state is also saved between renewals.
    if (call === 'hubkeys') {
      const day = Math.floor(this.#clock.trueTime / DAY);
      return ok(JSON.stringify({ [HUB.hubId]: signJwt({ hub_id: HUB.hubId, hub_name: HUB.name, day }, 'secret') }));
    }
    if (call !== 'refreshsession') return { status: 404, headers: {}, body: '' };
    const user = this.#valid.get(token)?.user;
    this.#valid.delete(token);
    const renewed = this.issueToken(user);
    const expiresAt = this.#valid.get(renewed)?.expiresAt ?? 0;
    this.onTry({ at: this.#clock.monotonic, isGood: true, waitMs: 0, expiresAt });
    return ok(renewed);
  }

  #fault(): YearsFault | undefined {
    if (this.#outage !== undefined && this.#clock.trueTime < this.#outage.until) return this.#outage.fault;
    this.#outage = undefined;
    return this.#random.chance(this.faultRate) ? this.#random.pick(FAULTS) : undefined;
  }

  #waitFor(fault: YearsFault): number {
    if (fault === '429 soon') return Math.round(this.#random.between(1, 120)) * SECOND;
    if (fault === '429 late') return Math.round(this.#random.between(1, 5)) * HOUR;
    return fault === '429 absurd' ? 30 * DAY : 0;
  }

  #latency(): number {
    return this.#random.chance(0.02) ? this.#random.between(1, 14) * SECOND : this.#random.between(20, 400);
  }

  #pause(process: ProcessClock, ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#clock.at(ms, () => {
        if (!process.isDead) resolve();
      });
    });
  }
}

function checkOpen({ signal }: HttpRequest): void {
  if (signal?.aborted === true) throw new CozifyError('COZIFY_CLOSED', 'The account was closed while the call ran.');
}

function ok(body: string): HttpResponse {
  return { status: 200, headers: {}, body };
}

/** Throws or returns the result of a failed call, as the account's own HTTP client does. */
function spoiled(fault: YearsFault, waitMs: number): HttpResponse {
  switch (fault) {
    case 'timeout':
    case 'reset':
      throw new CozifyError('COZIFY_UNREACHABLE', "The cloud can't be reached.");
    case 'empty':
      return ok('');
    case 'html 200':
      return ok(PAGE);
    case 'html 401':
      return { status: 401, headers: {}, body: PAGE };
    case '429 soon':
    case '429 late':
    case '429 absurd':
      return { status: 429, headers: { 'retry-after': String(waitMs / SECOND) }, body: '' };
    case '500':
    case '502':
    case '503':
    case '504':
      return { status: Number(fault), headers: {}, body: '' };
  }
}
