const ACCOUNT_CATALOGUE = '@cozify-community/node-red-cozify/cozify-account:';

/** The `this` of a stub: a node, or the definition of its type. */
interface Called {
  name?: string;
  _?: (key: string) => string;
}

type Stub = (this: Called, one: unknown, other: unknown) => unknown;

/** The functions of all dialogs, in nested objects. */
type Tree = { [name: string]: Tree } | Stub | undefined;

/**
 * Returns a factory of stubs for the functions in a dialog's definition. A stub looks up the real function by its path
 * at each call, because the HTML files of the nodes may load in any order. If the account node is disabled in the
 * palette, its HTML is absent, and with it the code of all dialogs. In that case labels are the defaults, checks pass,
 * and the dialog says why it is incomplete.
 */
export function stubsOf(dialog: string): (path: string) => Stub {
  return (path) =>
    // The stub has two parameters, because Node-RED shows the error text of a check only if the check has two.
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
 * Inserts the name of the account's catalogue before each text key in the open dialog that begins with a colon.
 * Node-RED translates the keys afterwards. `isIncomplete`: whether to show in the dialog why it is incomplete.
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
