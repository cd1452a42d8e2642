import type { Snapshot } from '../../../src/account/snapshot';
import type { NodeRed } from './node-red';
import { request } from './request';

/** `msg.cozify` of a message that left an action node, or of one that failed in it. */
export interface CozifyReport extends Snapshot {
  operation: string;
  refreshed: boolean;
  error?: { code: string; message: string; statusCode?: number; retryAfter?: number };
}

/** The message that came of asking: out of an output, or out of the Catch node. */
export interface Answer {
  /** By which output it left; absent when it was caught. */
  output?: 1 | 2;
  /** What the Catch node had to say. */
  error?: { message: string; code?: string; source: { id: string }; [more: string]: unknown };
  payload?: unknown;
  cozify: CozifyReport;
  [property: string]: unknown;
}

/** Sends one message into the test flow's action of that name, and gives the message that came of it. */
export async function ask(nodeRed: NodeRed, action: string, msg: Record<string, unknown> = {}): Promise<Answer> {
  const [answer, ...more] = await askMany(nodeRed, action, 1, msg);
  if (answer === undefined || more.length > 0) throw new Error(`${action} gave ${more.length + 1} messages, not one.`);
  return answer;
}

/** Sends that many copies of a message at once, and gives all that came of them. */
export async function askMany(
  nodeRed: NodeRed,
  action: string,
  times: number,
  msg: Record<string, unknown> = {},
): Promise<Answer[]> {
  const reply = await request('POST', `${nodeRed.url}/test/${action}`, { msg, times });
  if (reply.status !== 200) throw new Error(`${action} was answered ${reply.status}: ${reply.text}`);
  return reply.body as Answer[];
}

export interface RecordedEvent {
  topic: string;
  payload: Snapshot;
}

export interface RecordedStatus {
  /** The id of the node whose status it is. */
  source: string;
  text: string;
  fill?: string;
  shape?: string;
}

export interface RecordedCompletion {
  source: string;
  /** The names of the message's properties. */
  keys: string[];
}

export interface RecordedFailure extends RecordedCompletion {
  code?: string;
}

/** What a node without input has said. */
export interface Heard {
  /** The node's name in the test flow. */
  by: string;
  output: number;
  msg: Record<string, unknown>;
}

interface Records {
  event: RecordedEvent;
  status: RecordedStatus;
  complete: RecordedCompletion;
  caught: RecordedFailure;
  heard: Heard;
}

/** What the test flow has recorded since its Node-RED was first started, or since the log was `from` long. */
export function recorded<K extends keyof Records>(nodeRed: NodeRed, kind: K, from = 0): Records[K][] {
  const found = nodeRed.log.slice(from).matchAll(new RegExp(`@@${kind} (\\{.*\\})$`, 'gm'));
  return [...found].map(([, json]) => JSON.parse(json ?? '') as Records[K]);
}
