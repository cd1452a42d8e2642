import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Account, AccountListener } from '../src/index.js';
import { toCozifyError } from '../src/nodes-api.js';
import { findAccount } from './runtime/find-account.js';
import { onFlowsStarted } from './runtime/flows-started.js';
import { followAccount } from './runtime/status.js';

interface EventsDef extends NodeDef {
  account?: string;
  /** Topics to let through; empty for all. */
  events?: string[];
}

/** What a flow is told first waits so long: nodes of other packages may still be getting ready when flows have started. */
const START_DELAY_MS = 100;

/** Tells a flow what happens to the account, beginning with how it stands. */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('cozify-events', function create(this: Node, def: EventsDef) {
    RED.nodes.createNode(this, def);
    const wanted = new Set(Array.isArray(def.events) ? def.events : []);
    const feed = new EventFeed((topic, snapshot) => {
      if (wanted.size > 0 && !wanted.has(topic)) return;
      try {
        this.send({ topic, payload: snapshot });
      } catch (error) {
        // Nobody else would catch it, and Node-RED would end.
        this.error(toCozifyError(error).message);
      }
    });
    const follow = (): void => feed.follow(findAccount(RED, def.account)?.account);
    const status = followAccount(RED, this, () => findAccount(RED, def.account));
    let timer: NodeJS.Timeout | undefined;
    follow();
    const unsubscribe = onFlowsStarted(RED, () => {
      follow();
      timer ??= setTimeout(() => feed.begin(), START_DELAY_MS);
    });
    this.on('close', () => {
      unsubscribe();
      clearTimeout(timer);
      feed.follow(undefined);
      status.stop();
    });
  });
}

/** What happens to an account: its state, then each event. Where it is replaced by one in another state, that one's. */
class EventFeed {
  readonly #tell: AccountListener;
  #account: Account | undefined;
  #unfollow: (() => void) | undefined;
  /** The state that was told last. */
  #state: string | undefined;
  /** What has happened before it begins to tell. */
  #early: Parameters<AccountListener>[] | undefined = [];

  constructor(tell: AccountListener) {
    this.#tell = tell;
  }

  /** Listens to this account from now on, and to no other. */
  follow(account: Account | undefined): void {
    if (account === this.#account) return;
    this.#unfollow?.();
    this.#account = account;
    this.#unfollow = undefined;
    if (account?.isReady === true) this.#listen(account);
    else this.#unfollow = account?.onChange(() => this.#listen(account));
  }

  /**
   * Begins once the account's state has been read. Its `ready` is not waited for: that may never be, and an account lives
   * longer than the node.
   */
  #listen(account: Account): void {
    if (!account.isReady) return;
    this.#unfollow?.();
    const snapshot = account.snapshot();
    if (snapshot.state !== this.#state) this.#note(snapshot.state, snapshot);
    this.#unfollow = account.onEvent((...event) => this.#note(...event));
  }

  /** Tells what was kept back, and from now on each thing at once. */
  begin(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.#tell(...event);
  }

  #note(...event: Parameters<AccountListener>): void {
    this.#state = event[1].state;
    if (this.#early === undefined) this.#tell(...event);
    else this.#early.push(event);
  }
}
