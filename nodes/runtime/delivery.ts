import type { Node, NodeMessage } from 'node-red';
import type { CozifyError } from '../../src/index.js';
import type { StepMessage } from './message.js';

/** As Node-RED hands it to an input handler. */
export type Send = (msg: NodeMessage | (NodeMessage | null)[]) => void;
/** As Node-RED hands it to an input handler. */
export type Done = (error?: Error) => void;

/** The ways by which a message leaves a node. None throws: what Node-RED can't handle is said in its log. */
export class Delivery {
  readonly #node: Node;
  readonly #send: Send;
  readonly #done: Done;

  constructor(node: Node, send: Send, done: Done) {
    this.#node = node;
    this.#send = send;
    this.#done = done;
  }

  /**
   * Sends the message with these properties by an output, the first being 1. Complete nodes get the object that came:
   * where that may hold the code, they do without it.
   */
  pass(message: StepMessage, properties: Record<string, unknown>, output: number): void {
    const isPassedOn = hasWorked(() => {
      const msg = message.write(properties);
      this.#send(output === 1 ? msg : [...Array<null>(output - 1).fill(null), msg]);
    });
    const isDone = message.isCodeLeft || hasWorked(() => this.#done());
    if (!isPassedOn || !isDone) this.#node.error('The message could not be passed on: it cannot be read or changed.');
  }

  /** Sends nothing: the step is done. Complete nodes do without what may still hold the code. */
  drop(message: StepMessage): void {
    if (!message.isCodeLeft && !hasWorked(() => this.#done()))
      this.#node.error('Node-RED could not be notified of the end of a step.');
  }

  /** Ends in an error. Catch nodes get the object that came, or by the node's own error the copy that says more. */
  fail(message: StepMessage, properties: Record<string, unknown>, error: CozifyError): void {
    hasWorked(() => message.write(properties));
    const isCaught =
      (!message.isCopy && hasWorked(() => this.#done(error))) ||
      hasWorked(() => this.#node.error(error, message.isCopy ? message.current : message.copy()));
    if (!isCaught) this.#node.error(error);
  }

  /** Ends in an error for what is no message. */
  refuse(error: CozifyError): void {
    if (!hasWorked(() => this.#done(error))) this.#node.error(error);
  }
}

function hasWorked(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}
