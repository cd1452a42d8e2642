import type texts from '../locales/en-US/cozify-email.json';
import { type ActionNode, labelOf, prepareSetting } from './shared/action-node.js';
import { type KeyOf, translate } from './shared/catalogue.js';
import { isEmail, isFromEnv } from './shared/checks.js';
import { showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';

export { labelStyle, outputLabels, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';

type Email = ActionNode<KeyOf<typeof texts>> & { mode?: string; emailType?: string };

export function label(this: Email): string {
  return this.mode === 'set' ? labelOf(this, 'label.set', 'label.setOf') : labelOf(this, 'label.get', 'label.getOf');
}

/** Checks an address in mode "set" that is typed in the dialog; other addresses come with a message. */
export function checkEmail(this: Email, value: unknown, _options: object): true | string {
  const mode = $('#node-input-mode').val() ?? this.mode ?? 'get';
  const type = $('#node-input-emailType').val() ?? this.emailType ?? 'msg';
  if (mode !== 'set' || type !== 'str' || isFromEnv(value)) return true;
  return (typeof value === 'string' && isEmail(value)) || translate('invalid.email');
}

export function oneditprepare(this: object): void {
  showDefaults(this);
  prepareSetting('email', ['msg', 'flow', 'global', 'str', 'env', 'jsonata']);
  rememberForm(this);
}
