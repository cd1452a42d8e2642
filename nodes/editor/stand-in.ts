import { translate } from './shared/catalogue.js';

/** What nodes' html hands to Node-RED: functions of a dialog by what `registerType` calls them. */
type Functions = Record<string, (this: unknown, ...given: unknown[]) => unknown>;

/** A node, or the definition of its type, as Node-RED calls a function with it. */
interface Called {
  name?: string;
  _?: (key: string) => string;
}

/** Where the code of all dialogs is in the page: in the account's html, which is there unless that node is disabled. */
interface Page {
  cozifyDialogs?: Record<string, Functions>;
}

/**
 * Functions that call those of the same names that the page has of a dialog by then, whichever html comes first. While
 * the account's node is disabled, other nodes are named and checked for nothing, and their dialogs say so.
 */
export function standIn(dialog: string, names: readonly string[]): Functions {
  return Object.fromEntries(
    names.map((name) => [
      name,
      // Two parameters, or Node-RED would not show the reason of a check.
      function (this: unknown, one: unknown, other: unknown): unknown {
        const present = (globalThis as Page).cozifyDialogs?.[dialog]?.[name];
        return present === undefined ? withoutDialogs(name, this as Called) : present.call(this, one, other);
      },
    ]),
  );
}

function withoutDialogs(name: string, called: Called): unknown {
  if (name === 'label' || name === 'paletteLabel') return called.name || called._?.('label.palette');
  if (name === 'oneditprepare') sayWhy();
  return name.startsWith('check') ? true : undefined;
}

function sayWhy(): void {
  $('<div class="form-tips">').css('margin-bottom', 12).text(translate('open.disabled')).prependTo('#dialog-form');
}
