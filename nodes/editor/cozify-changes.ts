import type { ChangeEvent } from '../../src/devices/things/changes.js';
import { KINDS } from '../../src/devices/things/kinds.js';
import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-changes.json';
import { changesLabel, labelBy, type LabelledChanges } from './labels/labels.js';
import type { Thing } from './picker/things-api.js';
import type { ActionNode } from './shared/action-node.js';
import { type KeyOf, translate, viewerLanguage } from './shared/catalogue.js';
import { secondsCheck } from './shared/checks.js';
import { capabilitiesPart, Filter, kindText, type SavedFilter } from './shared/filter.js';
import {
  checkboxPart,
  followForm,
  hubPart,
  type MorePart,
  noteShown,
  prepareHub,
  prepareMore,
  prepareName,
  showDefaults,
} from './shared/form.js';
import { rememberForm } from './shared/saving.js';
import { prepareChoices, prepareTags, readChoices, readTags } from './shared/tags.js';
import { DEFAULTS_OF_THINGS, prepareTargets } from './shared/targets-field.js';
import { checkCondition, metCountOf, nowText } from './values/condition.js';
import { exampleOfChange, showExample } from './values/example.js';
import { fieldsToChoose, OpenSelect } from './values/field-select.js';
import { type SavedWhen, WhenForm } from './values/when-form.js';

export { labelStyle, outputLabels, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';
export { button } from './shared/test-button.js';

export const label = labelBy(changesLabel);
export const inputs = 0;
export const outputs = 1;

const checkFor = secondsCheck(SECONDS.for, 'invalid.seconds', { mayBeEmpty: true });

export const defaults = {
  ...DEFAULTS_OF_THINGS,
  kinds: { value: ['device'] },
  rooms: { value: [] },
  capabilities: { value: [] },
  capabilitiesMatch: { value: 'all' },
  fields: { value: [] },
  condition: { value: null, validate: checkCondition },
  for: { value: 0, validate: checkFor },
  payload: { value: 'state' },
  events: { value: ['changed'] },
  own: { value: true },
  initial: { value: false },
};

type Changes = ActionNode<KeyOf<typeof texts>> & LabelledChanges & SavedFilter & SavedWhen;

/** The kinds of things whose changes a node can report. Rooms are left out, because they have no state of their own. */
const CHANGING = KINDS.filter((kind) => kind !== 'room');
const EVENTS: readonly ChangeEvent[] = ['changed', 'added', 'removed', 'unreachable', 'reachable'];

export function oneditprepare(this: Changes): void {
  showDefaults(this);
  const when = new WhenForm(this, checkFor);
  const saved = this.payload ?? 'state';
  // An empty saved value also means the whole state.
  const none = { value: saved === '' ? '' : 'state', text: translate('fields.all') };
  const payload = new OpenSelect({ id: 'node-input-payload', saved, none });
  const picker = prepareTargets(this.targets, {
    onChange: ({ things }) => {
      payload.offer(fieldsToChoose(things));
      when.offer(things);
      noteShown();
    },
  });
  const filter = new Filter(this, picker);
  prepareTags('kinds', CHANGING, this.kinds ?? ['device'], kindText);
  prepareChoices('events', EVENTS, this.events ?? ['changed'], (event) => this._(`event.${event as 'changed'}`));
  prepareHub(this.hub, 'all');
  prepareMore(moreParts(this));
  const readForm = (): Partial<Changes> => ({
    targets: picker.toSave,
    ...filter.value,
    ...when.value,
    kinds: readTags('kinds'),
    events: readChoices('events'),
  });
  prepareName(this, label, readForm);
  followForm(() => showNow(when, payload.value, picker.things));
  rememberForm(this, readForm);
}

/** Shows whether the things meet the condition now, and an example of the message that the node would send. */
function showNow(when: WhenForm, payload: string, things: readonly Thing[]): void {
  when.word(payload);
  const { condition, fields, for: lasting } = when.value;
  const now = nowText(condition, { things, language: viewerLanguage(), t: translate });
  const isTrue = things.length === 1 && metCountOf(condition, things)?.met === 1;
  $('#cozify-condition-now').text(isTrue ? `${now} ${whenTrueAlready(lasting)}`.trimEnd() : now);
  showExample(exampleOfChange({ things, payload, fields, condition }));
}

/**
 * Returns a text that says when the node sends its first message if the condition is already true when the node starts.
 */
function whenTrueAlready(lasting: number | string): string {
  if (!['', '0'].includes(String(lasting))) return translate('now.lasting');
  return $('#node-input-initial').prop('checked') === true ? '' : translate('now.nextTime');
}

function moreParts(node: Changes): MorePart[] {
  const part = (name: keyof typeof texts.more, row: string, summary: () => string): MorePart => ({
    name: node._(`more.${name}`),
    row,
    summary,
  });
  return [
    part('onlyFields', '#cozify-only-fields-row', () => node._('more.onlyFields')),
    part('events', '#cozify-events-row', () =>
      readChoices('events').join() === 'changed' ? '' : node._('more.events'),
    ),
    checkboxPart('own', true, node._('more.own'), node._('more.notOwn')),
    checkboxPart('initial', false, node._('more.initial'), node._('more.atStart')),
    part('kinds', '#cozify-kinds-row', () => (readTags('kinds').join() === 'device' ? '' : node._('more.kinds'))),
    capabilitiesPart(),
    hubPart(),
  ];
}
