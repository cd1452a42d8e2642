import type { Snapshot } from '../../../src/account/snapshot.js';
import { cloudOf, isCloudUrl, isFromEnv } from '../shared/checks.js';

/** The account as it is deployed. */
export interface Deployed {
  cloudUrl?: string;
}

/**
 * What an open dialog knows of its account's logins: of the deployed one, and of one that waits for a Deploy because
 * the account, or the cloud address in the dialog, is not deployed yet.
 */
export class Logins {
  readonly #deployed: Deployed | undefined;
  /** The clouds of the logins in waiting that were begun in this dialog. */
  readonly #begun = new Set<string>();
  #live: Snapshot | undefined;
  #waiting: { cloud: string; snapshot: Snapshot } | undefined;
  #loggedInAt: string | undefined;
  #lastCode: { to: string | null; at: string | null } | undefined;

  constructor(deployed: Deployed | undefined) {
    this.#deployed = deployed;
  }

  get isDeployed(): boolean {
    return this.#deployed !== undefined;
  }

  /** The snapshot of the deployed account, as far as it is known. */
  get live(): Snapshot | undefined {
    return this.#live;
  }

  /** The cloud of the last login in waiting that was seen. */
  get loggedInAt(): string | undefined {
    return this.#loggedInAt;
  }

  /** What Cancel has to drop. Behind a variable may be the very same cloud, whose login is the deployed one. */
  get begunClouds(): string[] {
    return isFromEnv(this.#deployed?.cloudUrl) ? [] : [...this.#begun];
  }

  /** Whether the dialog has another cloud than the deployed account. */
  isMoved(cloudUrl: string): boolean {
    return this.#deployed !== undefined && cloudOf(cloudUrl) !== cloudOf(this.#deployed.cloudUrl);
  }

  /** The cloud at which a login waits for a Deploy; `undefined` where it does not wait, or there is no such cloud. */
  waitingCloud(cloudUrl: string): string | undefined {
    if ((this.isDeployed && !this.isMoved(cloudUrl)) || !isCloudUrl(cloudUrl)) return undefined;
    return cloudOf(cloudUrl);
  }

  /** What is known of the login that the dialog is about while it has that cloud address. */
  at(cloudUrl: string): Snapshot | undefined {
    const cloud = this.waitingCloud(cloudUrl);
    if (cloud === undefined) return this.#live;
    return this.#waiting?.cloud === cloud ? this.#waiting.snapshot : undefined;
  }

  /** Takes in a snapshot: of the login that waits at that cloud, or of the deployed one. */
  keep(snapshot: Snapshot, cloud: string | undefined): void {
    if (cloud === undefined) {
      this.#live = snapshot;
      return;
    }
    this.#waiting = { cloud, snapshot };
    if (snapshot.state === 'authenticated') this.#loggedInAt = cloud;
    else if (this.#loggedInAt === cloud) this.#loggedInAt = undefined;
  }

  /**
   * A code was asked for. Within a minute the one sent before still counts, and may have gone to another address. With
   * a login or a code there already only this code is new: nothing that Cancel should drop.
   */
  noteCode(before: Snapshot | undefined, after: Snapshot, to: string | null, cloud: string | undefined): void {
    if (after.otpSentAt !== before?.otpSentAt) this.#lastCode = { to, at: after.otpSentAt };
    const isBegun = !before?.otpSentAt && after.state !== 'authenticated';
    if (isBegun && cloud !== undefined) this.#begun.add(cloud);
  }

  noteLogin(cloud: string | undefined): void {
    if (cloud !== undefined) this.#begun.add(cloud);
  }

  /** The answer to a log-out tells of the deployed account: what waits now has to be asked for. */
  noteLogout(cloud: string | undefined): void {
    if (cloud === undefined) return;
    this.#begun.delete(cloud);
    this.#waiting = undefined;
    this.#loggedInAt = undefined;
  }

  isBegunAt(cloud: string): boolean {
    return this.#begun.has(cloud);
  }

  /** Where the code on its way went, if this dialog had it sent. */
  codeSentTo({ otpSentAt }: Snapshot): string | undefined {
    return this.#lastCode?.at === otpSentAt ? (this.#lastCode.to ?? undefined) : undefined;
  }
}

/** What a change that came from elsewhere makes of an error that is shown. */
export type ErrorFate = 'stays' | 'goes' | 'code-is-dead';

/** What becomes of an error when the login has changed: it goes, but that a code died is said instead. */
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
