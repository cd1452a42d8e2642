// The texts of the home tab.
import { fieldName } from '../../../src/devices/things/field-words.js';
import { fieldOf } from '../../../src/devices/things/fields.js';
import {
  mostInformativeFirst,
  fullText,
  isFlowMeter,
  pressText,
  informativeField,
  unitIn,
  valueText,
} from '../../../src/devices/things/live-value.js';
import { PickerTexts } from '../picker/texts.js';
import type { Thing } from '../picker/things-api.js';
import { clockText, dateText } from '../shared/times.js';
import type { HomeEvent } from './api.js';
import { nameOfNode, nodeById } from './flow.js';

/** The texts of the home tab, in the editor's language. */
export class HomeTexts extends PickerTexts {
  /**
   * Returns the current value of a thing in words: for a remote control, its last press; for an unreachable thing, a
   * text that says so.
   */
  value({ state, lastPress, does = [] }: Pick<Thing, 'state' | 'lastPress'> & Partial<Pick<Thing, 'does'>>): string {
    if (state['reachable'] === false) return this.t('home.unreachable');
    const isBattery = informativeField(state)?.startsWith('battery') ?? true;
    if (lastPress === undefined && does.includes('buttons') && isBattery) return this.t('home.noPress');
    return lastPress === undefined ? fullText(state, this.language) : this.pressed(lastPress);
  }

  time(iso: string): string {
    return clockText(iso, this.locale);
  }

  date(iso: string): string {
    return dateText(iso, this.locale);
  }

  /**
   * Returns the names and values of the fields in a state, the most informative field first. A missing value is empty.
   */
  fields(state: Thing['state']): (readonly [name: string, value: string])[] {
    return mostInformativeFirst(Object.keys(state)).map((field) => [
      fieldName(field, this.language),
      this.fieldValue(state, field),
    ]);
  }

  /** Returns the value of a field as text, with its unit or in words; an empty text if the field has no value. */
  fieldValue(state: Thing['state'], field: string): string {
    const value = state[field];
    if (Array.isArray(value)) return value.join(', ');
    if (typeof value === 'object') return value === null ? '' : JSON.stringify(value);
    const isMoment = typeof value === 'string' && /^\d{4}-\d\d-\d\dT/.test(value);
    return isMoment ? this.date(value) : valueText(field, value, this.language, unitIn(field, state));
  }

  /**
   * Returns the reason why the shown values may be old, followed by the time when they arrived. `answeredAt`: that
   * time, empty if there are no values.
   */
  notLive(why: string, answeredAt: string): string {
    return answeredAt === '' ? why : `${why} ${this.t('home.answeredAt', { time: this.time(answeredAt) })}`;
  }

  uses(count: number): string {
    return count === 1 ? this.t('home.use') : this.t('home.uses', { count });
  }

  /** Returns a text with a node's label, its flow, and a note if it is disabled. */
  node(node: Parameters<typeof nameOfNode>[0]): string {
    const { label, flow, isDisabled } = nameOfNode(node);
    return [label, flow === '' ? '' : `· ${flow}`, isDisabled ? this.t('home.disabled') : ''].filter(Boolean).join(' ');
  }

  /** Describes an event in a few words: the press of a button, the changed values, or the type of the event. */
  what({ event, state, changed, press }: HomeEvent): string {
    if (press !== null) return pressText(press, this.language);
    if (event !== 'changed') return this.t(`home.event.${event}`);
    const informative = informativeField(state ?? {});
    if (
      informative === undefined ||
      changed.includes(informative) ||
      (changed.includes('brightness') && informative === 'on')
    ) {
      return fullText(state ?? {}, this.language) || changed.map((field) => fieldName(field, this.language)).join(', ');
    }
    const values = changed.map((field) =>
      `${fieldName(field, this.language)} ${valueText(field, state?.[field], this.language)}`.trim(),
    );
    return values.join(', ');
  }

  /**
   * Returns the cause of a change as a text, with the id of the node that caused it, if that node still exists. Returns
   * `undefined` if no command can have caused the event, for example a new reading of a sensor.
   */
  who({ event, by, changed, state }: HomeEvent): { text: string; node?: string } | undefined {
    if (event !== 'changed') return undefined;
    if (by === null) {
      const isCommanded = changed.some((field) => canBeCommanded(field, state ?? {}));
      return isCommanded ? { text: this.t('home.by.other') } : undefined;
    }
    if (by === 'editor') return { text: this.t('home.by.editor') };
    const node = by === 'own' ? undefined : nodeById(by.node);
    return node === undefined ? { text: this.t('home.by.own') } : { text: nameOfNode(node).label, node: node.id };
  }
}

/** Whether a command can set a field of a thing in this state. */
function canBeCommanded(field: string, state: Thing['state']): boolean {
  if (field === 'closed') return true;
  return fieldOf(field)?.setting !== undefined && !(field === 'volume' && isFlowMeter(state));
}
