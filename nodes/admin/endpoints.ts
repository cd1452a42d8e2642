import type { NodeAPI } from 'node-red';
import { createRequire } from 'node:module';
import type { Account, Snapshot } from '../../src/index.js';
import {
  badInput,
  CozifyError,
  kindOf,
  parseCloudUrl,
  parseEmail,
  parseOtp,
  toCozifyError,
} from '../../src/nodes-api.js';
import type { AccountRegistry } from '../accounts/account-registry.js';
import { sendTest } from '../runtime/define-feed.js';
import { registerDashboardEndpoint } from './dashboard-endpoint.js';
import { registerFeedEndpoint } from './feed-endpoint.js';
import { guardRoutes, refuseUnreadable } from './guard.js';
import { registerHubEndpoints } from './hub-endpoints.js';
import { registerRecordingEndpoints } from './recording-endpoints.js';

const { version: VERSION } = createRequire(__filename)('../../../package.json') as { version: string };

/** Registers the admin endpoints for the dialogs. `accounts` returns the current registry. */
export function registerEndpoints(RED: NodeAPI, accounts: () => AccountRegistry): void {
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
  registerDashboardEndpoint(routes, accounts);
  registerRecordingEndpoints(routes, accounts);
  RED.httpAdmin.use('/cozify/accounts', refuseUnreadable);
  registerNodeEndpoints(RED);
}

/** Registers the endpoint for the buttons of nodes on the canvas. */
function registerNodeEndpoints(RED: NodeAPI): void {
  guardRoutes(RED, '/cozify/nodes/:id').write('/test', 200, (id) => {
    sendTest(RED, id);
    return Promise.resolve({ sent: true });
  });
  RED.httpAdmin.use('/cozify/nodes', refuseUnreadable);
}

/**
 * Runs `work` on the account of a request: the deployed account, or a pending login if the account does not run or runs
 * at another cloud. Returns the snapshot after the work, or the snapshot of an account that was deployed during the
 * work.
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
  const pendingUrl = cloudUrl ?? (await accounts.pendingLogins.get(id))?.cloudUrl ?? deployedUrl ?? parseCloudUrl('');
  const snapshot = await accounts.pendingLogins.use(id, pendingUrl, async (account) => {
    await work(account, ownEmail ?? undefined);
    return account.readSnapshot();
  });
  // If the account was deployed during the work, the deployed account now has the result of the login.
  const deployed = await accounts.adoptLogin(id, pendingUrl).catch(() => undefined);
  return (await deployed?.readSnapshot().catch(() => undefined)) ?? snapshot;
}

/** Returns the snapshot of the account that is currently deployed with this cloud. */
async function snapshotOfDeployed(accounts: AccountRegistry, id: string, cloudUrl: string): Promise<Snapshot> {
  const deployed = await accounts.findInCloud(id, cloudUrl);
  if (deployed === undefined)
    throw new CozifyError('COZIFY_CLOSED', 'The account was closed meanwhile. If a code was right, the login is kept.');
  return snapshotOf(accounts, id, cloudUrl);
}

/** Asks the cloud whether the login is valid, without renewing it. `verdict` is `null` if there is no login. */
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
 * Returns the snapshot of an account, or of the pending login if `cloudUrl` differs from the deployed one. While the
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
    // Try again, because a Deploy has just closed the account, and has replaced or removed it.
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
  const deployed = await accounts.findInCloud(id, cloudUrl);
  // Reset only the account with exactly this id. The id of a node in a subflow's template also finds the account of a
  // subflow instance, but that account has another id.
  if (deployed?.id === id) {
    await deployed.reset({ logout });
    return snapshotOfDeployed(accounts, id, deployed.cloudUrl);
  }
  if (logout) {
    for (const pending of await accounts.pendingLogins.all(id)) {
      if (cloudUrl !== undefined && pending.cloudUrl !== cloudUrl) continue;
      await pending.account.reset({ logout });
      await accounts.pendingLogins.drop(id, pending.cloudUrl);
    }
  }
  await accounts.pendingLogins.drop(id, cloudUrl);
  return snapshotOf(accounts, id, undefined);
}

/** Returns diagnostics that a user may paste into a report: without secrets, with a masked address. */
async function diagnose(RED: NodeAPI, accounts: AccountRegistry, id: string): Promise<object> {
  const running = await accounts.find(id);
  const account = running ?? (await accounts.pendingLogins.get(id))?.account;
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
