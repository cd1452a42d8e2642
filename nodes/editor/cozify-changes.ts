import type { ChangeEvent } from '../../src/devices/changes.js';
import type texts from '../locales/en-US/cozify-changes.json';
import { type ActionNode, labelOf } from './action-node.js';
import type { KeyOf } from './catalogue.js';
import { isFromEnv, isSeconds } from './checks.js';
import { prepareChoices, readChoices } from './choices.js';
import { prepareCondition, readCondition, type SavedCondition } from './condition.js';
import { linesOf, type SavedTarget, targetsOf, textsOf } from './targets-field.js';
import { translate } from './catalogue.js';

export { labelStyle, outputLabels, paletteLabel } from './action-node.js';

interface Changes extends ActionNode<KeyOf<typeof texts>> {
  kinds?: string[];
  targets?: SavedTarget[];
  rooms?: string[];
  capabilities?: string[];
  fields?: string[];
  condition?: SavedCondition | null;
  events?: string[];
}

/** What can be told of; a room has no changes worth telling. */
const KINDS = ['device', 'group', 'scene', 'rule', 'alarm'] as const;
const EVENTS: readonly ChangeEvent[] = ['changed', 'added', 'removed', 'unreachable', 'reachable'];
const LISTS = ['rooms', 'capabilities', 'fields'] as const;

export function label(this: Changes): string {
  const [only, ...others] = this.targets ?? [];
  if (this.name || only === undefined || others.length > 0) return labelOf(this, 'label.palette', 'label.node');
  return this._('label.of', { target: only.name || only.id });
}

export function checkFor(value: unknown, _options: object): true | string {
  return isFromEnv(value) || isSeconds(value) || translate('invalid.seconds');
}

export function oneditprepare(this: Changes): void {
  $('#node-input-targets-list').val(linesOf(this.targets ?? []));
  for (const list of LISTS) $(`#node-input-${list}-list`).val((this[list] ?? []).join('\n'));
  prepareChoices('kinds', KINDS, this.kinds, (kind) => this._(`kind.${kind as 'device'}`));
  prepareChoices('events', EVENTS, this.events, (event) => this._(`event.${event as 'changed'}`));
  prepareCondition(this.condition, ['is', 'not', 'above', 'below']);
}

/** Gives whether something has changed that Node-RED does not see. */
export function oneditsave(this: Changes): boolean {
  const lines = (name: string): string => String($(`#node-input-${name}-list`).val() ?? '');
  const next: Partial<Changes> = {
    targets: targetsOf(lines('targets'), this.targets ?? []),
    kinds: readChoices('kinds'),
    events: readChoices('events'),
    condition: readCondition(),
    ...Object.fromEntries(LISTS.map((list) => [list, textsOf(lines(list))])),
  };
  const before: Record<string, unknown> = { ...this };
  const isOther = Object.entries(next).some(([name, value]) => JSON.stringify(value) !== JSON.stringify(before[name]));
  Object.assign(this, next);
  return isOther;
}
