import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import {
  type Account,
  CozifyError,
  kindOf,
  parseExpiry,
  shape,
  type StepResult,
  toCozifyError,
} from '../../src/index.js';
import { findAccount, requireAccount } from './find-account.js';
import { type Message, StepMessage } from './message.js';
import { followAccount } from './status.js';

/** A parameter of a step: a property of the node, overridden by a message property of the same name. */
export type Parameter = { type: 'boolean'; default: boolean } | { type: 'expiry' };

type Parameters = Record<string, Parameter>;

/** The values of a step's parameters; an `expiry` becomes milliseconds, or `undefined` for the account's. */
type Values<P extends Parameters> = {
  [K in keyof P]: P[K] extends { type: 'boolean' } ? boolean : number | undefined;
};

/** What a step works on besides the account. */
export interface StepInput<P extends Parameters> {
  params: Values<P>;
  /** `msg.otp` as it came, which no other node gets to see. */
  otp: unknown;
  /** The value of the node's typed input, in "set" mode; `undefined` in "get" mode. */
  newValue: string | undefined;
}

/** A step of a flow, described. */
export interface ActionDefinition<P extends Parameters> {
  operation: 'authenticate' | 'ping' | 'refresh' | 'token' | 'email' | 'reset';
  /** With 2, a result of `false` leaves by the second. */
  outputs: 1 | 2;
  parameters: P;
  /** The typed input that "set" mode reads; its type is the property of that name and `Type`. */
  typedInput?: 'token' | 'email';
  run(account: Account, input: StepInput<P>): Promise<StepResult<boolean | string>>;
}

interface ActionDef extends NodeDef {
  account?: string;
  mode?: string;
  [property: string]: unknown;
}

type Send = (msg: NodeMessage | (NodeMessage | null)[]) => void;
type Done = (error?: Error) => void;

const flag = shape<boolean>({ type: 'boolean' });
const text = shape<string>({ type: 'string', minLength: 1 });

/** Registers an action node: the single path from a message to the account and back. */
export function defineAction<P extends Parameters>(RED: NodeAPI, definition: ActionDefinition<P>): void {
  RED.nodes.registerType(`cozify-${definition.operation}`, function create(this: Node, def: ActionDef) {
    RED.nodes.createNode(this, def);
    const status = followAccount(RED, this, () => findAccount(RED, def.account));
    this.on('input', (msg, send, done) => {
      status.follow();
      void handle(RED, this, def, definition, msg, send as Send, done);
    });
    this.on('close', () => status.stop());
  });
}

/** Never rejects: an input handler that did would end Node-RED. */
async function handle<P extends Parameters>(
  RED: NodeAPI,
  node: Node,
  def: ActionDef,
  definition: ActionDefinition<P>,
  incoming: NodeMessage,
  send: Send,
  done: Done,
): Promise<void> {
  try {
    const message = new StepMessage(incoming);
    const { properties, error } = await run(RED, node, def, definition, message);
    if (error !== undefined) fail(node, message, properties, error, done);
    else pass(node, message, properties, definition.outputs, send, done);
  } catch (thrown) {
    const error = toCozifyError(thrown);
    if (!hasWorked(() => done(error))) node.error(error);
  }
}

/** What a step has to say: the properties of its message, and the error where it failed. */
interface Answer {
  properties: { cozify: object; payload?: boolean | string };
  error?: CozifyError;
}

async function run<P extends Parameters>(
  RED: NodeAPI,
  node: Node,
  def: ActionDef,
  definition: ActionDefinition<P>,
  message: StepMessage,
): Promise<Answer> {
  const { operation } = definition;
  let account: Account | undefined;
  try {
    account = requireAccount(RED, def.account);
    const params = readParameters(definition.parameters, def, message);
    const newValue = await readTypedInput(RED, node, def, definition.typedInput, message.current);
    const { value, isRefreshed } = await definition.run(account, { params, otp: message.otp, newValue });
    const cozify = { ...account.snapshot(), operation, refreshed: isRefreshed };
    return { properties: { cozify, payload: value } };
  } catch (thrown) {
    const error = toCozifyError(thrown);
    const cozify = { ...(await knownOf(account, error)), operation, error: describe(error) };
    return { properties: { cozify }, error };
  }
}

/** Hands the message on. Complete nodes get the object that came: where that may hold the code, they do without it. */
function pass(
  node: Node,
  message: StepMessage,
  properties: Answer['properties'],
  outputs: 1 | 2,
  send: Send,
  done: Done,
): void {
  const isPassedOn = hasWorked(() => {
    const msg = message.write({ ...properties });
    send(outputs === 2 && properties.payload === false ? [null, msg] : [msg]);
  });
  const isDone = message.isCodeLeft || hasWorked(() => done());
  if (!isPassedOn || !isDone) node.error('The message could not be passed on: it cannot be read or changed.');
}

/** Ends in an error. Catch nodes get the object that came, or by the node's own error the copy that says more. */
function fail(
  node: Node,
  message: StepMessage,
  properties: Answer['properties'],
  error: CozifyError,
  done: Done,
): void {
  hasWorked(() => message.write({ ...properties }));
  const isCaught =
    (!message.isCopy && hasWorked(() => done(error))) ||
    hasWorked(() => node.error(error, message.isCopy ? message.current : message.copy()));
  if (!isCaught) node.error(error);
}

function hasWorked(work: () => void): boolean {
  try {
    work();
    return true;
  } catch {
    return false;
  }
}

function readParameters<P extends Parameters>(parameters: P, def: ActionDef, message: StepMessage): Values<P> {
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const override = message.read(name);
    const value =
      override === undefined ? fromEditor(def[name] === undefined ? defaultOf(parameter) : def[name]) : override;
    if (parameter.type === 'expiry') return [name, parseExpiry(value)];
    if (flag.fits(value)) return [name, value];
    throw new CozifyError('COZIFY_BAD_INPUT', `${name} should be true or false, but was ${kindOf(value)}.`);
  });
  return Object.fromEntries(values) as Values<P>;
}

function defaultOf(parameter: Parameter): boolean | undefined {
  return parameter.type === 'boolean' ? parameter.default : undefined;
}

/** What a person typed in the dialog, or an environment variable stands for, is always a text. */
function fromEditor(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (value === 'true' || value === 'false') return value === 'true';
  return /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value.trim();
}

async function readTypedInput(
  RED: NodeAPI,
  node: Node,
  def: ActionDef,
  name: 'token' | 'email' | undefined,
  msg: Message,
): Promise<string | undefined> {
  if (name === undefined || def.mode !== 'set') return undefined;
  const property = textOr(def[name], 'payload');
  const type = textOr(def[`${name}Type`], 'msg');
  const { value } = await evaluate(RED, node, property, type, msg);
  if (text.fits(value)) return value;
  const came = value === '' ? 'empty' : kindOf(value);
  throw new CozifyError('COZIFY_BAD_INPUT', `${name} should be a text to set, but ${type} ${property} was ${came}.`);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

/** The value of a typed input, wrapped: a promise in a message is a value, and not waited for. */
async function evaluate(
  RED: NodeAPI,
  node: Node,
  property: string,
  type: string,
  msg: Message,
): Promise<{ value: unknown }> {
  try {
    return await new Promise((resolve, reject) => {
      RED.util.evaluateNodeProperty(property, type, node, msg, (error, value: unknown) => {
        if (error) reject(error);
        else resolve({ value });
      });
    });
  } catch {
    throw new CozifyError('COZIFY_BAD_INPUT', `${type} ${property} can't be read.`);
  }
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
