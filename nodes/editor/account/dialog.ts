// The dialog of an account: its fields, and the row of the recording.
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import { translate as t, type Translate } from '../shared/catalogue.js';
import { fill, type Option } from '../shared/draw.js';
import { greyOut } from '../shared/form.js';
import { AccountButtons } from './buttons.js';
import { OpenDialog } from './open-dialog.js';
import { RecordingRow } from './recording.js';
import type { DialogContent } from './view.js';

/** Delay between the last key press in the cloud address and the poll for the login there. */
const TYPING_MS = 400;

export interface EditedAccount {
  id: string;
  store?: string;
}

/** The dialog of an account: lets the user log in and out, change the settings, and record the home. */
export class AccountDialog extends OpenDialog {
  readonly #recording: RecordingRow;

  constructor({ id, store = '' }: EditedAccount) {
    super(id);
    new AccountButtons(this);
    this.#recording = new RecordingRow(this);
    this.#setUpFields(store);
    this.show();
    void this.poll();
    if (this.login.isDeployed) void this.#recording.follow();
  }

  override show(): DialogContent {
    const shown = super.show();
    this.#recording.show(shown.recordable);
    return shown;
  }

  #setUpFields(store: string): void {
    const { view } = this;
    const { email, code, cloudUrl } = view;
    const stores = (RED.settings as { context?: ContextSettings }).context ?? {};
    const options = storeOptions(t, stores, store);
    fill(inputOf('store'), options, store);
    // A missing store keeps the account from working, so the settings under Advanced are shown.
    if (options.some(({ isMissing }) => isMissing)) view.unfold(true);
    // Node-RED turns autocomplete off in all fields of the template, so it is turned on again for the code.
    code.attr('autocomplete', 'one-time-code');
    cloudUrl.attr('placeholder', DEFAULT_CLOUD_URL);
    nameUnits(inputOf('expiry'), inputOf('expiryUnit'));
    greyOut(inputOf('expiry').add(inputOf('expiryUnit')), inputOf('autorefresh'), 'empty');
    email
      .add(code)
      .add(cloudUrl)
      .on('input', () => view.clearError());
    email.on('input', () => this.show());
    cloudUrl.on('input', () => {
      this.show();
      this.pollIn(TYPING_MS); // after the user has stopped typing
    });
  }
}

const inputOf = (property: string): JQuery<HTMLElement> => $(`#node-config-input-${property}`);

const UNITS = ['seconds', 'minutes', 'hours', 'days'] as const;

/** Shows the units in the singular or plural of the amount: "1 day", "2 days". */
function nameUnits($amount: JQuery<HTMLElement>, $units: JQuery<HTMLElement>): void {
  const show = (): void => {
    const isOne = String($amount.val()).trim() === '1';
    for (const unit of UNITS)
      $units.find(`option[value="${unit}"]`).text(isOne ? t(`oneUnit.${unit}`) : t(`unit.${unit}`));
  };
  $amount.on('input', show);
  show();
}

/** The context stores of `settings.js`, as Node-RED sends them to its editor. */
interface ContextSettings {
  stores?: string[];
  default?: string;
}

/** A place in which an account can be saved. */
interface StoreOption extends Option {
  /** Whether the store is no longer in settings.js. */
  isMissing?: boolean;
}

/**
 * Returns the places in which an account's login can be saved: files, or a context store. The chosen store stays in the
 * list even if it is no longer in settings.js.
 */
export function storeOptions(
  translate: Translate,
  { stores = [], default: fallback }: ContextSettings,
  chosen: string,
): StoreOption[] {
  // Without stores in settings.js, Node-RED has only the store "memory". It is not offered, because it loses its
  // content when Node-RED restarts.
  const names = stores.length === 1 && fallback === 'memory' ? [] : stores;
  const options = names.map((name) => ({ value: name, text: translate('store.context', { name }) }));
  const isMissing = chosen !== '' && !names.includes(chosen);
  return [
    { value: '', text: translate('store.files') },
    ...options,
    ...(isMissing ? [{ value: chosen, text: translate('store.missing', { name: chosen }), isMissing: true }] : []),
  ];
}
