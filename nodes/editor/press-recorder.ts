import { pressWord } from '../../src/devices/things/live-value.js';
import { chosenAccount } from './account/accounts.js';
import { type FeedAnswer, HomeApi, type HomeEvent } from './home/api.js';
import { Follower } from './home/follower.js';
import type { TargetPicker } from './picker/picker.js';
import type { SavedTarget } from './picker/target.js';
import { flashPress, placeOfPress } from './press-rows.js';
import { translate as t } from './shared/catalogue.js';
import { replace } from './shared/draw.js';

/** Time to listen to the switches, in seconds: the user has to walk to a switch and press it. */
const RECORDING_S = 30;

/** The maximum number of failed requests in a row. A few can fail while Node-RED restarts. */
const MAX_FAILURES = 2;

/**
 * Listens to the switches for some seconds. Each press highlights the row of the list that matches it, or adds a row.
 */
export class PressRecorder {
  readonly #picker: TargetPicker;
  readonly #$button = $('#cozify-press-listen');
  readonly #$message = $('#cozify-press-heard');
  /** Receives the events at home; `undefined` while nothing is being recorded. */
  #follower: Follower | undefined;

  constructor(picker: TargetPicker) {
    this.#picker = picker;
    this.#$button.on('click', () => (this.#follower === undefined ? this.#record() : this.#stop('')));
    // Stops when the user chooses another account, so that a press at the previous home can't add a row. Node-RED
    // triggers `change` when the dialog opens, too, and the button gets its text then.
    $('#node-input-account').on('change', () => this.#stop(''));
  }

  #record(): void {
    const account = chosenAccount();
    if (account === undefined) return this.#showMessage(t('picker.noAccount'));
    const { texts } = this.#picker;
    const api = new HomeApi({ ...account, language: texts.language });
    let failures = 0;
    // The first answer contains events from before the start. They are ignored.
    let isFirst = true;
    const follower = new Follower({
      feed: (...asked) => api.feed(...asked),
      onStart: () => Promise.resolve(true),
      onNews: ({ events, hubs }) => {
        failures = 0;
        if (areAway(hubs, this.#picker.targets)) return this.#stop(t('error.COZIFY_HUB_OFFLINE'));
        if (!isFirst) events.forEach((event) => this.#addPress(event));
        isFirst = false;
      },
      onFailure: (failure) => {
        failures += 1;
        // With status 409 (nobody is logged in, or the flows are stopped) or with `retryAfter`, the next request would
        // fail, too.
        const isLasting = failure.status === 409 || failure.retryAfter !== undefined;
        if (isLasting || failures > MAX_FAILURES) this.#stop(texts.listFailure(failure));
      },
    });
    this.#follower = follower;
    this.#showMessage('');
    this.#count(RECORDING_S, follower);
    follower.start();
  }

  /** Counts down the seconds and shows them. Stops at 0, or when the dialog has closed. */
  #count(seconds: number, follower: Follower): void {
    if (follower !== this.#follower) return;
    if (!document.contains(this.#$button[0] ?? null)) return follower.stop();
    if (seconds === 0) return this.#stop(this.#$message.text() === '' ? t('press.nothing') : undefined);
    this.#show(seconds);
    setTimeout(() => this.#count(seconds - 1, follower), 1_000);
  }

  #addPress({ press, thing }: Pick<HomeEvent, 'press' | 'thing'>): void {
    if (press === null) return;
    const { name, hub, id } = thing;
    if (!isMeant(thing, this.#picker.targets)) {
      const $add = $('<button type="button" class="red-ui-button red-ui-button-small">').text(t('press.chooseToo'));
      $add.on('click', () => {
        this.#picker.choose({ hub, kind: 'device', id, name }, 'keep');
        this.#addPress({ press, thing });
      });
      this.#$message.empty().append($('<span>').text(t('press.notChosen', { name })), ' ', $add);
      return;
    }
    const button = press.label ?? String(press.button);
    const output = placeOfPress(press);
    flashPress(output);
    this.#showMessage(
      t('press.heard', { name, button, press: pressWord(press.press, this.#picker.texts.language), output }),
    );
  }

  /** Stops the recording. `message`: the text to show; `undefined` keeps the current text. */
  #stop(message: string | undefined): void {
    this.#follower?.stop();
    this.#follower = undefined;
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
    this.#$button.attr('aria-pressed', String(isOn)).toggleClass('red-ui-button-small', isOn);
    const $text = $('<span>').text(` ${t(isOn ? 'press.stop' : 'press.listen')}`);
    replace(this.#$button, isOn ? [$text] : [$('<i class="fa fa-hand-pointer-o" aria-hidden="true">'), $text]);
  }
}

/** Whether all hubs of the chosen switches are unreachable. If no switch is chosen, whether all hubs are. */
export function areAway(all: FeedAnswer['hubs'], targets: readonly Pick<SavedTarget, 'hub'>[]): boolean {
  const chosen = targets.map(({ hub }) => hub).filter((hub) => hub !== '');
  const hubs = chosen.length === 0 ? all : all.filter(({ id }) => chosen.includes(id));
  return hubs.length > 0 && hubs.every(({ away }) => away);
}

/** Whether a switch is chosen. If no switch is chosen, all of them are meant. */
export function isMeant(
  { id, name }: Pick<SavedTarget, 'id' | 'name'>,
  targets: readonly Pick<SavedTarget, 'id' | 'name'>[],
): boolean {
  return targets.length === 0 || targets.some((one) => (one.id === '' ? one.name === name : one.id === id));
}
