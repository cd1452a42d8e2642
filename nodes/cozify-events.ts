import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Account, AccountSubscriber } from '../src/index.js';
import { toCozifyError } from '../src/nodes-api.js';
import { findAccount } from './runtime/find-account.js';
import { onFlowsStarted } from './runtime/runtime-events.js';
import { followAccount } from './runtime/status.js';

interface EventsDef extends NodeDef {
  account?: string;
  /** The topics to send; empty for all. */
  events?: string[];
}

/**
 * Delay of the first message after the flows have started, in milliseconds. Nodes of other packages may not be ready
 * earlier.
 */
const START_DELAY_MS = 100;

/** Registers the node that sends the state of the account, then its events. */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('cozify-events', function create(this: Node, def: EventsDef) {
    RED.nodes.createNode(this, def);
    const topics = new Set(Array.isArray(def.events) ? def.events : []);
    const feed = new AccountEventSender((topic, snapshot) => {
      if (topics.size > 0 && !topics.has(topic)) return;
      try {
        this.send({ topic, payload: snapshot });
      } catch (error) {
        // Catch the error, because an uncaught error would end the Node-RED process.
        this.error(toCozifyError(error).message);
      }
    });
    const follow = (): void => feed.follow(findAccount(RED, def.account)?.account);
    const status = followAccount(RED, this, () => findAccount(RED, def.account));
    let timer: NodeJS.Timeout | undefined;
    follow();
    const unsubscribe = onFlowsStarted(RED, () => {
      follow();
      timer ??= setTimeout(() => feed.start(), START_DELAY_MS);
    });
    this.on('close', () => {
      unsubscribe();
      clearTimeout(timer);
      feed.follow(undefined);
      status.stop();
    });
  });
}

/**
 * Sends the state of an account, then each event. When another account replaces this one, sends the new account's state
 * if it differs from the last one sent.
 */
class AccountEventSender {
  readonly #send: AccountSubscriber;
  #account: Account | undefined;
  #unsubscribe: (() => void) | undefined;
  /** The last state that was sent. */
  #state: string | undefined;
  /** Events that are collected until {@link start} sends them; `undefined` after that. */
  #early: Parameters<AccountSubscriber>[] | undefined = [];

  constructor(send: AccountSubscriber) {
    this.#send = send;
  }

  /** Subscribes to this account, and unsubscribes from the previous one. */
  follow(account: Account | undefined): void {
    if (account === this.#account) return;
    this.#unsubscribe?.();
    this.#account = account;
    this.#unsubscribe = undefined;
    if (account?.isReady === true) this.#subscribe(account);
    else this.#unsubscribe = account?.onChange(() => this.#subscribe(account));
  }

  /**
   * Subscribes if the account's state has been read. Does not wait for the account's `ready`: this promise may never
   * resolve, and the account may outlive the node.
   */
  #subscribe(account: Account): void {
    if (!account.isReady) return;
    this.#unsubscribe?.();
    const snapshot = account.snapshot();
    if (snapshot.state !== this.#state) this.#note(snapshot.state, snapshot);
    this.#unsubscribe = account.onEvent((...event) => this.#note(...event));
  }

  /** Sends the events that were collected before the start. From now on, sends each event at once. */
  start(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.#send(...event);
  }

  #note(...event: Parameters<AccountSubscriber>): void {
    this.#state = event[1].state;
    if (this.#early === undefined) this.#send(...event);
    else this.#early.push(event);
  }
}
