// Examples of the messages that a node would send, with the current values of the chosen things.
import { mostInformativeFirst } from '../../../src/devices/things/live-value.js';
import type { Thing } from '../picker/things-api.js';
import { metCountOf, type SavedCondition } from './condition.js';

/** A row of an example message: a property, and its value in a short form. */
type ExampleRow = readonly [property: string, text: string];

/** The maximum number of elements of an array, or properties of an object, in an example. */
const MAX_SHOWN = 2;

/** The data from which the example of a changes node is made. */
interface ChangeExample {
  things: readonly Thing[];
  /** The value that the node puts into `msg.payload`: a field, or "state" for the whole state. */
  payload: string;
  /** The fields whose changes cause a message; empty for all fields. */
  fields: readonly string[];
  condition: SavedCondition | null;
}

/** Returns the message that a changes node would send with the current values; empty if no suitable thing is known. */
export function exampleOfChange({ things, payload, fields, condition }: ChangeExample): ExampleRow[] {
  const isWhole = payload === 'state' || payload === '';
  const about = condition === null ? fields : [condition.field];
  const has = (thing: Thing, field: string): boolean => thing.state[field] !== undefined;
  const able = things.filter((one) => isWhole || has(one, payload));
  const thing = able.find((one) => about.length === 0 || about.some((field) => has(one, field))) ?? able[0];
  if (thing === undefined) return [];
  const topic: ExampleRow = ['msg.topic', JSON.stringify(thing.name)];
  if (!isWhole) return [topic, ['msg.payload', shortOf(thing.state[payload])], ['msg.device', '{…}']];
  const first = [
    ...about.filter((field) => has(thing, field)),
    ...mostInformativeFirst(Object.keys(thing.state)),
  ].slice(0, 1);
  return [topic, ['msg.payload', shortOf(ordered(thing.state, first))], ['msg.changed', shortOf(first)]];
}

/** The data from which the example of a read node is made. */
interface ReadExample {
  things: readonly Thing[];
  /**
   * The number of chosen targets. If it is 0, the node reads all things that pass its filter, or the targets in a
   * message.
   */
  named: number;
  /** The field to read; empty for the whole state. */
  field: string;
  output: string;
  condition: SavedCondition | null;
}

/**
 * Returns the message that a read node would send with the current values; empty if no thing is known or no thing meets
 * the condition.
 */
export function exampleOfReading({ things, named, field, output, condition }: ReadExample): ExampleRow[] {
  const isMeeting = (thing: Thing): boolean => condition === null || metCountOf(condition, [thing])?.met === 1;
  const isSaying = ({ state }: Thing): boolean => named > 0 || field === '' || state[field] !== undefined;
  const all = things.filter((thing) => isMeeting(thing) && isSaying(thing));
  const [first] = all;
  if (first === undefined) return [];
  const valueOf = ({ state }: Thing): unknown => (field === '' ? ordered(state, []) : (state[field] ?? null));
  if (output === 'auto' && named === 1) return [['msg.payload', shortOf(valueOf(first))]];
  if (output === 'map') {
    const byName = Object.fromEntries(all.map((thing) => [thing.name, valueOf(thing)]));
    return [['msg.payload', shortOf(byName)]];
  }
  const more = all.length > 1 ? ', …' : '';
  const content =
    field === '' ? `${shortEntries(ordered(first.state, []), 1)}, …` : `value: ${shortOf(valueOf(first))}`;
  return [['msg.payload', `[{ id: "…", name: ${JSON.stringify(first.name)}, ${content} }${more}]`]];
}

/** Returns a state with the given fields first, followed by the other fields, the most informative ones first. */
function ordered(state: Thing['state'], first: readonly string[]): Record<string, unknown> {
  const fields = [...new Set([...first, ...mostInformativeFirst(Object.keys(state))])];
  return Object.fromEntries(fields.map((field) => [field, state[field]]));
}

/**
 * Formats a value as JavaScript, such as `{ on: true, brightness: 60, … }`. Of an object or array, shows only the
 * beginning.
 */
function shortOf(value: unknown): string {
  if (Array.isArray(value)) {
    const more = value.length > MAX_SHOWN ? ', …' : '';
    return `[${value.slice(0, MAX_SHOWN).map(shortOf).join(', ')}${more}]`;
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const count = Object.keys(value).length;
  if (count === 0) return '{}';
  return `{ ${shortEntries(value as Record<string, unknown>, MAX_SHOWN)}${count > MAX_SHOWN ? ', …' : ''} }`;
}

function shortEntries(value: Readonly<Record<string, unknown>>, most: number): string {
  const entries = Object.entries(value).slice(0, most);
  const key = (name: string): string => (/^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name));
  const inner = (one: unknown): string => (typeof one === 'object' && one !== null ? '{…}' : shortOf(one));
  return entries.map(([name, one]) => `${key(name)}: ${inner(one)}`).join(', ');
}

/**
 * Shows an example message; hides it if there is none. Names are inserted as text, never as HTML, because they come
 * from the hub.
 */
export function showExample(rows: readonly ExampleRow[]): void {
  const $example = $('#cozify-example')
    .attr('role', 'note')
    .toggle(rows.length > 0);
  const isWhole = rows.length > 1 && rows.some(([, text]) => text.startsWith('{ '));
  const parts = rows.map(([property, text]) =>
    $('<span>').append($('<span class="cozify-hint">').text(property), document.createTextNode(` ${text}`)),
  );
  $example.toggleClass('cozify-example-lines', isWhole).empty().append(parts);
}
