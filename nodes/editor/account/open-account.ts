import { translate as t } from '../shared/catalogue.js';

const TYPE = 'cozify-account';

/** Opens the dialog of an account, on top of what is open already. */
export function openAccount(id: string): void {
  if (!RED.nodes.node(id)) RED.notify(t('open.unknown'), 'warning');
  else if (mayOpen()) edit(id);
}

/** Opens the dialog of an account that does not exist yet. */
export function addAccount(): void {
  if (mayOpen()) edit('_ADD_');
}

/** Node-RED opens one dialog on top of another, but two of the same kind would share their fields. */
function mayOpen(): boolean {
  const isOpen = $('#cozify-account-state').length > 0;
  if (isOpen) RED.notify(t('open.closeFirst'), 'warning');
  return !isOpen;
}

/** As the sidebar of configuration nodes does it. */
function edit(id: string): void {
  (RED.editor.editConfig as (name: string, type: string, id: string) => void)('', TYPE, id);
}
