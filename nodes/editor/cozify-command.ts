import { KINDS } from '../../src/devices/things/kinds.js';
import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-command.json';
import { ActionView, type CommandTexts, payloadHelp } from './command/actions.js';
import { TryIt } from './command/try.js';
import { ValueView } from './command/value-view.js';
import { valueProblem } from './command/value.js';
import { commandLabel, labelBy, type LabelledCommand } from './labels/labels.js';
import type { Thing } from './picker/things-api.js';
import { type ActionNode, DEFAULTS } from './shared/action-node.js';
import { type KeyOf, translate, viewerLanguage } from './shared/catalogue.js';
import { isFromEnv, secondsCheck } from './shared/checks.js';
import { choose } from './shared/draw.js';
import { hubPart, noteShown, prepareHub, prepareMore, prepareName, showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';
import { checkTargets, prepareTargets, readTargets } from './shared/targets-field.js';

export {
  labelStyle,
  paletteLabel,
  saveAction as oneditsave,
  twoOutputLabels as outputLabels,
} from './shared/action-node.js';

type Command = ActionNode<KeyOf<typeof texts>> & LabelledCommand & { confirm?: number | string };

export const label = labelBy(commandLabel);
export const inputs = 1;
export const outputs = 2;

export const defaults = {
  ...DEFAULTS,
  hub: { value: '' },
  targets: { value: [], validate: checkTargets },
  command: { value: 'payload' },
  field: { value: '' },
  value: { value: 'payload', validate: checkValue },
  valueType: { value: 'msg' },
  transition: { value: '', validate: secondsCheck(SECONDS.transition, 'invalid.transition', { mayBeEmpty: true }) },
  confirm: { value: 0 },
};

/** Checks a value against its field, in the dialog and in saved nodes. */
function checkValue(this: Command, value: unknown, _options: object): true | string {
  const isText = ['string', 'number', 'boolean'].includes(typeof value);
  const now = (name: 'command' | 'field' | 'valueType'): string =>
    String($(`#node-input-${name}`).val() ?? this[name] ?? '');
  if (!isText || now('command') !== 'set') return true;
  const typed = { value: String(value), type: now('valueType') };
  return valueProblem(now('field'), typed, translate, viewerLanguage()) || true;
}

export function oneditprepare(this: Command): void {
  showDefaults(this);
  const confirm = String(this.confirm ?? 0);
  choose($('#node-input-confirm'), confirm, isFromEnv(confirm) ? confirm : `${confirm} s`);
  new CommandForm(this).start();
  prepareHub(this.hub, 'default');
  prepareMore([
    { name: this._('more.transition'), row: '.cozify-transition', summary: () => transitionSummary(this) },
    { name: this._('more.confirm'), row: '.cozify-confirm', summary: () => confirmSummary(this) },
    hubPart(),
  ]);
  const readForm = (): Partial<Command> => ({ targets: readTargets(this.targets) });
  prepareName(this, label, readForm);
  rememberForm(this, readForm);
}

/** The fields of the dialog: the things, the action and the value. */
class CommandForm {
  readonly #node: Command;
  readonly #t: CommandTexts = (key, parameters) => this.#node._(key, parameters);
  readonly #actions: ActionView;
  readonly #value: ValueView;
  #tryIt: TryIt | undefined;
  #things: readonly Thing[] = [];

  constructor(node: Command) {
    const t = this.#t;
    this.#node = node;
    this.#actions = new ActionView(t, () => this.#choose());
    this.#value = new ValueView(t, () => this.#tryIt?.show());
  }

  start(): void {
    const picker = prepareTargets(this.#node.targets, {
      kinds: KINDS,
      nothing: translate('nothing.message'),
      can: () => neededFor(this.#actions.command, this.#actions.field),
      field: () => this.#actions.field,
      onChange: (changed) => {
        this.#things = changed.targets.length > 0 ? changed.things : [];
        this.#show();
      },
    });
    this.#onNeed = () => {
      picker.search();
      picker.refresh();
    };
    this.#tryIt = new TryIt(picker, this.#t, () => this.#value.problem);
    this.#show();
  }

  /** Called after the conditions for things to choose from have changed. */
  #onNeed: () => void = () => undefined;

  #choose(): void {
    this.#show(true);
    // The value's validity depends on its field.
    $('#node-input-value').trigger('change');
    this.#onNeed();
  }

  #show(isChosen = false): void {
    const { command, field } = this.#actions;
    this.#actions.show(this.#things);
    $('.cozify-set').toggle(command === 'set');
    if (command === 'set') this.#value.show(field, this.#things, isChosen);
    this.#showHelp(command);
    $('.cozify-transition').toggle(command !== 'close' && this.#canFade);
    this.#tryIt?.show();
    noteShown();
  }

  #showHelp(command: string): void {
    const { text, example } = payloadHelp(this.#things, this.#t, viewerLanguage());
    const $help = $('#cozify-do-help').toggle(command === 'payload');
    $help.find('span').text(text);
    $help
      .find('code')
      .text(example)
      .toggle(example !== '');
  }

  /** Whether a transition is offered: a thing supports it, no ability is known, or a transition is set. */
  get #canFade(): boolean {
    const known = this.#things.filter(({ abilities }) => abilities !== undefined);
    if (known.length === 0 || String($('#node-input-transition').val() ?? '') !== '') return true;
    return known.some(({ abilities }) => abilities?.some(({ field }) => field === 'transition'));
  }
}

function transitionSummary(node: Command): string {
  const time = String($('#node-input-transition').val() ?? '').trim();
  return time === '' ? '' : node._('more.transitionOf', { time });
}

function confirmSummary(node: Command): string {
  const $chosen = $('#node-input-confirm option:selected');
  return $chosen.val() === '0' ? '' : node._('more.confirmOf', { time: $chosen.text() });
}

/** Returns the capability that a command needs. */
function neededFor(command: string, field: string): string {
  if (command === 'close') return 'close';
  if (command === 'payload') return 'any';
  if (command === 'set') return isFromEnv(field) ? 'any' : field.trim() || 'any';
  return 'on';
}
