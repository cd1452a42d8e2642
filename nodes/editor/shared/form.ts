// The rows that many dialogs have: the name, the hub, and the folded section "More". Also shows default values for
// absent properties.
import { hubNames } from '../account/accounts.js';
import { translate, type Translate } from './catalogue.js';
import { isFromEnv } from './checks.js';
import { fill, fold, type Option } from './draw.js';

/** Selector of the open node dialog. The dialog of an account, which may be open on top of it, does not match. */
const DIALOG = '#dialog-form .cozify-dialog';

/** The event that is triggered on a dialog after code, not the user, has changed its rows. */
const ROWS_CHANGED = 'cozify-shown';

/**
 * Notifies the open dialog that code has changed its rows, so that it updates what depends on them, such as the summary
 * of "More".
 */
export function noteShown(): void {
  $(DIALOG).trigger(ROWS_CHANGED);
}

/** Calls a function now, and after each change in the open dialog. */
export function followForm(show: () => void): void {
  $(DIALOG).on(`input change ${ROWS_CHANGED}`, show);
  show();
}

/** A setting in the section "More" of a dialog. While the section is collapsed, its summary shows the setting. */
export interface MorePart {
  /** The name of the setting, which the summary shows if no setting differs from its default. */
  name: string;
  /** CSS selector of the row of the setting. A hidden row is left out of the summary. */
  row: string;
  /** Returns a text about the value of the setting; empty if it has its default value. */
  summary: () => string;
  /** Whether the summary leaves out the name, because other rows of the dialog show the same setting. */
  isSilent?: boolean;
}

/** Returns the setting "hub" of the folded section "More". */
export function hubPart(): MorePart {
  const summary = (): string => ($('#node-input-hub').val() ? $('#node-input-hub option:selected').text() : '');
  return { name: translate('more.hub'), row: '.cozify-hub', summary };
}

/**
 * Returns a checkbox of the folded section "More". `text`: shown in the summary if the checkbox differs from
 * `byDefault`.
 */
export function checkboxPart(property: string, byDefault: boolean, name: string, text: string): MorePart {
  const isByDefault = (): boolean => $(`#node-input-${property}`).prop('checked') === byDefault;
  return { name, row: `[for=node-input-${property}]`, summary: () => (isByDefault() ? '' : text) };
}

/** Sets up the section "More" with rarely used rows. While it is folded, its title shows a summary of their values. */
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
 * Returns the summary of a folded section: the settings that differ from their defaults or, if none does, the names of
 * all settings.
 */
export function summaryOf(parts: readonly MorePart[]): string {
  const summary = parts.map((part) => part.summary()).filter((text) => text !== '');
  const texts =
    summary.length > 0 ? summary : parts.filter(({ isSilent }) => isSilent !== true).map(({ name }) => name);
  return texts.length === 0 ? '' : `· ${texts.join(', ')}`;
}

/** Returns the properties that Node-RED's definition of a node's type declares, with their default values. */
export function propertiesOf(node: object): Record<string, { value?: unknown }> {
  return (node as { _def?: { defaults?: Record<string, { value?: unknown }> } })._def?.defaults ?? {};
}

/** Returns the value of an input; for a checkbox, whether it is ticked. */
export function heldBy($input: JQuery): unknown {
  return $input.is(':checkbox') ? $input.prop('checked') : $input.val();
}

/**
 * Shows the automatic label of a node as the placeholder of its name, and updates it after each change in the dialog.
 * `label`: the label function of the node. `read`: returns the properties that have no input of their own.
 */
export function prepareName<N extends object>(node: N, label: (this: N) => string, read: () => Partial<N>): void {
  followForm(() => {
    // `_` is copied separately, because Node-RED may keep it non-enumerable, so that spreading the node would miss it.
    const { _ } = node as { _?: unknown };
    const values = { ...node, _, ...formOf(node), ...read(), name: '' };
    $('#node-input-name').attr('placeholder', label.call(values));
  });
}

/** Returns the values that the inputs of the open dialog have for the properties of a node. */
function formOf(node: object): Record<string, unknown> {
  const inputs = Object.keys(propertiesOf(node)).map((name) => [name, $(`#node-input-${name}`)] as const);
  const shown = inputs.filter(([, $input]) => $input.length > 0);
  return Object.fromEntries(shown.map(([name, $input]) => [name, heldBy($input)]));
}

/**
 * Shows the default value of each property that the node lacks, for example because its flow was made by an older
 * version. Node-RED would leave the input empty, and saving the dialog would then save `false` for a checkbox whose
 * default is `true`.
 */
export function showDefaults(node: object, prefix: 'node-input' | 'node-config-input' = 'node-input'): void {
  for (const [name, { value }] of Object.entries(propertiesOf(node))) {
    if ((node as Record<string, unknown>)[name] !== undefined) continue;
    const $field = $(`#${prefix}-${name}`);
    if (typeof value === 'boolean') $field.prop('checked', value);
    else if (typeof value === 'number' || (typeof value === 'string' && value !== '')) $field.val(value);
  }
}

/** Disables inputs while a checkbox is in the state in which they have no effect. `isWithout`: that state. */
export function greyOut($fields: JQuery<HTMLElement>, $box: JQuery<HTMLElement>, isWithout: 'ticked' | 'empty'): void {
  const show = (): void => void $fields.prop('disabled', $box.prop('checked') === (isWithout === 'ticked'));
  $box.on('change', show);
  show();
}

/**
 * Fills the select of the row "hub" with the names of the hubs. The row is hidden if the home has only one hub, unless
 * the node has saved a hub. `none`: the meaning of an empty choice, all hubs or the default hub.
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
 * Returns the options of the select of hubs. `now`: the chosen id, which is offered even if there is no such hub.
 * `none`: the meaning of an empty choice, all hubs or the default hub.
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
