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

/** The data of the account that events need. */
export interface AccountEventsOptions {
  /** Returns the origin of the current cloud. */
  origin: () => string;
  log: Log;
  snapshot: () => Snapshot;
  state: () => LoginState;
}

/** Emits the events of an account, each once and in the order that flows rely on. */
export class AccountEvents {
  readonly #options: AccountEventsOptions;
  readonly #eventSubscribers: Subscribers<[AccountTopic, Snapshot]>;
  readonly #changeSubscribers: Subscribers;
  #isReachable = true;
  #isSavingWorking = true;
  /** Origins of clouds with a failed renewal since the last successful one. Each cloud is counted separately. */
  readonly #failing = new Set<string>();
  /** Origins of clouds without a good answer since a failed renewal. */
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

  /** Starts the events after a run has loaded its state. The login state that is loaded first causes no event. */
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

  /** Emits an event if the login state has changed, for example because a code has expired. */
  noteState(): void {
    const before = this.#lastState;
    this.#lastState = this.#options.state();
    if (this.#lastState === 'otp-required' && before !== 'otp-required') this.#emit('otp-required');
    this.notifyChange();
  }

  /** Logs one line when saves start to fail and one when they work again, not one for each attempt. */
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

  /** Emits an event because a hub has become reachable or unreachable, or was called for the first time. */
  noteHubReachability(): void {
    this.#emit('hubs');
    this.notifyChange();
  }

  noteRenewed(origin: string): void {
    this.#failing.delete(origin);
  }

  /** Emits an event for the first failed renewal at the current cloud. Ignores other clouds. */
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

/** Whether flows would see the same hubs. */
function isSameHubs(before: CloudRecord, after: CloudRecord): boolean {
  const seen = ({ hubs }: CloudRecord): string =>
    JSON.stringify(hubs.map(({ id, name, host, isRemote, version }) => [id, name, host, isRemote, version]));
  return before.hubs === after.hubs || (seen(before) === seen(after) && hasSameRoles(before, after));
}

/** Whether the roles in the hub keys are the same. Adding or deleting a key does not count as a change of role. */
function hasSameRoles(before: CloudRecord, after: CloudRecord): boolean {
  const keys = new Map(before.hubs.map(({ id, key }) => [id, key]));
  return after.hubs.every(({ id, key }) => {
    const earlier = keys.get(id) ?? null;
    return earlier === null || key === null || earlier === key || roleOf(earlier) === roleOf(key);
  });
}
