import type { NodeAPI, NodeDef } from 'node-red';
import type { Log } from '../src/index.js';
import {
  DEFAULT_EXPIRY_MS,
  DEFAULT_POLL_S,
  isWithin,
  printable,
  parseAccountExpiry,
  parseCloudUrl,
  parseEmail,
  SECONDS,
  toCozifyError,
} from '../src/nodes-api.js';
import { registerEndpoints } from './admin/endpoints.js';
import type { GlobalContext } from './accounts/context-store.js';
import { type AccountSettings, AccountRegistry } from './accounts/account-registry.js';
import type { AccountNode } from './runtime/find-account.js';

/** The account's properties as a flow gives them, unchecked. */
export interface AccountDef extends NodeDef {
  cloudUrl?: unknown;
  autorefresh?: unknown;
  expiry?: unknown;
  expiryUnit?: unknown;
  store?: unknown;
  pollLan?: unknown;
  pollCloud?: unknown;
}

/** Gives each account node its account, and the dialogs their endpoints. */
export default function register(RED: NodeAPI): void {
  const log: Log = {
    info: (line) => RED.log.info(`[cozify] ${printable(line)}`),
    warn: (line) => RED.log.warn(`[cozify] ${printable(line)}`),
    error: (line) => RED.log.error(`[cozify] ${printable(line)}`),
  };
  const accounts = new AccountRegistry(RED, log);
  registerEndpoints(RED, accounts);

  function create(this: AccountNode, def: AccountDef): void {
    RED.nodes.createNode(this, def);
    const nodeLog: Log = {
      info: (line) => this.log(printable(line)),
      warn: (line) => this.warn(printable(line)),
      error: (line) => this.error(printable(line)),
    };
    const storageId = storageIdOf(this);
    const email = readConfiguredEmail(this, nodeLog);
    accounts.noteMisconfigured(storageId, undefined);
    try {
      const settings = readSettings(this, def, email, nodeLog);
      const { global } = this.context() as unknown as { global: GlobalContext };
      this.account = accounts.open(settings, global, nodeLog);
    } catch (error) {
      this.problem = toCozifyError(error);
      this.error(this.problem.message);
      accounts.noteMisconfigured(storageId, { problem: this.problem, email });
    }
    this.on('close', (_removed: boolean, done: () => void) => {
      accounts.noteMisconfigured(storageId, undefined);
      if (this.account === undefined) done();
      else void accounts.close(this.account).then(done, done);
    });
  }

  RED.nodes.registerType<AccountNode, AccountDef, object, { email: string }>('cozify-account', create, {
    credentials: { email: { type: 'text' } },
  });
}

/** Where the account is kept: the instances of a subflow share the login of its template. */
function storageIdOf(node: AccountNode): string {
  return (node as { _alias?: string })._alias ?? node.id;
}

function readConfiguredEmail(node: AccountNode, log: Log): string | undefined {
  const configured = (node.credentials as { email?: unknown } | undefined)?.email ?? '';
  const isBlank = typeof configured === 'string' && configured.trim() === '';
  try {
    return isBlank ? undefined : parseEmail(configured);
  } catch {
    log.warn('The e-mail address of the account is none, so it is not used.');
    return undefined;
  }
}

/** Seconds between the starts of two polls, as `1` or "1". */
function readInterval(interval: unknown, fallback: number, log: Log): number {
  if (interval === undefined || interval === '') return fallback;
  const seconds = typeof interval === 'string' ? Number(interval) : interval;
  if (isWithin(seconds, SECONDS.poll)) return seconds;
  log.warn(`Asking for changes every ${JSON.stringify(interval)} seconds makes no sense: taken as ${fallback}.`);
  return fallback;
}

function readSettings(node: AccountNode, def: AccountDef, email: string | undefined, log: Log): AccountSettings {
  const expiryMs = parseAccountExpiry(def.expiry ?? '1', def.expiryUnit ?? 'days');
  if (expiryMs === undefined) {
    log.warn(
      `An expiry of ${JSON.stringify(def.expiry)} ${JSON.stringify(def.expiryUnit)} makes no sense: taken as 1 day.`,
    );
  }
  return {
    id: storageIdOf(node),
    name: typeof node.name === 'string' ? node.name : '',
    cloudUrl: parseCloudUrl(def.cloudUrl),
    email,
    isAutorefresh: def.autorefresh !== false && def.autorefresh !== 'false',
    expiryMs: expiryMs ?? DEFAULT_EXPIRY_MS,
    store: typeof def.store === 'string' ? def.store : '',
    pollLanMs: readInterval(def.pollLan, DEFAULT_POLL_S.lan, log) * 1000,
    pollCloudMs: readInterval(def.pollCloud, DEFAULT_POLL_S.cloud, log) * 1000,
  };
}
