import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Account, CozifyError, StepResult } from '../../src/index.js';
import { type Ticket, toCozifyError } from '../../src/nodes-api.js';
import { Delivery } from './delivery.js';
import { findAccount, requireAccount } from './find-account.js';
import { StepMessage } from './message.js';
import { type ParameterReader, parameterReader, type Parameters, type Sources, type Values } from './parameters.js';
import { followAccount } from './status.js';

/** The definition of an action node type. */
export interface ActionDefinition<P extends Parameters, T> {
  /** The name in `msg.cozify.operation`. The node's type is `cozify-` followed by this name. */
  operation: string;
  parameters: P;
  /**
   * Runs a step, which handles one message. `ticket`: the message's ticket in a FIFO queue, if there is `takeTicket`.
   */
  run: (account: Account, values: Values<P>, ticket?: Ticket) => Promise<StepResult<T>>;
  /** Returns the output on which a result is sent, numbered from 1; 0 sends nothing. Defaults to output 1. */
  output?: (value: T) => number;
  /** Returns the message properties that a result sets. If omitted, the result becomes the payload. */
  properties?: (value: T) => Record<string, unknown>;
  /** Returns the properties that a result adds to `msg.cozify`. */
  details?: (value: T) => object;
}

/** The action of one node, with the node's own state. */
export interface NodeAction<P extends Parameters, T> extends Omit<ActionDefinition<P, T>, 'operation'> {
  status: StepStatus<T>;
  /**
   * Takes a ticket of a FIFO queue when a message arrives, before its values are read, so that commands are sent in the
   * order of the messages. The ticket is released when the step ends.
   */
  takeTicket?: (account: Account) => Ticket;
  stop?: () => void;
}

/** The action of one node together with its parameter reader. */
interface NodeStep<P extends Parameters, T> extends NodeAction<P, T> {
  operation: string;
  read: ParameterReader<P>;
}

/** Shows the progress of a node's steps in the node's status. */
export interface StepStatus<T> {
  /** Shows that a step begins. Returns functions that show how it ended. */
  start(sources: Sources): { end: (value: T) => void; fail: (error: CozifyError) => void };
  stop(): void;
}

/** The properties of an action node in the flow file, unchecked. */
export interface ActionDef extends NodeDef {
  account?: string;
  [property: string]: unknown;
}

/** Registers an action node whose status shows the state of its account. */
export function defineAction<P extends Parameters, T>(RED: NodeAPI, definition: ActionDefinition<P, T>): void {
  defineActionPerNode(RED, definition.operation, (node, def) => ({
    ...definition,
    status: accountStatus(RED, node, def),
  }));
}

/** Registers an action node type whose nodes each have their own state, such as waiting messages. */
export function defineActionPerNode<P extends Parameters, T>(
  RED: NodeAPI,
  operation: string,
  create: (node: Node, def: ActionDef) => NodeAction<P, T>,
): void {
  RED.nodes.registerType(`cozify-${operation}`, function register(this: Node, def: ActionDef) {
    RED.nodes.createNode(this, def);
    const action = create(this, def);
    const step = { ...action, operation, read: parameterReader(action.parameters, def) };
    this.on('input', (incoming, send, done) => {
      const delivery = new Delivery(this, send, done);
      try {
        const message = new StepMessage(incoming);
        void run(step, { RED, node: this, def, message }, delivery);
      } catch (error) {
        delivery.refuse(toCozifyError(error));
      }
    });
    this.on('close', () => {
      action.stop?.();
      action.status.stop();
    });
  });
}

function accountStatus<T>(RED: NodeAPI, node: Node, def: ActionDef): StepStatus<T> {
  const status = followAccount(RED, node, () => findAccount(RED, def.account));
  const ended = { end: () => undefined, fail: () => undefined };
  return {
    start: () => {
      status.follow();
      return ended;
    },
    stop: () => status.stop(),
  };
}

/** Runs a step. Never rejects, because an input handler that rejects ends the Node-RED process. */
async function run<P extends Parameters, T>(step: NodeStep<P, T>, sources: Sources, delivery: Delivery): Promise<void> {
  const { operation, output = () => 1, properties = (payload: T) => ({ payload }), details } = step;
  const { RED, def, message } = sources;
  let account: Account | undefined;
  let ticket: Ticket | undefined;
  const shown = step.status.start(sources);
  try {
    account = requireAccount(RED, def['account']);
    ticket = step.takeTicket?.(account);
    const values = await step.read(sources);
    const { value, isRefreshed } = await step.run(account, values, ticket);
    shown.end(value);
    const cozify = Object.assign(account.snapshot(), { operation, refreshed: isRefreshed }, details?.(value));
    if (output(value) === 0) delivery.drop(message);
    else delivery.pass(message, { cozify, ...properties(value) }, output(value));
  } catch (thrown) {
    const error = toCozifyError(thrown);
    shown.fail(error);
    const cozify = { ...(await knownOf(account)), operation, error: describe(error) };
    delivery.fail(message, { cozify }, error);
  } finally {
    ticket?.release();
  }
}

/**
 * Returns the properties of `msg.cozify` that are known after a failure. Without an account, there is no snapshot.
 * While the account's state can't be read, the snapshot has only the id and the name.
 */
async function knownOf(account: Account | undefined): Promise<object> {
  if (account === undefined) return { refreshed: false };
  // Don't read a state again that could not be read a moment ago.
  const isReadable = account.loadError === undefined;
  const snapshot = isReadable ? await account.readSnapshot().catch(() => account.snapshot()) : account.snapshot();
  const { id, account: name } = snapshot;
  return { ...(account.isReady ? snapshot : { id, account: name }), refreshed: false };
}

function describe({ code, message, statusCode, retryAfter }: CozifyError): object {
  return {
    code,
    message,
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
