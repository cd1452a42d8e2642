import { translate } from './shared/catalogue.js';

/** A dialog's functions that a node's html passes to `registerType`, by name. */
type Functions = Record<string, (this: unknown, ...given: unknown[]) => unknown>;

/** The `this` of a function: a node, or the definition of its type. */
interface Called {
  name?: string;
  _?: (key: string) => string;
}

/** The page's global object. The account's html puts the code of all dialogs there, unless that node is disabled. */
interface Page {
  cozifyDialogs?: Record<string, Functions>;
}

/**
 * Returns stubs for a dialog's functions, which look up the real ones at each call, because the html files may load in
 * any order. While the account's node is disabled, the stubs return default labels, skip checks and say why in the
 * dialog.
 */
export function lazyStubs(dialog: string, names: readonly string[]): Functions {
  return Object.fromEntries(
    names.map((name) => [
      name,
      // Two parameters, because otherwise Node-RED would not show the error text of a check.
      function (this: unknown, one: unknown, other: unknown): unknown {
        const present = (globalThis as Page).cozifyDialogs?.[dialog]?.[name];
        return present === undefined ? withoutDialogs(name, this as Called) : present.call(this, one, other);
      },
    ]),
  );
}

function withoutDialogs(name: string, called: Called): unknown {
  if (name === 'label' || name === 'paletteLabel') return called.name || called._?.('label.palette');
  if (name === 'oneditprepare') showReason();
  return name.startsWith('check') ? true : undefined;
}

function showReason(): void {
  $('<div class="form-tips">').css('margin-bottom', 12).text(translate('open.disabled')).prependTo('#dialog-form');
}
