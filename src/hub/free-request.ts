import { badInput, CozifyError } from '../errors.js';
import { expectOk } from '../http/response.js';
import { kindOf } from '../input.js';
import { parseJson } from '../schema.js';
import type { HubAnswer, HubClient, HubRequest } from './hub-client.js';

/** A request that the user wrote (the API node). */
export interface FreeRequest extends Pick<HubRequest, 'method' | 'path' | 'body'> {
  /** Time limit for the whole request, in milliseconds. Defaults to that of {@link HubRequest.deadlineMs}. */
  timeoutMs?: number;
}

/**
 * A hub's answer. `payload` is the parsed JSON, or the text if the body is not JSON; `null` for an empty body and for
 * 304.
 */
export interface FreeAnswer {
  statusCode: number;
  payload: unknown;
}

/**
 * Sends a request to a hub unchanged. Throws the errors of {@link HubClient.request}, and `COZIFY_API` for a status
 * that is neither 2xx nor 304.
 */
export async function requestFreely(client: HubClient, { timeoutMs, ...request }: FreeRequest): Promise<FreeAnswer> {
  const answer = await client.request({ ...request, isFree: true, deadlineMs: timeoutMs });
  expectSuccess(answer);
  const { status, body } = answer;
  return { statusCode: status, payload: status === 304 ? null : payloadOf(body) };
}

/**
 * Returns the JSON text of a request body; `undefined` for an empty one. A text that is valid JSON is returned
 * unchanged. Throws `COZIFY_BAD_INPUT` for a value that JSON can't express.
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

/** Throws for a status that is neither 2xx nor 304. */
function expectSuccess(answer: HubAnswer): void {
  const { status } = answer;
  if ((status >= 200 && status <= 299) || status === 304) return;
  // 403 gets here only with a web page, which comes from a proxy. The general message fits it, and a redirection.
  if (status < 400 || status === 403) expectOk(answer);
  const advice = status < 500 ? 'check the method, the path and the body' : 'try again in a while';
  throw new CozifyError('COZIFY_API', `The hub answered with status ${status}: ${advice}.`, { statusCode: status });
}
