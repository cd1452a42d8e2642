// The row of the account dialog that controls a recording of the home.
import type { HubSnapshot } from '../../../src/account/snapshot.js';
import type { RecordingState } from '../../../src/devices/steps/home-recording.js';
import { translate as t, type Translate } from '../shared/catalogue.js';
import { announce, fill } from '../shared/draw.js';
import { Latest } from '../shared/latest.js';
import { momentText, viewerLocale } from '../shared/times.js';
import type { Reply } from './api.js';
import type { OpenDialog } from './open-dialog.js';

/** Interval at which the state of a running recording is requested. */
const LOOK_MS = 2000;
const FILE = 'my-home.json';
const NO_RECORDING: RecordingState = {
  state: 'none',
  hub: null,
  startedAt: null,
  endsAt: null,
  count: 0,
  isTooLarge: false,
};

const part = (name: string): JQuery<HTMLElement> => $(`#cozify-account-record-${name}`);

/**
 * The row that starts and stops a recording of the home: a file with the answers of a hub for some minutes. The
 * recording runs in Node-RED and continues after the dialog closes.
 */
export class RecordingRow {
  readonly #dialog: OpenDialog;
  readonly #row = part('row');
  readonly #hub = part('hub');
  readonly #start = part('start');
  #state = NO_RECORDING;
  #hubs: readonly HubSnapshot[] = [];
  #timer: number | undefined;
  /** Detects polls whose answer is out of date, because a button was pressed during the poll. */
  readonly #latest: Latest;

  constructor(dialog: OpenDialog) {
    this.#dialog = dialog;
    this.#latest = new Latest(() => dialog.isClosed);
    const { api, isReadOnly } = dialog;
    this.#start.on('click', () => this.#act(this.#start, () => api.record(this.#options), 'stop'));
    part('stop').on('click', () => this.#act(part('stop'), () => api.stopRecording(false), 'save'));
    part('delete').on('click', () => this.#act(part('delete'), () => api.stopRecording(true), 'start'));
    part('save').on('click', () => void this.#save());
    this.#row.find('button').prop('disabled', isReadOnly).toggleClass('disabled', isReadOnly);
  }

  /**
   * Shows the state of the recording and, while it runs, polls it. If there is a recording, unfolds the Advanced
   * settings, because they contain this row.
   */
  async follow(): Promise<void> {
    await this.#look();
    if (this.#state.state !== 'none') this.#dialog.view.unfold(true);
  }

  /** Shows the hubs that can be recorded. `hubs`: the hubs of the deployed login; empty without such a login. */
  show(hubs: readonly HubSnapshot[]): void {
    this.#hubs = hubs;
    const chosen = String(this.#hub.val() ?? hubs.find((hub) => hub.default)?.id ?? '');
    const options = hubs.map(({ id, name }) => ({ value: id, text: name || id }));
    fill(this.#hub, options, chosen);
    this.#hub.toggle(hubs.length > 1);
    this.#present();
  }

  get #options(): object {
    return { hub: this.#hub.val(), minutes: Number(part('minutes').val()), names: part('names').val() };
  }

  async #look(): Promise<void> {
    if (this.#dialog.isClosed) return;
    const isCurrent = this.#latest.join();
    const reply = await this.#dialog.api.recording();
    if (!isCurrent()) return;
    if (reply.isOk) this.#take(reply.answer);
    else this.#lookSoon();
  }

  #lookSoon(): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#look(), LOOK_MS);
  }

  #take(state: RecordingState): void {
    this.#state = state;
    this.#present();
    if (state.state === 'recording') this.#lookSoon();
  }

  #present(): void {
    const { state, hub, startedAt, endsAt, count } = this.#state;
    const name = this.#hubs.find(({ id }) => id === hub)?.name ?? '';
    this.#row.toggle(this.#hubs.length > 0 || state !== 'none').attr('data-state', state);
    part('options').toggle(state === 'none');
    part('running').toggle(state === 'recording');
    part('done').toggle(state === 'done');
    if (startedAt !== null && endsAt !== null) {
      const from = Date.parse(startedAt);
      part('progress').attr({ max: Date.parse(endsAt) - from, value: Date.now() - from });
    }
    part('count').text(t('record.count', { count }));
    announce(part('state'), recordingText(this.#state, name, t, viewerLocale()));
  }

  /**
   * Runs the call of a button. `next`: after a success, the button that gets the focus, because the pressed button is
   * then hidden.
   */
  #act($button: JQuery<HTMLElement>, call: () => Promise<Reply<RecordingState>>, next: string): void {
    const { view, texts } = this.#dialog;
    view.clearError();
    const isCurrent = this.#latest.ask();
    $button.prop('disabled', true);
    void call().then((reply) => {
      $button.prop('disabled', false);
      if (!isCurrent()) return;
      if (reply.isOk) {
        this.#take(reply.answer);
        part(next).trigger('focus');
        return;
      }
      // COZIFY_BUSY means that another browser has started a recording, which the poll below shows.
      if (reply.failure.code !== 'COZIFY_BUSY') view.showError($button, texts.failure(reply.failure));
      $button.trigger('focus');
      void this.#look();
    });
  }

  async #save(): Promise<void> {
    const { api, view, texts } = this.#dialog;
    view.clearError();
    const reply = await api.recordingFile();
    if (this.#dialog.isClosed) return;
    if (!reply.isOk) {
      view.showError(part('save'), texts.failure(reply.failure));
      return this.#look();
    }
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([reply.answer], { type: 'application/json' }));
    link.download = FILE;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

/** Returns a text about the current or last recording; empty if there is none. `name`: the name of its hub. */
export function recordingText(
  { state, endsAt, count, isTooLarge }: RecordingState,
  name: string,
  translate: Translate,
  locale: string,
): string {
  if (endsAt === null) return '';
  const text =
    state === 'recording'
      ? translate('record.running', { name, when: momentText(endsAt, translate, locale) })
      : translate('record.done', { name, count });
  return isTooLarge ? `${text} ${translate('record.tooLarge')}` : text;
}
