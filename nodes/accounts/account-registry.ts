import type { NodeAPI } from 'node-red';
import { join } from 'node:path';
import type { CozifyError, Log } from '../../src/index.js';
import {
  Account,
  type AccountHandover,
  type AccountOptions,
  OtpLimiter,
  Handover,
  HomeHandover,
  HttpPool,
  type Language,
  openFile,
  RateLimiter,
  otpLimiterShape,
  StateDirectory,
  systemClock,
} from '../../src/nodes-api.js';
import { languageOfHost } from '../runtime/language.js';
import { AccountStores } from './account-stores.js';
import type { GlobalContext } from './context-store.js';
import { DeployWatcher } from './deploy-watcher.js';
import { FlowAccounts, hasFlows } from './flow-accounts.js';
import { LostLogins } from './lost-logins.js';
import { PendingLogins } from './pending-logins.js';

/** The event of Node-RED by which a registry says that it follows from now on. */
const FOLLOWED = 'cozify:accounts';

/** What the account node has read from its configuration. */
export interface AccountSettings extends Pick<
  AccountOptions,
  'id' | 'name' | 'cloudUrl' | 'email' | 'isAutorefresh' | 'expiryMs' | 'pollLanMs' | 'pollCloudMs'
> {
  /** Name of a context store; empty for files. */
  store: string;
}

/** A deployed account that can't run, with the configured address where that is one. */
interface Misconfigured {
  problem: CozifyError;
  email: string | undefined;
}

/**
 * The accounts of a Node-RED process: opens and closes them with their nodes, lets the instances of a subflow share
 * one, and deletes the secrets of those that a deploy takes out of the flows.
 */
export class AccountRegistry {
  readonly waiting: PendingLogins;
  readonly #codes: OtpLimiter;
  readonly #rateLimiter = new RateLimiter(systemClock);
  /** Accounts share their connections: they mostly have the same cloud. */
  readonly #http = new HttpPool();
  readonly #handover: AccountHandover = new Handover(systemClock);
  readonly #homeHandover = new HomeHandover(systemClock);
  /** The language of factory names: that of Node-RED, else of the system. */
  readonly #language: Language;
  readonly #running = new Map<string, { account: Account; users: number }>();
  readonly #misconfigured = new Map<string, Misconfigured>();
  readonly #stores: AccountStores;
  readonly #deploys: DeployWatcher;
  readonly #flows: FlowAccounts;
  readonly #lostLogins: LostLogins;

  constructor(red: NodeAPI, log: Log) {
    const { userDir } = red.settings;
    red.events.emit(FOLLOWED);
    red.events.once(FOLLOWED, () => this.endFollowing());
    this.#language = languageOfHost(red);
    const directory = typeof userDir === 'string' ? new StateDirectory(join(userDir, 'cozify'), log) : undefined;
    this.#codes = new OtpLimiter(openFile(directory, 'codes', otpLimiterShape), systemClock, log);
    this.waiting = new PendingLogins({
      directory,
      clock: systemClock,
      create: (id, cloudUrl, store) =>
        this.#create({ ...this.#commonOptions(log), id, cloudUrl, store, isResting: true, handover: new Handover() }),
    });
    this.#stores = new AccountStores({
      red,
      directory,
      clock: systemClock,
      log,
      forget: (id) => this.waiting.drop(id),
    });
    this.#lostLogins = new LostLogins((topic, news) => red.comms.publish(topic, news, true));
    this.#deploys = new DeployWatcher(red.events, hasFlows(red));
    this.#flows = new FlowAccounts(red, (present, removed) => {
      for (const id of removed) {
        this.#handover.forget(id);
        this.#lostLogins.forget(id);
      }
      void this.#stores.noteFlows(present, removed);
    });
  }

  /** Opens the account of a node, or joins the one its siblings in other instances of a subflow have opened. */
  open(settings: AccountSettings, global: GlobalContext, log: Log): Account {
    const { id, cloudUrl, store } = settings;
    const known = this.#running.get(id);
    if (known !== undefined) {
      known.users += 1;
      return known.account;
    }
    const account = this.#create({
      ...this.#commonOptions(log),
      ...settings,
      homeHandover: this.#homeHandover,
      store: this.#stores.open(id, store, global),
      handover: this.#handover,
      waiting: {
        read: (addresses) => this.waiting.find(id, cloudUrl, addresses),
        letGo: () => this.waiting.letGo(id, cloudUrl),
      },
    });
    this.#running.set(id, { account, users: 1 });
    this.#lostLogins.follow(account);
    account.start();
    return account;
  }

  /** Closes the account when the last node that uses it closes. */
  async close(account: Account): Promise<void> {
    const known = this.#running.get(account.id);
    if (known?.account !== account || --known.users > 0) return;
    this.#running.delete(account.id);
    this.#lostLogins.unfollow(account.id);
    await account.close();
  }

  /** The account that runs, or that will in a moment because Node-RED is restarting its flows. */
  async find(id: string): Promise<Account | undefined> {
    while (!this.#running.has(id)) {
      await this.#deploys.settled();
      // What is begun under the id of an account that was just deleted must not be deleted with it.
      await this.#stores.settled();
      // By then the next Deploy may be under way.
      if (!this.#deploys.isChanging) break;
    }
    return this.#running.get(id)?.account;
  }

  /** {@link find}, if that account is one of this cloud, or of any. */
  async at(id: string, cloudUrl: string | undefined): Promise<Account | undefined> {
    const running = await this.find(id);
    return cloudUrl === undefined || cloudUrl === running?.cloudUrl ? running : undefined;
  }

  /** The account of {@link at}; where it does not run, or not at this cloud, the login that waits. */
  async usable(id: string, cloudUrl: string | undefined): Promise<Account | undefined> {
    return (await this.at(id, cloudUrl)) ?? (await this.waiting.get(id, cloudUrl))?.account;
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

  /** Follows Node-RED no more, for another registry does: the package was removed and installed again. */
  endFollowing(): void {
    this.#deploys.close();
    this.#flows.close();
    this.#stores.close();
    this.waiting.close();
  }

  #commonOptions(log: Log): Omit<AccountOptions, 'id' | 'cloudUrl' | 'store' | 'http' | 'handover'> {
    return {
      name: '',
      isAutorefresh: false,
      expiryMs: 0,
      codes: this.#codes,
      clock: systemClock,
      rateLimiter: this.#rateLimiter,
      language: this.#language,
      log,
    };
  }

  #create(options: Omit<AccountOptions, 'http'>): Account {
    return new Account({ ...options, http: this.#http.open() });
  }
}
