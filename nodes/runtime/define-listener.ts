import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Account, CozifyError } from '../../src/index.js';
import { toCozifyError } from '../../src/nodes-api.js';
import { findAccount } from './find-account.js';
import { onFlowsStarted } from './flows-started.js';
import { HubStatus } from './hub-status.js';
import { filledIn } from './hub-targets.js';
import { say } from './status.js';

/** The node that listens. */
export interface Listener {
  readonly node: Node;
  readonly status: HubStatus;
  /** Shows and logs what keeps a target from being heard. */
  readonly onProblem: (error: CozifyError) => void;
}

/** A node without input that hears of what happens in a home, described. */
export interface ListenerDefinition<W> {
  type: string;
  /** What the node wants to hear, by its properties. Throws `COZIFY_BAD_INPUT`. */
  parse: (properties: Record<string, unknown>) => W;
  listen: (account: Account, wishes: W, listener: Listener) => { stop(): void };
}

/**
 * Registers a node that listens to the homes of its account, whichever account that is after each deploy. Nothing is
 * heard before the flows have started: whoever would get it may not be there yet.
 */
export function defineListener<W>(RED: NodeAPI, { type, parse, listen }: ListenerDefinition<W>): void {
  RED.nodes.registerType(
    type,
    function create(this: Node, def: NodeDef & { account?: string; hub?: string; targets?: unknown }) {
      RED.nodes.createNode(this, def);
      let wishes: W;
      try {
        const { targets, hub } = def;
        wishes = parse({ ...def, ...(filledIn({ targets, hub }, { RED, node: this }) as object) });
      } catch (error) {
        this.status(say('red', 'ring', 'check-node'));
        this.error(toCozifyError(error).message);
        return;
      }
      const { targets = [], hub = '' } = def;
      const isEverywhere = hub === '' && Array.isArray(targets) && targets.length === 0;
      const status = new HubStatus({ RED, node: this, account: def.account, hub, isEverywhere });
      const onProblem = (error: CozifyError): void => {
        status.fail(error);
        this.warn(error.message);
      };
      let account: Account | undefined;
      let feed: { stop(): void } | undefined;
      const unsubscribe = onFlowsStarted(RED, () => {
        const found = findAccount(RED, def.account)?.account;
        if (found === account) return;
        feed?.stop();
        account = found;
        feed = found === undefined ? undefined : listen(found, wishes, { node: this, status, onProblem });
      });
      this.on('close', () => {
        unsubscribe();
        feed?.stop();
        status.stop();
      });
    },
  );
}
