import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { ErrorCode, Snapshot } from '../../../src/index.js';
import { ACCOUNT } from './flow';

export interface AdminReply {
  status: number;
  headers: Record<string, string>;
  text: string;
  body: Partial<Snapshot> & { code?: ErrorCode; message?: string; retryAfter?: number };
}

/** A reply with another body. */
export type ReplyWith<T> = Omit<AdminReply, 'body'> & { body: T };

type Headers = Record<string, string>;

/** The header that the editor sends with each request. */
export const EDITOR: Headers = { 'X-Requested-With': 'XMLHttpRequest' };

/** All POST endpoints of an account. */
export const POSTS = [
  ...['otp', 'authenticate', 'ping', 'reset', 'resolve', 'dashboard', 'identify', 'command'],
  ...['recording', 'recording/stop'],
];

/**
 * Returns the URL path of an account. `id` may end with the subpath `/diagnostics` or `/things`, which stays unencoded.
 */
function path(id: string): string {
  const [, account = id, below = ''] = /^(.*)(\/diagnostics|\/things)$/.exec(id) ?? [];
  return `/cozify/accounts/${encodeURIComponent(account)}${below}`;
}

export async function get(id = ACCOUNT, headers: Headers = {}): Promise<AdminReply> {
  return read(
    await helper
      .request()
      .get(path(id))
      .set({ ...EDITOR, ...headers }),
  );
}

/** Gets a path below an account, such as `/things?kind=room`, with an answer of another form than a snapshot. */
export async function getBelow<T>(below: string, id = ACCOUNT, headers: Headers = {}): Promise<ReplyWith<T>> {
  const request = helper.request().get(`/cozify/accounts/${encodeURIComponent(id)}${below}`);
  return read(await request.set({ ...EDITOR, ...headers })) as unknown as ReplyWith<T>;
}

/** Posts an object as JSON, or a string unchanged. Sends no content type if there is no body. */
export async function post(action: string, body?: unknown, id = ACCOUNT, headers: Headers = {}): Promise<AdminReply> {
  const type: Headers = body === undefined ? {} : { 'Content-Type': 'application/json' };
  const request = helper
    .request()
    .post(`${path(id)}/${action}`)
    .set({ ...EDITOR, ...type, ...headers });
  const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
  return read(await (text === undefined ? request : request.send(text)));
}

/** Asserts the form of an error response: its code, its message, no internals, and no caching. */
export function assertRefused(reply: AdminReply, status: number, code: ErrorCode): void {
  assert.deepEqual([reply.status, reply.body.code], [status, code], reply.text);
  const fields = Object.keys(reply.body).filter((name) => name !== 'retryAfter');
  assert.deepEqual(fields, ['code', 'message']);
  assert.ok((reply.body.message ?? '').length > 10);
  assert.doesNotMatch(reply.text, /stack|\bat .*\.js|node_modules/);
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.match(reply.headers['content-type'] ?? '', /^application\/json/);
}

export function assertSnapshot(reply: AdminReply, status: number, state: Snapshot['state']): void {
  assert.deepEqual([reply.status, reply.body.state], [status, state], reply.text);
  assert.equal(reply.headers['cache-control'], 'no-store');
  assert.match(reply.headers['content-type'] ?? '', /^application\/json/);
}

function read({ status, headers, text }: { status: number; headers: Headers; text: string }): AdminReply {
  let body: unknown = {};
  try {
    body = JSON.parse(text);
  } catch {
    // Ignores the parse error, because some responses of Node-RED itself are not JSON.
  }
  return { status, headers, text, body: body as AdminReply['body'] };
}
