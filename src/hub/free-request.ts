import { badInput, CozifyError } from '../errors.js';
import { expectOk } from '../http/response.js';
import { kindOf } from '../input.js';
import { parseJson } from '../schema.js';
import type { HubAnswer, HubClient, HubRequest } from './hub-client.js';

/** Statuses that mean the same of every call. */
const HAVE_WORDS = [403, 410, 429];

/** A request that a person has put together. */
export interface FreeRequest extends Pick<HubRequest, 'method' | 'path' | 'body'> {
  /** How long the whole of it may take; by default as {@link HubRequest.deadlineMs}. */
  timeoutMs?: number;
}

/** What a hub has answered: parsed where it is JSON, else its text; `null` for nothing, and for nothing new (304). */
export interface FreeAnswer {
  statusCode: number;
  payload: unknown;
}

/**
 * Sends a request to a hub as it is; what it changes is nobody's command. Throws as {@link HubClient.request}, and
 * `COZIFY_API` for an answer that is no success.
 */
export async function requestFreely(client: HubClient, { timeoutMs, ...request }: FreeRequest): Promise<FreeAnswer> {
  const answer = await client.request({ ...request, isFree: true, deadlineMs: timeoutMs });
  expectSuccess(answer);
  const { status, body } = answer;
  return { statusCode: status, payload: status === 304 ? null : payloadOf(body) };
}

/**
 * The JSON text of what is to be sent: a text that is JSON goes as it is, every other value as JSON; `undefined` for
 * nothing. Throws `COZIFY_BAD_INPUT` for what JSON can't say.
 */
export function parseRequestBody(value: unknown): string | undefined {
  if (value === undefined || value === '') return undefined;
  if (typeof value === 'string' && parseJson(value) !== undefined) return value;
  const isOdd = Buffer.isBuffer(value) || (typeof value === 'number' && !Number.isFinite(value));
  const text = isOdd ? undefined : jsonOf(value);
  if (text !== undefined) return text;
  throw badInput(`body should be a value that JSON allows, but was ${kindOf(value)}.`);
}

function jsonOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

function payloadOf(body: string): unknown {
  if (body.trim() === '') return null;
  const parsed = parseJson(body);
  return parsed === undefined ? body : parsed;
}

/** Throws what a status means that is no success. */
function expectSuccess(answer: HubAnswer): void {
  const { status } = answer;
  if ((status >= 200 && status <= 299) || status === 304) return;
  if (status < 400 || HAVE_WORDS.includes(status)) expectOk(answer);
  const advice = status < 500 ? 'check the method, the path and the body' : 'try again in a while';
  throw new CozifyError('COZIFY_API', `The hub answered with status ${status}: ${advice}.`, { statusCode: status });
}
