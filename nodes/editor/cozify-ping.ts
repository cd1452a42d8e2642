import { AccountApi } from './account/api.js';
import { AccountTexts } from './account/texts.js';
import { type ActionNode, labelOf } from './action-node.js';
import { type KeyOf, translate } from './catalogue.js';
import { localeOf, viewerLanguages } from './times.js';
import type texts from '../locales/en-US/cozify-ping.json';

export {
  checkExpiry,
  labelStyle,
  saveExpiry as oneditsave,
  paletteLabel,
  twoOutputLabels as outputLabels,
} from './action-node.js';

type Ping = ActionNode<KeyOf<typeof texts>>;

export function label(this: Ping): string {
  return labelOf(this, 'label.palette', 'label.node');
}

export function oneditprepare(this: Ping): void {
  const $account = $<HTMLInputElement>('#node-input-account');
  const $answer = $('#cozify-ping-state');
  $account.on('change', () => $answer.empty());
  $('#cozify-ping-test').on('click', () => {
    const id = String($account.val());
    if (!RED.nodes.node(id)) $answer.text(this._('label.none'));
    else void showLogin(this, id, $answer);
  });
}

/** Shows how the login of an account stands, as far as Node-RED knows. */
async function showLogin(node: Ping, id: string, $answer: JQuery): Promise<void> {
  const accountTexts = new AccountTexts(translate, localeOf(translate('locale'), viewerLanguages()));
  $answer.text(translate('state.loading'));
  const reply = await new AccountApi(id).snapshot();
  if (!reply.isOk) {
    $answer.text(accountTexts.failure(reply.failure));
    return;
  }
  const [state = ''] = accountTexts.state(reply.answer, { sentTo: undefined, isLive: true });
  $answer.text(node._('label.answer', { state }));
}
