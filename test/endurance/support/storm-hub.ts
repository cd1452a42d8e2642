// A hub in the storm test: its home, its faults, and the connections to it.
import type { HttpRequest } from '../../../src/http/http-client.js';
import type { FakeHub, HubExchange } from '../../src/hub/support/hub-stage.js';
import type { FakeClock } from '../../src/support/fake-clock.js';
import type { Reply } from '../../src/support/fake-cloud.js';
import { DEFAULT_BEHAVIOUR, Home, type HubBehaviour } from '../../simulator/index.js';
import type { HomeOptions } from '../../../packages/cozify-practice/src/home/furnish.js';
import { HubCalls } from '../../../packages/cozify-practice/src/hub-calls.js';
import type { Seeded } from './seeded.js';

type Transport = HubExchange['transport'];

const POLL = '/hub/poll';
/** An aborted signal, so that the simulated hub does not hold polls but answers at once. */
const ENDED = AbortSignal.abort();

/** Time limit: after a successful answer to any request, the next poll is sent within this time. */
const AFTER_GOOD_MS = 5_000;
/** How long a command without an answer delays further commands to its hub. */
const COMMAND_MS = 20_000;

/** A fault of a hub, or of the connection to it. */
export interface Trouble {
  /** The affected transport. Defaults to both. */
  transport?: Transport;
  /**
   * Text that the path of an affected request contains. With `isPathEnd`, the path must end with this text. If absent,
   * the path does not matter.
   */
  path?: string;
  isPathEnd?: boolean;
  /** The reply in place of the hub's reply. `swallowed`: the hub handles the request, but its reply is lost. */
  reply: Reply | 'swallowed';
  /** The fraction of the matching requests that fail, 0 to 1. */
  share: number;
  /** The end of the fault (monotonic, ms). */
  until: number;
}

/** A simulated hub with its home and its faults. Records since when polls have succeeded on each transport. */
export class StormHub {
  readonly home: Home;
  readonly fake: FakeHub;
  readonly behaviour: HubBehaviour;
  /**
   * Number of times that the hub accepted each command. The key is the command's transition time in milliseconds, which
   * is different in each command.
   */
  readonly commandCounts = new Map<number, number>();
  /** When the hub last answered a poll successfully (monotonic, ms). */
  answeredAt = -Infinity;
  /**
   * Time of the last poll with `ts=0`, which asks for the complete state (monotonic, ms). Presses before this time may
   * be lost, because only answers with changes report presses, not complete answers.
   */
  fullPollAt = -Infinity;
  /** When the cloud began to issue a revoked hub key (monotonic, ms); `undefined` while the issued key is valid. */
  keyLostAt: number | undefined;
  /**
   * Whether the key has been refused long enough that polls request a new key only once an hour. A waiting command
   * still requests a new key at once.
   */
  wasKeyLost = false;
  /** How many of the next polls may list no devices, because the hub has just restarted. */
  emptyAnswers = 0;
  /** The latest requests and their results, for failure reports. */
  readonly lately: string[] = [];
  /** When the hub's clock was set back (monotonic, ms); `undefined` after it was set forward again. */
  #setBackAt: number | undefined;
  /**
   * Start of the period in which polls may miss changes. The next poll with `ts=0` (for the complete state) ends the
   * period.
   */
  #unsureSince = -Infinity;
  #troubles: Trouble[] = [];
  /** The end of the last fault that could affect commands (monotonic, ms). */
  #commandsFailUntil = -Infinity;
  /** The time when polls began to succeed, by transport (monotonic, ms). */
  readonly #connectedAt = new Map<Transport, number>();
  readonly #clock: FakeClock;
  readonly #random: Seeded;
  readonly #calls: HubCalls;

  constructor(fake: FakeHub, home: HomeOptions, { clock, random }: { clock: FakeClock; random: Seeded }) {
    this.fake = fake;
    this.#clock = clock;
    this.#random = random;
    this.behaviour = { ...DEFAULT_BEHAVIOUR, settleMinMs: 100, settleMaxMs: 1_500 };
    this.home = new Home(fake.id, this.behaviour, () => clock.outside(), home);
    this.#calls = new HubCalls(this.home, this.behaviour);
    fake.serve = (request, path) => this.#serve(request, path);
    fake.intercept = (exchange) => this.#carry(exchange);
  }

  /** Starts a fault. If it affects polls, the clients count as disconnected. */
  trouble(trouble: Trouble): void {
    this.#troubles.push(trouble);
    if (concernsCommands(trouble)) this.#commandsFailUntil = Math.max(this.#commandsFailUntil, trouble.until);
    if (concernsPolls(trouble)) this.disturb();
  }

  /** Counts the clients as disconnected until the next successful answer. */
  disturb(): void {
    this.#connectedAt.clear();
  }

  /** Ends all faults. */
  clear(): void {
    this.#troubles = [];
  }

  /**
   * Moves the hub's clock. While the clock is behind, changes get timestamps before the last poll, so polls may miss
   * them.
   */
  setClock(byMs: number): void {
    const now = this.#clock.monotonic();
    const isStillBack = this.#setBackAt !== undefined && this.fullPollAt <= this.#setBackAt;
    if (byMs < 0 && !isStillBack) this.#setBackAt = now;
    if (byMs >= 0 && isStillBack) this.#unsureSince = now;
    if (byMs >= 0) this.#setBackAt = undefined;
    this.home.shiftClock(byMs);
    this.disturb();
  }

  /** Whether polls have reported every change: since the hub's clock last hid changes, there was a poll with `ts=0`. */
  get isReported(): boolean {
    return this.fullPollAt > this.#unsureSince;
  }

  /** Whether polls on a transport have succeeded for at least `forMs`. */
  isConnected(transport: Transport, forMs = 0): boolean {
    const since = this.#connectedAt.get(transport);
    return since !== undefined && this.#isWell(transport) && this.#clock.monotonic() - since >= forMs;
  }

  /**
   * Whether commands can succeed now: the last fault that affects commands has ended, and no failed command is still in
   * flight.
   */
  get isCommandable(): boolean {
    return this.#clock.monotonic() > this.#commandsFailUntil + COMMAND_MS;
  }

  #isWell(transport: Transport): boolean {
    return !this.#active.some((trouble) => (trouble.transport ?? transport) === transport && concernsPolls(trouble));
  }

  get #active(): Trouble[] {
    const now = this.#clock.monotonic();
    if (this.#troubles.some(({ until }) => until <= now)) {
      this.#troubles = this.#troubles.filter(({ until }) => until > now);
    }
    return this.#troubles;
  }

  async #carry({ transport, path, answer }: HubExchange): Promise<Reply> {
    const met = this.#active.find(
      (trouble) =>
        (trouble.transport ?? transport) === transport && isMet(trouble, path) && this.#random.chance(trouble.share),
    );
    if (met !== undefined && met.reply !== 'swallowed') return this.#note(transport, path, met.reply);
    const reply = await answer();
    return this.#note(transport, path, met === undefined ? reply : 'hang', met === undefined);
  }

  #note(transport: Transport, path: string, reply: Reply, isLetThrough = false): Reply {
    const { status = 200 } = typeof reply === 'string' ? { status: 0 } : reply;
    const isGood = isLetThrough && (status === 200 || status === 304);
    const isPoll = path.includes(POLL);
    const now = this.#clock.monotonic();
    this.lately.push(`${Math.round(now)} ${transport} ${path} ${typeof reply === 'string' ? reply : status}`);
    if (this.lately.length > 40) this.lately.shift();
    if (isPoll && isGood) this.answeredAt = now;
    // Counts the clients as disconnected, because a press may be lost while a poll hangs.
    if (isPoll && reply === 'hang') this.disturb();
    if (path.endsWith('ts=0')) this.fullPollAt = now;
    if (isPoll && isGood && this.emptyAnswers > 0) {
      // Counts the clients as disconnected, because they get no changes until the hub lists its devices again.
      this.emptyAnswers -= 1;
      this.disturb();
      return reply;
    }
    // A request for the hub's identity needs no key, so its success does not show that polls succeed.
    if (!isGood || path === '/hub' || !this.#isWell(transport)) return reply;
    const from = isPoll ? now : now + AFTER_GOOD_MS;
    this.#connectedAt.set(transport, Math.min(this.#connectedAt.get(transport) ?? Infinity, from));
    return reply;
  }

  async #serve({ method, body = '' }: HttpRequest, path: string): Promise<Reply> {
    const { pathname, searchParams } = new URL(path, 'http://hub');
    const call = { method, path: pathname, query: searchParams, body, role: 32, signal: ENDED };
    const reply = await this.#calls.answer(call);
    // The hub does not carry out a refused command, such as one for a removed lamp.
    if (method === 'PUT' && (reply.status ?? 200) < 300) {
      for (const [, digits] of body.matchAll(/"transitionMsec":(\d+)/g)) {
        this.commandCounts.set(Number(digits), (this.commandCounts.get(Number(digits)) ?? 0) + 1);
      }
    }
    return reply;
  }
}

function isMet({ path = '', isPathEnd = false }: Trouble, asked: string): boolean {
  return isPathEnd ? asked.endsWith(path) : asked.includes(path);
}

/** Whether the fault can delay a command, or the list of devices that the command needs. */
function concernsCommands({ path, isPathEnd = false }: Trouble): boolean {
  return path !== POLL && !isPathEnd;
}

function concernsPolls({ path }: Trouble): boolean {
  return path === undefined || path === POLL;
}
