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

/** The node that listens. */
export interface Listener {
  readonly node: Node;
  readonly status: HubStatus;
  /** Shows all that keeps something from being heard, and logs what is new of it. */
  readonly onProblems: (problems: readonly CozifyError[]) => void;
}

/** A node without input that hears of what happens in a home, described. */
export interface ListenerDefinition<W> {
  type: string;
  /** What the node wants to hear, by its properties. Throws `COZIFY_BAD_INPUT`. */
  parse: (properties: Record<string, unknown>) => W;
  listen: (account: Account, wishes: W, listener: Listener) => Listening;
}

/** What listens for a node. */
export interface Listening {
  stop(): void;
  /** What it would send now, one message an output; `undefined` while nothing is known of what it listens to. */
  example(): (object | null)[] | undefined;
}

/**
 * Registers a node that listens to the homes of its account, whichever account that is after each deploy. Nothing is
 * heard before the flows have started: whoever would get it may not be there yet.
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
        status.showMissing(problems);
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

/** Why a node does not know what it would send. Throws what keeps the account from having a hub at all. */
function unknownYet({ hubs }: Account['homes']): CozifyError {
  void hubs;
  return new CozifyError('COZIFY_HUB_OFFLINE', 'Nothing is known of these devices yet: try again in a moment.');
}
