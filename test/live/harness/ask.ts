// Messages to and from the nodes of a test flow.
import type { Snapshot } from '../../../src/account/snapshot';
import type { NodeRed } from './node-red';
import { request } from './request';

/** `msg.cozify` of a message from an action node or its Catch node. */
export interface CozifyReport extends Snapshot {
  operation: string;
  refreshed: boolean;
  error?: { code: string; message: string; statusCode?: number; retryAfter?: number };
}

/** The message that an action sent to an output, or that its Catch node received. */
export interface Answer {
  /** The number of the output; absent if the message comes from the Catch node. */
  output?: 1 | 2;
  /** The error in the Catch node's message. */
  error?: { message: string; code?: string; source: { id: string }; [more: string]: unknown };
  payload?: unknown;
  cozify: CozifyReport;
  [property: string]: unknown;
}

/** Sends a message to an action of the test flow, and returns the resulting message. */
export async function ask(nodeRed: NodeRed, action: string, msg: Record<string, unknown> = {}): Promise<Answer> {
  const reply = await request('POST', `${nodeRed.url}/test/${action}`, { msg });
  if (reply.status !== 200) throw new Error(`${action} was answered ${reply.status}: ${reply.text}`);
  return reply.body as Answer;
}

export interface RecordedEvent {
  topic: string;
  payload: Snapshot;
}

export interface RecordedStatus {
  /** The id of the node with this status. */
  source: string;
  text: string;
  fill?: string;
  shape?: string;
}

/** A message that a node without input has sent. */
export interface Received {
  /** The name of the sending node in the test flow. */
  by: string;
  output: number;
  msg: Record<string, unknown>;
}

interface Records {
  event: RecordedEvent;
  status: RecordedStatus;
  caught: { code?: string };
  received: Received;
}

/**
 * Returns the records of one kind that the test flow has written into the log, from position `from` on. Ignores a line
 * whose end has not arrived yet.
 */
export function recorded<K extends keyof Records>(nodeRed: NodeRed, kind: K, from = 0): Records[K][] {
  const found = nodeRed.log.slice(from).matchAll(new RegExp(`@@${kind} (\\{.*\\})\\r?\\n`, 'g'));
  return [...found].map(([, json]) => JSON.parse(json ?? '') as Records[K]);
}
