import type { Node, NodeAPI, NodeDef } from 'node-red';
import { type Account, type CozifyError, type StepResult, toCozifyError } from '../../src/index.js';
import { Delivery } from './delivery.js';
import { findAccount, requireAccount } from './find-account.js';
import { StepMessage } from './message.js';
import { type Parameters, readParameters, type Sources, type Values } from './parameters.js';
import { followAccount } from './status.js';

/** A step of a flow, described. */
export interface ActionDefinition<P extends Parameters, T> {
  /** What `msg.cozify` calls it; its type is that with `cozify-` before it. */
  operation: string;
  parameters: P;
  run: (account: Account, values: Values<P>) => Promise<StepResult<T>>;
  /** By which output a result leaves, the first being 1, by which all leave if this is not said. */
  output?: (value: T) => number;
  /** What a result makes of the message; its payload if this is not said. */
  properties?: (value: T) => Record<string, unknown>;
  /** What a result adds to `msg.cozify`. */
  report?: (value: T) => object;
}

interface ActionDef extends NodeDef {
  account?: string;
  [property: string]: unknown;
}

/** Registers an action node: the single path from a message to the account and back. */
export function defineAction<P extends Parameters, T>(RED: NodeAPI, definition: ActionDefinition<P, T>): void {
  RED.nodes.registerType(`cozify-${definition.operation}`, function create(this: Node, def: ActionDef) {
    RED.nodes.createNode(this, def);
    const status = followAccount(RED, this, () => findAccount(RED, def.account));
    this.on('input', (incoming, send, done) => {
      const delivery = new Delivery(this, send, done);
      try {
        status.follow();
        const message = new StepMessage(incoming);
        void run(definition, { RED, node: this, def, message }, delivery);
      } catch (error) {
        delivery.refuse(toCozifyError(error));
      }
    });
    this.on('close', () => status.stop());
  });
}

/** Never rejects: an input handler that did would end Node-RED. */
async function run<P extends Parameters, T>(
  definition: ActionDefinition<P, T>,
  sources: Sources,
  delivery: Delivery,
): Promise<void> {
  const { operation, parameters, output = () => 1, properties = toPayload, report = () => ({}) } = definition;
  const { RED, def, message } = sources;
  let account: Account | undefined;
  try {
    account = requireAccount(RED, def['account']);
    const values = await readParameters(parameters, sources);
    const { value, isRefreshed } = await definition.run(account, values);
    const cozify = { ...account.snapshot(), operation, refreshed: isRefreshed, ...report(value) };
    delivery.pass(message, { cozify, ...properties(value) }, output(value));
  } catch (thrown) {
    const error = toCozifyError(thrown);
    const cozify = { ...(await knownOf(account, error)), operation, error: describe(error) };
    delivery.fail(message, { cozify }, error);
  }
}

function toPayload(value: unknown): Record<string, unknown> {
  return { payload: value };
}

/** What can be said of the account after a failure: nothing where there is none, which it is where it can't be read. */
async function knownOf(account: Account | undefined, { code }: CozifyError): Promise<object> {
  if (code === 'COZIFY_NO_ACCOUNT') return {};
  if (account === undefined) return { refreshed: false };
  // What could not be read a moment ago is not waited for once more.
  const isReadable = account.loadError === undefined;
  const snapshot = isReadable ? await account.report().catch(() => account.snapshot()) : account.snapshot();
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
