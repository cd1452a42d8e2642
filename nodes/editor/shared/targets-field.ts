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

/** What can be chosen, where that is not everything that can be read. */
export interface TargetsOptions {
  kinds?: readonly string[];
  /** What a thing has to be able to do, as the dialog is now; "" for nothing. */
  can?: () => string;
  /** What is set on what is chosen, as the dialog is now. */
  field?: () => string;
  /** What is meant if nothing is chosen, in a sentence. */
  nothing?: string;
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

/** Sets up the row of the targets. */
export function prepareTargets(
  targets: readonly SavedTarget[] | undefined,
  options: TargetsOptions = {},
): TargetPicker {
  const { kinds = READABLE, can = () => '', field, nothing, onChange = () => undefined } = options;
  // It is long, and once in the page. With the rest of the dialog Node-RED translates it.
  $('.cozify-targets').html($('#cozify-targets-row').html());
  const picker = new TargetPicker({
    targets: Array.isArray(targets) ? targets : [],
    texts: new PickerTexts(translate, localeOf(translate('locale'), viewerLanguages())),
    account: chosenAccount,
    hubs: hubNames,
    wanted: () => ({ hub: typedHub(), kinds, can: can() }),
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

/** The targets of the row; `before`: those it was filled with. */
export function readTargets(before: readonly SavedTarget[] | undefined): SavedTarget[] {
  const picker = $('#node-input-targets-list').data(NAME) as TargetPicker | undefined;
  return picker?.toSave ?? [...(before ?? [])];
}

function typedHub(): string {
  const hub = String($('#node-input-hub').val() ?? '').trim();
  return isFromEnv(hub) ? '' : hub;
}
