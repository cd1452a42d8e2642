import type { Snapshot } from '../../../src/account/snapshot.js';
import { cloudOf, isCloudUrl, isFromEnv } from '../shared/checks.js';

export interface Deployed {
  cloudUrl?: string;
}

/**
 * The logins that an open dialog has seen: the deployed login, and a pending login of an account or cloud address that
 * has not been deployed yet.
 */
export class Logins {
  readonly #deployed: Deployed | undefined;
  /** The clouds of the pending logins that were started in this dialog. */
  readonly #startedClouds = new Set<string>();
  #live: Snapshot | undefined;
  #pending: { cloud: string; snapshot: Snapshot } | undefined;
  #loggedInAt: string | undefined;
  #lastCode: { to: string | null; at: string | null } | undefined;

  constructor(deployed: Deployed | undefined) {
    this.#deployed = deployed;
  }

  get isDeployed(): boolean {
    return this.#deployed !== undefined;
  }

  /** The snapshot of the deployed account, once received. */
  get live(): Snapshot | undefined {
    return this.#live;
  }

  /** The cloud of the last pending login that was seen. */
  get loggedInAt(): string | undefined {
    return this.#loggedInAt;
  }

  /**
   * The clouds whose pending logins Cancel drops. Empty if the deployed address is a variable, because the variable may
   * hold the same cloud, and dropping the pending login would then drop the deployed one.
   */
  get startedClouds(): string[] {
    return isFromEnv(this.#deployed?.cloudUrl) ? [] : [...this.#startedClouds];
  }

  /** Whether the dialog's cloud differs from the deployed account's. */
  isMoved(cloudUrl: string): boolean {
    return this.#deployed !== undefined && cloudOf(cloudUrl) !== cloudOf(this.#deployed.cloudUrl);
  }

  /** Returns the cloud of the pending login; `undefined` if the cloud is the deployed one or the address is invalid. */
  pendingCloud(cloudUrl: string): string | undefined {
    if ((this.isDeployed && !this.isMoved(cloudUrl)) || !isCloudUrl(cloudUrl)) return undefined;
    return cloudOf(cloudUrl);
  }

  /** Returns the snapshot of the login at the given cloud address, once received. */
  at(cloudUrl: string): Snapshot | undefined {
    const cloud = this.pendingCloud(cloudUrl);
    if (cloud === undefined) return this.#live;
    return this.#pending?.cloud === cloud ? this.#pending.snapshot : undefined;
  }

  /** Stores a snapshot of the pending login at `cloud`, or of the deployed login if `cloud` is `undefined`. */
  keep(snapshot: Snapshot, cloud: string | undefined): void {
    if (cloud === undefined) {
      this.#live = snapshot;
      return;
    }
    this.#pending = { cloud, snapshot };
    if (snapshot.state === 'authenticated') this.#loggedInAt = cloud;
    else if (this.#loggedInAt === cloud) this.#loggedInAt = undefined;
  }

  /**
   * Notes that a code was requested. For a minute the previous code stays valid, and its address may be another one.
   * Cancel drops the login only if neither a code nor a login existed before.
   */
  noteCode(before: Snapshot | undefined, after: Snapshot, to: string | null, cloud: string | undefined): void {
    if (after.otpSentAt !== before?.otpSentAt) this.#lastCode = { to, at: after.otpSentAt };
    const isStarted = !before?.otpSentAt && after.state !== 'authenticated';
    if (isStarted && cloud !== undefined) this.#startedClouds.add(cloud);
  }

  noteLogin(cloud: string | undefined): void {
    if (cloud !== undefined) this.#startedClouds.add(cloud);
  }

  /**
   * Forgets the pending login: the answer to a logout describes the deployed account, so the pending login has to be
   * polled.
   */
  noteLogout(cloud: string | undefined): void {
    if (cloud === undefined) return;
    this.#startedClouds.delete(cloud);
    this.#pending = undefined;
    this.#loggedInAt = undefined;
  }

  isStartedAt(cloud: string): boolean {
    return this.#startedClouds.has(cloud);
  }

  /** Returns the address to which the valid code was sent, if this dialog requested it. */
  codeSentTo({ otpSentAt }: Snapshot): string | undefined {
    return this.#lastCode?.at === otpSentAt ? (this.#lastCode.to ?? undefined) : undefined;
  }
}

/** The effect of a login's change on a visible error. */
export type ErrorFate = 'stays' | 'goes' | 'code-is-dead';

/**
 * Decides whether an error stays after the login changed in another place. An error about a code is replaced if the
 * code became invalid.
 */
export function fateOfError(
  before: Snapshot | undefined,
  after: Snapshot | undefined,
  isAboutCode: boolean,
): ErrorFate {
  if (!before || !after) return 'stays';
  if (before.state === after.state && before.otpSentAt === after.otpSentAt) return 'stays';
  const isNewLogin =
    after.state === 'authenticated' && (before.state !== 'authenticated' || before.lastRefresh !== after.lastRefresh);
  return isAboutCode && !after.otpSentAt && !isNewLogin ? 'code-is-dead' : 'goes';
}
