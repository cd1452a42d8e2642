import type { HttpRequest } from '../../../src/http/http-client.js';
import type { FakeHub, HubExchange } from '../../src/hub/support/hub-stage.js';
import type { FakeClock } from '../../src/support/fake-clock.js';
import type { Reply } from '../../src/support/fake-cloud.js';
import { DEFAULT_BEHAVIOUR, Home, type HubBehaviour } from '../../simulator/index.js';
import type { HomeOptions } from '../../../packages/cozify-practice/src/home/furnish.js';
import { HubCalls } from '../../../packages/cozify-practice/src/hub-calls.js';
import type { Seeded } from './seeded.js';

type Way = HubExchange['way'];

const POLL = '/hub/poll';
/** Nobody waits for a held answer. */
const ENDED = AbortSignal.abort();

/** Any good answer is followed by a poll within this time. */
const AFTER_GOOD_MS = 5_000;
/** A command that gets no answer has its hub for itself for so long. */
const COMMAND_MS = 20_000;

/** What keeps requests from a hub, or it from answering as it should. */
export interface Trouble {
  /** On both where none is named. */
  way?: Way;
  /** Only what has this in its path, or at its end. */
  path?: string;
  isPathEnd?: boolean;
  /** `swallowed`: it is done, and the answer never comes. */
  reply: Reply | 'swallowed';
  /** How many of the requests it meets, 0 to 1. */
  share: number;
  /** On the clock that never jumps. */
  until: number;
}

/** One of the hubs of a storm: the home behind it, and what lies between it and those who ask. */
export class StormHub {
  readonly home: Home;
  readonly fake: FakeHub;
  readonly behaviour: HubBehaviour;
  /** The orders that it has taken, by the transition that no other order has, in milliseconds, and how often. */
  readonly orders = new Map<number, number>();
  /** When a poll was last answered well, on the clock that never jumps. */
  heardAt = -Infinity;
  /** When all was asked for last. What is pressed before that is told of by nothing: presses come from what has changed. */
  resyncedAt = -Infinity;
  /** Since when the cloud gives out a key that is dead, on the clock that never jumps. */
  keyLostAt: number | undefined;
  /** It was so for long: polls ask for another one once an hour by now, and whoever waits for an answer at once. */
  wasKeyLost = false;
  /** What was asked last, and what came of it, for who wants to know how something came about. */
  readonly lately: string[] = [];
  /** When its clock was set back and nobody has heard of that yet, and since when nobody can. */
  #setBackAt: number | undefined;
  #unsureSince = -Infinity;
  #troubles: Trouble[] = [];
  /** Until when commands met trouble, also where all is well by now. */
  #commandsMetUntil = -Infinity;
  /** When each way began to be one by which polls are heard. */
  readonly #connectedAt = new Map<Way, number>();
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

  /** From now on something is the matter. What only spoils lists other than the devices' leaves polls as they are. */
  trouble(trouble: Trouble): void {
    this.#troubles.push(trouble);
    if (concernsCommands(trouble)) this.#commandsMetUntil = Math.max(this.#commandsMetUntil, trouble.until);
    if (concernsPolls(trouble)) this.disturb();
  }

  /** Whatever was known of who hears what is over: it takes a good answer to be connected again. */
  disturb(): void {
    this.#connectedAt.clear();
  }

  clear(): void {
    this.#troubles = [];
  }

  /** What happened while its clock was behind is dated before what was heard, and told by nothing once it is right. */
  setClock(byMs: number): void {
    const now = this.#clock.monotonic();
    const isUnheard = this.#setBackAt !== undefined && this.resyncedAt <= this.#setBackAt;
    if (byMs < 0 && !isUnheard) this.#setBackAt = now;
    if (byMs >= 0 && isUnheard) this.#unsureSince = now;
    if (byMs >= 0) this.#setBackAt = undefined;
    this.home.shiftClock(byMs);
    this.disturb();
  }

  /** Whether all that happens is told by polls, sooner or later. */
  get isTold(): boolean {
    return this.resyncedAt > this.#unsureSince;
  }

  /** Whether polls have been heard by a way for at least so long, with nothing the matter. */
  isConnected(way: Way, forMs = 0): boolean {
    const since = this.#connectedAt.get(way);
    return since !== undefined && this.#isWell(way) && this.#clock.monotonic() - since >= forMs;
  }

  /** Whether commands have met nothing for so long that none of before is under way. */
  get takesCommands(): boolean {
    return this.#clock.monotonic() > this.#commandsMetUntil + COMMAND_MS;
  }

  #isWell(way: Way): boolean {
    return !this.#active.some((trouble) => (trouble.way ?? way) === way && concernsPolls(trouble));
  }

  get #active(): Trouble[] {
    const now = this.#clock.monotonic();
    if (this.#troubles.some(({ until }) => until <= now)) {
      this.#troubles = this.#troubles.filter(({ until }) => until > now);
    }
    return this.#troubles;
  }

  async #carry({ way, path, answer }: HubExchange): Promise<Reply> {
    const met = this.#active.find(
      (trouble) => (trouble.way ?? way) === way && isMet(trouble, path) && this.#random.chance(trouble.share),
    );
    if (met !== undefined && met.reply !== 'swallowed') return this.#note(way, path, met.reply);
    const reply = await answer();
    return this.#note(way, path, met === undefined ? reply : 'hang', met === undefined);
  }

  #note(way: Way, path: string, reply: Reply, isLetThrough = false): Reply {
    const { status = 200 } = typeof reply === 'string' ? { status: 0 } : reply;
    const isGood = isLetThrough && (status === 200 || status === 304);
    const isPoll = path.includes(POLL);
    const now = this.#clock.monotonic();
    this.lately.push(`${Math.round(now)} ${way} ${path} ${typeof reply === 'string' ? reply : status}`);
    if (this.lately.length > 40) this.lately.shift();
    if (isPoll && isGood) this.heardAt = now;
    // It is waited for so long that what was pressed meanwhile does not count.
    if (isPoll && reply === 'hang') this.disturb();
    if (path.endsWith('ts=0')) this.resyncedAt = now;
    // Who asks who is there has not been let in.
    if (!isGood || path === '/hub' || !this.#isWell(way)) return reply;
    const from = isPoll ? now : now + AFTER_GOOD_MS;
    this.#connectedAt.set(way, Math.min(this.#connectedAt.get(way) ?? Infinity, from));
    return reply;
  }

  async #serve({ method, body = '' }: HttpRequest, path: string): Promise<Reply> {
    const { pathname, searchParams } = new URL(path, 'http://hub');
    const call = { method, path: pathname, query: searchParams, body, role: 32, signal: ENDED };
    const reply = await this.#calls.answer(call);
    // What it refuses, as of a lamp that has just been removed, is not done.
    if (method === 'PUT' && (reply.status ?? 200) < 300) {
      for (const [, digits] of body.matchAll(/"transitionMsec":(\d+)/g)) {
        this.orders.set(Number(digits), (this.orders.get(Number(digits)) ?? 0) + 1);
      }
    }
    return reply;
  }
}

function isMet({ path = '', isPathEnd = false }: Trouble, asked: string): boolean {
  return isPathEnd ? asked.endsWith(path) : asked.includes(path);
}

/** Whether it may keep a command on its way, or what it needs: the devices. */
function concernsCommands({ path, isPathEnd = false }: Trouble): boolean {
  return path !== POLL && !isPathEnd;
}

function concernsPolls({ path }: Trouble): boolean {
  return path === undefined || path === POLL;
}
