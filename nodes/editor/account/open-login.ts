import type { Snapshot } from '../../../src/account/snapshot.js';
import { AccountApi, type Reply } from './api.js';
import { type Diagnostics, readDiagnostics } from './diagnostics.js';
import { type Deployed, Logins } from './logins.js';

/** The login that an open dialog is about: which one that is depends on the cloud address that stands in it. */
export class OpenLogin {
  readonly logins: Logins;
  /** What is known of the deployed account beyond its snapshot. */
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

  /** The cloud at which the login waits that the dialog is about; `undefined`: it is the deployed one. */
  get cloud(): string | undefined {
    return this.logins.waitingCloud(this.cloudUrl);
  }

  /** The endpoints of the login shown: an instance of a subflow may have an account, and so an id, of its own. */
  get api(): AccountApi {
    return this.snapshot === undefined ? this.#api : new AccountApi(this.snapshot.id);
  }

  get snapshot(): Snapshot | undefined {
    return this.logins.at(this.cloudUrl);
  }

  /** Asks how the login at that cloud stands. What a deployed account has to say beyond that, is asked for too. */
  async ask(cloud: string | undefined): Promise<{ reply: Reply<Snapshot>; diagnostics: Diagnostics }> {
    const { api } = this;
    const reply = await api.snapshot(cloud);
    const isExplained = !reply.isOk || reply.answer.state === 'authenticated' || cloud !== undefined;
    if (isExplained || !this.logins.isDeployed) return { reply, diagnostics: {} };
    const more = await api.diagnostics();
    return { reply, diagnostics: more.isOk ? readDiagnostics(more.answer) : this.diagnostics };
  }
}
