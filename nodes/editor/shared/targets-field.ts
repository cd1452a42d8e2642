import { KINDS } from '../../../src/devices/things/kinds.js';
import { translate } from './catalogue.js';
import { isFromEnv } from './checks.js';
import { chosenAccount, hubNames } from './chosen-account.js';
import { holdDone } from './hold-done.js';
import { TargetPicker } from '../picker/picker.js';
import type { SavedTarget } from '../picker/target.js';
import { PickerTexts } from '../picker/texts.js';
import { noteTarget } from './target-checks.js';
import { localeOf, viewerLanguages } from './times.js';

export type { SavedTarget } from '../picker/target.js';

/** Options of the targets' row. By default all readable things can be chosen. */
export interface TargetsOptions {
  kinds?: readonly string[];
  /** Returns the capability that a thing needs, by the current dialog; "" for none. */
  can?: () => string;
  /** Returns the field to set, by the current dialog. */
  field?: () => string;
  /** The meaning of an empty choice in words. */
  nothing?: string;
  /** Called after the targets, or the known facts about them, have changed. */
  onChange?: (picker: TargetPicker) => void;
}

/** The readable kinds. A room has no state of its own. */
const READABLE = KINDS.filter((kind) => kind !== 'room');

const NAME = 'cozify-picker';

export function textsOf(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Sets up the row of the targets. */
export function prepareTargets(
  targets: readonly SavedTarget[] | undefined,
  options: TargetsOptions = {},
): TargetPicker {
  const { kinds = READABLE, can = () => '', field, nothing, onChange = () => undefined } = options;
  // The long template is in the page once. It is copied here, so that Node-RED translates it with the rest of the
  // dialog.
  $('.cozify-targets').html($('#cozify-targets-row').html());
  const picker = new TargetPicker({
    targets: Array.isArray(targets) ? targets : [],
    texts: new PickerTexts(translate, localeOf(translate('locale'), viewerLanguages())),
    account: chosenAccount,
    hubs: hubNames,
    conditions: () => ({ hub: typedHub(), kinds, can: can() }),
    mayWrite: RED.user.hasPermission('cozify.write'),
    field,
    nothing,
    onFound: (target, found) => noteTarget(chosenAccount()?.id ?? '', typedHub(), target, found),
    onChange,
  });
  $('#node-input-targets-list').data(NAME, picker);
  holdDone(picker);
  $('#node-input-account').on('change', () => picker.restart());
  $('#node-input-hub').on('change', () => picker.lookUpAgain());
  return picker;
}

/** Returns the targets in the row; `before`: the saved targets. */
export function readTargets(before: readonly SavedTarget[] | undefined): SavedTarget[] {
  const picker = $('#node-input-targets-list').data(NAME) as TargetPicker | undefined;
  return picker?.toSave ?? [...(before ?? [])];
}

function typedHub(): string {
  const hub = String($('#node-input-hub').val() ?? '').trim();
  return isFromEnv(hub) ? '' : hub;
}
