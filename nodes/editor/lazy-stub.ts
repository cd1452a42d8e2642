const ACCOUNT_CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:';

/** The `this` of a call to a stub by Node-RED: a node, or the definition of a node type. */
interface Called {
  name?: string;
  _?: (key: string) => string;
}

type Stub = (this: Called, one: unknown, other: unknown) => unknown;

/** The real functions of all dialogs, in nested objects. */
type Tree = { [name: string]: Tree } | Stub | undefined;

/**
 * Returns a function that makes stubs for the functions in the definition of a node. The real functions of all nodes
 * are in the HTML of the account node, which may load later, so a stub looks them up at each call. If the account node
 * is disabled, they do not exist: a label is then the default one, a check passes, and the dialog says why it is
 * incomplete.
 */
export function stubsOf(dialog: string): (path: string) => Stub {
  return (path) =>
    // The function has two parameters, because otherwise Node-RED would not show the error text that a check returns.
    function (one, other) {
      const all = (globalThis as { cozifyDialogs?: Tree }).cozifyDialogs;
      const real = [dialog, ...path.split('.')].reduce<Tree>(
        (tree, name) => (tree as Record<string, Tree>)?.[name],
        all,
      );
      if (path === 'oneditprepare') completeKeys(real === undefined);
      if (real !== undefined) return (real as Stub).call(this, one, other);
      if (path === 'label' || path === 'paletteLabel') return this.name || this._?.('label.palette');
      return path.endsWith('validate') || undefined;
    };
}

/**
 * Completes the text keys in the open dialog that begin with a colon: inserts the name of the account node's catalogue.
 * Node-RED translates the keys afterwards. `isIncomplete`: whether to show why the dialog is incomplete.
 */
function completeKeys(isIncomplete: boolean): void {
  const $dialog = $('#dialog-form');
  $dialog
    .find('[data-i18n]')
    .attr('data-i18n', (_index, keys) => keys.replace(/(^|[\];]):/g, `$1${ACCOUNT_CATALOGUE}`));
  if (isIncomplete)
    $dialog.prepend(
      $('<div class="form-tips" style="margin-bottom:12px">').text(RED._(`${ACCOUNT_CATALOGUE}open.disabled`)),
    );
}
