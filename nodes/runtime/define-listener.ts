import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type Account, CozifyError } from '../../src/index.js';
import { toCozifyError } from '../../src/nodes-api.js';
import { findAccount, requireAccount } from './find-account.js';
import { onFlowsStarted } from './flows-started.js';
import { HubStatus } from './hub-status.js';
import { filledIn } from './hub-targets.js';
import { languageOfHost } from './language.js';
import { statusOf } from './status.js';
import type { TestedNode } from './by-hand.js';

/** The node for which a subscription runs. */
export interface Listener {
  readonly node: Node;
  readonly status: HubStatus;
  /** Shows problems of the subscription, such as a device that is gone, and logs the new ones. */
  readonly onProblems: (problems: readonly CozifyError[]) => void;
}

/** The description of a node without input that sends events of a home. */
export interface ListenerDefinition<W> {
  type: string;
  /** Parses the node's properties. Throws `COZIFY_BAD_INPUT`. */
  parse: (properties: Record<string, unknown>) => W;
  listen: (account: Account, wishes: W, listener: Listener) => Listening;
}

/** A running subscription of a node. */
export interface Listening {
  stop(): void;
  /** Returns an example message for each output; `undefined` if the devices are not known yet. */
  example(): (object | null)[] | undefined;
}

/**
 * Registers a node that subscribes to the homes of its account, and again after each Deploy that changes the account. The
 * subscription begins when the flows have started, because the nodes after it may not exist before that.
 */
export function defineListener<W>(RED: NodeAPI, { type, parse, listen }: ListenerDefinition<W>): void {
  RED.nodes.registerType(
    type,
    function create(this: TestedNode, def: NodeDef & { account?: string; hub?: string; targets?: unknown }) {
      RED.nodes.createNode(this, def);
      let wishes: W;
      try {
        const { targets, hub } = def;
        wishes = parse({ ...def, ...(filledIn({ targets, hub }, { RED, node: this }) as object) });
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
      const status = new HubStatus({ RED, node: this, account: def.account, hub, isEverywhere });
      let told: readonly string[] = [];
      let problem: CozifyError | undefined;
      const onProblems = (problems: readonly CozifyError[]): void => {
        [problem] = problems;
        status.showProblems(problems);
        const messages = problems.map(({ message }) => message);
        for (const message of messages) if (!told.includes(message)) this.warn(message);
        told = messages;
      };
      let account: Account | undefined;
      let feed: Listening | undefined;
      const unsubscribe = onFlowsStarted(RED, () => {
        const found = findAccount(RED, def.account)?.account;
        if (found === account) return;
        feed?.stop();
        account = found;
        feed = found === undefined ? undefined : listen(found, wishes, { node: this, status, onProblems });
      });
      this.sendTest = () => {
        const { homes } = requireAccount(RED, def.account);
        const messages = feed?.example();
        if (messages === undefined) throw problem ?? unknownYet(homes);
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

/** Returns the error for a test message without known devices. Throws the account's error if it has no hubs. */
function unknownYet({ hubs }: Account['homes']): CozifyError {
  void hubs;
  return new CozifyError('COZIFY_HUB_OFFLINE', 'Nothing is known of these devices yet: try again in a moment.');
}
