import type { Snapshot } from '../../../src/account/snapshot.js';
import { AccountApi, type Reply } from './api.js';
import { type Diagnostics, readDiagnostics } from './diagnostics.js';
import { type Deployed, Logins } from './logins.js';

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
