import { Seeded } from '../../../packages/cozify-practice/src/seeded';
import { HOUR, MINUTE } from '../../../test/src/support/fake-clock';
import { EventQueue } from './event-queue';
import { FleetCloud } from './fleet-cloud';
import { FleetHome, type HomeKind } from './fleet-home';

const DAY = 24 * HOUR;

/** The number of homes, and the shares of them that subscribe to the changes of their hub, so that it is polled. */
export interface FleetSize {
  homes: number;
  /** The share of homes (0 to 1) that subscribe all the time, with polls through the cloud. */
  cloudPart: number;
  /** The share of homes (0 to 1) that subscribe from {@link Fleet.listenOnLan} on, with polls on the LAN. */
  lanPart: number;
}

/** Homes that share one cloud and one clock. Every run of a fleet gives the same result. */
export class Fleet {
  readonly queue = new EventQueue();
  readonly cloud: FleetCloud;
  readonly homes: readonly FleetHome[];
  readonly draw = new Seeded(42);
  readonly size: FleetSize;
  readonly #onLan: readonly FleetHome[];

  constructor(size: FleetSize) {
    this.size = size;
    const startsAt = Date.parse('2026-03-02T06:00:00Z');
    this.cloud = new FleetCloud(this.queue, startsAt);
    const shared = { queue: this.queue, cloud: this.cloud, startsAt };
    const remote = this.cloudSubscribers;
    const kindOf = (index: number): HomeKind => ({ isOnLan: index >= remote, isSubscribed: index < remote });
    this.homes = Array.from({ length: size.homes }, (_, index) => new FleetHome(index, kindOf(index), shared));
    this.#onLan = this.homes.slice(remote, remote + Math.round(size.homes * size.lanPart));
  }

  get now(): number {
    return this.queue.now;
  }

  /** Homes that subscribe from {@link listenOnLan} on, with polls on the LAN. */
  get lanSubscribers(): readonly FleetHome[] {
    return this.#onLan;
  }

  /** Number of homes that subscribe all the time, with polls through the cloud. */
  get cloudSubscribers(): number {
    return Math.round(this.size.homes * this.size.cloudPart);
  }

  run(ms: number): Promise<void> {
    return this.queue.run(ms);
  }

  /** Schedules `act` for each of these homes at a random time within `withinMs`, and returns at once. */
  scatter(homes: readonly FleetHome[], withinMs: number, act: (home: FleetHome) => void, fromMs = 0): void {
    for (const home of homes) this.queue.after(fromMs + this.draw.next() * withinMs, () => act(home));
  }

  /**
   * Starts all homes at random times within an hour, with logins of random age. Runs until their requests are spread
   * over time.
   */
  async settle(): Promise<void> {
    for (const home of this.homes) home.keepLogin(this.draw.next() * DAY);
    this.scatter(this.homes, HOUR, (home) => home.start());
    await this.run(HOUR + 15 * MINUTE);
  }

  /** Advances the simulated time by `ms` and returns the mean number of requests per second. */
  async quietMean(ms: number): Promise<number> {
    const from = this.now;
    await this.run(ms);
    return this.cloud.traffic.mean(from, this.now);
  }

  /** Starts the subscriptions with polls on the LAN. Advances the simulated time until all have started. */
  async listenOnLan(): Promise<void> {
    this.scatter(this.lanSubscribers, 15_000, (home) => home.subscribe());
    await this.run(30_000);
  }

  get lost(): number {
    return this.homes.filter(({ isLost }) => isLost).length;
  }
}
