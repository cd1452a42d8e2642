// A minimal Node-RED on a simulated clock, for the storm test.
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Account } from '../../../src/account/account.js';
import { settlesWithin } from '../../../src/async/clock.js';
import type { FakeClock } from '../../src/support/fake-clock.js';

/** Node-RED's timeout for a closing node. */
const CLOSING_MS = 15_000;

export type Message = Record<string, unknown>;

/** The properties of a node in a flow. */
export interface NodeProperties {
  id: string;
  type: string;
  [property: string]: unknown;
}

type Send = (messages: Message | (Message | null)[]) => void;
type Input = (message: Message, send: Send, done: (error?: Error) => void) => void;
type Closer = (...callbacks: unknown[]) => unknown;

/** Callbacks for the `send` and `done` calls of a node while it handles a message. */
export interface Handling {
  sent: (messages: (Message | null)[]) => void;
  done: (error: Error | undefined) => void;
}

/** Receives all log lines of the nodes, and the messages that a node sends while it handles no message. */
export interface Observer {
  sent: (node: string, messages: (Message | null)[]) => void;
  logged: (node: string, text: string) => void;
}

/** The features of a node that Node-RED itself provides: its status and its event handlers. */
class SmallNode {
  status: NodeStatus = {};
  readonly inputs: Input[] = [];
  readonly closers: Closer[] = [];

  async close(clock: FakeClock): Promise<void> {
    const closed = this.closers.map(
      (close) =>
        new Promise<unknown>((resolve) => {
          // As in Node-RED, a close handler without parameters returns a promise. A handler with parameters calls its
          // last parameter when it has finished.
          if (close.length === 0) resolve(close());
          else if (close.length === 1) close(resolve);
          else close(false, resolve);
        }),
    );
    await settlesWithin(clock, Promise.all(closed), CLOSING_MS);
  }
}

/**
 * The features of Node-RED that hub nodes need: it creates nodes, sends them messages and closes them. Runs on a test's
 * clock. All nodes have the same account, without a config node.
 */
export class SmallRed {
  account: Account | undefined;
  readonly #clock: FakeClock;
  readonly #observer: Observer;
  readonly #events = new EventEmitter();
  readonly #types = new Map<string, new (properties: NodeProperties) => object>();
  readonly #nodes = new Map<string, SmallNode>();

  constructor(clock: FakeClock, observer: Observer) {
    this.#clock = clock;
    this.#observer = observer;
  }

  /** The `RED` object that nodes receive. */
  get api(): NodeAPI {
    const api = {
      events: this.#events,
      settings: { lang: 'fi' },
      log: { error: (text: string) => this.#observer.logged('', text) },
      nodes: {
        registerType: (type: string, create: new (properties: NodeProperties) => object) =>
          this.#types.set(type, create),
        createNode: (node: Node, properties: NodeProperties) => this.#equip(node, properties),
        getNode: (id: string) => (id === 'account' ? { type: 'cozify-account', account: this.account } : null),
      },
    };
    return api as unknown as NodeAPI;
  }

  /** Creates nodes, and emits `flows:started`. */
  start(all: readonly NodeProperties[]): void {
    for (const properties of all) {
      const Create = this.#types.get(properties.type);
      if (Create === undefined) throw new Error(`no ${properties.type}`);
      new Create({ name: '', account: 'account', ...properties });
    }
    this.#events.emit('flows:started');
  }

  /**
   * Closes nodes. Close handlers may wait for timers, so the caller must advance the clock until the returned promise
   * resolves.
   */
  async close(ids: readonly string[]): Promise<void> {
    const closing = ids.map((id) => this.#nodes.get(id));
    for (const id of ids) this.#nodes.delete(id);
    await Promise.all(closing.map((node) => node?.close(this.#clock) ?? Promise.resolve()));
  }

  get running(): string[] {
    return [...this.#nodes.keys()];
  }

  statusOf(id: string): NodeStatus | undefined {
    return this.#nodes.get(id)?.status;
  }

  /** Sends a message to a node. Calls `sent` and `done` when the node calls `send` and `done`. */
  give(id: string, message: Message, { sent, done }: Handling): void {
    const send: Send = (messages) => sent(Array.isArray(messages) ? messages : [messages]);
    for (const input of this.#nodes.get(id)?.inputs ?? []) input(message, send, done);
  }

  #equip(node: Node, { id, type }: NodeProperties): void {
    const small = new SmallNode();
    const log = (text: unknown): void => this.#observer.logged(id, text instanceof Error ? text.message : String(text));
    this.#nodes.set(id, small);
    Object.assign(node, {
      ...{ id, type, log, warn: log, error: log },
      status: (status: NodeStatus) => void (small.status = status),
      send: (messages: Message | (Message | null)[]) =>
        this.#observer.sent(id, Array.isArray(messages) ? messages : [messages]),
      on: (event: string, listener: never) => void (event === 'input' ? small.inputs : small.closers).push(listener),
    });
  }
}
