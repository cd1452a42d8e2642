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

type Message = NodeMessage & Record<string, unknown>;
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
  const { operation, outputs } = definition;
  const { msg, otp } = takeMessage(incoming);
  // Node-RED hands the incoming object on to Catch and Complete nodes: where that holds the code, they do without it.
  const holdsCode = msg !== incoming && otp !== undefined;
  const fail = (error: CozifyError): void => (msg === incoming ? done(error) : node.error(error, msg));
  let account: Account | undefined;
  let value: boolean | string;
  try {
    account = requireAccount(RED, def.account);
    const params = readParameters(definition.parameters, def, msg);
    const newValue = await readTypedInput(RED, node, def, definition.typedInput, msg);
    const result = await definition.run(account, { params, otp, newValue });
    ({ value } = result);
    msg['payload'] = value;
    msg['cozify'] = { ...account.snapshot(), operation, refreshed: result.isRefreshed };
  } catch (thrown) {
    const error = toCozifyError(thrown);
    msg['cozify'] = { ...(await knownOf(account, error)), operation, error: describe(error) };
    deliver(node, () => fail(error));
    return;
  }
  deliver(node, () => {
    send(outputs === 2 && value === false ? [null, msg] : [msg]);
    if (!holdsCode) done();
  });
}

/** Hands a message on. One that Node-RED can't copy, because reading it throws, is said in the log. */
function deliver(node: Node, work: () => void): void {
  try {
    work();
  } catch {
    node.error('The message could not be passed on: one of its properties cannot be read.');
  }
}

/** What a step writes or takes away. */
const OWN_PROPERTIES = ['otp', 'payload', 'cozify'];

/** The message to work on, without the code it may hold: the incoming one, or a copy where that can't be changed. */
function takeMessage(incoming: NodeMessage): { msg: Message; otp: unknown } {
  const isFixed = !Object.isExtensible(incoming) || OWN_PROPERTIES.some((name) => isFixedProperty(incoming, name));
  const msg = (isFixed ? copy(incoming) : incoming) as Message;
  let otp: unknown;
  try {
    otp = (incoming as Message)['otp'];
  } catch {
    otp = null;
  }
  delete msg['otp'];
  return { msg, otp };
}

function isFixedProperty(msg: object, name: string): boolean {
  const property = Object.getOwnPropertyDescriptor(msg, name);
  return property !== undefined && !(property.configurable === true && property.writable === true);
}

/** A copy that can be changed. Getters are carried over unread, except where the step will write. */
function copy(incoming: NodeMessage): Message {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(incoming))
    .filter(([name, property]) => name !== 'otp' && ('value' in property || !OWN_PROPERTIES.includes(name)))
    .map(([name, property]): [string, PropertyDescriptor] => [
      name,
      { ...property, configurable: true, ...('value' in property ? { writable: true } : {}) },
    ]);
  return Object.defineProperties({}, Object.fromEntries(properties));
}

function readParameters<P extends Parameters>(parameters: P, def: ActionDef, msg: Message): Values<P> {
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const override = readProperty(msg, name);
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

function readProperty(msg: Message, name: string): unknown {
  try {
    return msg[name];
  } catch {
    throw new CozifyError('COZIFY_BAD_INPUT', `msg.${name} can't be read.`);
  }
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
