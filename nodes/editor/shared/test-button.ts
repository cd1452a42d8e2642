// The button of a node on the canvas that sends a test message.
import { callEndpoint } from '../account/api.js';
import { AccountTexts } from '../account/texts.js';
import { translate } from './catalogue.js';
import { viewerLocale } from './times.js';

/** A node with a button on the canvas. */
interface ButtonNode {
  id: string;
  /** Whether the node differs from its deployed version. */
  changed?: boolean;
}

/** Whether a node's button works: the node is deployed without changes, and the viewer may trigger nodes. */
function canTest(this: ButtonNode): boolean {
  return this.changed !== true && RED.user.hasPermission('cozify.write');
}

/** Makes the node send a message as a test. */
function sendTest(this: ButtonNode): void {
  if (!canTest.call(this)) return;
  void send(this.id);
}

export const button = { enabled: canTest, onclick: sendTest };

async function send(id: string): Promise<void> {
  const reply = await callEndpoint('POST', `cozify/nodes/${encodeURIComponent(id)}/test`, isSent, {});
  if (reply.isOk) return;
  const own = { COZIFY_BAD_INPUT: 'test.settings', COZIFY_HUB_OFFLINE: 'test.unknown' } as const;
  const { code = '' } = reply.failure;
  if (code in own) return void RED.notify(translate(own[code as keyof typeof own]), 'error');
  const locale = viewerLocale();
  RED.notify(new AccountTexts(translate, locale).failure(reply.failure), 'error');
}

function isSent(answer: unknown): answer is { sent: boolean } {
  return (answer as { sent?: unknown } | null)?.sent === true;
}
