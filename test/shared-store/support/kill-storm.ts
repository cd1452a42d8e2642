import assert from 'node:assert/strict';
import { sleep, until } from '../../live/harness';
import type { LoggedRequest } from '../../../packages/cozify-practice/src/types';
import { type Fleet, nameOf } from './fleet';
import type { Monitor } from './monitor';
import { addressOf } from './own-address';

/**
 * Time after which a running instance has usually saved an answer from the cloud. A kill before that may lose the
 * answer.
 */
const SETTLED_MS = 6_000;
/** The shortest time between two kills, in milliseconds. */
const PAUSE_MS = 1_000;
const AT_LEAST_UP = 2;

export interface StormResult {
  kills: number;
  renewals: number;
  /** Number of kills between the cloud's answer and the end of the save, which lost the only valid token. */
  killsInTheWindow: number;
  /** Descriptions of the logins that were lost in any other way, each with its history. */
  lost: string[];
}

interface Kill {
  /** The time when the instance had ended. */
  at: number;
  who: string;
}

/** Kills instances at random, restarts them, and checks the login throughout. */
export class KillStorm {
  readonly #fleet: Fleet;
  readonly #monitor: Monitor;
  readonly #kills: Kill[] = [];
  readonly #down = new Set<number>();
  readonly #starting = new Set<Promise<unknown>>();
  readonly #lost: string[] = [];
  #killsInTheWindow = 0;

  constructor(fleet: Fleet, monitor: Monitor) {
    this.#fleet = fleet;
    this.#monitor = monitor;
  }

  /**
   * Kills random instances until there have been this many kills. Checks the login after each kill. At the end, sets
   * the latency of the simulated cloud to 0.
   */
  async run(kills: number): Promise<StormResult> {
    const { simulator } = this.#fleet;
    const renewalsBefore = this.#renewals().length;
    while (this.#kills.length < kills) {
      await this.#pauseBeforeKill();
      await this.#killOne();
      await this.#expectLogin();
    }
    await Promise.all(this.#starting);
    await this.#expectLogin();
    const renewals = this.#renewals().length - renewalsBefore;
    simulator.latencyMs = 0;
    return { kills: this.#kills.length, renewals, killsInTheWindow: this.#killsInTheWindow, lost: this.#lost };
  }

  /**
   * Waits for a random time. Half of the waits end shortly after a request for a new token, because a kill then may lose
   * the only valid token.
   */
  async #pauseBeforeKill(): Promise<void> {
    await sleep(PAUSE_MS + Math.random() * 1_500);
    if (Math.random() < 0.5) return;
    const { simulator } = this.#fleet;
    const before = simulator.count('refreshsession');
    await until('a renewal', () => simulator.count('refreshsession') > before, 5_000).catch(() => undefined);
    await sleep(Math.random() * 60);
  }

  async #killOne(): Promise<void> {
    const up = [...this.#fleet.instances.keys()].filter((index) => !this.#down.has(index));
    const victim = up[Math.floor(Math.random() * up.length)];
    if (up.length <= AT_LEAST_UP || victim === undefined) return;
    this.#down.add(victim);
    const instance = this.#fleet.at(victim);
    await instance.kill();
    this.#kills.push({ at: Date.now(), who: nameOf(victim) });
    const start = instance.launch().then(() => {
      this.#down.delete(victim);
      this.#starting.delete(start);
    });
    this.#starting.add(start);
  }

  /**
   * Checks that the cloud accepts the token in the store, and waits for this if necessary. Otherwise records the loss
   * and makes the stored token valid again.
   */
  async #expectLogin(): Promise<void> {
    const isTokenValid = async (): Promise<boolean> => this.#isValid(await this.#fleet.storedToken());
    if (await until('the stored token to be valid', isTokenValid, SETTLED_MS).catch(() => false)) return;
    const token = (await this.#fleet.storedToken()) ?? '';
    if (this.#killBehind(token) !== undefined) this.#killsInTheWindow += 1;
    else if (await until('the stored token to be valid after a longer wait', isTokenValid).catch(() => false)) return;
    else this.#lost.push(this.#historyOf(token));
    // The storm continues with the stored token, because all instances know it.
    this.#fleet.simulator.reinstate(token);
    for (const index of this.#fleet.instances.keys()) {
      if (this.#down.has(index)) continue;
      const isIn = async (): Promise<boolean> =>
        this.#down.has(index) || (await this.#fleet.ask(index, 'ping')).output === 1;
      await until(`instance ${index + 1} to be logged in again`, isIn);
    }
  }

  /**
   * Returns the kill that explains why the token in the store is no longer valid. The killed instance had renewed this
   * token, but had not saved the new token yet.
   */
  #killBehind(token: string): Kill | undefined {
    const renewal = this.#renewals().findLast((request) => request.token === token);
    const index = this.#fleet.instances.findIndex((_, number) => addressOf(number) === renewal?.from);
    if (renewal === undefined || index < 0) return undefined;
    const kill = this.#kills.find(({ at, who }) => at > renewal.at && who === nameOf(index));
    const hasSaved = this.#monitor.accesses.some(
      ({ who, what, at }) => who === kill?.who && what === 'saved' && at > renewal.at && at <= kill.at,
    );
    return hasSaved ? undefined : kill;
  }

  /** Returns the history of a lost token, oldest event first. */
  #historyOf(token: string): string {
    const renewals = this.#renewals().map(({ at, from, token: old = '' }) => ({ at, from, old: old.slice(-8) }));
    const accesses = this.#monitor.accesses.map((access) => ({ ...access, token: access.token?.slice(-8) }));
    const kills = this.#kills.map((kill) => ({ ...kill, what: 'killed' }));
    const history = [...renewals, ...accesses, ...kills].sort((a, b) => a.at - b.at).slice(-40);
    return [token.slice(-8), ...history.map((event) => JSON.stringify(event))].join('\n');
  }

  #renewals(): LoggedRequest[] {
    return this.#fleet.simulator.requests.filter(({ call, status }) => call === 'refreshsession' && status === 200);
  }

  #isValid(token: string | null): boolean {
    return token !== null && this.#fleet.simulator.isValid(token);
  }
}

/** Asserts that each instance is logged in, and that the cloud accepts the stored token. */
export async function assertAllIn(fleet: Fleet): Promise<void> {
  for (const index of fleet.instances.keys()) {
    const isIn = async (): Promise<boolean> => (await fleet.ask(index, 'ping')).output === 1;
    await until(`instance ${index + 1} to be logged in`, isIn);
  }
  assert.ok(fleet.simulator.isValid((await fleet.storedToken()) ?? ''), 'the store names a valid token');
}
