import { translate } from './catalogue.js';

/** The open dialog of a node. The account's dialog may be open on top of it. */
const DIALOG = '#dialog-form .cozify-dialog';

/** The event of a dialog whose rows have changed without an action of the user. */
const ROWS_CHANGED = 'cozify-shown';

/** Triggers an update of everything that depends on the rows of the open dialog. */
export function noteShown(): void {
  $(DIALOG).trigger(ROWS_CHANGED);
}

/** Calls a function now, and after each change in the open dialog. */
export function followForm(show: () => void): void {
  $(DIALOG).on(`input change ${ROWS_CHANGED}`, show);
  show();
}

/** A setting under "More", with its text in the summary. */
export interface MorePart {
  /** Its name in the summary. */
  name: string;
  /** Selector of the row. Hidden rows are left out of the summary. */
  row: string;
  /** Returns the text for a value that differs from the default; empty for the default. */
  summary: () => string;
  /** Whether the default value is left out, because other rows of the dialog show the same. */
  isSilent?: boolean;
}

/** Returns the hub as a part of "More", which each of the dialogs has. */
export function hubPart(): MorePart {
  const summary = (): string => ($('#node-input-hub').val() ? $('#node-input-hub option:selected').text() : '');
  return { name: translate('more.hub'), row: '.cozify-hub', summary };
}

/**
 * Folds rarely used rows, and shows a summary of them: the settings that differ from the default, or else all names.
 */
export function prepareMore(parts: readonly MorePart[]): void {
  const $more = $('#cozify-more');
  const $rows = $('#cozify-more-rows').hide();
  const isOpen = (): boolean => $more.attr('aria-expanded') === 'true';
  const show = (): void => {
    const shown = parts.filter(({ row }) => $(row).css('display') !== 'none');
    $more.parent().toggle(shown.length > 0);
    $('#cozify-more-said').text(isOpen() ? '' : summaryOf(shown));
  };
  $more.on('click', () => {
    $more.attr('aria-expanded', String(!isOpen()));
    $more.find('.fa').toggleClass('fa-angle-right', !isOpen()).toggleClass('fa-angle-down', isOpen());
    $rows.toggle(isOpen());
    show();
  });
  followForm(show);
}

/** Returns the summary: the settings that differ from the default, or else all names. */
export function summaryOf(parts: readonly MorePart[]): string {
  const summary = parts.map((part) => part.summary()).filter((text) => text !== '');
  const texts =
    summary.length > 0 ? summary : parts.filter(({ isSilent }) => isSilent !== true).map(({ name }) => name);
  return texts.length === 0 ? '' : `· ${texts.join(', ')}`;
}

interface Edited {
  _def?: { defaults?: Record<string, unknown> };
  _?: unknown;
}

/**
 * Shows a node's automatic label as the placeholder of the name. `label`: the node's label function; `read`: reads the
 * properties without an input of their own.
 */
export function prepareName<N extends object>(node: N, label: (this: N) => string, read: () => Partial<N>): void {
  followForm(() => {
    // Node-RED keeps some properties of a node outside its enumerable ones.
    const { _ } = node as Edited;
    const values = { ...node, _, ...formOf(node), ...read(), name: '' };
    $('#node-input-name').attr('placeholder', label.call(values));
  });
}

/** Returns the properties of a node in the inputs of its open dialog. */
function formOf(node: object): Record<string, unknown> {
  const names = Object.keys((node as Edited)._def?.defaults ?? {});
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const $input = $(`#node-input-${name}`);
    if ($input.length > 0) values[name] = $input.is(':checkbox') ? $input.prop('checked') : $input.val();
  }
  return values;
}
