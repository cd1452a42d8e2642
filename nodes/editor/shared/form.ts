// Rows that many dialogs have: "More", the name and the hub. Also shows default values for absent properties.
import { hubNames } from '../account/accounts.js';
import { translate, type Translate } from './catalogue.js';
import { isFromEnv } from './checks.js';
import { fill, fold, type Option } from './draw.js';

/** Selector of the open node dialog. The dialog of an account, which may be open on top of it, does not match. */
const DIALOG = '#dialog-form .cozify-dialog';

/** Event that a dialog gets after its rows have changed without a user action. */
const ROWS_CHANGED = 'cozify-shown';

/** Notifies the open dialog that its rows have changed, so that everything that depends on them is updated. */
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
  /** The name of the setting in the summary. */
  name: string;
  /** Selector of the row. A hidden row is left out of the summary. */
  row: string;
  /** Returns the text for the summary; empty if the setting has its default value. */
  summary: () => string;
  /** Whether the name is left out of the summary, because other rows of the dialog show the same setting. */
  isSilent?: boolean;
}

/** Returns the hub as a setting under "More". */
export function hubPart(): MorePart {
  const summary = (): string => ($('#node-input-hub').val() ? $('#node-input-hub option:selected').text() : '');
  return { name: translate('more.hub'), row: '.cozify-hub', summary };
}

/** Returns a checkbox as a setting under "More". `text`: the summary if the checkbox differs from `byDefault`. */
export function checkboxPart(property: string, byDefault: boolean, name: string, text: string): MorePart {
  const isByDefault = (): boolean => $(`#node-input-${property}`).prop('checked') === byDefault;
  return { name, row: `[for=node-input-${property}]`, summary: () => (isByDefault() ? '' : text) };
}

/** Folds rarely used rows, and shows a summary of them while they are folded. */
export function prepareMore(parts: readonly MorePart[]): void {
  const $more = $('#cozify-more');
  const show = (): void => {
    const shown = parts.filter(({ row }) => $(row).css('display') !== 'none');
    $more.parent().toggle(shown.length > 0);
    $('#cozify-more-summary').text($more.attr('aria-expanded') === 'true' ? '' : summaryOf(shown));
  };
  fold($more, $('#cozify-more-rows'), show);
  followForm(show);
}

/**
 * Returns the summary of the settings that differ from their defaults. If none differs, returns the names of all
 * settings.
 */
export function summaryOf(parts: readonly MorePart[]): string {
  const summary = parts.map((part) => part.summary()).filter((text) => text !== '');
  const texts =
    summary.length > 0 ? summary : parts.filter(({ isSilent }) => isSilent !== true).map(({ name }) => name);
  return texts.length === 0 ? '' : `· ${texts.join(', ')}`;
}

/** Returns the properties of a node's type, with their defaults, from Node-RED's definition of the type. */
export function propertiesOf(node: object): Record<string, { value?: unknown }> {
  return (node as { _def?: { defaults?: Record<string, { value?: unknown }> } })._def?.defaults ?? {};
}

/** Returns the value of an input; for a checkbox, whether it is ticked. */
export function heldBy($input: JQuery): unknown {
  return $input.is(':checkbox') ? $input.prop('checked') : $input.val();
}

/**
 * Shows a node's automatic label as the placeholder of its name. `label`: the node's label function. `read`: returns
 * the properties that have no input of their own.
 */
export function prepareName<N extends object>(node: N, label: (this: N) => string, read: () => Partial<N>): void {
  followForm(() => {
    // `_` is copied separately, because Node-RED may keep it non-enumerable, so that spreading the node would miss it.
    const { _ } = node as { _?: unknown };
    const values = { ...node, _, ...formOf(node), ...read(), name: '' };
    $('#node-input-name').attr('placeholder', label.call(values));
  });
}

/** Returns the properties of a node from the inputs of its open dialog. */
function formOf(node: object): Record<string, unknown> {
  const inputs = Object.keys(propertiesOf(node)).map((name) => [name, $(`#node-input-${name}`)] as const);
  const shown = inputs.filter(([, $input]) => $input.length > 0);
  return Object.fromEntries(shown.map(([name, $input]) => [name, heldBy($input)]));
}

/**
 * Shows the default values of absent properties. A flow that was written by hand, or is older than a property, lacks
 * that property. Node-RED leaves its input empty, so saving the dialog would, for example, save `false` for a checkbox
 * whose default is `true`.
 */
export function showDefaults(node: object, prefix: 'node-input' | 'node-config-input' = 'node-input'): void {
  for (const [name, { value }] of Object.entries(propertiesOf(node))) {
    if ((node as Record<string, unknown>)[name] !== undefined) continue;
    const $field = $(`#${prefix}-${name}`);
    if (typeof value === 'boolean') $field.prop('checked', value);
    else if (typeof value === 'number' || (typeof value === 'string' && value !== '')) $field.val(value);
  }
}

/**
 * Disables fields while they have no effect. `isWithout`: the state of the checkbox in which the fields have no effect.
 */
export function greyOut($fields: JQuery<HTMLElement>, $box: JQuery<HTMLElement>, isWithout: 'ticked' | 'empty'): void {
  const show = (): void => void $fields.prop('disabled', $box.prop('checked') === (isWithout === 'ticked'));
  $box.on('change', show);
  show();
}

/**
 * Shows the hubs by name. The row is hidden in a home with a single hub, unless a hub is saved. `none`: the meaning of
 * an empty choice.
 */
export function prepareHub(saved: string | undefined, none: 'all' | 'default'): void {
  const $hub = $('#node-input-hub');
  const chosen = saved ?? '';
  const show = (names: ReadonlyMap<string, string>): void => {
    const now = String($hub.val() ?? chosen);
    fill($hub, hubOptions(names, now, none, translate), now);
    $hub.closest('.form-row').toggle(names.size > 1 || now !== '');
    noteShown();
  };
  const ask = async (): Promise<void> => show(await hubNames());
  show(new Map());
  $('#node-input-account').on('change', () => void ask());
  void ask();
}

/**
 * Returns the options of the hubs. `now`: the chosen id, which stays in the list even if there is no such hub. `none`:
 * the meaning of an empty choice.
 */
export function hubOptions(
  names: ReadonlyMap<string, string>,
  now: string,
  none: 'all' | 'default',
  t: Translate,
): Option[] {
  const options = [
    { value: '', text: t(none === 'all' ? 'hub.all' : 'hub.defaultOne') },
    ...[...names].map(([value, text]) => ({ value, text })),
  ];
  if (now === '' || names.has(now)) return options;
  // While no hub is known, a saved id must not be called unknown.
  const isStrange = names.size > 0 && !isFromEnv(now);
  return [...options, { value: now, text: isStrange ? t('hub.unknown', { id: now }) : now }];
}
