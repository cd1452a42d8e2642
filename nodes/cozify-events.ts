import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Snapshot } from '../src/index.js';
import type { AccountNode } from './cozify-account.js';
import { followAccount, START_DELAY_MS } from './runtime/status.js';

interface EventsDef extends NodeDef {
  account?: string;
  /** Topics to let through; empty for all. */
  events?: string[];
}

/** Tells a flow what happens to the account, beginning with how it stands. */
export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('cozify-events', function create(this: Node, def: EventsDef) {
    RED.nodes.createNode(this, def);
    const find = (): AccountNode | undefined => {
      const node = RED.nodes.getNode(def.account ?? '') as AccountNode | null | undefined;
      return node?.type === 'cozify-account' ? node : undefined;
    };
    const status = followAccount(this, find);
    const wanted = new Set(Array.isArray(def.events) ? def.events : []);
    const account = find()?.account;
    let isClosed = false;
    let hasBegun = false;
    const early: [string, Snapshot][] = [];

    const tell = (topic: string, snapshot: Snapshot): void => {
      if (!hasBegun) early.push([topic, snapshot]);
      else if (!isClosed && (wanted.size === 0 || wanted.has(topic))) this.send({ topic, payload: snapshot });
    };
    const unsubscribe = account?.onEvent(tell);
    const isReady = account?.ready.then(() => {
      const snapshot = account.snapshot();
      tell(snapshot.state, snapshot);
    });
    const timer = setTimeout(() => {
      void isReady?.then(() => {
        hasBegun = true;
        for (const [topic, snapshot] of early.splice(0)) tell(topic, snapshot);
      });
    }, START_DELAY_MS);

    this.on('close', () => {
      isClosed = true;
      clearTimeout(timer);
      unsubscribe?.();
      status.stop();
    });
  });
}
