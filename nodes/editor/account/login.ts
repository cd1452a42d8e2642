// The logins that an account dialog shows: the deployed login, and a login that is pending until a Deploy.
import type { Snapshot } from '../../../src/account/snapshot.js';
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import type { AccountKey } from '../shared/catalogue.js';
import { cloudOf, isCloudUrl, isEmail, isFromEnv } from '../shared/checks.js';
import { AccountApi, type Reply, type Target } from './api.js';
import { type Diagnostics, readDiagnostics } from './diagnostics.js';

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
type ErrorFate = 'stays' | 'goes' | 'code-is-dead';

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

/** The login that an open dialog shows. The cloud address in the dialog selects it. */
export class OpenLogin {
  readonly logins: Logins;
  diagnostics: Diagnostics = {};
  readonly #api: AccountApi;
  readonly #readCloudUrl: () => string;

  constructor(api: AccountApi, deployed: Deployed | undefined, readCloudUrl: () => string) {
    this.logins = new Logins(deployed);
    this.#api = api;
    this.#readCloudUrl = readCloudUrl;
  }

  get cloudUrl(): string {
    return this.#readCloudUrl();
  }

  /** The cloud of the pending login that the dialog shows; `undefined` for the deployed login. */
  get cloud(): string | undefined {
    return this.logins.pendingCloud(this.cloudUrl);
  }

  /** Client for the account of the login shown. In an instance of a subflow that account may have another id. */
  get api(): AccountApi {
    return this.snapshot === undefined ? this.#api : new AccountApi(this.snapshot.id);
  }

  get snapshot(): Snapshot | undefined {
    return this.logins.at(this.cloudUrl);
  }

  /** Requests the state of the login at the given cloud, and the diagnostics of a deployed account. */
  async ask(cloud: string | undefined): Promise<{ reply: Reply<Snapshot>; diagnostics: Diagnostics }> {
    const { api } = this;
    const reply = await api.snapshot(cloud);
    const isExplained = !reply.isOk || reply.answer.state === 'authenticated' || cloud !== undefined;
    if (isExplained || !this.logins.isDeployed) return { reply, diagnostics: {} };
    const more = await api.diagnostics();
    return { reply, diagnostics: more.isOk ? readDiagnostics(more.answer) : this.diagnostics };
  }
}

/** The content of the dialog's fields, compared with the deployed account. */
export interface Typed {
  email: string;
  cloudUrl: string;
  isDeployedEmail: boolean;
  isDeployedCloud: boolean;
  /** Whether an address is known that can be used if the field is empty. */
  hasKnownEmail: boolean;
  /** Whether the login is pending until a Deploy. */
  isPending: boolean;
}

/** A field that has to be corrected, with the text that says how. */
interface Correction {
  field: 'email' | 'cloudUrl';
  textKey: AccountKey;
}

/** Returns the account that a code or a login is for. A variable's value is left to the deployed account. */
export function readTarget(typed: Typed): { target: Target } | { correction: Correction } {
  const correction = correctionOf(typed);
  if (correction !== undefined) return { correction };
  const { email, cloudUrl, isPending } = typed;
  const target: Target = {};
  if (email !== '' && !isFromEnv(email)) target.email = email;
  if (!isFromEnv(cloudUrl) && (cloudUrl !== '' || isPending)) target.cloudUrl = cloudUrl || DEFAULT_CLOUD_URL;
  return { target };
}

function correctionOf(typed: Typed): Correction | undefined {
  const { email, cloudUrl } = typed;
  if (isFromEnv(email) && !typed.isDeployedEmail) return { field: 'email', textKey: 'invalid.deployFirst' };
  if (isFromEnv(cloudUrl) && !typed.isDeployedCloud) return { field: 'cloudUrl', textKey: 'invalid.deployFirst' };
  if (email === '' && !typed.hasKnownEmail) return { field: 'email', textKey: 'error.COZIFY_NO_EMAIL' };
  if (email !== '' && !isFromEnv(email) && !isEmail(email)) return { field: 'email', textKey: 'invalid.email' };
  if (!isFromEnv(cloudUrl) && !isCloudUrl(cloudUrl)) return { field: 'cloudUrl', textKey: 'invalid.cloudUrl' };
  return undefined;
}
