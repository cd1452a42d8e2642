import type { NodeAPI } from 'node-red';
import { createRequire } from 'node:module';
import { type Account, type Snapshot, CozifyError } from '../../src/index.js';
import { badInput, kindOf, parseCloudUrl, parseEmail, parseOtp, toCozifyError } from '../../src/nodes-api.js';
import type { AccountRegistry } from '../accounts/account-registry.js';
import { registerFeedEndpoint } from './feed-endpoint.js';
import { guardRoutes, refuseUnreadable } from './guard.js';
import { registerHubEndpoints } from './hub-endpoints.js';
import { registerNodeEndpoints } from './node-endpoints.js';
import { registerRecordingEndpoints } from './recording-endpoints.js';

const { version: VERSION } = createRequire(__filename)('../../../package.json') as { version: string };

/** Under this name the application, which keeps its routes for as long as it lives, keeps the accounts that they serve. */
const LOCAL = 'cozify accounts';

/**
 * The admin endpoints, which the dialogs use. When the package is removed and installed again in one process, the routes
 * of the first time go on with the new accounts.
 */
export function registerEndpoints(RED: NodeAPI, newest: AccountRegistry): void {
  const { locals } = RED.httpAdmin as { locals: { [LOCAL]?: AccountRegistry } };
  const isServed = locals[LOCAL] !== undefined;
  locals[LOCAL] = newest;
  if (isServed) return;
  const accounts = (): AccountRegistry => locals[LOCAL] ?? newest;
  const routes = guardRoutes(RED, '/cozify/accounts/:id');
  const { read, write } = routes;
  read('', (id, _body, query) => snapshotOf(accounts(), id, query['cloudUrl']));
  read('/diagnostics', (id) => diagnose(RED, accounts(), id));
  write('/otp', 202, (id, body) => onTarget(accounts(), id, body, (account, email) => account.requestOtp(email)));
  write('/authenticate', 200, async (id, body) => {
    const otp = parseOtp(body['otp']);
    return onTarget(accounts(), id, body, (account, email) =>
      account.authenticate(email === undefined ? { otp } : { otp, email }),
    );
  });
  write('/ping', 200, (id, body) => ping(accounts(), id, body));
  write('/reset', 200, (id, body) => reset(accounts(), id, body));
  registerHubEndpoints(routes, accounts);
  registerFeedEndpoint(routes, accounts);
  registerRecordingEndpoints(routes, accounts);
  RED.httpAdmin.use('/cozify/accounts', refuseUnreadable);
  registerNodeEndpoints(RED);
}

/**
 * Works on the account a body speaks of, the deployed one, or a login in waiting where none runs or at another cloud;
 * then tells how it stands, or the one that a Deploy has put in its place meanwhile.
 */
async function onTarget(
  accounts: AccountRegistry,
  id: string,
  body: Record<string, unknown>,
  work: (account: Account, email: string | undefined) => Promise<unknown>,
): Promise<Snapshot> {
  const email = body['email'] === undefined ? undefined : parseEmail(body['email']);
  const cloudUrl = body['cloudUrl'] === undefined ? undefined : parseCloudUrl(body['cloudUrl']);
  const running = await accounts.find(id, email);
  if (running !== undefined && (cloudUrl === undefined || cloudUrl === running.cloudUrl)) {
    await work(running, email);
    return snapshotOfDeployed(accounts, running.id, running.cloudUrl);
  }
  const misconfigured = accounts.misconfigured(id);
  if (misconfigured !== undefined && cloudUrl === undefined) throw misconfigured.problem;
  const saved = await accounts.saved(id);
  const ownEmail = email ?? (await running?.readSnapshot())?.email ?? misconfigured?.email ?? saved?.snapshot.email;
  const deployedUrl = (await accounts.find(id))?.cloudUrl ?? saved?.cloudUrl;
  const waitingUrl = cloudUrl ?? (await accounts.waiting.get(id))?.cloudUrl ?? deployedUrl ?? parseCloudUrl('');
  const snapshot = await accounts.waiting.use(id, waitingUrl, async (account) => {
    await work(account, ownEmail ?? undefined);
    return account.readSnapshot();
  });
  // The account may have been deployed meanwhile: what has come of its login is then told of that one.
  const deployed = await accounts.takeWaiting(id, waitingUrl).catch(() => undefined);
  return (await deployed?.readSnapshot().catch(() => undefined)) ?? snapshot;
}

/** How the account stands that is deployed at a cloud now. */
async function snapshotOfDeployed(accounts: AccountRegistry, id: string, cloudUrl: string): Promise<Snapshot> {
  const deployed = await accounts.at(id, cloudUrl);
  if (deployed === undefined) throw new CozifyError('COZIFY_CLOSED', 'The account was closed meanwhile.');
  return snapshotOf(accounts, id, cloudUrl);
}

/** Asks the cloud now whether it takes the login, and renews nothing; `verdict` is `null` where there is no login. */
async function ping(accounts: AccountRegistry, id: string, body: Record<string, unknown>): Promise<object> {
  const cloudUrl = body['cloudUrl'] === undefined ? undefined : parseCloudUrl(body['cloudUrl']);
  const account = await accounts.usable(id, cloudUrl);
  const problem = accounts.misconfigured(id)?.problem;
  if (account === undefined && problem !== undefined) throw problem;
  const isAccepted = account !== undefined && (await account.ping({ autorefresh: false })).value;
  const isRejected = account?.lostLogin !== undefined;
  const verdict = isAccepted ? 'accepted' : isRejected ? 'rejected' : null;
  return { ...(await snapshotOf(accounts, id, body['cloudUrl'])), verdict };
}

/**
 * How an account stands; with a `cloudUrl` other than the deployed one, how the login that waits there does. While the
 * flows are stopped, a saved login takes precedence over a pending one.
 */
async function snapshotOf(accounts: AccountRegistry, id: string, asked: unknown, isAgain = false): Promise<Snapshot> {
  const cloudUrl = asked === undefined ? undefined : parseCloudUrl(asked);
  const saved = await accounts.saved(id);
  const savedHere = cloudUrl === undefined || cloudUrl === saved?.cloudUrl ? saved : undefined;
  if (savedHere?.error !== undefined) throw savedHere.error;
  if (savedHere?.snapshot.state === 'authenticated') return savedHere.snapshot;
  const account = await accounts.usable(id, cloudUrl);
  try {
    if (account !== undefined) return await account.readSnapshot();
    if (savedHere !== undefined) return savedHere.snapshot;
    const running = await accounts.find(id);
    const email = (await running?.readSnapshot())?.email ?? accounts.misconfigured(id)?.email;
    return neverLoggedIn(id, email);
  } catch (error) {
    // A Deploy has closed it just now: there is another, or none.
    if (!isAgain && toCozifyError(error).code === 'COZIFY_CLOSED') return snapshotOf(accounts, id, asked, true);
    throw error;
  }
}

async function reset(accounts: AccountRegistry, id: string, body: Record<string, unknown>): Promise<Snapshot> {
  const { logout = false } = body;
  if (typeof logout !== 'boolean') {
    throw badInput(`logout should be true or false, but was ${kindOf(logout)}.`);
  }
  const cloudUrl = body['cloudUrl'] === undefined ? undefined : parseCloudUrl(body['cloudUrl']);
  const deployed = await accounts.at(id, cloudUrl);
  // By the id of a template no instance is meant that has an account, and so an id, of its own.
  if (deployed?.id === id) {
    await deployed.reset({ logout });
    return snapshotOfDeployed(accounts, id, deployed.cloudUrl);
  }
  if (logout) {
    for (const waiting of await accounts.waiting.all(id)) {
      if (cloudUrl !== undefined && waiting.cloudUrl !== cloudUrl) continue;
      await waiting.account.reset({ logout });
      await accounts.waiting.drop(id, waiting.cloudUrl);
    }
  }
  await accounts.waiting.drop(id, cloudUrl);
  return snapshotOf(accounts, id, undefined);
}

/** What a person may paste into a report: no secret, the address masked. */
async function diagnose(RED: NodeAPI, accounts: AccountRegistry, id: string): Promise<object> {
  const running = await accounts.find(id);
  const account = running ?? (await accounts.waiting.get(id))?.account;
  const versions = {
    package: VERSION,
    node: process.version,
    nodeRed: (RED.settings as unknown as { version?: string }).version,
  };
  const saved = running === undefined ? await accounts.saved(id) : undefined;
  const { problem } = accounts.misconfigured(id) ?? {};
  return {
    versions,
    isRunning: running !== undefined,
    problem: problem === undefined ? null : { code: problem.code, message: problem.message },
    ...(saved?.diagnostics ?? account?.diagnose() ?? neverLoggedIn(id)),
  };
}

function neverLoggedIn(id: string, email: string | null = null): Snapshot {
  return {
    id,
    account: email ?? id,
    state: 'otp-required',
    email,
    loginEmail: null,
    otpSentAt: null,
    lastRefresh: null,
    expiresAt: null,
    nextRefresh: null,
    reachable: true,
    saved: true,
    hubs: [],
  };
}
