import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Account } from '../../src/index.js';
import { CozifyError, toCozifyError } from '../../src/nodes-api.js';
import { findAccount, requireAccount, languageOfHost } from './find-account.js';
import { onFlowsStarted } from './runtime-events.js';
import { HubStatus } from './hub-status.js';
import { filledIn } from './hub-targets.js';
import { statusOf } from './status.js';

/** A node that can send a test message on demand, so that users can try out the nodes that receive its messages. */
export interface TestedNode extends Node {
  /** Sends an example message with `test: true`. Throws a `CozifyError` if there is no content for it yet. */
  sendTest?: () => void;
}

/** The node for which a feed is created, and the status of the node. */
export interface FeedContext {
  readonly node: Node;
  readonly status: HubStatus;
  /** Shows problems of the subscription, such as a device that is gone, and logs new problems. */
  readonly onProblems: (problems: readonly CozifyError[]) => void;
}

/** The definition of a node type that has no input and sends events of a home. */
export interface FeedDefinition<W> {
  type: string;
  /** Parses the node's properties. Throws `COZIFY_BAD_INPUT`. */
  parse: (properties: Record<string, unknown>) => W;
  createFeed: (account: Account, config: W, context: FeedContext) => Feed;
}

/** A running subscription of a node. */
export interface Feed {
  stop(): void;
  /** Returns an example message for each output; `undefined` if the devices are not known yet. */
  example(): (object | null)[] | undefined;
}

/**
 * Registers a node that subscribes to the homes of its account. Subscribes again after each Deploy that changes the
 * account. Subscribes only when the flows have started, because the nodes that receive this node's messages may not
 * exist earlier.
 */
export function defineFeed<W>(RED: NodeAPI, { type, parse, createFeed }: FeedDefinition<W>): void {
  RED.nodes.registerType(
    type,
    function create(this: TestedNode, def: NodeDef & { account?: string; hub?: string; targets?: unknown }) {
      RED.nodes.createNode(this, def);
      let config: W;
      try {
        const { targets, hub } = def;
        config = parse({ ...def, ...(filledIn({ targets, hub }, { RED, node: this }) as object) });
      } catch (error) {
        const language = findAccount(RED, def.account)?.language ?? languageOfHost(RED);
        this.status(statusOf(language, 'red', 'ring', 'check-node'));
        this.error(toCozifyError(error).message);
        this.sendTest = () => {
          throw error;
        };
        return;
      }
      const { targets = [], hub = '' } = def;
      const isEverywhere = hub === '' && Array.isArray(targets) && targets.length === 0;
      const status = new HubStatus({ RED, node: this, account: def.account, hub, targets, isEverywhere });
      let logged: readonly string[] = [];
      let problem: CozifyError | undefined;
      const onProblems = (problems: readonly CozifyError[]): void => {
        [problem] = problems;
        status.showProblems(problems);
        const messages = problems.map(({ message }) => message);
        for (const message of messages) if (!logged.includes(message)) this.warn(message);
        logged = messages;
      };
      let account: Account | undefined;
      let feed: Feed | undefined;
      const unsubscribe = onFlowsStarted(RED, () => {
        const found = findAccount(RED, def.account)?.account;
        if (found === account) return;
        feed?.stop();
        account = found;
        feed = found === undefined ? undefined : createFeed(found, config, { node: this, status, onProblems });
      });
      this.sendTest = () => {
        const { homes } = requireAccount(RED, def.account);
        const messages = feed?.example();
        if (messages === undefined) throw problem ?? noStatesError(homes);
        this.send(messages.map((message) => message && { ...message, test: true }));
      };
      this.on('close', () => {
        unsubscribe();
        feed?.stop();
        status.stop();
      });
    },
  );
}

/**
 * Returns the error for a test message that is requested before any device is known. Reading `hubs` throws the
 * account's error if the account has no hubs.
 */
function noStatesError({ hubs }: Account['homes']): CozifyError {
  void hubs;
  return new CozifyError('COZIFY_HUB_OFFLINE', 'Nothing is known of these devices yet: try again in a moment.');
}

/**
 * Makes a node send a test message. Throws `COZIFY_NOT_FOUND` if no deployed node with this id can send test messages.
 */
export function sendTest(RED: NodeAPI, id: string): void {
  const node = RED.nodes.getNode(id) as TestedNode | null | undefined;
  if (node?.sendTest === undefined) {
    throw new CozifyError('COZIFY_NOT_FOUND', 'No node with this id can send a test: deploy it first.');
  }
  node.sendTest();
}
