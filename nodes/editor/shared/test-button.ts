// The button that a node has on the canvas. It makes the node send a test message.
import { callEndpoint } from '../account/api.js';
import { AccountTexts } from '../account/texts.js';
import { type AccountKey, translate } from './catalogue.js';
import { viewerLocale } from './times.js';

/** A node with a button on the canvas. */
interface ButtonNode {
  id: string;
  /** Whether the node differs from its deployed version. */
  changed?: boolean;
}

/** Whether the button works: the node must be deployed and unchanged since, and the user must have write permission. */
function canTest(this: ButtonNode): boolean {
  return this.changed !== true && RED.user.hasPermission('cozify.write');
}

/** Makes the deployed node send a test message. Shows an error if that fails. */
async function sendTest(this: ButtonNode): Promise<void> {
  if (!canTest.call(this)) return;
  const reply = await callEndpoint('POST', `cozify/nodes/${encodeURIComponent(this.id)}/test`, isSent, {});
  if (reply.isOk) return;
  const own = OWN_TEXTS[reply.failure.code ?? ''];
  const text = own === undefined ? new AccountTexts(translate, viewerLocale()).failure(reply.failure) : translate(own);
  RED.notify(text, 'error');
}

const OWN_TEXTS: Readonly<Record<string, AccountKey>> = {
  COZIFY_BAD_INPUT: 'test.settings',
  COZIFY_HUB_OFFLINE: 'test.unknown',
};

export const button = { enabled: canTest, onclick: sendTest };

function isSent(answer: unknown): answer is { sent: boolean } {
  return (answer as { sent?: unknown } | null)?.sent === true;
}
