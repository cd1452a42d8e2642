const ACCOUNT_CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:';

/** The `this` of a function: a node, or the definition of its type. */
interface Called {
  name?: string;
  _?: (key: string) => string;
}

type Stub = (this: Called, one: unknown, other: unknown) => unknown;

/** Functions and objects by name. */
type Tree = { [name: string]: Tree } | Stub | undefined;

/**
 * Returns stubs for the functions of a dialog's definition. A stub looks up the real function at each call, because the
 * html files may load in any order. While the account's node is disabled, its html with the code of all dialogs is
 * absent: then labels are the defaults, checks pass, and the dialog says why it is incomplete.
 */
export function stubsOf(dialog: string): (path: string) => Stub {
  return (path) =>
    // Two parameters, because otherwise Node-RED would not show the error text of a check.
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

/** Completes the keys that begin with a colon, which are in the account's catalogue. Node-RED translates them later. */
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
