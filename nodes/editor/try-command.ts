import type texts from '../locales/en-US/cozify-command.json';
import { type KeyOf, translate } from './catalogue.js';
import type { TargetPicker } from './picker/picker.js';
import { PickerTexts } from './picker/texts.js';
import type { TriedCommand } from './picker/things-api.js';
import { commandToTry } from './picker/try-it.js';
import { localeOf, viewerLanguages } from './times.js';

type Texts = (key: KeyOf<typeof texts>) => string;

/** The button that runs a command as its dialog says it, before any Deploy. */
export class TryIt {
  readonly #picker: TargetPicker;
  readonly #t: Texts;
  readonly #texts = new PickerTexts(translate, localeOf(translate('locale'), viewerLanguages()));
  readonly #button = $('#cozify-target-try');
  readonly #said = $('#cozify-target-tried');
  #isRunning = false;

  constructor(picker: TargetPicker, t: Texts) {
    this.#picker = picker;
    this.#t = t;
    if (!RED.user.hasPermission('cozify.write')) this.#button.closest('.form-row').hide();
    this.#button.on('click', () => void this.#run());
  }

  /** Whether it can be tried as the dialog is now, and why not. */
  show(): void {
    const isPossible = this.#command !== undefined && !this.#isRunning;
    this.#button.prop('disabled', !isPossible).toggleClass('disabled', !isPossible);
    const reason = this.#picker.targets.length === 0 ? 'try.choose' : 'try.message';
    this.#button.attr('title', isPossible || this.#isRunning ? '' : this.#t(reason));
  }

  async #run(): Promise<void> {
    const command = this.#command;
    const { api } = this.#picker;
    if (command === undefined || api === undefined || this.#isRunning) return;
    this.#isRunning = true;
    this.#say(this.#t('try.running'));
    this.show();
    const reply = await api.command(command);
    this.#isRunning = false;
    if (reply.isOk) this.#say(this.#texts.tried(reply.answer));
    else this.#say(this.#texts.tryFailure(reply.failure), true);
    this.show();
    this.#picker.refresh();
  }

  get #command(): TriedCommand | undefined {
    const $value = $('#node-input-value');
    return commandToTry(this.#picker.targets, {
      command: textOf('command'),
      field: textOf('field'),
      value: String($value.typedInput('value')),
      valueType: $value.typedInput('type'),
      transition: textOf('transition'),
      hub: textOf('hub'),
    });
  }

  #say(sentence: string, isProblem = false): void {
    const color = `var(--red-ui-${isProblem ? 'text-color-error' : 'secondary-text-color'})`;
    this.#said.css({ color }).text(sentence);
  }
}

function textOf(property: string): string {
  return String($(`#node-input-${property}`).val() ?? '');
}
