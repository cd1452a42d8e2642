import type { NodeAPI, NodeDef } from 'node-red';
import { createHash } from 'node:crypto';
import type { CozifyError, Log } from '../src/index.js';
import {
  badInput,
  DEFAULT_EXPIRY_MS,
  DEFAULT_POLL_S,
  isWithin,
  type Language,
  printable,
  parseAccountExpiry,
  parseCloudUrl,
  parseEmail,
  SECONDS,
  toCozifyError,
} from '../src/nodes-api.js';
import { serveEndpoints } from './admin/lazy-endpoints.js';
import type { GlobalContext } from './store/context-store.js';
import { AccountRegistry, type NodeSettings } from './accounts/account-registry.js';
import { type AccountNode, languageOfHost } from './runtime/find-account.js';

const NO_ADDRESS =
  'The e-mail address that this instance of the subflow has for its account is not valid: enter one such as ' +
  'name@example.com in the instance.';

/** The account's properties in the flow file, unchecked. */
export interface AccountDef extends NodeDef {
  cloudUrl?: unknown;
  autorefresh?: unknown;
  expiry?: unknown;
  expiryUnit?: unknown;
  store?: unknown;
  language?: unknown;
  pollLan?: unknown;
  pollCloud?: unknown;
}

/** Registers the account node and the endpoints of the dialogs. */
export default function register(RED: NodeAPI): void {
  const log: Log = {
    info: (line) => RED.log.info(`[cozify] ${printable(line)}`),
    warn: (line) => RED.log.warn(`[cozify] ${printable(line)}`),
    error: (line) => RED.log.error(`[cozify] ${printable(line)}`),
  };
  const accounts = new AccountRegistry(RED, log);
  serveEndpoints(RED, accounts);

  function create(this: AccountNode, def: AccountDef): void {
    RED.nodes.createNode(this, def);
    const nodeLog: Log = {
      info: (line) => this.log(printable(line)),
      warn: (line) => this.warn(printable(line)),
      error: (line) => this.error(printable(line)),
    };
    const { email, isOfInstance, problem } = readConfiguredEmail(RED, this, nodeLog);
    const template = templateOf(this);
    const storageId = isOfInstance && template !== undefined ? `${template}-${digestOf(email)}` : (template ?? this.id);
    accounts.noteMisconfigured(storageId, undefined);
    // Set the language first, because nodes use it for their statuses even if the account can't be used.
    this.language = readLanguage(def.language) ?? languageOfHost(RED);
    try {
      if (problem !== undefined) throw problem;
      const settings = {
        ...readSettings(this, def, nodeLog),
        language: this.language,
        id: storageId,
        nodeId: this.id,
        template: storageId === template ? undefined : template,
        email,
      };
      const { global } = this.context() as unknown as { global: GlobalContext };
      this.account = accounts.claim(settings, global, nodeLog);
    } catch (error) {
      this.problem = toCozifyError(error);
      this.error(this.problem.message);
      accounts.noteMisconfigured(storageId, { problem: this.problem, email: email === '' ? undefined : email });
    }
    this.on('close', (_removed: boolean, done: () => void) => {
      accounts.noteMisconfigured(storageId, undefined);
      if (this.account === undefined) done();
      else void accounts.release(this.account, this.id).then(done, done);
    });
  }

  RED.nodes.registerType<AccountNode, AccountDef, object, { email: string }>('cozify-account', create, {
    credentials: { email: { type: 'text' } },
  });
}

/** If this node belongs to an instance of a subflow, returns the id of the node in the subflow's template. */
function templateOf(node: AccountNode): string | undefined {
  return (node as { _alias?: string })._alias;
}

/** The configured e-mail address of an account. */
interface ConfiguredEmail {
  /** The address; `''` if none is configured, `undefined` if it is invalid or the credentials are missing. */
  email: string | undefined;
  /** Whether each instance of the subflow has its own address. */
  isOfInstance: boolean;
  /** The reason why the address can't be used. */
  problem?: CozifyError;
}

function readConfiguredEmail(RED: NodeAPI, node: AccountNode, log: Log): ConfiguredEmail {
  const template = templateOf(node);
  const raw = (RED.nodes.getCredentials(template ?? node.id) as { email?: unknown } | null | undefined) ?? undefined;
  const configured = (node.credentials as { email?: unknown } | undefined)?.email ?? '';
  if (typeof configured === 'string' && configured.trim() === '')
    return { email: raw === undefined ? undefined : '', isOfInstance: false };
  const isFromEnvironment = typeof raw?.email === 'string' && raw.email.includes('${');
  const isOfInstance = template !== undefined && isFromEnvironment;
  try {
    return { email: parseEmail(configured), isOfInstance };
  } catch {
    // Without an error, the instance would use the login of the template's account.
    if (isOfInstance) return { email: undefined, isOfInstance: false, problem: badInput(NO_ADDRESS) };
    log.warn('The e-mail address of the account is not valid, so it is not used.');
    return { email: undefined, isOfInstance: false };
  }
}

/** Returns a digest of an address, for use in an id. The address can't be recovered from it. */
function digestOf(email = ''): string {
  return createHash('sha256').update(email.toLowerCase()).digest('hex').slice(0, 16);
}

/** Returns the chosen language; `undefined` to use Node-RED's language. */
function readLanguage(language: unknown): Language | undefined {
  return language === 'fi' || language === 'en' ? language : undefined;
}

/** Reads a poll interval in seconds, given as a number or as text. Returns `fallback` if it is missing or invalid. */
function readInterval(interval: unknown, fallback: number, log: Log): number {
  if (interval === undefined || interval === '') return fallback;
  const seconds = typeof interval === 'string' ? Number(interval) : interval;
  if (isWithin(seconds, SECONDS.poll)) return seconds;
  log.warn(`A polling interval of ${JSON.stringify(interval)} seconds is not valid: using ${fallback} seconds.`);
  return fallback;
}

/** Reads the settings of an account from the properties of its node. */
function readSettings(
  node: AccountNode,
  def: AccountDef,
  log: Log,
): Omit<NodeSettings, 'id' | 'nodeId' | 'template' | 'email' | 'language'> {
  const expiryMs = parseAccountExpiry(def.expiry ?? '1', def.expiryUnit ?? 'days');
  if (expiryMs === undefined) {
    log.warn(`An expiry of ${JSON.stringify(def.expiry)} ${JSON.stringify(def.expiryUnit)} is not valid: using 1 day.`);
  }
  return {
    name: typeof node.name === 'string' ? node.name : '',
    cloudUrl: parseCloudUrl(def.cloudUrl),
    isAutorefresh: def.autorefresh !== false && def.autorefresh !== 'false',
    expiryMs: expiryMs ?? DEFAULT_EXPIRY_MS,
    store: typeof def.store === 'string' ? def.store : '',
    pollLanMs: readInterval(def.pollLan, DEFAULT_POLL_S.lan, log) * 1000,
    pollCloudMs: readInterval(def.pollCloud, DEFAULT_POLL_S.cloud, log) * 1000,
  };
}
