import { settlesWithin } from '../async/clock.js';
import { type AccountRecord, cloudOf } from '../state/account-record.js';
import type { AccountTopic } from '../state/account-topics.js';
import { AccountLoader } from './account-loader.js';
import { AccountOperations } from './account-operations.js';
import type { AccountOptions } from './account-options.js';
import { type AccountParts, createParts, type LastingParts } from './account-parts.js';
import { StepRunner } from './step-runner.js';

/** How long the end waits for a token that was asked for. */
const ANSWER_PATIENCE_MS = 2_000;

/** How much longer for one that has come to be kept, by a slow store: a few of its calls. Node-RED waits 15 s. */
const KEEPING_PATIENCE_MS = 10_000;

/**
 * How long a run waits for a renewal that an earlier one has sent to the same cloud, before it does anything: longer than
 * a call may take, for two at once may each end what the other brings.
 */
const EARLIER_PATIENCE_MS = 16_000;

/** What an account does at one cloud, from when it wakes until it rests, ends, or is to be at another cloud. */
export class AccountRun {
  readonly parts: AccountParts;
  readonly loader: AccountLoader;
  readonly operations: AccountOperations;
  readonly steps: StepRunner;
  readonly #options: AccountOptions;
  #unfollow: () => void = () => undefined;
  #over: Promise<void> | undefined;

  /** `unfinished`: runs that are over and whose last work is not. */
  constructor(options: AccountOptions, lasting: LastingParts, unfinished: readonly AccountRun[] = []) {
    this.#options = options;
    this.parts = createParts(options, lasting);
    this.loader = new AccountLoader(options, this.parts, {
      whenFree: () => this.#waitFor(unfinished),
      onReady: () => this.#begin(),
    });
    this.operations = new AccountOperations(options, this.parts);
    this.steps = new StepRunner(this.parts, this.loader);
  }

  /** What goes on although the run is over: tokens that were asked for already. */
  get lastWork(): Promise<unknown> | undefined {
    return this.parts.session.pending;
  }

  /** Whether anything may still come of it: a token, or a code that is being e-mailed or tried. */
  get isBusy(): boolean {
    return this.lastWork !== undefined || this.parts.otpLogin.isBusy;
  }

  /** Whether it is over or about to be: commands that wait may still go out. */
  get isEnding(): boolean {
    return this.#over !== undefined;
  }

  get isOver(): boolean {
    return this.parts.ending.isOver;
  }

  /**
   * Ends the background at once, and the steps: those that wait for a token which has been asked for with what comes of
   * it within 2 s; those for which something is being saved by then with what comes of that, within 10 s more; all others with
   * `COZIFY_CLOSED`, after 2 s for commands that still wait for their turn at a hub. Should a token come later still, it is saved all the same.
   */
  end(): Promise<void> {
    this.#over ??= this.#end();
    return this.#over;
  }

  /** Resolves once tokens that were asked for are there and kept, and what is being saved is; at most after 12 s. */
  async settled(): Promise<void> {
    const { clock } = this.#options;
    const { session, accountState } = this.parts;
    await settlesWithin(clock, Promise.allSettled([this.lastWork, accountState.settled()]), ANSWER_PATIENCE_MS);
    if (session.keeping !== undefined) await settlesWithin(clock, session.keeping, KEEPING_PATIENCE_MS);
  }

  /** The settings are others; `isMoved`: the state is kept elsewhere. */
  noteSettings(isMoved: boolean): void {
    const { homes, backgroundTasks, events } = this.parts;
    this.loader.noteSettings(isMoved);
    homes.noteSettings();
    backgroundTasks.plan();
    events.tell();
  }

  /** The state has changed. */
  noteChange(before: AccountRecord, announced: readonly AccountTopic[]): void {
    if (!this.loader.isReady || this.isOver) return;
    const { state, session, homes, hubClients, backgroundTasks, events } = this.parts;
    const { login, hubs } = cloudOf(before, state.origin);
    const isNewToken = login?.token !== session.login?.token;
    const isReceived = announced.includes('refreshed') || announced.includes('authenticated');
    if (isNewToken && isReceived) backgroundTasks.noteRenewed();
    if (isNewToken) session.takeUpDropped();
    if (hubs !== state.cloud.hubs) homes.noteHubs();
    // A log out, in this process or in another one, deletes the hub keys.
    const isLogOut = hubs.some(({ key }) => key !== null) && state.cloud.hubs.every(({ key }) => key === null);
    const isReachForgotten = isLogOut && hubClients.forgetReach();
    if (isLogOut) homes.noteLogOut();
    if (isReceived || (isNewToken && session.login !== null)) homes.wake();
    backgroundTasks.plan();
    void this.loader.letGoOfWaiting();
    events.noteChange(before, state.record, announced);
    if (isReachForgotten) this.parts.noteHubReach();
  }

  async #end(): Promise<void> {
    const { backgroundTasks, timers, ending, homes, hubClients, accountState } = this.parts;
    this.steps.close();
    this.loader.close();
    backgroundTasks.stop();
    timers.stop();
    this.#unfollow();
    homes.close();
    // Commands that wait still go out.
    if (homes.isSending) await settlesWithin(this.#options.clock, homes.drain(), ANSWER_PATIENCE_MS);
    const { isChanging } = accountState;
    ending.end();
    hubClients.close();
    await this.settled();
    // What is being saved for a step by now is what the step gives, once it has heard of that.
    await settlesWithin(this.#options.clock, accountState.strictSettled(), KEEPING_PATIENCE_MS);
    if (isChanging) await new Promise(setImmediate);
    this.parts.state.isAnswered = true;
    this.steps.endAll();
  }

  async #waitFor(unfinished: readonly AccountRun[]): Promise<void> {
    const isHere = ({ parts }: AccountRun): boolean => parts.state.origin === this.parts.state.origin;
    const work = Promise.allSettled(unfinished.filter(isHere).map(async ({ lastWork }) => lastWork));
    await settlesWithin(this.#options.clock, work, EARLIER_PATIENCE_MS);
  }

  #begin(): void {
    const { events, homes, backgroundTasks } = this.parts;
    events.begin();
    homes.noteHubs();
    // Another account may use up the code that this one has sent to the same address.
    this.#unfollow = this.#options.codes.onChange(() => {
      backgroundTasks.plan();
      events.noteState();
    });
  }
}
