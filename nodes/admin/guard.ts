import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { NodeAPI } from 'node-red';
import { type ErrorCode } from '../../src/index.js';
import { badInput, kindOf, toCozifyError } from '../../src/nodes-api.js';

/**
 * The handler of an endpoint. Receives the account's id, the body as an object (`{}` for a GET), the query, and a
 * signal that is aborted when the client disconnects. Resolves to the answer, or to a stream of its JSON.
 */
export type EndpointHandler = (
  id: string,
  body: Record<string, unknown>,
  query: Request['query'],
  signal: AbortSignal,
) => Promise<object>;

/** The value of `Retry-After`, in seconds, if the cloud asks to slow down but doesn't say for how long. */
const DEFAULT_RETRY_AFTER_S = 60;

/** Size limit for a request body, in characters of JSON: enough for a thousand targets, rooms and hubs. */
const MAX_BODY = 1024 * 1024;

/** Answers shorter than this, in characters, are not compressed. */
const MIN_COMPRESSED = 1000;

const STATUS: Record<ErrorCode, number> = {
  COZIFY_BAD_INPUT: 400,
  COZIFY_NO_EMAIL: 400,
  COZIFY_NO_ACCOUNT: 404,
  COZIFY_NOT_FOUND: 404,
  COZIFY_OTP_REQUIRED: 409,
  COZIFY_CLOSED: 409,
  COZIFY_OTP_REJECTED: 422,
  COZIFY_RATE_LIMITED: 429,
  COZIFY_API: 502,
  COZIFY_OBSOLETE: 502,
  COZIFY_BAD_ANSWER: 502,
  COZIFY_FORBIDDEN: 502,
  COZIFY_STORE: 503,
  COZIFY_HUB_OFFLINE: 503,
  COZIFY_BUSY: 503,
  COZIFY_UNREACHABLE: 504,
};

const UNREADABLE: Record<number, string> = {
  400: 'The URL should be encoded correctly, and the body should be a JSON object.',
  413: 'The body should be a JSON object of at most 1 MiB that is not deeply nested.',
  415: 'The body should be JSON in UTF-8, with Content-Type: application/json.',
};

/** An error with its own HTTP status, which replaces the usual status for the error's code. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly code: ErrorCode,
    message: string,
    readonly retryAfter?: number,
  ) {
    super(message);
  }
}

/**
 * Functions that add routes. `read`: a GET that needs permission to read; `readPrivate`: a GET that needs permission to
 * write; `ask`: a POST that needs permission to read; `write`: a POST that needs permission to write.
 */
export interface GuardedRoutes {
  read: (path: string, handler: EndpointHandler) => void;
  readPrivate: (path: string, handler: EndpointHandler) => void;
  ask: (path: string, handler: EndpointHandler) => void;
  write: (path: string, status: number, handler: EndpointHandler) => void;
}

/**
 * Returns functions that add routes below `root`, which contains `:id`. Every route checks Node-RED's permission, the
 * origin of the request and its body. It answers with `status` and the result of `handler`, or with the error as `{code,
 * message, retryAfter?}`, never with a stack.
 */
export function guardRoutes({ httpAdmin, auth }: NodeAPI, root: string): GuardedRoutes {
  const guarded = (status: number, handler: EndpointHandler): RequestHandler => {
    return (req, res) => void answer(req, res, status, handler);
  };
  return {
    read: (path, handler) => httpAdmin.get(root + path, auth.needsPermission('cozify.read'), guarded(200, handler)),
    readPrivate: (path, handler) =>
      httpAdmin.get(root + path, auth.needsPermission('cozify.write'), guarded(200, handler)),
    ask: (path, handler) => httpAdmin.post(root + path, auth.needsPermission('cozify.read'), guarded(200, handler)),
    write: (path, status, handler) =>
      httpAdmin.post(root + path, auth.needsPermission('cozify.write'), guarded(status, handler)),
  };
}

/**
 * Express error handler for requests that could not be parsed. Either the id is badly encoded, or the body is invalid
 * and the application that embeds Node-RED parses it. Node-RED's own parser runs earlier and sends its own answer.
 * Register this handler after all routes.
 */
export function refuseUnreadable(error: unknown, req: Request, res: Response, next: NextFunction): void {
  const { status } = error as { status?: unknown };
  if (res.headersSent || typeof status !== 'number' || status < 400 || status > 499) {
    next(error);
    return;
  }
  void answer(req, res, status, () => {
    throw new Refusal(status, 'COZIFY_BAD_INPUT', UNREADABLE[status] ?? 'The address or the body can not be read.');
  });
}

async function answer(req: Request, res: Response, status: number, handler: EndpointHandler): Promise<void> {
  res.set('Cache-Control', 'no-store');
  try {
    checkOrigin(req.headers);
    const body = req.method === 'POST' ? readBody(req) : {};
    const disconnected = new AbortController();
    res.once('close', () => disconnected.abort());
    const result = await handler(String(req.params['id']), body, req.query, disconnected.signal);
    if (!(result instanceof Readable)) return await send(req, res.status(status), result);
    // Ignore the failure, because the client has disconnected.
    await pipeline(result, res.status(status).type('json')).catch(() => undefined);
  } catch (error) {
    refuse(res, error instanceof Refusal ? error : refusalOf(res, error));
  }
}

function refuse(res: Response, { status, code, message, retryAfter }: Refusal): void {
  if (retryAfter !== undefined) res.set('Retry-After', String(retryAfter));
  res.status(status).json({ code, message, ...(retryAfter === undefined ? {} : { retryAfter }) });
}

function refusalOf(res: Response, error: unknown): Refusal {
  const { code, message, statusCode, retryAfter } = toCozifyError(error);
  // The dialog uses the status of the cloud's answer to explain some errors.
  if (statusCode !== undefined) res.set('Cozify-Status', String(statusCode));
  const waitS = retryAfter ?? (code === 'COZIFY_RATE_LIMITED' ? DEFAULT_RETRY_AFTER_S : undefined);
  return new Refusal(STATUS[code], code, message, waitS);
}

/**
 * Sends a result, compressed if the browser accepts that, because lists and events may go over a phone's connection.
 */
async function send(req: Request, res: Response, result: object): Promise<void> {
  const json = JSON.stringify(result);
  res.type('json').vary('Accept-Encoding');
  if (json.length < MIN_COMPRESSED || req.acceptsEncodings('gzip') === false) return void res.send(json);
  const compressed = await promisify(gzip)(json);
  res.set('Content-Encoding', 'gzip').send(compressed);
}

/**
 * Rejects a request that another web site could make a browser send. Forwarded headers are ignored, because they can be
 * forged.
 */
function checkOrigin(headers: IncomingHttpHeaders): void {
  if (!isSameOrigin(headers)) {
    throw new Refusal(
      403,
      'COZIFY_FORBIDDEN',
      'The request should come from the Node-RED editor itself. A program should send the header X-Requested-With.',
    );
  }
}

function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host, authorization } = headers;
  const site = headers['sec-fetch-site'];
  if (site !== undefined) return site === 'same-origin' || site === 'none';
  if (origin !== undefined) return isHost(origin, host);
  // Browsers send neither `Sec-Fetch-Site` nor `Origin` with an image, a script or a no-cors request to a plain-HTTP
  // address. But such a request can't have the following two headers either.
  return headers['x-requested-with'] !== undefined || authorization !== undefined;
}

function isHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  const own = `${protocol}//${host}`;
  return URL.canParse(own) && new URL(own).host === originHost && originHost !== '';
}

function readBody(req: Request): Record<string, unknown> {
  const type = req.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') {
    throw new Refusal(415, 'COZIFY_BAD_INPUT', 'The body should be JSON, with Content-Type: application/json.');
  }
  const body: unknown = req.body;
  if (!isSmall(body)) throw new Refusal(413, 'COZIFY_BAD_INPUT', UNREADABLE[413] ?? '');
  if (typeof body === 'object' && body !== null && !Array.isArray(body)) return body as Record<string, unknown>;
  throw badInput(`The body should be a JSON object, but was ${kindOf(body)}.`);
}

/**
 * Whether a body is within the limit. Measures the parsed body, because `Content-Length` may be the length of a
 * compressed body.
 */
function isSmall(body: unknown): boolean {
  try {
    return (JSON.stringify(body) ?? '').length <= MAX_BODY;
  } catch {
    // JSON.stringify has overflowed the stack, because the body is too deeply nested.
    return false;
  }
}
