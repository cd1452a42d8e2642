import type { Request, Response } from 'express';
import type { NodeAPI } from 'node-red';
import type { IncomingHttpHeaders } from 'node:http';
import { createRequire } from 'node:module';
import {
  type Account,
  CozifyError,
  type ErrorCode,
  kindOf,
  readCloudUrl,
  readEmail,
  readOtp,
  type Snapshot,
  toCozifyError,
} from '../src/index.js';
import type { RunningAccounts } from './running-accounts.js';

type Work = (id: string, body: Record<string, unknown>) => Promise<object>;

const { version: VERSION } = createRequire(__filename)('../../package.json') as { version: string };

const STATUS: Record<ErrorCode, number> = {
  COZIFY_BAD_INPUT: 400,
  COZIFY_NO_EMAIL: 400,
  COZIFY_NO_ACCOUNT: 404,
  COZIFY_OTP_REQUIRED: 409,
  COZIFY_CLOSED: 409,
  COZIFY_OTP_REJECTED: 422,
  COZIFY_RATE_LIMITED: 429,
  COZIFY_API: 502,
  COZIFY_OBSOLETE: 502,
  COZIFY_BAD_ANSWER: 502,
  COZIFY_FORBIDDEN: 502,
  COZIFY_STORE: 503,
  COZIFY_UNREACHABLE: 504,
};

/** A request that is refused before anything is done. */
class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The admin endpoints of the contract's section 5, which the login dialog uses. */
export function registerEndpoints(RED: NodeAPI, accounts: RunningAccounts): void {
  const root = '/cozify/accounts/:id';
  const may = (permission: string): ReturnType<typeof RED.auth.needsPermission> => RED.auth.needsPermission(permission);

  RED.httpAdmin.get(root, may('cozify.read'), (req, res) => void answer(req, res, 200, (id) => report(accounts, id)));
  RED.httpAdmin.get(`${root}/diagnostics`, may('cozify.read'), (req, res) => {
    void answer(req, res, 200, (id) => diagnose(RED, accounts, id));
  });
  RED.httpAdmin.post(`${root}/otp`, may('cozify.write'), (req, res) => {
    void answer(req, res, 202, (id, body) =>
      onTarget(accounts, id, body, async (account, email) => {
        await account.requestOtp(email);
        return account.report();
      }),
    );
  });
  RED.httpAdmin.post(`${root}/authenticate`, may('cozify.write'), (req, res) => {
    void answer(req, res, 200, async (id, body) => {
      const otp = readOtp(body['otp']);
      return onTarget(accounts, id, body, async (account, email) => {
        await account.authenticate(email === undefined ? { otp } : { otp, email });
        return account.report();
      });
    });
  });
  RED.httpAdmin.post(`${root}/reset`, may('cozify.write'), (req, res) => {
    void answer(req, res, 200, (id, body) => reset(accounts, id, body));
  });
}

/** Runs an endpoint's work between the checks every request goes through and the answer every outcome gets. */
async function answer(req: Request, res: Response, status: number, work: Work): Promise<void> {
  res.set('Cache-Control', 'no-store');
  try {
    checkOrigin(req.headers);
    const body = req.method === 'GET' ? {} : readBody(req);
    res.status(status).json(await work(String(req.params['id']), body));
  } catch (error) {
    if (error instanceof Refusal) {
      res.status(error.status).json({ code: error.code, message: error.message });
      return;
    }
    const { code, message, retryAfter } = toCozifyError(error);
    if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
    res.status(STATUS[code]).json({ code, message, ...(retryAfter === undefined ? {} : { retryAfter }) });
  }
}

/**
 * Refuses what another web site could send or read. A browser says where a request comes from by `Sec-Fetch-Site`, or
 * by `Origin`; forwarded headers can be set by anybody and prove nothing.
 */
function checkOrigin(headers: IncomingHttpHeaders): void {
  const site = headers['sec-fetch-site'];
  const { origin, host } = headers;
  const isOwn =
    site !== undefined ? site === 'same-origin' || site === 'none' : origin === undefined || isHost(origin, host);
  if (!isOwn) throw new Refusal(403, 'COZIFY_FORBIDDEN', 'The request should come from the Node-RED editor itself.');
}

function isHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: theirs } = new URL(origin);
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === theirs && theirs !== '';
}

function readBody(req: Request): Record<string, unknown> {
  const type = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal(415, 'COZIFY_BAD_INPUT', 'The body should be JSON, with Content-Type: application/json.');
  }
  const body: unknown = req.body;
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw new CozifyError('COZIFY_BAD_INPUT', `The body should be a JSON object, but was ${kindOf(body)}.`);
}

/** Works on the account a body speaks of: the deployed one, or a login in waiting where none runs or at another cloud. */
async function onTarget(
  accounts: RunningAccounts,
  id: string,
  body: Record<string, unknown>,
  work: (account: Account, email: string | undefined) => Promise<Snapshot>,
): Promise<Snapshot> {
  const email = body['email'] === undefined ? undefined : readEmail(body['email']);
  const cloudUrl = body['cloudUrl'] === undefined ? undefined : readCloudUrl(body['cloudUrl']);
  const running = await accounts.find(id);
  if (running !== undefined && (cloudUrl === undefined || cloudUrl === running.settings.cloudUrl)) {
    return work(running.account, email);
  }
  const ownEmail = email ?? (await running?.account.report())?.email ?? undefined;
  const waitingUrl = cloudUrl ?? (await accounts.waiting.get(id))?.cloudUrl ?? readCloudUrl('');
  return accounts.waiting.use(id, waitingUrl, (account) => work(account, ownEmail));
}

async function report(accounts: RunningAccounts, id: string): Promise<Snapshot> {
  const account = (await accounts.find(id))?.account ?? (await accounts.waiting.get(id))?.account;
  if (account === undefined) return neverLoggedIn(id);
  try {
    return await account.report();
  } catch (error) {
    // A Deploy has closed it just now: there is another, or none.
    if (toCozifyError(error).code === 'COZIFY_CLOSED') return report(accounts, id);
    throw error;
  }
}

async function reset(accounts: RunningAccounts, id: string, body: Record<string, unknown>): Promise<Snapshot> {
  const { logout = false } = body;
  if (typeof logout !== 'boolean') {
    throw new CozifyError('COZIFY_BAD_INPUT', `logout should be true or false, but was ${kindOf(logout)}.`);
  }
  const cloudUrl = body['cloudUrl'] === undefined ? undefined : readCloudUrl(body['cloudUrl']);
  const running = await accounts.find(id);
  if (running !== undefined && (cloudUrl === undefined || cloudUrl === running.settings.cloudUrl)) {
    await running.account.reset({ logout });
    return running.account.report();
  }
  const waiting = await accounts.waiting.get(id);
  if (waiting !== undefined && logout) await waiting.account.reset({ logout });
  await accounts.waiting.drop(id);
  return report(accounts, id);
}

/** What a person may paste into a report: no secret, the address masked. */
async function diagnose(RED: NodeAPI, accounts: RunningAccounts, id: string): Promise<object> {
  const account = (await accounts.find(id))?.account;
  const versions = {
    package: VERSION,
    node: process.version,
    nodeRed: (RED.settings as unknown as { version?: string }).version,
  };
  return {
    versions,
    ...(account === undefined ? { id, isRunning: false } : { isRunning: true, ...account.diagnose() }),
  };
}

function neverLoggedIn(id: string): Snapshot {
  return {
    ...{ id, account: id, state: 'otp-required', email: null, otpSentAt: null },
    ...{ lastRefresh: null, expiresAt: null, nextRefresh: null, reachable: true, saved: true, hubs: [] },
  };
}
