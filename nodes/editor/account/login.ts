// The logins that an account dialog shows: the deployed login, and a login that stays pending until the next Deploy.
import type { Snapshot } from '../../../src/account/snapshot.js';
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import type { AccountKey } from '../shared/catalogue.js';
import { cloudOf, isCloudUrl, isEmail, isFromEnv } from '../shared/checks.js';
import { AccountApi, type Reply, type LoginTarget } from './api.js';
import { type Diagnostics, readDiagnostics } from './diagnostics.js';

export interface Deployed {
  cloudUrl?: string;
}

/**
 * Returns the deployed version of an account; `undefined` if it is not deployed or is disabled. `flow`: the nodes that
 * the editor has loaded from Node-RED.
 */
export function deployedAccount(id: string, flow: readonly object[] = []): Deployed | undefined {
  return (flow as (Deployed & { id: string; d?: boolean })[]).find((node) => node.id === id && !node.d);
}

/** The current e-mail address in the dialog, and the address when the dialog was opened. */
interface EmailField {
  email: string;
  emailAtOpen: string;
  /** Whether the e-mail field may be empty even if the server knows no address for the account. */
  isOptional?: boolean;
}

/** A field that the user has to correct, with the key of the text that explains the correction. */
interface Correction {
  field: 'email' | 'cloudUrl';
  textKey: AccountKey;
}

/**
 * The login that an open dialog shows: the login of the deployed account or, if the cloud address in the dialog is not
 * deployed, a pending login at that address.
 */
export class OpenLogin {
  diagnostics: Diagnostics = {};
  readonly #api: AccountApi;
  readonly #deployed: Deployed | undefined;
  readonly #readCloudUrl: () => string;
  /** The addresses of the clouds at which this dialog has started a login that is still pending. */
  readonly #startedClouds = new Set<string>();
  #live: Snapshot | undefined;
  #pending: { cloud: string; snapshot: Snapshot } | undefined;
  #loggedInCloud: string | undefined;
  #lastCode: { to: string | null; at: string | null } | undefined;

  constructor(api: AccountApi, deployed: Deployed | undefined, readCloudUrl: () => string) {
    this.#api = api;
    this.#deployed = deployed;
    this.#readCloudUrl = readCloudUrl;
  }

  get cloudUrl(): string {
    return this.#readCloudUrl();
  }

  get isDeployed(): boolean {
    return this.#deployed !== undefined;
  }

  /** Whether the cloud in the dialog differs from the cloud of the deployed account. */
  get isMoved(): boolean {
    return this.#deployed !== undefined && cloudOf(this.cloudUrl) !== cloudOf(this.#deployed.cloudUrl);
  }

  /** Whether the dialog shows the login of the deployed account. Only that login is renewed automatically. */
  get isLive(): boolean {
    return this.isDeployed && !this.isMoved;
  }

  /**
   * The cloud of the pending login; `undefined` if the dialog shows the deployed login, or if the cloud address is
   * invalid.
   */
  get cloud(): string | undefined {
    return this.isLive || !isCloudUrl(this.cloudUrl) ? undefined : cloudOf(this.cloudUrl);
  }

  /** The last snapshot of the login that the dialog shows; `undefined` until the first snapshot has arrived. */
  get snapshot(): Snapshot | undefined {
    const { cloud } = this;
    if (cloud === undefined) return this.#live;
    return this.#pending?.cloud === cloud ? this.#pending.snapshot : undefined;
  }

  /**
   * Client for the account whose login the dialog shows. In a subflow instance, its id may differ from that of the
   * edited account.
   */
  get api(): AccountApi {
    return this.snapshot === undefined ? this.#api : new AccountApi(this.snapshot.id);
  }

  /**
   * Returns the client for a call that sends a code or logs in. If the call contains an e-mail address, the server
   * finds the account by that address. Otherwise the call must go to the account of the shown login, whose id may be
   * another one in a subflow instance.
   */
  apiFor({ email }: LoginTarget): AccountApi {
    return email === undefined ? this.api : this.#api;
  }

  /** The cloud at which a pending login succeeded last; `undefined` if there is none. */
  get loggedInCloud(): string | undefined {
    return this.#loggedInCloud;
  }

  /**
   * The clouds whose pending logins are deleted at Cancel. Empty if the deployed cloud address is an environment
   * variable, because the variable may contain one of these clouds, and Cancel would then delete the deployed login.
   */
  get startedClouds(): string[] {
    return isFromEnv(this.#deployed?.cloudUrl) ? [] : [...this.#startedClouds];
  }

  /** Stores a snapshot of the pending login at `cloud`, or of the deployed login if `cloud` is `undefined`. */
  keep(snapshot: Snapshot, cloud: string | undefined): void {
    if (cloud === undefined) {
      this.#live = snapshot;
      return;
    }
    this.#pending = { cloud, snapshot };
    if (snapshot.state === 'authenticated') this.#loggedInCloud = cloud;
    else if (this.#loggedInCloud === cloud) this.#loggedInCloud = undefined;
  }

  /**
   * Stores to which address the valid code was sent. The server sends at most one code a minute, so a second request
   * may have left an earlier code valid. If neither a code nor a login existed before, marks the pending login as
   * started in this dialog, so that Cancel deletes it.
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
   * Forgets the pending login after a logout. The answer to the logout is about the deployed account, so the state of
   * the pending login has to be polled.
   */
  noteLogout(cloud: string | undefined): void {
    if (cloud === undefined) return;
    this.#startedClouds.delete(cloud);
    this.#pending = undefined;
    this.#loggedInCloud = undefined;
  }

  /** Whether the pending login was started in this dialog. */
  get isStartedHere(): boolean {
    return this.cloud !== undefined && this.#startedClouds.has(this.cloud);
  }

  /** Returns the address to which the valid code was sent, if this dialog requested it. */
  codeSentTo({ otpSentAt }: Snapshot): string | undefined {
    return this.#lastCode?.at === otpSentAt ? (this.#lastCode.to ?? undefined) : undefined;
  }

  /**
   * Returns the account for which a code or a login is requested, or the field that has to be corrected. Leaves out an
   * e-mail or cloud address that is an environment variable, because the server knows its value from the deployed
   * account.
   */
  readTarget(field: EmailField): { target: LoginTarget } | { correction: Correction } {
    const { cloudUrl } = this;
    const correction = this.#correctionOf(field);
    if (correction !== undefined) return { correction };
    const target: LoginTarget = {};
    if (field.email !== '' && !isFromEnv(field.email)) target.email = field.email;
    const isNeeded = cloudUrl !== '' || this.cloud !== undefined;
    if (!isFromEnv(cloudUrl) && isNeeded) target.cloudUrl = cloudUrl || DEFAULT_CLOUD_URL;
    return { target };
  }

  #correctionOf({ email, emailAtOpen, isOptional = false }: EmailField): Correction | undefined {
    const { cloudUrl, isDeployed, isLive } = this;
    const [hasEmailVariable, hasCloudVariable] = [isFromEnv(email), isFromEnv(cloudUrl)];
    const isDeployedEmail = isDeployed && email === emailAtOpen;
    if (hasEmailVariable && !isDeployedEmail) return { field: 'email', textKey: 'invalid.deployFirst' };
    if (hasCloudVariable && !isLive) return { field: 'cloudUrl', textKey: 'invalid.deployFirst' };
    const isKnown = isOptional || Boolean((this.snapshot ?? this.#live)?.email);
    if (email === '' && !isKnown) return { field: 'email', textKey: 'error.COZIFY_NO_EMAIL' };
    if (email !== '' && !hasEmailVariable && !isEmail(email)) return { field: 'email', textKey: 'invalid.email' };
    return hasCloudVariable || isCloudUrl(cloudUrl) ? undefined : { field: 'cloudUrl', textKey: 'invalid.cloudUrl' };
  }

  /**
   * Requests the state of the login at the given cloud. If the account is deployed but not logged in, also requests its
   * diagnostics.
   */
  async ask(cloud: string | undefined): Promise<{ reply: Reply<Snapshot>; diagnostics: Diagnostics }> {
    const { api } = this;
    const reply = await api.snapshot(cloud);
    const isExplained = !reply.isOk || reply.answer.state === 'authenticated' || cloud !== undefined;
    if (isExplained || !this.isDeployed) return { reply, diagnostics: {} };
    const more = await api.diagnostics();
    return { reply, diagnostics: more.isOk ? readDiagnostics(more.answer) : this.diagnostics };
  }
}

/**
 * The update of an error in the dialog after the login has changed. `code-invalid`: the error is replaced by the error
 * that the code is no longer valid.
 */
type ErrorUpdate = 'keep' | 'clear' | 'code-invalid';

/**
 * Decides whether an error stays in the dialog after the login has changed elsewhere, for example in another browser.
 * An error about a code is replaced if that code is no longer valid.
 */
export function updateOfError(
  before: Snapshot | undefined,
  after: Snapshot | undefined,
  isAboutCode: boolean,
): ErrorUpdate {
  if (!before || !after) return 'keep';
  if (before.state === after.state && before.otpSentAt === after.otpSentAt) return 'keep';
  const isNewLogin =
    after.state === 'authenticated' && (before.state !== 'authenticated' || before.lastRefresh !== after.lastRefresh);
  return isAboutCode && !after.otpSentAt && !isNewLogin ? 'code-invalid' : 'clear';
}
