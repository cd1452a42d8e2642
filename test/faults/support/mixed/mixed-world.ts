// The simulated environment of the mixed test: hosts, clouds, stores, and a record of all changes of logins.
import type { Account } from '../../../../src/account/account.js';
import { CozifyError } from '../../../../src/errors.js';
import { FakeClock, SECOND, settle } from '../../../src/support/fake-clock.js';
import { Lines } from '../../../src/support/stage.js';
import { MemoryDisk } from '../memory-fs.js';
import { type CloudBehaviour, type Family, RevokingCloud } from './cloud.js';
import { contents, contextKeyOf, filePathOf, areOwed, type Kept, storesNoted } from './contents.js';
import { type Act, History } from './history.js';
import { type LoginContext, type Host, CLOUDS, IDS, MAILING, nodeIdOf, type Pending, type StepName } from './host.js';
import type { StoreBehaviour, SharedContexts } from './store-behaviours.js';
import { type AccountNode, accountsOf, type Flows, NodeRed, type World } from './node-red.js';
import { Wire } from './wire.js';

/** Time within which each process on a shared store reads the changes of the other process, in milliseconds. */
const KNOWN_MS = 70_000;

/**
 * All hosts with their Node-RED processes, the clouds, and a record of all changes of logins. The checks compute the
 * allowed states from this record.
 */
export class MixedWorld {
  readonly clock = new FakeClock();
  readonly cloud = new RevokingCloud(this.clock);
  readonly contexts: SharedContexts = {};
  readonly log = new Lines();
  readonly history = new History();
  readonly hosts: Host[];
  readonly violations: string[] = [];
  /** Addresses and tokens of failed steps. They must not become the current ones of an account later. */
  readonly refused = new Set<string>();
  /** Logins whose tokens must be kept only in memory, because they were set with `commit: false`. */
  readonly temporaryFamilies: Family[] = [];
  /** Accounts that a Deploy has deleted, each with the act that records the deletion. */
  readonly deleted = new Map<string, Act>();
  /**
   * Accounts that may have left data behind, because the process ended before it could record that the data must be
   * deleted.
   */
  readonly excused = new Set<string>();
  /** Whether a store has lost its data. */
  hasLostStores = false;
  /** Number of stores that random Deploys have chosen so far. The stores are chosen in turn. */
  storesChosen = 0;
  readonly #wire = new Wire(this);
  readonly #pending = new Set<Pending>();
  /** Keys in context stores that the ledger (the file of used stores) does not list. No process deletes their data. */
  readonly #unknownLocations = new Set<string>();
  /** When a Deploy last deleted an account from the flows of a host (monotonic, ms). */
  readonly #deletedAt = new Map<string, number>();
  /** Acts that ended before their result was saved, because saving failed or took too long. */
  #failedSaves: { id: string; secret: string; act: Act | undefined }[] = [];
  #made = 0;

  constructor(hostCount: number) {
    this.cloud.onLogin = (family) => this.history.noteLogin(family);
    this.hosts = Array.from({ length: hostCount }, () => ({
      ...{
        disk: new MemoryDisk(),
        flows: [],
        process: undefined,
        temporaryLogins: [],
        pendingLogins: new Set<string>(),
      },
    }));
    for (const { disk } of this.hosts) disk.ignoresCase = true;
  }

  get isShared(): boolean {
    return this.hosts.length > 1;
  }

  hostAt(index: number): Host {
    const host = this.hosts[index % this.hosts.length];
    if (host === undefined) throw new Error('a world without hosts');
    return host;
  }

  /** Whether an unfinished step of the process requests a code for this address. */
  isCodeRequested(process: NodeRed, email: string): boolean {
    return [...this.#pending].some(
      (one) => one.process === process && email.startsWith(`${one.id}.`) && MAILING.includes(one.step),
    );
  }

  /** Returns the content of all stores. */
  kept(): Kept[] {
    return contents(
      this.contexts,
      this.hosts.map(({ disk }) => disk),
    );
  }

  boot(host: Host): void {
    if (host.process !== undefined) return;
    const world: World = {
      ...{ clock: this.clock, disk: host.disk, contexts: this.contexts, log: this.log },
      open: (process) => this.#wire.open(process),
      onDeath: (process) => this.#noteDeath(host, process),
    };
    host.temporaryLogins = [];
    host.process = new NodeRed(world);
    if (host.disk.isFull) host.process.behaviours.change('', 'full');
    host.process.start(host.flows);
  }

  /** Stops the process cleanly, and advances the clock until it has ended. */
  async stop(host: Host): Promise<void> {
    const { process } = host;
    if (process === undefined) return;
    const stopping = process.stop();
    let isDone = false;
    void stopping.then(() => (isDone = true));
    for (let second = 0; second < 60 && !isDone; second += 1) await this.clock.advance(SECOND);
  }

  /** Sets how a store behaves towards the host's process. A full disk stays full for the host's next process. */
  setStoreBehaviour(host: Host, store: string, behaviour: StoreBehaviour): void {
    if (store === '') host.disk.isFull = behaviour === 'full';
    host.process?.behaviours.change(store, behaviour);
  }

  setCloud(behaviour: CloudBehaviour): void {
    this.cloud.change(behaviour);
  }

  /** Empties a context store, as if its data were lost. */
  lose(store: string): void {
    this.contexts[store]?.clear();
    this.hasLostStores = true;
    this.#excuseUnsaved();
    for (const id of IDS) this.#excuseUnread(id);
  }

  /** Revokes the current login at the cloud, as a person may do in the app. */
  revoke(host: Host, id: string): void {
    const account = host.process?.running.get(id)?.account;
    void account?.token().then(
      ({ value }) => {
        const family = this.cloud.familyOf(value);
        if (family !== undefined) family.isRevoked = true;
      },
      () => undefined,
    );
  }

  /** Deploys other flows on a host. */
  deploy(host: Host, kind: 'full' | 'nodes' | 'load', flows: Flows): void {
    const { process } = host;
    if (process === undefined) return;
    const [before, now] = [host.flows, flows].map((all) => all.flatMap(accountsOf));
    for (const id of before ?? []) if (kind !== 'load' && now?.includes(id) !== true) this.#noteDeleted(host, id);
    for (const id of now ?? []) if (before?.includes(id) !== true) this.#noteBack(id);
    host.flows = flows;
    process.deploy(kind, flows);
  }

  /**
   * Uninstalls the package and installs it again. The new registry does not know about late answers from a slow cloud,
   * or about unfinished saves to a slow store.
   */
  reinstall(host: Host): void {
    const { process } = host;
    process?.reinstall();
    host.temporaryLogins = [];
    void process?.deploys.then(() => {
      this.#excuseUnsaved();
      this.#excuseUnnoted();
    });
    for (const pending of this.#pending) if (pending.process === host.process) pending.isAbandoned = true;
    this.#forgive(() => true);
  }

  /** Runs a step on an account, if the account is running in the current process of the host. */
  step(host: Host, id: string, step: StepName): void {
    const { process } = host;
    const running = process?.running.get(id);
    if (process !== undefined && running !== undefined) this.#begin({ host, process, id, step }, running.account);
  }

  /** Performs an action in the dialog of an account, even if no account with this id and cloud is deployed. */
  dialog(host: Host, id: string, what: 'request' | 'logIn' | 'drop', cloudUrl: string): void {
    const { process } = host;
    if (process === undefined) return;
    const { registry } = process;
    const address = host.flows.find((node) => node.id === id)?.email ?? `${id}.0@example.fi`;
    const run = async (): Promise<void> => {
      const running = await registry.findInCloud(id, cloudUrl);
      if (running !== undefined) {
        if (what !== 'drop') this.#begin({ host, process, id, step: what }, running);
        return;
      }
      if (what === 'drop') return registry.pendingLogins.drop(id, cloudUrl);
      host.pendingLogins.add(id);
      await registry.pendingLogins.use(id, cloudUrl, async (account) => {
        await this.#track({ host, process, id, step: `dialog ${what}` }, () =>
          what === 'request' ? account.requestOtp(address) : this.#logIn({ id, process }, account, cloudUrl, address),
        );
      });
      await registry.adoptLogin(id, cloudUrl);
    };
    void run().catch((error: unknown) => this.#noteError(`dialog ${what}`, error));
  }

  /** Returns the node of an account with its original settings. */
  node(id: string, store: string): AccountNode {
    const node = { id, store, email: `${id}.0@example.fi`, cloudUrl: CLOUDS[0] };
    return id === 'sub' ? { ...node, instances: ['a', 'b'] } : node;
  }

  /** Advances the clock, and waits until all resolved promises have been handled. */
  async advance(ms: number): Promise<void> {
    await this.clock.advance(ms);
    await settle();
  }

  #begin(pending: Pending, account: Account): void {
    const { id, step } = pending;
    const origin = new URL(account.cloudUrl).origin;
    void this.#track(pending, () => this.#perform(pending, account, origin)).catch((error: unknown) =>
      this.#noteError(`${step} of ${id}`, error),
    );
  }

  async #track<T>(pending: Pending, work: () => Promise<T>): Promise<T> {
    this.#pending.add(pending);
    try {
      return await work();
    } finally {
      this.#pending.delete(pending);
    }
  }

  #noteError(what: string, error: unknown): void {
    if (!(error instanceof CozifyError)) this.violations.push(`${what} failed with ${String(error)}`);
  }

  async #perform(pending: Pending, account: Account, origin: string): Promise<unknown> {
    const { host, process, id, step } = pending;
    switch (step) {
      case 'ping':
        return account.ping();
      case 'refresh':
        return account.refresh({ force: true });
      case 'authenticate':
        return account.authenticate();
      case 'request':
        return account.requestOtp();
      case 'wrongCode':
        return account.authenticate({ otp: 'WRONG1' });
      case 'logIn': {
        const { otpSentAt, email } = account.snapshot();
        return otpSentAt === null || email === null
          ? undefined
          : this.#logIn({ id, process, isDeployed: true }, account, origin, email);
      }
      case 'reset':
      case 'logOut':
        return this.#act(pending, this.history.begin({ id, at: this.clock.monotonic() }), account, () =>
          account.reset({ logout: step === 'logOut' }),
        );
      case 'setToken':
        return this.#setToken(pending, account, origin);
      case 'setTemporaryToken': {
        const family = this.cloud.begin(origin, `${id}.guest${(this.#made += 1)}@example.fi`);
        this.temporaryFamilies.push(family);
        if (host.process === process) host.temporaryLogins.push({ id, family });
        return account
          .token(family.tokens[0], { commit: false })
          .catch((error: unknown) => this.#refuse(pending, error, family.tokens[0] ?? ''));
      }
      case 'setEmail': {
        const email = `${id}.${(this.#made += 1)}@example.fi`;
        return account.email(email).catch((error: unknown) => this.#refuse(pending, error, email));
      }
      case 'dialog request':
      case 'dialog logIn':
        return undefined;
    }
  }

  /** Logs in with the latest code. After a failure the outcome is `maybe`, because the token may still arrive. */
  async #logIn(context: LoginContext, account: Account, cloudUrl: string, email: string): Promise<unknown> {
    const { id, process, isDeployed = false } = context;
    const { origin } = new URL(cloudUrl);
    const otp = this.cloud.codeFor(origin, email);
    if (otp === undefined) return undefined;
    // A Deploy may adopt a pending login at any later time, so the act of a pending login has no fixed time.
    const at = isDeployed ? this.clock.monotonic() : Infinity;
    const act = this.history.begin({ id, origin, email, at });
    try {
      const result = await account.authenticate({ otp, email });
      this.history.end(act, isDeployed ? this.#certaintyOf(id) : 'maybe');
      this.#checkSaved(account, act);
      return result;
    } catch (error) {
      if (!process.isDead) this.history.end(act, 'maybe');
      throw error;
    }
  }

  async #setToken(pending: Pending, account: Account, origin: string): Promise<unknown> {
    const { id } = pending;
    const family = this.cloud.begin(origin, `${id}.hand${(this.#made += 1)}@example.fi`);
    const act = this.history.begin({ id, origin, family, at: this.clock.monotonic() });
    return this.#act(pending, act, account, () => account.token(family.tokens[0]));
  }

  /** Runs `work` and records its outcome in the history. If `work` throws, the outcome is `void` or `maybe`. */
  async #act<T>(pending: Pending, act: Act, account: Account, work: () => Promise<T>): Promise<T> {
    try {
      const result = await work();
      this.history.end(act, this.#certaintyOf(act.id));
      this.#checkSaved(account, act);
      return result;
    } catch (error) {
      return this.#refuse(pending, error, act.family?.tokens[0] ?? '', act);
    }
  }

  /**
   * Records the outcome of a failed act, and throws the error again. The outcome is `void`, because a failed act must
   * not take effect later. It is `maybe` if a store may still complete the failed save, or if the account was added
   * again during the step.
   */
  #refuse(
    { id, process, isAbandoned = false, isRecreated = false }: Pending,
    error: unknown,
    secret: string,
    act?: Act,
  ): never {
    // Records no outcome, because a step of a dead process has no result.
    if (process.isDead) throw error;
    const isSaveFailed = (error as CozifyError).code === 'COZIFY_STORE';
    const isSure = !isRecreated && (!isSaveFailed || !(this.isShared || isAbandoned));
    if (act !== undefined) this.history.end(act, isSure ? 'void' : 'maybe');
    if (isSure && secret !== '') this.refused.add(secret);
    if (isSaveFailed) this.#failedSaves.push({ id, secret, act });
    throw error;
  }

  /**
   * Returns the outcome of a successful act. On a shared store it is `maybe` while a process may not have read the
   * other process's state, because each may then prefer its own state. It is also `maybe` soon after the account was
   * deleted, because the other process may still have the old account.
   */
  #certaintyOf(id: string): 'maybe' | 'sure' {
    const areStoresNormal = this.hosts.every(({ process }) => process === undefined || this.#areStoresNormal(process));
    const isKnown = this.clock.monotonic() - (this.#deletedAt.get(id) ?? -Infinity) > KNOWN_MS;
    return this.isShared && !(areStoresNormal && isKnown) ? 'maybe' : 'sure';
  }

  /** Whether all stores have behaved normally towards a process for long enough that it has read all changes. */
  #areStoresNormal({ behaviours }: NodeRed): boolean {
    return behaviours.areNormal && this.clock.monotonic() - behaviours.changedAt > KNOWN_MS;
  }

  /** Checks that a login reported as saved is in a store. */
  #checkSaved(account: Account, act: Act): void {
    const { family } = act;
    if (family === undefined || this.hasLostStores || this.isShared || !account.snapshot().saved) return;
    // The store may have the login of another act that ran at the same time.
    const isConcurrent = ({ begunAt, endedAt = Infinity }: Act): boolean => Math.max(begunAt, endedAt) > act.begunAt;
    if (this.history.acts.some((one) => one !== act && one.id === act.id && isConcurrent(one))) return;
    if (!this.kept().some(({ text }) => family.tokens.some((token) => text.includes(token)))) {
      this.violations.push('a login that was reported as saved is in no store');
    }
  }

  #noteDeleted(host: Host, id: string): void {
    host.pendingLogins.delete(id);
    this.#deletedAt.set(id, this.clock.monotonic());
    this.#excuseUnread(id);
    const act = this.history.begin({ id, at: this.clock.monotonic() });
    this.history.end(act, this.isShared ? 'maybe' : 'sure');
    const others = this.hosts.filter((one) => one !== host);
    if (others.every(({ flows }) => !flows.flatMap(accountsOf).includes(id))) this.deleted.set(id, act);
  }

  /** Changes the outcome of acts whose save failed to `maybe`, because they may still take effect later. */
  #forgive(isMeant: (given: { id: string }) => boolean): void {
    for (const { secret, act } of this.#failedSaves.filter(isMeant)) {
      this.refused.delete(secret);
      if (act !== undefined) act.outcome = 'maybe';
    }
    this.#failedSaves = this.#failedSaves.filter((given) => !isMeant(given));
  }

  /** Records that a deleted account is in the flows again. It may then use old data that has not been deleted. */
  #noteBack(id: string): void {
    const act = this.deleted.get(id);
    // Earlier acts become uncertain, because the account now reads only saved data.
    if (act !== undefined && this.remainsOf(id).length > 0) {
      this.history.doubt(id);
      for (const pending of this.#pending) if (pending.id === id) pending.isRecreated = true;
      this.#forgive(({ id: whose }) => whose === id);
    }
    this.deleted.delete(id);
    this.excused.delete(id);
  }

  /** Returns the locations that hold data of an account. */
  remainsOf(id: string): string[] {
    const { families } = this.cloud;
    const secrets = families
      .filter(({ email }) => email.startsWith(`${id}.`))
      .flatMap(({ tokens, key }) => [...tokens, key]);
    const kept = this.kept();
    const noted = storesNoted(kept, id);
    return kept
      .filter(({ location, text, disk }) => {
        // The counts of sent codes are kept when an account is deleted, because the limits continue to apply.
        if (/\/codes(\.|$)/.test(location)) return false;
        // A login through the dialog after the deletion is saved in the file of pending logins.
        const isPendingLogin = this.hosts.some((host) => host.disk === disk && host.pendingLogins.has(id));
        if (isPendingLogin && location.includes('/+pending')) return false;
        if (this.#unknownLocations.has(location) && !noted.includes(location.split(':')[0] ?? '')) return false;
        const isOwn = location.endsWith(`:${contextKeyOf(id)}`) || location.includes(filePathOf(id));
        return isOwn || text.includes(`${id}.`) || secrets.some((secret) => text.includes(secret));
      })
      .map(({ location }) => location);
  }

  /** Marks each login as lost if no store has its last token, because the process that had the token has ended. */
  #excuseUnsaved(): void {
    const texts = this.kept().map(({ text }) => text);
    for (const family of this.cloud.families) {
      const token = family.tokens.at(-1) ?? '';
      if (!texts.some((text) => text.includes(token))) family.isOutOfReach = true;
    }
  }

  /** Accepts that data may stay if the ledger does not list it, because no later process knows about such data. */
  #excuseUnnoted(): void {
    const kept = this.kept();
    const chosen = this.hosts.flatMap(({ flows }) => flows);
    for (const id of IDS) {
      const known = [...storesNoted(kept, id), chosen.find((node) => node.id === nodeIdOf(id))?.store];
      for (const { location } of kept.filter((one) => one.location.endsWith(`:${contextKeyOf(id)}`))) {
        if (!known.includes(location.split(':')[0])) this.#unknownLocations.add(location);
      }
    }
    for (const [id, act] of this.deleted) {
      // Skips the account if the ledger lists its data for deletion, because a later process then deletes the data.
      if (areOwed(kept, id, this.remainsOf(id))) continue;
      this.excused.add(id);
      act.outcome = 'maybe';
    }
  }

  /**
   * Accepts that recent changes may be lost. Other processes may not have read these changes yet, and write their own
   * older state after a store was emptied.
   */
  #excuseUnread(id: string): void {
    if (!this.isShared) return;
    const areStoresNormal = this.hosts.every(({ process }) => process === undefined || this.#areStoresNormal(process));
    const since = areStoresNormal ? this.clock.monotonic() - KNOWN_MS : -Infinity;
    this.history.doubt(id, since);
    this.#excuseUnsaved();
    for (const family of this.cloud.families) if (family.renewedAt >= since) family.isOutOfReach = true;
  }

  #noteDeath(host: Host, process: NodeRed): void {
    const isCloudNormal =
      this.cloud.behaviour === 'normal' && this.clock.monotonic() - this.cloud.behaviourSince > 70_000;
    // A process that stops cleanly has saved all answers that arrived in time.
    if (!process.isStopping || !isCloudNormal || !this.#areStoresNormal(process)) this.#excuseUnsaved();
    const texts = this.kept().map(({ text }) => text);
    for (const secret of this.refused) if (texts.some((text) => text.includes(secret))) this.refused.delete(secret);
    this.#excuseUnnoted();
    for (const act of this.history.acts) if (act.endedAt === undefined) act.outcome = 'maybe';
    for (const pending of this.#pending) if (pending.process === process) this.#pending.delete(pending);
    host.process = undefined;
  }
}
