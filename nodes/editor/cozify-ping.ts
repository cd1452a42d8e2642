import type texts from '../locales/en-US/cozify-ping.json';
import { AccountApi } from './account/api.js';
import { AccountTexts } from './account/texts.js';
import { type ActionNode, labelOf, prepareRenewal } from './shared/action-node.js';
import { type KeyOf, translate } from './shared/catalogue.js';
import { spinner } from './shared/draw.js';
import { flowsState } from './shared/flows.js';
import { showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';
import { clockText, localeOf, viewerLanguages } from './shared/times.js';

export {
  checkExpiry,
  labelStyle,
  paletteLabel,
  saveAction as oneditsave,
  twoOutputLabels as outputLabels,
} from './shared/action-node.js';

type Ping = ActionNode<KeyOf<typeof texts>>;

export function label(this: Ping): string {
  return labelOf(this, 'label.palette', 'label.node');
}

export function oneditprepare(this: Ping): void {
  showDefaults(this);
  prepareRenewal();
  const $account = $<HTMLInputElement>('#node-input-account');
  const $answer = $('#cozify-ping-state');
  $account.on('change', () => $answer.empty());
  $('#cozify-ping-test').on('click', () => {
    const id = String($account.val());
    if (!RED.nodes.node(id)) $answer.text(this._('test.none'));
    else void testLogin(this, id, $answer);
  });
  rememberForm(this);
}

/** Asks the cloud about the login of an account, and shows the answer. */
async function testLogin(node: Ping, id: string, $answer: JQuery): Promise<void> {
  const locale = localeOf(translate('locale'), viewerLanguages());
  $answer.empty().append(spinner(), document.createTextNode(` ${node._('test.asking')}`));
  const reply = await new AccountApi(id).ping();
  if (!reply.isOk) {
    $answer.text(new AccountTexts(translate, locale).failure(reply.failure));
    return;
  }
  const { verdict } = reply.answer;
  if (verdict === null && flowsState.areStopped) {
    $answer.text(translate('state.flowsStopped'));
    return;
  }
  const time = clockText(new Date().toISOString(), locale);
  $answer.text(verdict === null ? node._('test.never') : node._(`test.${verdict}`, { time }));
}
