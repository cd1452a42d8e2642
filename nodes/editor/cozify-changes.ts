import type { ChangeEvent } from '../../src/devices/things/changes.js';
import { KINDS } from '../../src/devices/things/kinds.js';
import { SECONDS } from '../../src/input.js';
import type texts from '../locales/en-US/cozify-changes.json';
import { showDefaults } from './absent.js';
import type { ActionNode } from './action-node.js';
import { type KeyOf, translate } from './catalogue.js';
import { isFromEnv, isSeconds } from './checks.js';
import { prepareChoices, readChoices } from './choices.js';
import { prepareCondition, readCondition, type SavedCondition } from './condition.js';
import { kindText, prepareFilter, readFilter, type SavedFilter } from './filter.js';
import { offerLines, shownFields, suggest } from './picker/suggestions.js';
import type { Thing } from './picker/things-api.js';
import { keep } from './saving.js';
import { prepareTargets, readTargets, type SavedTarget, textsOf } from './targets-field.js';

export { targetLabel as label, labelStyle, outputLabels, paletteLabel } from './action-node.js';
export { checkCondition } from './condition.js';

interface Changes extends ActionNode<KeyOf<typeof texts>>, SavedFilter {
  kinds?: string[];
  targets?: SavedTarget[];
  fields?: string[];
  condition?: SavedCondition | null;
  events?: string[];
}

/** What can be told of; a room has no changes worth telling. */
const CHANGING = KINDS.filter((kind) => kind !== 'room');
const EVENTS: readonly ChangeEvent[] = ['changed', 'added', 'removed', 'unreachable', 'reachable'];

export function checkFor(value: unknown, _options: object): true | string {
  return isFromEnv(value) || isSeconds(value, SECONDS.for, { mayBeEmpty: true }) || translate('invalid.seconds');
}

export function oneditprepare(this: Changes): void {
  showDefaults(this);
  $('#node-input-fields-list').val((this.fields ?? []).join('\n'));
  const picker = prepareTargets(this.targets, undefined, {
    onChange: ({ targets, things }) => offer(targets.length > 0, things),
  });
  prepareFilter(this, picker);
  prepareChoices('kinds', CHANGING, this.kinds ?? ['device'], kindText);
  prepareChoices('events', EVENTS, this.events ?? ['changed'], (event) => this._(`event.${event as 'changed'}`));
  prepareCondition(this.condition, ['is', 'not', 'above', 'below']);
}

/** Offers the fields that the things have; each of them where they were chosen, not of everything in the home. */
function offer(isChosen: boolean, things: readonly Thing[]): void {
  const fields = shownFields(things);
  suggest(
    $('#node-input-payload'),
    'cozify-payloads',
    ['state', ...fields].map((value) => ({ value })),
  );
  offerLines($('#node-input-fields-list'), 'cozify-fields-offered', isChosen ? fields : [], (name) =>
    translate('picker.add', { name }),
  );
}

/** Gives whether something has changed that Node-RED does not see. */
export function oneditsave(this: Changes): boolean {
  return keep(this, {
    targets: readTargets(this.targets),
    ...readFilter(),
    fields: textsOf(String($('#node-input-fields-list').val() ?? '')),
    kinds: readChoices('kinds'),
    events: readChoices('events'),
    condition: readCondition(this.condition),
  });
}
