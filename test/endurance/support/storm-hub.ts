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
/** Nobody waits for a held answer. */
const ENDED = AbortSignal.abort();

/** Any good answer is followed by a poll within this time. */
const AFTER_GOOD_MS = 5_000;
/** The time that a command without an answer blocks its hub. */
const COMMAND_MS = 20_000;

/** A fault of a hub or of the connection to it. */
export interface Trouble {
  /** On both where none is named. */
  transport?: Transport;
  /** Only requests with this text in the path, or at its end. */
  path?: string;
  isPathEnd?: boolean;
  /** `swallowed`: the request is carried out, but its answer never arrives. */
  reply: Reply | 'swallowed';
  /** How many of the requests it meets, 0 to 1. */
  share: number;
  /** On the clock that never jumps. */
  until: number;
}

/** One of the hubs of a storm: its home and its connections. */
export class StormHub {
  readonly home: Home;
  readonly fake: FakeHub;
  readonly behaviour: HubBehaviour;
  /** How often the hub has accepted each command. The key is the transition in milliseconds, unique for each command. */
  readonly commandCounts = new Map<number, number>();
  /** When the hub last gave a good answer to a poll (monotonic, ms). */
  answeredAt = -Infinity;
  /** The time of the last full request. Earlier presses are lost, because presses come from changes. */
  resyncedAt = -Infinity;
  /** The time since when the cloud issues a dead key, on the monotonic clock. */
  keyLostAt: number | undefined;
  /** Whether the key was dead for long: polls then request a new key once an hour, a waiting command at once. */
  wasKeyLost = false;
  /** The latest requests and their results, for failure reports. */
  readonly lately: string[] = [];
  /** When the clock of the hub was set back without a full request since, and since when polls may miss changes. */
  #setBackAt: number | undefined;
  #unsureSince = -Infinity;
  #troubles: Trouble[] = [];
  /** The end of the last time in which commands could fail (monotonic, ms). */
  #commandsMetUntil = -Infinity;
  /** The time since when polls succeed on each transport. */
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
    fake.between = (exchange) => this.#carry(exchange);
  }

  /** Starts a trouble. A trouble with lists other than the devices' leaves polls intact. */
  trouble(trouble: Trouble): void {
    this.#troubles.push(trouble);
    if (concernsCommands(trouble)) this.#commandsMetUntil = Math.max(this.#commandsMetUntil, trouble.until);
    if (concernsPolls(trouble)) this.disturb();
  }

  /** Notes an interruption: only a good answer connects the clients again. */
  disturb(): void {
    this.#connectedAt.clear();
  }

  clear(): void {
    this.#troubles = [];
  }

  /** Sets the clock. Events under a slow clock are dated before the last poll, so no later poll contains them. */
  setClock(byMs: number): void {
    const now = this.#clock.monotonic();
    const isUnheard = this.#setBackAt !== undefined && this.resyncedAt <= this.#setBackAt;
    if (byMs < 0 && !isUnheard) this.#setBackAt = now;
    if (byMs >= 0 && isUnheard) this.#unsureSince = now;
    if (byMs >= 0) this.#setBackAt = undefined;
    this.home.shiftClock(byMs);
    this.disturb();
  }

  /** Whether polls report each change, sooner or later. */
  get isReported(): boolean {
    return this.resyncedAt > this.#unsureSince;
  }

  /** Whether polls have succeeded on a transport for at least `forMs`, without trouble. */
  isConnected(transport: Transport, forMs = 0): boolean {
    const since = this.#connectedAt.get(transport);
    return since !== undefined && this.#isWell(transport) && this.#clock.monotonic() - since >= forMs;
  }

  /** Whether no command is in flight that may have failed: the last trouble was longer ago than a command takes. */
  get takesCommands(): boolean {
    return this.#clock.monotonic() > this.#commandsMetUntil + COMMAND_MS;
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
    // The wait for a hanging poll is so long that presses in it do not count.
    if (isPoll && reply === 'hang') this.disturb();
    if (path.endsWith('ts=0')) this.resyncedAt = now;
    // A request for the identity of the hub is not authenticated.
    if (!isGood || path === '/hub' || !this.#isWell(transport)) return reply;
    const from = isPoll ? now : now + AFTER_GOOD_MS;
    this.#connectedAt.set(transport, Math.min(this.#connectedAt.get(transport) ?? Infinity, from));
    return reply;
  }

  async #serve({ method, body = '' }: HttpRequest, path: string): Promise<Reply> {
    const { pathname, searchParams } = new URL(path, 'http://hub');
    const call = { method, path: pathname, query: searchParams, body, role: 32, signal: ENDED };
    const reply = await this.#calls.answer(call);
    // A refused command, for example of a removed lamp, is not done.
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

/** Whether the trouble can delay a command or its requirement, the devices. */
function concernsCommands({ path, isPathEnd = false }: Trouble): boolean {
  return path !== POLL && !isPathEnd;
}

function concernsPolls({ path }: Trouble): boolean {
  return path === undefined || path === POLL;
}
