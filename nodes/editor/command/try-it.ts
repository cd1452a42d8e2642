import type { Language } from '../../../src/devices/things/names.js';
import type { Failure } from '../account/api.js';
import type { TargetPicker } from '../picker/picker.js';
import { isSameTarget } from '../picker/target.js';
import { PickerTexts } from '../picker/texts.js';
import type { Thing, TriedCommand } from '../picker/things-api.js';
import { translate } from '../shared/catalogue.js';
import { spinner } from '../shared/spinner.js';
import { localeOf, viewerLanguages } from '../shared/times.js';
import type { CommandTexts } from './actions.js';
import { commandToTry, type Obstacle } from './to-try.js';
import { failedOutcomes, type Outcome, outcomesOf, type TriedWords } from './tried.js';

/** Errors about a thing, and not about the account or Node-RED. */
const OF_THINGS = ['COZIFY_BAD_INPUT', 'COZIFY_NOT_FOUND'];

/** The button that runs the dialog's command before a Deploy. */
export class TryIt {
  readonly #picker: TargetPicker;
  readonly #t: CommandTexts;
  readonly #language: Language;
  readonly #problem: () => string;
  readonly #texts = new PickerTexts(translate, localeOf(translate('locale'), viewerLanguages()));
  readonly #button = $('#cozify-target-try');
  readonly #why = $('#cozify-target-why');
  readonly #$outcomes = $('#cozify-target-tried ul');
  #isRunning = false;
  /** Rises when another account is chosen, so that answers about the earlier account are dropped. */
  #epoch = 0;

  /** `problem`: returns the error in the value; empty if there is none. */
  constructor(picker: TargetPicker, t: CommandTexts, language: Language, problem: () => string) {
    this.#picker = picker;
    this.#t = t;
    this.#language = language;
    this.#problem = problem;
    if (!RED.user.hasPermission('cozify.write')) this.#button.parent().hide();
    this.#button.on('click', () => void this.#run());
    // The outcome for one account does not apply to another.
    $('#node-input-account').on('change', () => {
      this.#epoch += 1;
      this.#$outcomes.empty();
    });
  }

  /** Shows whether the dialog's command can be tried, or why not. */
  show(): void {
    const command = this.#command;
    const hasAccount = this.#picker.api !== undefined;
    const isPossible = hasAccount && typeof command !== 'string' && !this.#isRunning;
    this.#button.prop('disabled', !isPossible).toggleClass('disabled', !isPossible);
    const why = typeof command === 'string' ? this.#t(`try.${command}`) : '';
    this.#why.text(hasAccount ? why : translate('picker.noAccount'));
  }

  async #run(): Promise<void> {
    const command = this.#command;
    const { api } = this.#picker;
    if (typeof command === 'string' || api === undefined || this.#isRunning) return;
    this.#isRunning = true;
    const epoch = this.#epoch;
    this.#$outcomes.empty().append($('<li>').append(spinner(), $('<span>').text(this.#t('try.running'))));
    this.show();
    const reply = await api.command(command);
    this.#isRunning = false;
    if (epoch !== this.#epoch) return this.show();
    const words = this.#wordsOf(command);
    this.#showOutcomes(
      reply.isOk ? outcomesOf(reply.answer.results, words) : this.#failure(reply.failure, command, words),
    );
    this.show();
    this.#picker.refresh();
  }

  #failure(failure: Failure, command: TriedCommand, words: TriedWords): Outcome[] {
    const { code = '' } = failure;
    if (OF_THINGS.includes(code)) return failedOutcomes(command.targets, code, words);
    return [{ id: '', isOk: false, text: this.#texts.tryFailure(failure) }];
  }

  #wordsOf({ command, field }: TriedCommand): TriedWords {
    // The user may have removed targets since the command was tried.
    const known: readonly Thing[] = this.#picker.things;
    return {
      field: command === 'set' ? field : '',
      find: (target) => known.find(({ hub, kind, id, name }) => isSameTarget({ hub, kind, id, name }, target)),
      t: this.#t,
      language: this.#language,
    };
  }

  get #command(): TriedCommand | Obstacle | 'wrong' {
    const $value = $('#node-input-value');
    const command = textOf('command');
    const fields = {
      command,
      field: textOf('field'),
      value: String($value.typedInput('value')),
      valueType: $value.typedInput('type'),
      transition: textOf('transition'),
      hub: textOf('hub'),
    };
    const tried = commandToTry(this.#picker.targets, fields);
    return tried !== 'choose' && command === 'set' && this.#problem() !== '' ? 'wrong' : tried;
  }

  #showOutcomes(outcomes: readonly Outcome[]): void {
    const rows = outcomes.map(({ id, isOk, text }) =>
      $('<li>')
        .attr({ 'data-id': id, 'data-ok': String(isOk) })
        .append(
          $('<i class="fa" aria-hidden="true">').addClass(isOk ? 'fa-check' : 'fa-exclamation-triangle'),
          $('<span>').text(text),
        ),
    );
    this.#$outcomes.empty().append(rows);
  }
}

function textOf(property: string): string {
  return String($(`#node-input-${property}`).val() ?? '');
}
