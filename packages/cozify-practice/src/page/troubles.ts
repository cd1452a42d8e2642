import type { Faults } from '../faults';
import type { SimulatedHub } from '../hub';
import type { CloudTokens } from '../tokens';
import type { Fault } from '../types';

/** Delay of each answer while the trouble `slow` is switched on, in milliseconds. */
const SLOW_MS = 3000;
const UNREACHED: Fault = { reset: true };

/** Names of the troubles; the page has a switch for each. */
export const TROUBLES = ['hub-off', 'lan-refused', 'cloud-away', 'login-rejected', 'slow'] as const;
export type Trouble = (typeof TROUBLES)[number];

/**
 * The troubles that the user switches on and off on the page. Tests use faults, held answers and settings instead,
 * which are more precise.
 */
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

  /** Whether connections to the cloud are reset. The page and the mailbox still work. */
  get isCloudAway(): boolean {
    return this.#faults.has(UNREACHED);
  }

  /** Whether all logins have been rejected and nobody has logged in since. */
  get isLoginRejected(): boolean {
    return this.#rejected.length > 0 && this.#tokens.valid.length === 0;
  }

  /** Whether there is a login to reject, or a rejection to undo. */
  get canRejectLogins(): boolean {
    return this.#rejected.length > 0 || this.#tokens.valid.length > 0;
  }

  get isSlow(): boolean {
    return this.#usualLatencyMs !== undefined;
  }

  isLanRefused(hubId: string): boolean {
    return this.#withoutLan.has(hubId);
  }

  /** Switches a trouble on or off. A trouble of a hub affects only `hub`. */
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
