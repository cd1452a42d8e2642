import { KINDS } from '../../src/devices/things/kinds.js';
import { AccountApi } from './account/api.js';
import { translate } from './catalogue.js';
import { isFromEnv } from './checks.js';
import { TargetPicker } from './picker/picker.js';
import { shownFields, shownValues, suggest } from './picker/suggestions.js';
import type { SavedTarget } from './picker/target.js';
import type { Thing } from './picker/things-api.js';
import { PickerTexts } from './picker/texts.js';
import { localeOf, viewerLanguages } from './times.js';

export type { SavedTarget } from './picker/target.js';

/** What can be chosen, where that is not everything that can be read. */
export interface TargetsOptions {
  kinds?: readonly string[];
  /** What a thing has to be able to do, as the dialog is now; "" for nothing. */
  can?: () => string;
  /** What is chosen is something else, or more is known of it. */
  onChange?: (picker: TargetPicker) => void;
}

/** What can be read; a room has no state of its own. */
const READABLE = KINDS.filter((kind) => kind !== 'room');

const NAME = 'cozify-picker';

/** Texts of a list, one a line. */
export function textsOf(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Sets up the row of the targets. `placeholder`: what it means if there are none, where that is something else than all. */
export function prepareTargets(
  targets: readonly SavedTarget[] | undefined,
  placeholder?: string,
  options: TargetsOptions = {},
): TargetPicker {
  const { kinds = READABLE, can = () => '', onChange = () => undefined } = options;
  // Node-RED translates the row's own once the dialog is there.
  if (placeholder !== undefined) $('#cozify-target-search').removeAttr('data-i18n').attr('placeholder', placeholder);
  const picker = new TargetPicker({
    targets: Array.isArray(targets) ? targets : [],
    texts: new PickerTexts(translate, localeOf(translate('locale'), viewerLanguages())),
    account: chosenAccount,
    hubs: hubNames,
    wanted: () => ({ hub: typedHub(), kinds, can: can() }),
    mayWrite: RED.user.hasPermission('cozify.write'),
    onChange: (changed) => {
      suggestFor(changed.things);
      onChange(changed);
    },
  });
  $('#node-input-targets-list').data(NAME, picker);
  $('#node-input-account').on('change', () => picker.restart());
  $('#node-input-condition-field').on('input change', () => suggestFor(picker.things));
  $('#node-input-hub').on('change', () => picker.search());
  return picker;
}

/** The targets of the row; `before`: those it was filled with. */
export function readTargets(before: readonly SavedTarget[] | undefined): SavedTarget[] {
  const picker = $('#node-input-targets-list').data(NAME) as TargetPicker | undefined;
  return picker?.targets ?? [...(before ?? [])];
}

/** What the rows beside this one offer to choose from: what the things have. */
function suggestFor(things: readonly Thing[]): void {
  const fields = shownFields(things).map((value) => ({ value }));
  const $condition = $('#node-input-condition-field');
  suggest($condition, 'cozify-condition-fields', fields);
  const values = shownValues(things, String($condition.val() ?? '').trim());
  suggest(
    $('#node-input-condition-value'),
    'cozify-condition-values',
    values.map((value) => ({ value })),
  );
}

/** The account of the dialog, with its cloud as it is in the editor: its login may wait for a Deploy. */
function chosenAccount(): { id: string; cloudUrl: string } | undefined {
  const id = String($('#node-input-account').val() ?? '');
  const account = RED.nodes.node(id) as { cloudUrl?: string } | null | undefined;
  if (account === null || account === undefined) return undefined;
  const { cloudUrl = '' } = account;
  return { id, cloudUrl: isFromEnv(cloudUrl) ? '' : cloudUrl };
}

/** The names of the account's hubs by their ids. */
async function hubNames(): Promise<ReadonlyMap<string, string>> {
  const account = chosenAccount();
  if (account === undefined) return new Map();
  const reply = await new AccountApi(account.id).snapshot(account.cloudUrl || undefined);
  return new Map(reply.isOk ? reply.answer.hubs.map(({ id, name }) => [id, name]) : []);
}

function typedHub(): string {
  const hub = String($('#node-input-hub').val() ?? '').trim();
  return isFromEnv(hub) ? '' : hub;
}
