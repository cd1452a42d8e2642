import type { Node, NodeMessage } from 'node-red';
import type { CozifyError } from '../../src/index.js';
import type { StepMessage } from './message.js';

/** The `send` function of an input handler. */
export type Send = (msg: NodeMessage | (NodeMessage | null)[]) => void;
/** The `done` function of an input handler. */
export type Done = (error?: Error) => void;

/** Sends the result of a step. Its methods never throw: a failure of Node-RED is logged. */
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
   * Sends the message with these properties through an output, numbered from 1. Node-RED passes the incoming object to
   * Complete nodes, so they are not called if that object may still contain the login code.
   */
  pass(message: StepMessage, properties: Record<string, unknown>, output: number): void {
    const isPassedOn = hasWorked(() => {
      const msg = message.write(properties);
      this.#send(output === 1 ? msg : [...Array<null>(output - 1).fill(null), msg]);
    });
    const isDone = message.isCodeLeft || hasWorked(() => this.#done());
    if (!isPassedOn || !isDone) this.#node.error('The message could not be passed on: it cannot be read or changed.');
  }

  /** Ends a step without a message. Complete nodes are not called if the message may still contain the login code. */
  drop(message: StepMessage): void {
    if (!message.isCodeLeft && !hasWorked(() => this.#done()))
      this.#node.error('Node-RED could not be notified of the end of a step.');
  }

  /** Ends a step with an error. Catch nodes receive the incoming object, or a copy if that object can't be changed. */
  fail(message: StepMessage, properties: Record<string, unknown>, error: CozifyError): void {
    hasWorked(() => message.write(properties));
    const isCaught =
      (!message.isCopy && hasWorked(() => this.#done(error))) ||
      hasWorked(() => this.#node.error(error, message.isCopy ? message.current : message.copy()));
    if (!isCaught) this.#node.error(error);
  }

  /** Ends a step with an error because its input is not a message. */
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
