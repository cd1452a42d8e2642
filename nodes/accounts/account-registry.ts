import type { Node, NodeAPI } from 'node-red';
import { join } from 'node:path';
import {
  Account,
  type AccountHandover,
  type AccountOptions,
  type AccountRecord,
  accountShape,
  OtpLimiter,
  type CozifyError,
  createHttp,
  createNoStore,
  fileStemOf,
  FileStore,
  Handover,
  type Log,
  RateLimiter,
  type OtpLimiterRecord,
  otpLimiterShape,
  StateDirectory,
  type Store,
  systemClock,
  toCozifyError,
} from '../../src/index.js';
import { ContextStore, type GlobalContext } from './context-store.js';
import type { DeployWatcher } from './deploy-watcher.js';
import { createMigratingStore } from './migrating-store.js';
import { PendingLogins } from './pending-logins.js';

/** What the account node has read from its configuration. */
export interface AccountSettings {
  storageId: string;
  name: string;
  cloudUrl: string;
  email: string | undefined;
  isAutorefresh: boolean;
  expiryMs: number;
  /** Name of a context store; empty for files. */
  store: string;
}

/** An account in use, with the settings it was opened with. */
export interface RunningAccount {
  account: Account;
  settings: AccountSettings;
}

/** A deployed account that can't run, with the configured address where that is one. */
interface Misconfigured {
  problem: CozifyError;
  email: string | undefined;
}

/** What is known of an account node beyond its running: enough to delete its secrets when it is deleted. */
interface Seen {
  store: string;
}

/**
 * The accounts of a Node-RED process: opens and closes them with their nodes, lets the instances of a subflow share
 * one, and deletes the secrets of those that a deploy takes out of the flows.
 */
export class AccountRegistry {
  readonly waiting: PendingLogins;
  readonly #red: NodeAPI;
  readonly #directory: StateDirectory | undefined;
  readonly #codes: OtpLimiter;
  readonly #pace = new RateLimiter(systemClock);
  readonly #handover: AccountHandover = new Handover();
  readonly #running = new Map<string, RunningAccount & { users: number }>();
  readonly #misconfigured = new Map<string, Misconfigured>();
  readonly #seen = new Map<string, Seen>();
  /** Deleted accounts whose secrets could not be deleted yet, by id, with their store: tried again at each deploy. */
  readonly #undeleted = new Map<string, string>();
  readonly #changes: DeployWatcher;
  readonly #log: Log;
  #global: GlobalContext | undefined;

  constructor(red: NodeAPI, changes: DeployWatcher, log: Log) {
    this.#red = red;
    this.#changes = changes;
    this.#log = log;
    const { userDir } = red.settings;
    this.#directory = typeof userDir === 'string' ? new StateDirectory(join(userDir, 'cozify'), log) : undefined;
    this.#codes = new OtpLimiter(
      this.#directory === undefined
        ? createNoStore<OtpLimiterRecord>('codes')
        : new FileStore(this.#directory, 'codes', otpLimiterShape),
      systemClock,
      log,
    );
    this.waiting = new PendingLogins(this.#directory, (id, cloudUrl, store) =>
      this.#create({ ...this.#shared(log), id, cloudUrl, store, isResting: true, handover: new Handover() }),
    );
  }

  /** Opens the account of a node, or joins the one its siblings in other instances of a subflow have opened. */
  open(settings: AccountSettings, global: GlobalContext, log: Log): Account {
    const { storageId } = settings;
    this.#global = global;
    const known = this.#running.get(storageId);
    if (known !== undefined) {
      known.users += 1;
      return known.account;
    }
    const { cloudUrl, email, name, isAutorefresh, expiryMs, store } = settings;
    const account = this.#create({
      ...this.#shared(log),
      ...{ id: storageId, name, cloudUrl, email, isAutorefresh, expiryMs },
      store: this.#storeWithHistory(storageId, store),
      handover: this.#handover,
      waiting: {
        read: (addresses) => this.waiting.find(storageId, cloudUrl, addresses),
        drop: () => this.waiting.drop(storageId, cloudUrl),
      },
    });
    this.#running.set(storageId, { account, settings, users: 1 });
    account.start();
    return account;
  }

  /** Closes the account when the last node that uses it closes. */
  async close(account: Account): Promise<void> {
    const known = this.#running.get(account.id);
    if (known?.account !== account || --known.users > 0) return;
    this.#running.delete(account.id);
    await account.close();
  }

  /** The account that runs, or that will in a moment because Node-RED is restarting its flows. */
  async find(id: string): Promise<RunningAccount | undefined> {
    if (!this.#running.has(id)) await this.#changes.settled();
    return this.#running.get(id);
  }

  /** The account's problem, when it is deployed but can't run. */
  misconfigured(id: string): Misconfigured | undefined {
    return this.#misconfigured.get(id);
  }

  /** Takes note of an account that can't run, or with `undefined` that it is gone. */
  noteMisconfigured(id: string, misconfigured: Misconfigured | undefined): void {
    if (misconfigured === undefined) this.#misconfigured.delete(id);
    else this.#misconfigured.set(id, misconfigured);
  }

  /** Takes note of the accounts in the flows, disabled ones included, and deletes the secrets of those removed. */
  async noteDeploy(removed: readonly string[] | undefined): Promise<void> {
    const present = new Map<string, Seen>();
    this.#red.nodes.eachNode((node) => {
      const { id, type, store } = node as typeof node & { store?: unknown };
      if (type === 'cozify-account') present.set(id, { store: typeof store === 'string' ? store : '' });
    });
    const gone = (removed ?? []).filter((id) => !present.has(id));
    const before = new Map(this.#seen);
    this.#seen.clear();
    for (const [id, seen] of present) this.#seen.set(id, seen);
    for (const id of gone) this.#undeleted.set(id, before.get(id)?.store ?? '');
    for (const [id, store] of this.#undeleted) {
      if (present.has(id) || (await this.#deleteSecrets(id, store))) this.#undeleted.delete(id);
    }
  }

  /** Deletes whatever is kept for an account, and gives whether that succeeded; what did not is said in the log. */
  async #deleteSecrets(id: string, store: string): Promise<boolean> {
    // Files too: the store may have been another before.
    const deletions = [...new Set(['', store])].map((name) => () => this.#storeFor(id, name).remove());
    let isDone = true;
    this.#handover.forget(id);
    for (const work of [...deletions, () => this.waiting.drop(id)]) {
      try {
        await work();
      } catch (error) {
        isDone = false;
        this.#log.error(`What was kept for a deleted account is still there: ${toCozifyError(error).message}`);
      }
    }
    return isDone;
  }

  /** The global context, of which any node of the flows is as good as another. */
  #globalContext(): GlobalContext | undefined {
    this.#red.nodes.eachNode(({ id }) => {
      const node = this.#red.nodes.getNode(id) as Node | null | undefined;
      this.#global ??= (node?.context() as { global?: GlobalContext } | undefined)?.global;
    });
    return this.#global;
  }

  /** The store of an account, which takes over what lies in the one it had before a Deploy changed that. */
  #storeWithHistory(storageId: string, name: string): Store<AccountRecord> {
    const store = this.#storeFor(storageId, name);
    const before = new Set(['', this.#seen.get(storageId)?.store ?? '']);
    before.delete(name);
    const others = [...before].map((other) => this.#storeFor(storageId, other));
    return others.length === 0 ? store : createMigratingStore(store, others);
  }

  #storeFor(storageId: string, name: string): Store<AccountRecord> {
    const file = `${fileStemOf(storageId)}.json`;
    if (name !== '') return new ContextStore(this.#red, name, storageId, this.#global ?? this.#globalContext());
    return this.#directory === undefined ? createNoStore(file) : new FileStore(this.#directory, file, accountShape);
  }

  #shared(log: Log): Omit<AccountOptions, 'id' | 'cloudUrl' | 'store' | 'http' | 'handover'> {
    return {
      name: '',
      isAutorefresh: false,
      expiryMs: 0,
      codes: this.#codes,
      clock: systemClock,
      pace: this.#pace,
      log,
    };
  }

  #create(options: Omit<AccountOptions, 'http'>): Account {
    return new Account({ ...options, http: createHttp() });
  }
}
