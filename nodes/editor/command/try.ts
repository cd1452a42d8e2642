// The button that tries the command in an open dialog, and the texts about its results.
import type { TargetResult } from '../../../src/devices/steps/command-step.js';
import { fieldName } from '../../../src/devices/things/field-words.js';
import { stateText, valueText } from '../../../src/devices/things/live-value.js';
import type { Language } from '../../../src/devices/things/names.js';
import { colorText } from '../../../src/devices/things/shades.js';
import type { State } from '../../../src/devices/things/state.js';
import type { Failure } from '../account/api.js';
import type { TargetPicker } from '../picker/picker.js';
import { isSameTarget, type SavedTarget } from '../picker/target.js';
import type { Thing, TriedCommand } from '../picker/things-api.js';
import { translate, viewerLanguage } from '../shared/catalogue.js';
import { spinner } from '../shared/draw.js';
import { Latest } from '../shared/latest.js';
import type { CommandTexts } from './actions.js';
import { literalOf } from './value.js';

/** Error codes whose cause is one of the things. Other errors concern the account or Node-RED. */
const OF_THINGS = ['COZIFY_BAD_INPUT', 'COZIFY_NOT_FOUND'];

/** The button that sends the command in the open dialog to the hub, without a Deploy. */
export class TryIt {
  readonly #picker: TargetPicker;
  readonly #t: CommandTexts;
  readonly #problem: () => string;
  readonly #button = $('#cozify-target-try');
  readonly #why = $('#cozify-target-why');
  readonly #$outcomes = $('#cozify-target-tried ul');
  #isRunning = false;
  readonly #latest = new Latest();

  /** `problem`: returns the error text of the value; empty if the value is valid. */
  constructor(picker: TargetPicker, t: CommandTexts, problem: () => string) {
    this.#picker = picker;
    this.#t = t;
    this.#problem = problem;
    if (!RED.user.hasPermission('cozify.write')) this.#button.parent().hide();
    this.#button.on('click', () => void this.#run());
    // The outcome for one account does not apply to another.
    $('#node-input-account').on('change', () => {
      this.#latest.drop();
      this.#$outcomes.empty();
    });
  }

  /** Enables the button if the dialog's command can be tried; otherwise shows the reason. */
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
    const isCurrent = this.#latest.ask();
    this.#$outcomes.empty().append($('<li>').append(spinner(), $('<span>').text(this.#t('try.running'))));
    this.show();
    const reply = await api.command(command);
    this.#isRunning = false;
    if (!isCurrent()) return this.show();
    const words = this.#wordsOf(command);
    const outcomes = reply.isOk
      ? outcomesOf(reply.answer.results, words)
      : this.#failure(reply.failure, command, words);
    this.#$outcomes.empty().append(outcomes.map(outcomeRow));
    this.show();
    this.#picker.refresh();
  }

  #failure(failure: Failure, command: TriedCommand, words: TriedWords): Outcome[] {
    const { code = '' } = failure;
    if (OF_THINGS.includes(code)) return failedOutcomes(command.targets, code, words);
    return [{ id: '', isOk: false, text: this.#picker.texts.tryFailure(failure) }];
  }

  #wordsOf({ command, field }: TriedCommand): TriedWords {
    // A thing may be missing, because the user may have removed its target while the command ran.
    const known: readonly Thing[] = this.#picker.things;
    return {
      field: command === 'set' ? field : '',
      find: (target) => known.find(({ hub, kind, id, name }) => isSameTarget({ hub, kind, id, name }, target)),
      t: this.#t,
      language: viewerLanguage(),
    };
  }

  get #command(): TriedCommand | Obstacle | 'wrong' {
    const $value = $('#node-input-value');
    const command = inputText('command');
    const fields = {
      command,
      field: inputText('field'),
      value: String($value.typedInput('value')),
      valueType: $value.typedInput('type'),
      transition: inputText('transition'),
      hub: inputText('hub'),
    };
    const tried = commandToTry(this.#picker.targets, fields);
    return tried !== 'choose' && command === 'set' && this.#problem() !== '' ? 'wrong' : tried;
  }
}

function inputText(property: string): string {
  return String($(`#node-input-${property}`).val() ?? '');
}

/** The command as the inputs of the dialog contain it. */
type DialogCommand = Omit<TriedCommand, 'targets' | 'value'> & { value: string; valueType: string };

/**
 * The reason why the dialog's command can't be tried: a setting is missing or invalid, or becomes known only when a
 * message arrives or the flow runs.
 */
type Obstacle = 'choose' | 'message' | 'env' | 'value';

/** Returns the command to try, or the reason why it can't be tried. */
export function commandToTry(targets: readonly SavedTarget[], dialog: DialogCommand): TriedCommand | Obstacle {
  const { command, field, valueType, transition, hub } = dialog;
  if (targets.length === 0) return 'choose';
  if (command === 'payload') return 'message';
  const texts = [...targets.map(({ name, id }) => name + id), command, field, transition, hub];
  if (texts.some((text) => text.includes('${'))) return 'env';
  const common = { targets, hub: hub.trim(), command, transition: command === 'close' ? '' : transition.trim() };
  if (command !== 'set') return { ...common, field: '' };
  if (dialog.value.includes('${')) return 'env';
  const value = literalOf({ value: dialog.value, type: valueType });
  return value === undefined || Number.isNaN(value) ? 'value' : { ...common, field: field.trim(), value };
}

/** The outcome of a command for one thing, shown as a line below the button. */
interface Outcome {
  id: string;
  isOk: boolean;
  text: string;
}

function outcomeRow({ id, isOk, text }: Outcome): JQuery {
  const $icon = $('<i class="fa" aria-hidden="true">').addClass(isOk ? 'fa-check' : 'fa-exclamation-triangle');
  return $('<li>')
    .attr({ 'data-id': id, 'data-ok': String(isOk) })
    .append($icon, $('<span>').text(text));
}

/** The data for the texts about the outcome of a tried command. */
export interface TriedWords {
  /** The field that the command sets; empty for a switch command, or if the command sets several fields. */
  field: string;
  /** Returns the thing that a target refers to, if it is known. */
  find: (target: SavedTarget) => Thing | undefined;
  t: CommandTexts;
  language: Language;
}

const COLORS: readonly string[] = ['color', 'hue', 'saturation'];
const LIGHT = ['brightness', 'colorTemperature', ...COLORS];

/** Error codes with a text of their own that says what the user can do. */
const REASONS = ['COZIFY_NOT_FOUND', 'COZIFY_HUB_OFFLINE', 'COZIFY_UNREACHABLE', 'COZIFY_FORBIDDEN'] as const;

/**
 * Returns the outcomes to show. A room gets an outcome for each of its devices, and so does a group in which a device
 * has failed. Any other target gets one outcome. If the command was not sent at all, the outcome of the target comes
 * first, followed by the devices that could not run it.
 */
export function outcomesOf(results: readonly TargetResult[], words: TriedWords): Outcome[] {
  return results.flatMap((result) => {
    const target = targetOfResult(result);
    const members = memberOutcomes(result, words);
    const isOne = target.kind !== 'room' && members.every(({ isOk }) => isOk);
    if (result.sent && members.length > 0 && !isOne) return members;
    const missed = members.filter(({ isOk }) => !isOk);
    return [{ id: target.id, ...ownOutcome(target.name || target.id, target, result, words) }, ...missed];
  });
}

/** Returns an outcome for each device of a group or room, the successful devices first. */
function memberOutcomes({ did = [], members = [] }: TargetResult, words: TriedWords): Outcome[] {
  return [
    ...did.map(({ id, name, state }) => ({ id, isOk: true, text: doneText(name, state, words) })),
    ...members.map(({ id, name, reason }) => ({
      id,
      isOk: false,
      text: missedText(name, reason, words.t('tried.unable'), words),
    })),
  ];
}

/** Returns an outcome for each target of a command that was not sent. */
export function failedOutcomes(targets: readonly SavedTarget[], code: string, words: TriedWords): Outcome[] {
  return targets.map((target) => ({
    id: target.id,
    isOk: false,
    text: missedText(target.name || target.id, code, inability(target, words), words),
  }));
}

function ownOutcome(
  name: string,
  target: SavedTarget,
  { sent, confirmed, reason, state, ignored, clamped }: TargetResult,
  words: TriedWords,
): Omit<Outcome, 'id'> {
  const { t, field } = words;
  if (reason === 'superseded') return { isOk: true, text: t('tried.superseded', { name }) };
  // A colour consists of hue and saturation, which the result lists separately.
  const isIgnored = (field === 'color' ? COLORS : [field]).some((one) => ignored.includes(one));
  if (!sent || isIgnored) {
    const code = sent ? 'COZIFY_BAD_INPUT' : (reason ?? '');
    return { isOk: false, text: missedText(name, code, inability(target, words), words) };
  }
  if (confirmed !== true) return { isOk: false, text: missedText(name, reason ?? 'timeout', '', words) };
  const now = state ?? {};
  // A group's name may be plural ("lamps"), so the text for groups avoids "is".
  const text =
    target.kind === 'group'
      ? t('tried.shows', { name, state: stateText(now, words.language) })
      : doneText(name, now, words);
  return { isOk: true, text: clamped.length > 0 ? `${text} ${t('tried.clamped')}` : text };
}

/**
 * Returns a text that says why a command was not run or not confirmed. `unable`: the reason to give if the thing does
 * not support the command.
 */
function missedText(name: string, reason: string, unable: string, { t }: TriedWords): string {
  if (reason === 'timeout') return t('tried.notYet', { name });
  if (reason === 'unreachable') return t('tried.unreachable', { name });
  const known = REASONS.find((one) => one === reason);
  const why = known === undefined ? t('tried.failed') : t(`tried.${known}`);
  return t('tried.notDone', { name, why: reason === 'COZIFY_BAD_INPUT' ? unable : why });
}

/** Returns the reason for a failure: the thing does not support the command, or does not accept its value. */
function inability(target: SavedTarget, { field, find, t }: TriedWords): string {
  const abilities = find(target)?.abilities;
  if (abilities === undefined || abilities.some((ability) => ability.field === field)) return t('tried.badValue');
  return COLORS.includes(field) ? t('tried.noColor') : t('tried.unable');
}

/** Describes the new state of a thing, beginning with the field that was set. */
function doneText(name: string, state: State, { field, t, language }: TriedWords): string {
  const { on, position } = state;
  if (typeof on === 'boolean' && (!on || ['', 'on', ...LIGHT].includes(field))) {
    const more = on ? lightText(state, field, language) : '';
    const how = t(on ? 'tried.on' : 'tried.off');
    return t('tried.is', { name, state: more === '' ? how : `${how}, ${more}` });
  }
  const value = valueText(field, state[field], language);
  if (typeof position === 'number' && (field === '' || field === 'position')) {
    return t('tried.is', { name, state: t('tried.open', { position: String(position) }) });
  }
  if (value !== '') return t('tried.has', { name, field: fieldName(field, language), value });
  const text = stateText(state, language);
  return text === '' ? t('tried.done', { name }) : t('tried.shows', { name, state: text });
}

/**
 * Describes the light of a lamp that is on: by its colour or shade of white if that was set, otherwise by its
 * brightness.
 */
function lightText(
  { brightness, colorTemperature, hue, saturation }: State,
  field: string,
  language: Language,
): string {
  if (COLORS.includes(field) && typeof hue === 'number' && typeof saturation === 'number') {
    return colorText(hue, saturation, language);
  }
  if (field === 'colorTemperature') return valueText('colorTemperature', colorTemperature, language);
  return typeof brightness === 'number' ? valueText('brightness', brightness, language) : '';
}

function targetOfResult({ target }: TargetResult): SavedTarget {
  const nothing = { hub: '', kind: '', id: '', name: '' };
  return typeof target === 'string' ? { ...nothing, name: target } : { ...nothing, ...target };
}
