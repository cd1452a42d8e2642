import type { NodeAPI } from 'node-red';
import { join } from 'node:path';
import type { Account, Clock, CozifyError, Log, Snapshot } from '../../src/index.js';
import {
  type AccountOptions,
  type AccountSettings,
  createManagedAccount,
  Timer,
  HttpPool,
  type ManagedAccount,
  openFile,
  OtpLimiter,
  parseCloudUrl,
  otpLimiterShape,
  RateLimiter,
  StateDirectory,
  systemClock,
} from '../../src/nodes-api.js';
import { AccountStores } from './account-stores.js';
import type { GlobalContext } from '../store/context-store.js';
import { DeployWatcher } from './deploy-watcher.js';
import { type ConfiguredAccount, FlowAccounts, nodesOf } from './flow-accounts.js';
import { LostLogins } from './lost-logins.js';
import { PendingLogins } from './pending-logins.js';

/**
 * Name of the event that a new registry emits on Node-RED's event bus to replace the previous registry. The event
 * carries a function. The previous registry stops, and calls this function with a promise that resolves when it has
 * stopped.
 */
const NEW_REGISTRY = 'cozify:accounts';

/** How often to check whether an account that no node uses has finished its token requests and saves. */
const CLOSE_CHECK_MS = 30_000;

/** Settings of an account node. */
export interface NodeSettings extends Omit<AccountSettings, 'store' | 'log'> {
  /** The id under which the account's state is stored. */
  id: string;
  /** The id of the node. In an instance of a subflow, the node id differs from the storage id. */
  nodeId: string;
  /**
   * The id of the node in the subflow's template. Set only if each instance of the subflow may have its own address,
   * and therefore its own account.
   */
  template: string | undefined;
  /** Name of the context store that holds the state; empty if the state is stored in files. */
  store: string;
}

/** Dependencies that tests may replace. */
export interface RegistryHost {
  clock: Clock;
  http: Pick<HttpPool, 'open'>;
  /** The directory for state files; `undefined` if Node-RED has no user directory. */
  directory: StateDirectory | undefined;
}

/** The reason why a deployed account can't run, and its configured e-mail address if that is valid. */
interface Misconfigured {
  problem: CozifyError;
  email: string | undefined;
}

/** The saved state of an account that does not run because the flows are stopped or in safe mode. */
export interface SavedAccount {
  cloudUrl: string;
  snapshot: Snapshot;
  /** The error if the saved state can't be read. `snapshot` then shows an account that has never logged in. */
  error: CozifyError | undefined;
  diagnostics: object;
}

/** A log that discards all messages. */
const NO_LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

type LastingOptions = Pick<AccountOptions, 'otpLimiter' | 'clock' | 'rateLimiter'>;

/** An account that this Node-RED process manages, and the nodes that use it. */
interface Registered {
  readonly managed: ManagedAccount;
  settings: AccountSettings;
  readonly storeName: string;
  readonly template: string | undefined;
  /** The ids of the nodes that are using the account now. */
  readonly claims: Set<string>;
  /**
   * The `cloudUrl` of each node, by node id. A node that has released the account stays listed until the flows have
   * started, because the node may be restarting.
   */
  readonly cloudUrls: Map<string, string>;
  /** Whether a warning has been logged that the nodes' values of `cloudUrl` differ. */
  hasWarned: boolean;
  /** Whether the account was stopped because no node claims it. The next claim starts it again. */
  isStopped: boolean;
}

/**
 * The accounts of a Node-RED process. Nodes claim and release accounts, so an account outlives a Deploy that replaces
 * its node. An account is closed when the flows have started and no node claims it. A Deploy that removes the account
 * from the flows also deletes its secrets.
 */
export class AccountRegistry {
  readonly pendingLogins: PendingLogins;
  readonly #lasting: LastingOptions;
  /** The HTTP connections that all accounts share, because most accounts use the same cloud. */
  readonly #http: Pick<HttpPool, 'open'>;
  readonly #known = new Map<string, Registered>();
  readonly #misconfigured = new Map<string, Misconfigured>();
  readonly #stores: AccountStores;
  readonly #deploys: DeployWatcher;
  readonly #flows: FlowAccounts;
  readonly #lostLogins: LostLogins;
  readonly #closeTimer: Timer;

  constructor(red: NodeAPI, log: Log, host: Partial<RegistryHost> = {}) {
    const { clock = systemClock, http = new HttpPool(), directory = directoryOf(red, log) } = host;
    let previousEnd: Promise<unknown> = Promise.resolve();
    red.events.emit(NEW_REGISTRY, (end: Promise<unknown>) => (previousEnd = end));
    red.events.once(NEW_REGISTRY, (noteEnd: (end: Promise<unknown>) => void) => noteEnd(this.close()));
    this.#closeTimer = new Timer(clock);
    this.#http = http;
    const otpLimiter = new OtpLimiter(openFile(directory, 'codes', otpLimiterShape), clock, log);
    this.#lasting = { otpLimiter, clock, rateLimiter: new RateLimiter(clock) };
    this.pendingLogins = new PendingLogins({
      directory,
      clock,
      create: (id, cloudUrl, store) =>
        this.#create({ id, name: '', cloudUrl, store, log, isAutorefresh: false, expiryMs: 0, isPassive: true }),
    });
    this.#stores = new AccountStores({
      red,
      directory,
      clock,
      log,
      forget: (id) => this.pendingLogins.drop(id),
      restoreClaims: (earlier) => this.#flows.restoreClaims(earlier),
    });
    this.#lostLogins = new LostLogins((topic, news) => red.comms.publish(topic, news, true));
    this.#deploys = new DeployWatcher(red.events, {
      clock,
      isLoaded: nodesOf(red) !== undefined,
      onSettled: () => {
        for (const known of this.#known.values()) this.#settleCloud(known);
        this.#stopUnclaimed();
      },
    });
    this.#flows = new FlowAccounts(red, (present, removed) => {
      const isRemoved = ({ managed: { id }, template }: Registered): boolean =>
        removed.some((one) => one === id || one === template);
      const gone = [...this.#known.values()].filter(isRemoved);
      const ended = Promise.all([previousEnd, ...gone.map((known) => this.#delete(known))]);
      const ids = new Set([...removed, ...gone.map(({ managed }) => managed.id)]);
      void this.#stores.noteFlows(present, [...ids], ended);
    });
  }

  /** Claims an account for a node and applies the node's settings. Creates the account if needed, and returns it. */
  claim(node: NodeSettings, global: GlobalContext, log: Log): Account {
    const { id, nodeId, template, store: storeName, ...others } = node;
    const known = this.#known.get(id);
    this.#stores.noteContext(global);
    this.#flows.noteClaim(nodeId, id);
    const isSameStore = known?.storeName === storeName;
    const store = isSameStore ? known.settings.store : this.#stores.open(id, storeName, template);
    const { claims, cloudUrls, hasWarned } = known ?? { claims: new Set(), cloudUrls: new Map(), hasWarned: false };
    claims.add(nodeId);
    cloudUrls.set(nodeId, node.cloudUrl);
    const settings = { ...others, cloudUrl: ofLowestId(cloudUrls) ?? node.cloudUrl, store, log };
    const findPendingLogin: AccountOptions['findPendingLogin'] = (...query) =>
      this.pendingLogins.find(template ?? id, ...query);
    const managed = known?.managed ?? this.#create({ id, ...settings, findPendingLogin });
    const isStopped = false;
    this.#known.set(id, { managed, settings, storeName, template, claims, cloudUrls, hasWarned, isStopped });
    managed.configure(settings);
    managed.start();
    this.#lostLogins.follow(managed.account);
    return managed.account;
  }

  /**
   * Ends a node's claim. The account keeps running, because another node may be about to claim it. After the last claim
   * has ended, waits until the requested tokens have arrived and are saved, because Node-RED may be about to exit.
   */
  async release(account: Account, nodeId: string): Promise<void> {
    const known = this.#known.get(account.id);
    if (known?.managed.account !== account) return;
    known.claims.delete(nodeId);
    if (known.claims.size === 0) await known.managed.settled();
  }

  /** Finds a running account. Waits while Node-RED restarts its flows. */
  async find(id: string, email?: string): Promise<Account | undefined> {
    while (this.#running(id, email) === undefined) {
      await this.#deploys.settled();
      // Wait for deletions to finish. Otherwise a login that is started under the id of a deleted account would be
      // deleted too.
      await this.#stores.settled();
      // Keep waiting only if another Deploy has started.
      if (!this.#deploys.isChanging) break;
    }
    return this.#running(id, email)?.managed.account;
  }

  /**
   * Finds a running account as {@link find} does, but only if it uses the given cloud. If `cloudUrl` is `undefined`,
   * accepts any cloud.
   */
  async findInCloud(id: string, cloudUrl: string | undefined): Promise<Account | undefined> {
    const running = await this.find(id);
    return cloudUrl === undefined || cloudUrl === running?.cloudUrl ? running : undefined;
  }

  /**
   * Returns the running account if it uses the given cloud (see {@link findInCloud}), otherwise the account of a
   * pending login.
   */
  async usable(id: string, cloudUrl: string | undefined): Promise<Account | undefined> {
    return (await this.findInCloud(id, cloudUrl)) ?? (await this.pendingLogins.get(id, cloudUrl))?.account;
  }

  /**
   * Resolves to the saved state of an account while the flows are stopped or in safe mode, otherwise to `undefined`.
   */
  async saved(id: string): Promise<SavedAccount | undefined> {
    if ((await this.find(id)) !== undefined || !this.#flows.areStopped) return undefined;
    const configured = this.#flows.configured(id);
    if (configured === undefined) return undefined;
    // Prefer an account that is still in memory, because its state may not have been saved yet.
    const known = this.#known.get(configured.id)?.managed;
    const managed = known ?? this.#createCopy(configured);
    try {
      if (known === undefined) await managed.account.readSnapshot().catch(() => undefined);
      const { error } = managed.run.loader;
      // The login is not renewed while the flows are stopped.
      const snapshot = { ...managed.snapshot(), nextRefresh: null };
      return { cloudUrl: managed.cloudUrl, snapshot, error, diagnostics: managed.diagnose() };
    } finally {
      if (known === undefined) void managed.close();
    }
  }

  /** Creates a copy of an account that reads the saved state and does nothing else. */
  #createCopy({ id, template, name, cloudUrl, store: storeName }: ConfiguredAccount): ManagedAccount {
    const store = this.#stores.open(id, storeName, template);
    const nothing = { isAutorefresh: false, expiryMs: 0, isPassive: true, log: NO_LOG };
    const managed = this.#create({ id, name, cloudUrl: validCloudUrl(cloudUrl), store, ...nothing });
    managed.start();
    return managed;
  }

  /**
   * Makes the deployed account adopt a pending login, if the account was deployed after the login started. Returns the
   * deployed account; `undefined` if no account is deployed or the login is still pending.
   */
  async adoptLogin(id: string, cloudUrl: string): Promise<Account | undefined> {
    const deployed = await this.findInCloud(id, cloudUrl);
    if (deployed === undefined) return undefined;
    const isAdopted = await this.#known.get(deployed.id)?.managed.adoptLogin();
    return isAdopted === true || (await this.pendingLogins.get(id, cloudUrl)) === undefined ? deployed : undefined;
  }

  /** Returns the reason why a deployed account can't run; `undefined` if it can. */
  misconfigured(id: string): Misconfigured | undefined {
    return this.#misconfigured.get(id);
  }

  /** Registers the problem of an account that can't run; `undefined` removes it. */
  noteMisconfigured(id: string, misconfigured: Misconfigured | undefined): void {
    if (misconfigured === undefined) this.#misconfigured.delete(id);
    else this.#misconfigured.set(id, misconfigured);
  }

  /**
   * Stops this registry, because the package was reinstalled and another registry has replaced it. Resolves when no
   * save is in progress.
   */
  close(): Promise<unknown> {
    this.#closeTimer.clear();
    const ends = [...this.#known.values()].map(({ managed }) => managed.closedAndSaved());
    this.#known.clear();
    this.#deploys.close();
    this.#flows.close();
    this.#stores.close();
    this.pendingLogins.close();
    return Promise.all(ends);
  }

  #create(options: Omit<AccountOptions, 'http' | keyof LastingOptions>): ManagedAccount {
    return createManagedAccount({ ...options, ...this.#lasting, http: this.#http.open() });
  }

  /**
   * Returns the running account with this id. If the id is that of a node in a subflow's template and each instance has
   * its own account, returns the account with this address, or any of these accounts if no address is given.
   */
  #running(id: string, email?: string): Registered | undefined {
    const instances = [...this.#known.values()].filter(({ template }) => template === id);
    const hasAddress = ({ settings }: Registered): boolean => settings.email?.toLowerCase() === email?.toLowerCase();
    const match = email === undefined ? undefined : instances.find(hasAddress);
    const known = match ?? this.#known.get(id) ?? (email === undefined ? instances[0] : undefined);
    const isRunning = known !== undefined && (known.claims.size > 0 || (this.#deploys.isChanging && !known.isStopped));
    return isRunning ? known : undefined;
  }

  /**
   * Applies the `cloudUrl` of the node with the lowest id. Logs one warning if the nodes of one account have different
   * values.
   */
  #settleCloud(known: Registered): void {
    const { managed, settings, claims, cloudUrls } = known;
    for (const nodeId of cloudUrls.keys()) if (!claims.has(nodeId)) cloudUrls.delete(nodeId);
    const cloudUrl = ofLowestId(cloudUrls);
    if (cloudUrl === undefined) return;
    const areDifferent = new Set(cloudUrls.values()).size > 1;
    if (areDifferent && !known.hasWarned) {
      settings.log.warn(
        `Instances of the subflow have different values of cloudUrl for one account: ${cloudUrl} is used, the value of ` +
          'the instance with the lowest node id.',
      );
    }
    known.hasWarned = areDifferent;
    if (cloudUrl === settings.cloudUrl) return;
    known.settings = { ...settings, cloudUrl };
    managed.configure(known.settings);
  }

  /**
   * Stops all unclaimed accounts. Called when the flows have started or remain stopped. A stopped account is closed
   * when it has nothing left to save.
   */
  #stopUnclaimed(): void {
    for (const known of this.#known.values()) {
      if (known.claims.size > 0 || known.isStopped) continue;
      known.isStopped = true;
      this.#lostLogins.forget(known.managed.id);
      void known.managed.stop().then(() => this.#closeIdle());
    }
  }

  #closeIdle(): void {
    this.#closeTimer.clear();
    for (const { managed, isStopped } of this.#known.values()) {
      if (isStopped && !managed.isIdle) this.#closeTimer.set(CLOSE_CHECK_MS, () => this.#closeIdle());
      if (!isStopped || !managed.isIdle) continue;
      this.#known.delete(managed.id);
      void managed.close();
    }
  }

  /** Deletes an account. Resolves when none of its saves is in progress. */
  #delete({ managed }: Registered): Promise<unknown> {
    this.#known.delete(managed.id);
    this.#lostLogins.forget(managed.id);
    return managed.delete();
  }
}

/**
 * Returns the cloud address, or the default address if this one is invalid. Only a running account reports the error.
 */
function validCloudUrl(cloudUrl: string): string {
  try {
    return parseCloudUrl(cloudUrl);
  } catch {
    return parseCloudUrl('');
  }
}

/** Returns the value of the node with the lowest id. */
function ofLowestId(values: ReadonlyMap<string, string>): string | undefined {
  const [lowest] = [...values.keys()].sort();
  return lowest === undefined ? undefined : values.get(lowest);
}

function directoryOf({ settings: { userDir } }: NodeAPI, log: Log): StateDirectory | undefined {
  return typeof userDir === 'string' ? new StateDirectory(join(userDir, 'cozify'), log) : undefined;
}
