import { pressWord } from '../../src/devices/things/live-value.js';
import { chosenAccount } from './account/accounts.js';
import { type FeedAnswer, HomeApi, type HomeEvent } from './home/api.js';
import { pause } from './home/follower.js';
import type { TargetPicker } from './picker/picker.js';
import { flashPress, placeOfPress } from './press-rows.js';
import { translate as t } from './shared/catalogue.js';

/** Time to walk to the switch and press it, in seconds. */
const RECORDING_S = 30;

/** The longest duration of a long poll, in seconds. */
const LONG_POLL_S = 20;

/** The maximum number of failures in a row, as during a restart of Node-RED. */
const MOST_FAILURES = 2;

/** Waits for presses of switches for a while, and makes a row for each press. */
export class PressRecorder {
  readonly #picker: TargetPicker;
  readonly #$button = $('#cozify-press-listen');
  readonly #$message = $('#cozify-press-message');
  #round: AbortController | undefined;
  #hasPresses = false;

  constructor(picker: TargetPicker) {
    this.#picker = picker;
    this.#$button.on('click', () => (this.#round === undefined ? void this.#record() : this.#stop('')));
    // Presses at one account's hub do not belong to another account.
    $('#node-input-account').on('change', () => this.#stop(''));
    this.#show();
  }

  async #record(): Promise<void> {
    const account = chosenAccount();
    if (account === undefined) return this.#showMessage(t('picker.noAccount'));
    const round = new AbortController();
    this.#round = round;
    this.#hasPresses = false;
    this.#showMessage('');
    this.#count(RECORDING_S, round.signal);
    const api = new HomeApi({ ...account, language: this.#picker.texts.language });
    let after: string | undefined;
    let failures = 0;
    while (!round.signal.aborted) {
      const reply = await api.feed(after ?? '', after === undefined ? 0 : LONG_POLL_S, round.signal);
      if (round.signal.aborted) return;
      if (!reply.isOk) {
        const isFull = reply.failure.retryAfter !== undefined;
        if (isFull || ++failures > MOST_FAILURES) return this.#stop(this.#picker.texts.listFailure(reply.failure));
        await pause(1, round.signal);
        continue;
      }
      failures = 0;
      if (this.#isAway(reply.answer.hubs)) return this.#stop(t('error.COZIFY_HUB_OFFLINE'));
      const presses = reply.answer.events.filter(({ event }) => event === 'press');
      // The first answer holds presses from before the start.
      if (after !== undefined) for (const press of presses) this.#addPress(press);
      after = reply.answer.last;
    }
  }

  /** Whether all hubs of the chosen switches are unreachable; without a choice, all hubs. */
  #isAway(all: FeedAnswer['hubs']): boolean {
    const chosen = this.#picker.targets.map(({ hub }) => hub).filter((hub) => hub !== '');
    const hubs = chosen.length === 0 ? all : all.filter(({ id }) => chosen.includes(id));
    return hubs.length > 0 && hubs.every(({ away }) => away);
  }

  /** Shows the seconds left. Ends when the dialog closes. */
  #count(seconds: number, signal: AbortSignal): void {
    if (signal.aborted) return;
    if (!document.contains(this.#$button[0] ?? null)) return this.#round?.abort();
    if (seconds === 0) return this.#stop(this.#hasPresses ? undefined : t('press.nothing'));
    this.#show(seconds);
    setTimeout(() => this.#count(seconds - 1, signal), 1_000);
  }

  #addPress({ press, thing }: HomeEvent): void {
    if (press === null) return;
    this.#hasPresses = true;
    const { name, hub, id } = thing;
    const { targets } = this.#picker;
    const isChosen = targets.length === 0 || targets.some((one) => (one.id === '' ? one.name === name : one.id === id));
    if (!isChosen) {
      const $add = $('<button type="button" class="red-ui-button red-ui-button-small">').text(t('press.chooseToo'));
      $add.on('click', () => {
        this.#picker.choose({ hub, kind: 'device', id, name }, 'keep');
        this.#addPress({ press, thing } as HomeEvent);
      });
      this.#$message.empty().append($('<span>').text(t('press.notChosen', { name })), ' ', $add);
      return;
    }
    const button = press.label ?? String(press.button);
    const output = placeOfPress({ button: press.button, label: press.label, press: press.press });
    flashPress(output);
    this.#showMessage(
      t('press.heard', { name, button, press: pressWord(press.press, this.#picker.texts.language), output }),
    );
  }

  /** `message`: the text to show; `undefined` keeps the present text. */
  #stop(message: string | undefined): void {
    this.#round?.abort();
    this.#round = undefined;
    if (message !== undefined) this.#showMessage(message);
    this.#show();
  }

  #showMessage(text: string): void {
    this.#$message.text(text);
  }

  #show(seconds?: number): void {
    const isOn = seconds !== undefined;
    $('#cozify-press-box').toggleClass('cozify-press-on', isOn).children('.fa').toggle(isOn);
    $('#cozify-press-left')
      .empty()
      .append(isOn ? [$('<strong>').text(t('press.listening')), document.createTextNode(` ${seconds} s`)] : []);
    if (this.#$button.attr('aria-pressed') === String(isOn)) return;
    this.#$button.attr('aria-pressed', String(isOn)).toggleClass('red-ui-button-small', isOn).empty();
    if (!isOn) this.#$button.append('<i class="fa fa-hand-pointer-o" aria-hidden="true">', ' ');
    this.#$button.append($('<span>').text(t(isOn ? 'press.stop' : 'press.listen')));
  }
}
