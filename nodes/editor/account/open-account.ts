import { translate as t } from '../shared/catalogue.js';

const TYPE = 'cozify-account';

/** Opens the dialog of an account on top of other open dialogs. */
export function openAccount(id: string): void {
  if (!RED.nodes.node(id)) RED.notify(t('open.unknown'), 'warning');
  else if (mayOpen()) edit(id);
}

export function addAccount(): void {
  if (mayOpen()) edit('_ADD_');
}

/** Node-RED stacks dialogs, but two dialogs of the same type would share their fields. */
function mayOpen(): boolean {
  const isOpen = $('#cozify-account-state').length > 0;
  if (isOpen) RED.notify(t('open.closeFirst'), 'warning');
  return !isOpen;
}

/** Opens the dialog in the same way as the sidebar of configuration nodes. */
function edit(id: string): void {
  (RED.editor.editConfig as (name: string, type: string, id: string) => void)('', TYPE, id);
}
