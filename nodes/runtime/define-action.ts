import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { Account, CozifyError, StepResult } from '../../src/index.js';
import { type Arrival, toCozifyError } from '../../src/nodes-api.js';
import { Delivery } from './delivery.js';
import { findAccount, requireAccount } from './find-account.js';
import { StepMessage } from './message.js';
import { type ParameterReader, parameterReader, type Parameters, type Sources, type Values } from './parameters.js';
import { followAccount } from './status.js';

/** A step of a flow, described. */
export interface ActionDefinition<P extends Parameters, T> {
  /** What `msg.cozify` calls it; its type is that with `cozify-` before it. */
  operation: string;
  parameters: P;
  /** `arrival`: the message's place in the order in which all have come, where `arrive` gave one. */
  run: (account: Account, values: Values<P>, arrival?: Arrival) => Promise<StepResult<T>>;
  /** By which output a result leaves, the first being 1, by which all leave if this is not said; 0 for none. */
  output?: (value: T) => number;
  /** What a result makes of the message; its payload if this is not said. */
  properties?: (value: T) => Record<string, unknown>;
  /** What a result adds to `msg.cozify`. */
  details?: (value: T) => object;
}

/** The step of one node, with what is the node's own. */
export interface NodeAction<P extends Parameters, T> extends Omit<ActionDefinition<P, T>, 'operation'> {
  status: StepStatus<T>;
  /** Takes a place as soon as a message comes, before its values are read; it is left when the step has ended. */
  arrive?: (account: Account) => Arrival;
  stop?: () => void;
}

/** What a node does with each of its messages. */
interface NodeStep<P extends Parameters, T> extends NodeAction<P, T> {
  operation: string;
  read: ParameterReader<P>;
}

/** What a node shows of its steps. */
export interface StepStatus<T> {
  /** A message has come. Gives what is told how its step has ended. */
  begin(sources: Sources): { end: (value: T) => void; fail: (error: CozifyError) => void };
  stop(): void;
}

/** An action node's properties as a flow gives them, unchecked. */
export interface ActionDef extends NodeDef {
  account?: string;
  [property: string]: unknown;
}

/** Registers an action node: the single path from a message to the account and back. */
export function defineAction<P extends Parameters, T>(RED: NodeAPI, definition: ActionDefinition<P, T>): void {
  defineActionPerNode(RED, definition.operation, (node, def) => ({
    ...definition,
    status: accountStatus(RED, node, def),
  }));
}

/** Registers an action node of which each has something of its own, such as messages that wait. */
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
    begin: () => {
      status.follow();
      return ended;
    },
    stop: () => status.stop(),
  };
}

/** Never rejects: an input handler that did would end Node-RED. */
async function run<P extends Parameters, T>(step: NodeStep<P, T>, sources: Sources, delivery: Delivery): Promise<void> {
  const { operation, output = () => 1, properties = (payload: T) => ({ payload }), details } = step;
  const { RED, def, message } = sources;
  let account: Account | undefined;
  let arrival: Arrival | undefined;
  const shown = step.status.begin(sources);
  try {
    account = requireAccount(RED, def['account']);
    arrival = step.arrive?.(account);
    const values = await step.read(sources);
    const { value, isRefreshed } = await step.run(account, values, arrival);
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
    arrival?.leave();
  }
}

/** What can be said of the account after a failure: nothing where there is none, which it is where it can't be read. */
async function knownOf(account: Account | undefined): Promise<object> {
  if (account === undefined) return { refreshed: false };
  // What could not be read a moment ago is not waited for once more.
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
