import type { Faults } from '../faults';
import type { SimulatedHub } from '../hub';
import type { CloudTokens } from '../tokens';
import type { Fault } from '../types';

/** So long an answer takes in a slow home. */
const SLOW_MS = 3000;
const UNREACHED: Fault = { reset: true };

/** What may be in trouble, by the words of the page's switches. */
export const TROUBLES = ['hub-off', 'lan-refused', 'cloud-away', 'login-rejected', 'slow'] as const;
export type Trouble = (typeof TROUBLES)[number];

/** The troubles that a person switches on and off on the page. Tests have finer ones: faults, holds and settings. */
export class Troubles {
  readonly #faults: Faults;
  readonly #tokens: CloudTokens;
  readonly #settings: { latencyMs: number };
  readonly #withoutLan = new Set<string>();
  #rejected: readonly string[] = [];
  #usualLatencyMs: number | undefined;

  constructor(faults: Faults, tokens: CloudTokens, settings: { latencyMs: number }) {
    this.#faults = faults;
    this.#tokens = tokens;
    this.#settings = settings;
  }

  /** Whether each connection to the cloud breaks. The page and the mailbox are there all the same. */
  get isCloudAway(): boolean {
    return this.#faults.has(UNREACHED);
  }

  /** Whether all logins were rejected, and nobody has logged in since. */
  get isLoginRejected(): boolean {
    return this.#rejected.length > 0 && this.#tokens.valid.length === 0;
  }

  /** Whether there is a login to reject, or a rejection to take back. */
  get canRejectLogins(): boolean {
    return this.#rejected.length > 0 || this.#tokens.valid.length > 0;
  }

  get isSlow(): boolean {
    return this.#usualLatencyMs !== undefined;
  }

  isLanRefused(hubId: string): boolean {
    return this.#withoutLan.has(hubId);
  }

  /** Brings a trouble about, or ends it; those of a hub for that hub. */
  async set(trouble: Trouble, isOn: boolean, hub: SimulatedHub): Promise<void> {
    switch (trouble) {
      case 'hub-off':
        return this.#switchHub(hub, isOn);
      case 'lan-refused':
        return this.#closeLan(hub, isOn);
      case 'cloud-away':
        return this.#cutCloud(isOn);
      case 'login-rejected':
        return this.#rejectLogins(isOn);
      case 'slow':
        return this.#slowDown(isOn);
    }
  }

  async #switchHub(hub: SimulatedHub, isOff: boolean): Promise<void> {
    if (isOff) return hub.goOffline();
    await hub.goOnline();
    if (this.isLanRefused(hub.id)) await hub.leaveLan();
  }

  async #closeLan(hub: SimulatedHub, isRefused: boolean): Promise<void> {
    if (isRefused) {
      this.#withoutLan.add(hub.id);
      await hub.leaveLan();
      return;
    }
    this.#withoutLan.delete(hub.id);
    if (hub.connected) await hub.returnToLan();
  }

  #cutCloud(isAway: boolean): void {
    this.#faults.remove(UNREACHED);
    if (isAway) this.#faults.add('cloud', UNREACHED);
  }

  #rejectLogins(isRejected: boolean): void {
    if (isRejected) {
      this.#rejected = [...this.#rejected, ...this.#tokens.valid];
      this.#tokens.revokeAll();
      return;
    }
    for (const token of this.#rejected) this.#tokens.reinstate(token);
    this.#rejected = [];
  }

  #slowDown(isSlow: boolean): void {
    if (isSlow === this.isSlow) return;
    if (isSlow) {
      this.#usualLatencyMs = this.#settings.latencyMs;
      this.#settings.latencyMs = SLOW_MS;
      return;
    }
    this.#settings.latencyMs = this.#usualLatencyMs ?? 0;
    this.#usualLatencyMs = undefined;
  }
}
