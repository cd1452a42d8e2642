import { Subscribers } from '../async/subscribers.js';
import type { CallOutcome } from '../cloud/cloud-client.js';
import type { AccountTopic } from '../state/account-topics.js';
import { toCozifyError } from '../errors.js';
import { roleOf } from '../cloud/token.js';
import type { LoginState } from '../login/otp-login.js';
import type { Snapshot } from './snapshot.js';
import { type AccountRecord, type CloudRecord, type LoginRecord, cloudOf } from '../state/account-record.js';
import type { Log } from '../store/store.js';

/** Called for each event of an account, with the snapshot after the event. */
export type AccountSubscriber = (topic: AccountTopic, snapshot: Snapshot) => void;

/** Dependencies of {@link AccountEvents}. */
export interface AccountEventsOptions {
  /** Returns the origin of the current cloud, such as `https://api.cozify.fi`. */
  origin: () => string;
  log: Log;
  snapshot: () => Snapshot;
  state: () => LoginState;
}

/** Emits the events of an account: each event once, in an order on which flows rely. */
export class AccountEvents {
  readonly #options: AccountEventsOptions;
  readonly #eventSubscribers: Subscribers<[AccountTopic, Snapshot]>;
  readonly #changeSubscribers: Subscribers;
  #isReachable = true;
  #isSavingWorking = true;
  /** Origins of the clouds at which a token renewal has failed and none has succeeded since. */
  readonly #failing = new Set<string>();
  /** Origins of the clouds at which a token renewal has failed and no call has succeeded since. */
  readonly #unrecovered = new Set<string>();
  #lastState: LoginState | undefined;

  constructor(options: AccountEventsOptions) {
    this.#options = options;
    const noteFailure = (error: unknown): void =>
      options.log.error(`A subscriber of the account failed: ${toCozifyError(error).message}`);
    this.#eventSubscribers = new Subscribers(noteFailure);
    this.#changeSubscribers = new Subscribers(noteFailure);
  }

  get isReachable(): boolean {
    return this.#isReachable;
  }

  onEvent(subscriber: AccountSubscriber): () => void {
    return this.#eventSubscribers.add(subscriber);
  }

  onChange(watcher: () => void): () => void {
    return this.#changeSubscribers.add(watcher);
  }

  /**
   * Starts to emit events. Must be called when the account's state has been loaded. Emits the login state if it has
   * changed since the previous load. The first load emits no event.
   */
  start(): void {
    const before = this.#lastState;
    this.#lastState = this.#options.state();
    if (before !== undefined && before !== this.#lastState) this.#emit(this.#lastState);
    this.notifyChange();
  }

  /** Removes all subscribers, because the account is closed. */
  close(): void {
    this.#eventSubscribers.clear();
    this.#changeSubscribers.clear();
  }

  noteChange(before: AccountRecord, after: AccountRecord, announced: readonly AccountTopic[]): void {
    for (const topic of announced) this.#emit(topic);
    this.noteState();
    const origin = this.#options.origin();
    this.#logRejection(cloudOf(before, origin).login, cloudOf(after, origin).login);
    if (!isSameHubs(cloudOf(before, origin), cloudOf(after, origin))) this.#emit('hubs');
  }

  /**
   * Emits `otp-required` if the account now needs a new login code and did not need one before, for example because the
   * last code has expired. Also notifies the change subscribers.
   */
  noteState(): void {
    const before = this.#lastState;
    this.#lastState = this.#options.state();
    if (this.#lastState === 'otp-required' && before !== 'otp-required') this.#emit('otp-required');
    this.notifyChange();
  }

  /** Logs a line when saves start to fail, and another when they work again. Repeated failures are not logged. */
  noteSaving(isWorking: boolean): void {
    if (this.#isSavingWorking === isWorking) return;
    this.#isSavingWorking = isWorking;
    const { log } = this.#options;
    if (isWorking) log.info('The state is saved again.');
    else log.warn('The state cannot be saved: a restart now would lose the changes. Node-RED tries again to save it.');
    this.notifyChange();
  }

  noteCall(outcome: CallOutcome): void {
    if (typeof outcome === 'string') this.#noteReachability(true);
    else if (outcome.code !== 'COZIFY_CLOSED') this.#noteReachability(outcome.code !== 'COZIFY_UNREACHABLE');
    if (outcome === 'good' && this.#unrecovered.delete(this.#options.origin())) this.#emit('recovered');
  }

  /** Emits `hubs`. Must be called when a hub has become reachable or unreachable, and after the first call to a hub. */
  noteHubReachability(): void {
    this.#emit('hubs');
    this.notifyChange();
  }

  noteRenewed(origin: string): void {
    this.#failing.delete(origin);
  }

  /**
   * Emits `refresh-failed` for the first failed renewal; further failures in a row emit nothing. Ignores clouds other
   * than the current one.
   */
  noteRenewalFailed(origin: string): void {
    if (origin !== this.#options.origin() || this.#failing.has(origin)) return;
    this.#failing.add(origin);
    this.#unrecovered.add(origin);
    this.#emit('refresh-failed');
  }

  /** Notifies subscribers that the snapshot may have changed. */
  notifyChange(): void {
    this.#changeSubscribers.notify(() => []);
  }

  #noteReachability(isReachable: boolean): void {
    if (this.#isReachable === isReachable) return;
    this.#isReachable = isReachable;
    if (isReachable) this.#options.log.info('The Cozify cloud can be reached again.');
    else this.#options.log.warn('The Cozify cloud cannot be reached.');
    this.notifyChange();
  }

  #logRejection(before: LoginRecord | null, after: LoginRecord | null): void {
    const was = before?.isRejected ?? false;
    const is = after?.isRejected ?? false;
    const { log } = this.#options;
    if (is && !was) log.warn('The cloud rejects the login. It is kept and checked again. You may need a new code.');
    if (was && !is && after !== null) log.info('The login is valid again.');
  }

  #emit(topic: AccountTopic): void {
    this.#eventSubscribers.notify(() => [topic, this.#options.snapshot()]);
  }
}

/** Whether two records have the same hubs. Compares only the properties that flows can see. */
function isSameHubs(before: CloudRecord, after: CloudRecord): boolean {
  const seen = ({ hubs }: CloudRecord): string =>
    JSON.stringify(hubs.map(({ id, name, host, isRemote, version }) => [id, name, host, isRemote, version]));
  return before.hubs === after.hubs || (seen(before) === seen(after) && hasSameRoles(before, after));
}

/**
 * Whether the account has the same role at each hub in both records. A hub without a key in one of the records does not
 * count as changed.
 */
function hasSameRoles(before: CloudRecord, after: CloudRecord): boolean {
  const keys = new Map(before.hubs.map(({ id, key }) => [id, key]));
  return after.hubs.every(({ id, key }) => {
    const earlier = keys.get(id) ?? null;
    return earlier === null || key === null || earlier === key || roleOf(earlier) === roleOf(key);
  });
}
