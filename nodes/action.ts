import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { type Account, CozifyError, kindOf, readExpiry, shape, type StepResult, toCozifyError } from '../src/index.js';
import type { AccountNode } from './cozify-account.js';
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
    const status = followAccount(this, () => findAccount(RED, def.account));
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
  const isCopy = msg !== incoming;
  let account: Account | undefined;
  try {
    account = requireAccount(RED, def.account);
    const params = readParameters(definition.parameters, def, msg);
    const newValue = await readTypedInput(RED, node, def, definition.typedInput, msg);
    const { value, isRefreshed } = await definition.run(account, { params, otp, newValue });
    msg['payload'] = value;
    msg['cozify'] = { ...account.snapshot(), operation, refreshed: isRefreshed };
    send(outputs === 2 && value === false ? [null, msg] : [msg]);
  } catch (thrown) {
    const error = toCozifyError(thrown);
    const known = error.code === 'COZIFY_NO_ACCOUNT' ? {} : { ...knownSnapshot(account), refreshed: false };
    msg['cozify'] = { ...known, operation, error: describe(error) };
    // Node-RED hands the incoming object to Catch nodes: where that is frozen, they get the copy instead.
    if (isCopy) node.error(error, msg);
    else done(error);
    return;
  }
  if (!isCopy || otp === undefined) done();
}

/** The message to work on, without the code it may hold: the incoming one, or a copy where that can't be changed. */
function takeMessage(incoming: NodeMessage): { msg: Message; otp: unknown } {
  const isFixed =
    !Object.isExtensible(incoming) ||
    isFixedProperty(incoming, 'otp') ||
    isFixedProperty(incoming, 'payload') ||
    isFixedProperty(incoming, 'cozify');
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
  return (
    property !== undefined &&
    (property.configurable === false ||
      (!('value' in property) && property.set === undefined) ||
      property.writable === false)
  );
}

/** A copy that can be changed; getters are carried over unread. */
function copy(incoming: NodeMessage): Message {
  const properties = Object.entries(Object.getOwnPropertyDescriptors(incoming))
    .filter(([name]) => name !== 'otp')
    .map(([name, property]): [string, PropertyDescriptor] => [
      name,
      { ...property, configurable: true, ...('value' in property ? { writable: true } : {}) },
    ]);
  return Object.defineProperties({}, Object.fromEntries(properties));
}

function findAccount(RED: NodeAPI, id: string | undefined): AccountNode | undefined {
  if (id === undefined || id === '') return undefined;
  const node = RED.nodes.getNode(id) as AccountNode | null | undefined;
  return node?.type === 'cozify-account' ? node : undefined;
}

function requireAccount(RED: NodeAPI, id: string | undefined): Account {
  const node = findAccount(RED, id);
  if (node?.problem !== undefined) throw node.problem;
  if (node?.account !== undefined) return node.account;
  throw new CozifyError('COZIFY_NO_ACCOUNT', 'No Cozify account: choose one that exists and is enabled.');
}

function readParameters<P extends Parameters>(parameters: P, def: ActionDef, msg: Message): Values<P> {
  const values = Object.entries(parameters).map(([name, parameter]) => {
    const override = readProperty(msg, name);
    const value = override === undefined ? fromEditor(def[name] ?? defaultOf(parameter)) : override;
    if (parameter.type === 'expiry') return [name, readExpiry(value)];
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
  const value = await evaluate(RED, node, property, type, msg);
  if (text.fits(value)) return value;
  const came = value === '' ? 'empty' : kindOf(value);
  throw new CozifyError('COZIFY_BAD_INPUT', `${name} should be a text to set, but ${type} ${property} was ${came}.`);
}

function textOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback;
}

async function evaluate(RED: NodeAPI, node: Node, property: string, type: string, msg: Message): Promise<unknown> {
  try {
    return await new Promise<unknown>((resolve, reject) => {
      RED.util.evaluateNodeProperty(property, type, node, msg, (error, value: unknown) => {
        if (error) reject(error);
        else resolve(value);
      });
    });
  } catch {
    throw new CozifyError('COZIFY_BAD_INPUT', `${type} ${property} can't be read.`);
  }
}

/** The snapshot, once the account has read its state. */
function knownSnapshot(account: Account | undefined): object {
  return account?.isReady === true ? account.snapshot() : {};
}

function describe({ code, message, statusCode, retryAfter }: CozifyError): object {
  return {
    code,
    message,
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}
