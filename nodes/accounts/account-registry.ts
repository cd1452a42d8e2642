import type { NodeAPI } from 'node-red';
import { join } from 'node:path';
import type { Account, Clock, CozifyError, Log, Snapshot } from '../../src/index.js';
import {
  type AccountOptions,
  type AccountSettings,
  Alarm,
  HttpPool,
  LivingAccount,
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
import { WaitingLogins } from './waiting-logins.js';

/**
 * The event of Node-RED by which a registry says that it follows from now on. The one before is given a function to call
 * with a promise of its end.
 */
const FOLLOWED = 'cozify:accounts';

/** How often those that nobody claims are looked at, until nothing of them is under way or unsaved. */
const LOOK_EVERY_MS = 30_000;

/** What the account node has read from its configuration. */
export interface NodeSettings extends Omit<AccountSettings, 'store' | 'log'> {
  /** The storage id. */
  id: string;
  /** The node's own id, which in an instance of a subflow is another. */
  nodeId: string;
  /** Of the node in a subflow's template, where its instances may have addresses, and so accounts, of their own. */
  template: string | undefined;
  /** Name of a context store; empty for files. */
  store: string;
}

/** What tests may put in the place of the system's. */
export interface RegistryHost {
  clock: Clock;
  http: Pick<HttpPool, 'open'>;
  /** Where files lie. */
  directory: StateDirectory | undefined;
}

/** A deployed account that can't run, with the configured address where that is one. */
interface Misconfigured {
  problem: CozifyError;
  email: string | undefined;
}

/** The saved state of an account that does not run because the flows are stopped or in safe mode. */
export interface SavedAccount {
  cloudUrl: string;
  snapshot: Snapshot;
  /** The reason if the saved state can't be read. The snapshot is then that of an account that has never logged in. */
  error: CozifyError | undefined;
  diagnostics: object;
}

/** A log that drops everything. */
const NO_LOG: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

type LastingOptions = Pick<AccountOptions, 'codes' | 'clock' | 'rateLimiter'>;

/** An account of the process, and the nodes that claim it. */
interface Known {
  readonly living: LivingAccount;
  settings: AccountSettings;
  readonly storeName: string;
  readonly template: string | undefined;
  /** The ids of the nodes that claim the account now. */
  readonly claims: Set<string>;
  /**
   * The `cloudUrl` of each node. A node that has released the account is included until the flows have started, because
   * the node may be restarting.
   */
  readonly cloudUrls: Map<string, string>;
  /** Whether the log says that the values of `cloudUrl` differ. */
  hasWarned: boolean;
  /** Flows have started, and nobody claims it. */
  isResting: boolean;
}

/**
 * The accounts of a Node-RED process. One lives as long as the process has a use for it: nodes claim it and let go of it,
 * and a Deploy that puts another node in the place of the one before changes nothing of it. It ends when flows have
 * started and nobody claims it, or when a Deploy takes it out of the flows; then its secrets are deleted.
 */
export class AccountRegistry {
  readonly waiting: WaitingLogins;
  readonly #lasting: LastingOptions;
  /** Accounts share their connections: they mostly have the same cloud. */
  readonly #http: Pick<HttpPool, 'open'>;
  readonly #known = new Map<string, Known>();
  readonly #misconfigured = new Map<string, Misconfigured>();
  readonly #stores: AccountStores;
  readonly #deploys: DeployWatcher;
  readonly #flows: FlowAccounts;
  readonly #lostLogins: LostLogins;
  readonly #nextLook: Alarm;

  constructor(red: NodeAPI, log: Log, host: Partial<RegistryHost> = {}) {
    const { clock = systemClock, http = new HttpPool(), directory = directoryOf(red, log) } = host;
    let before: Promise<unknown> = Promise.resolve();
    red.events.emit(FOLLOWED, (end: Promise<unknown>) => (before = end));
    red.events.once(FOLLOWED, (noteEnd: (end: Promise<unknown>) => void) => noteEnd(this.endFollowing()));
    this.#nextLook = new Alarm(clock);
    this.#http = http;
    const codes = new OtpLimiter(openFile(directory, 'codes', otpLimiterShape), clock, log);
    this.#lasting = { codes, clock, rateLimiter: new RateLimiter(clock) };
    this.waiting = new WaitingLogins({
      directory,
      clock,
      create: (id, cloudUrl, store) =>
        this.#create({ id, name: '', cloudUrl, store, log, isAutorefresh: false, expiryMs: 0, isResting: true }),
    });
    this.#stores = new AccountStores({
      red,
      directory,
      clock,
      log,
      forget: (id) => this.waiting.drop(id),
      remember: (earlier) => this.#flows.remember(earlier),
    });
    this.#lostLogins = new LostLogins((topic, news) => red.comms.publish(topic, news, true));
    this.#deploys = new DeployWatcher(red.events, {
      clock,
      isLoaded: nodesOf(red) !== undefined,
      onSettled: () => {
        for (const known of this.#known.values()) this.#settleCloud(known);
        this.#restUnclaimed();
      },
    });
    this.#flows = new FlowAccounts(red, (present, removed) => {
      const isRemoved = ({ living: { id }, template }: Known): boolean =>
        removed.some((one) => one === id || one === template);
      const gone = [...this.#known.values()].filter(isRemoved);
      const ended = Promise.all([before, ...gone.map((known) => this.#delete(known))]);
      const ids = new Set([...removed, ...gone.map(({ living }) => living.id)]);
      void this.#stores.noteFlows(present, [...ids], ended);
    });
  }

  /** The account for a node, which from now on claims it with these settings. */
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
    const find: AccountOptions['waiting'] = (...wishes) => this.waiting.find(template ?? id, ...wishes);
    const living = known?.living ?? this.#create({ id, ...settings, waiting: find });
    const isResting = false;
    this.#known.set(id, { living, settings, storeName, template, claims, cloudUrls, hasWarned, isResting });
    living.configure(settings);
    living.start();
    this.#lostLogins.follow(living.account);
    return living.account;
  }

  /**
   * A node closes. Its account goes on: another node may be about to claim it. Resolves once a token that was asked for is
   * there and kept, for the process may be about to end.
   */
  async release(account: Account, nodeId: string): Promise<void> {
    const known = this.#known.get(account.id);
    if (known?.living.account !== account) return;
    known.claims.delete(nodeId);
    if (known.claims.size === 0) await known.living.settled();
  }

  /** The account that runs, or that will in a moment because Node-RED is restarting its flows. */
  async find(id: string, email?: string): Promise<Account | undefined> {
    while (this.#running(id, email) === undefined) {
      await this.#deploys.settled();
      // What is begun under the id of an account that was just deleted must not be deleted with it.
      await this.#stores.settled();
      // By then the next Deploy may be under way.
      if (!this.#deploys.isChanging) break;
    }
    return this.#running(id, email)?.living.account;
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

  /** The saved state of an account while the flows are stopped or in safe mode, otherwise `undefined`. */
  async saved(id: string): Promise<SavedAccount | undefined> {
    if ((await this.find(id)) !== undefined || !this.#flows.areStopped) return undefined;
    const configured = this.#flows.configured(id);
    if (configured === undefined) return undefined;
    // An account that could not be saved yet is still in memory.
    const known = this.#known.get(configured.id)?.living;
    const living = known ?? this.#createCopy(configured);
    try {
      if (known === undefined) await living.account.readSnapshot().catch(() => undefined);
      const { error } = living.run.loader;
      // Nothing is refreshed while the flows are stopped.
      const snapshot = { ...living.snapshot(), nextRefresh: null };
      return { cloudUrl: living.cloudUrl, snapshot, error, diagnostics: living.diagnose() };
    } finally {
      if (known === undefined) void living.close();
    }
  }

  /** Creates a copy of an account that reads the saved state and does nothing else. */
  #createCopy({ id, template, name, cloudUrl, store: storeName }: ConfiguredAccount): LivingAccount {
    const store = this.#stores.open(id, storeName, template);
    const nothing = { isAutorefresh: false, expiryMs: 0, isResting: true, log: NO_LOG };
    const living = this.#create({ id, name, cloudUrl: validCloudUrl(cloudUrl), store, ...nothing });
    living.start();
    return living;
  }

  /** Gives a login that has come only now to the account that was deployed for it meanwhile, and gives that account. */
  async takeWaiting(id: string, cloudUrl: string): Promise<Account | undefined> {
    const deployed = await this.at(id, cloudUrl);
    if (deployed === undefined) return undefined;
    const isTaken = await this.#known.get(deployed.id)?.living.takeWaiting();
    return isTaken === true || (await this.waiting.get(id, cloudUrl)) === undefined ? deployed : undefined;
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

  /**
   * Follows Node-RED no more, for another registry does: the package was removed and installed again. Resolves once nothing
   * is being saved any more.
   */
  endFollowing(): Promise<unknown> {
    this.#nextLook.clear();
    const ends = [...this.#known.values()].map(({ living }) => living.closedAndSaved());
    this.#known.clear();
    this.#deploys.close();
    this.#flows.close();
    this.#stores.close();
    this.waiting.close();
    return Promise.all(ends);
  }

  #create(options: Omit<AccountOptions, 'http' | keyof LastingOptions>): LivingAccount {
    return new LivingAccount({ ...options, ...this.#lasting, http: this.#http.open() });
  }

  /** Of a template whose instances have accounts of their own the one with this address, or any where none is given. */
  #running(id: string, email?: string): Known | undefined {
    const instances = [...this.#known.values()].filter(({ template }) => template === id);
    const isMeant = ({ settings }: Known): boolean => settings.email?.toLowerCase() === email?.toLowerCase();
    const meant = email === undefined ? undefined : instances.find(isMeant);
    const known = meant ?? this.#known.get(id) ?? (email === undefined ? instances[0] : undefined);
    const isHere = known !== undefined && (known.claims.size > 0 || (this.#deploys.isChanging && !known.isResting));
    return isHere ? known : undefined;
  }

  /** Applies the `cloudUrl` of the lowest node id, and warns once if the nodes of one account have different ones. */
  #settleCloud(known: Known): void {
    const { living, settings, claims, cloudUrls } = known;
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
    living.configure(known.settings);
  }

  /** Flows have started, or are not going to: what nobody claims rests, and ends once nothing of it is left to do. */
  #restUnclaimed(): void {
    for (const known of this.#known.values()) {
      if (known.claims.size > 0 || known.isResting) continue;
      known.isResting = true;
      this.#lostLogins.forget(known.living.id);
      void known.living.rest().then(() => this.#endResting());
    }
  }

  #endResting(): void {
    this.#nextLook.clear();
    for (const { living, isResting } of this.#known.values()) {
      if (isResting && !living.isAtRest) this.#nextLook.set(LOOK_EVERY_MS, () => this.#endResting());
      if (!isResting || !living.isAtRest) continue;
      this.#known.delete(living.id);
      void living.close();
    }
  }

  /** Resolves once nothing of it is being saved any more. */
  #delete({ living }: Known): Promise<unknown> {
    this.#known.delete(living.id);
    this.#lostLogins.forget(living.id);
    return living.delete();
  }
}

/** A cloud address as the account checks it; the default one if that fails, which the account reports once it runs. */
function validCloudUrl(cloudUrl: string): string {
  try {
    return parseCloudUrl(cloudUrl);
  } catch {
    return parseCloudUrl('');
  }
}

/** The value of the lowest id. */
function ofLowestId(values: ReadonlyMap<string, string>): string | undefined {
  const [lowest] = [...values.keys()].sort();
  return lowest === undefined ? undefined : values.get(lowest);
}

function directoryOf({ settings: { userDir } }: NodeAPI, log: Log): StateDirectory | undefined {
  return typeof userDir === 'string' ? new StateDirectory(join(userDir, 'cozify'), log) : undefined;
}
