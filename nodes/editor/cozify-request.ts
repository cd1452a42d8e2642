import { parseHubPath } from '../../src/hub/hub-path.js';
import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-request.json';
import { type ActionNode, labelOf, labelTypedInput } from './shared/action-node.js';
import { type KeyOf, translate } from './shared/catalogue.js';
import { isFromEnv, isSeconds } from './shared/checks.js';
import { prepareHub, showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';

export { labelStyle, outputLabels, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';

interface Request extends ActionNode<KeyOf<typeof texts>> {
  hub?: string;
  method?: string;
  path?: string;
  pathType?: string;
}

export function label(this: Request): string {
  const { name, method = 'GET', path = '', pathType = 'str' } = this;
  if (name || path === '' || pathType !== 'str') return labelOf(this, 'label.palette', 'label.node');
  return `${method} ${path}`;
}

/** A typed path is checked in the dialog; a path from a message is checked when the message arrives. */
export function checkPath(this: Request, value: unknown, _options: object): true | string {
  const type = $('#node-input-pathType').val() ?? this.pathType ?? 'str';
  return value === undefined || type !== 'str' || isFromEnv(value) || isPath(value) || translate('invalid.path');
}

export function checkTimeout(value: unknown, _options: object): true | string {
  return isFromEnv(value) || isSeconds(value, SECONDS.request) || translate('invalid.timeout');
}

export function oneditprepare(this: Request): void {
  showDefaults(this);
  $('#node-input-path').typedInput({
    default: 'str',
    types: ['str', 'msg', 'flow', 'global', 'jsonata', 'env'],
    typeField: '#node-input-pathType',
  });
  $('#node-input-body').typedInput({
    default: 'msg',
    types: ['msg', 'flow', 'global', 'json', 'str', 'num', 'bool', 'jsonata', 'env'],
    typeField: '#node-input-bodyType',
  });
  labelTypedInput('path');
  labelTypedInput('body');
  prepareHub(this.hub, 'default');
  const $method = $('#node-input-method');
  const showRows = (): void => {
    $('.cozify-body').toggle(['PUT', 'POST'].includes(String($method.val())));
  };
  $method.on('change', showRows);
  showRows();
  rememberForm(this);
}

function isPath(value: unknown): boolean {
  try {
    parseHubPath(value);
    return true;
  } catch {
    return false;
  }
}
