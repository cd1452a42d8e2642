// Groups of tags (toggle buttons) and checkboxes, including the tags for rooms and device kinds.
import { capabilitiesOf, DEVICE_KINDS, type DeviceKind } from '../../../src/devices/things/device-kinds.js';
import { nameKey } from '../../../src/devices/things/names.js';
import type { Thing } from '../picker/things-api.js';
import { replace } from './draw.js';

/** A value that is shown as a toggle button. Several values can be chosen. */
export interface Tag {
  value: string;
  text: string;
  isPressed: boolean;
}

/**
 * Shows tags as toggle buttons at the start of a row. `attribute`: the data attribute for the value of a tag.
 * `onPress`: called after each press, with the value and the button.
 */
export function showTags(
  $row: JQuery,
  attribute: `data-${string}`,
  tags: readonly Tag[],
  onPress: (value: string, $tag: JQuery) => void,
): void {
  const buttons = tags.map(({ value, text, isPressed }) =>
    $('<button type="button" class="cozify-tag">')
      .attr({ [attribute]: value, 'aria-pressed': String(isPressed) })
      .text(text)
      .on('click', ({ currentTarget }) => onPress(value, $(currentTarget))),
  );
  replace($row, buttons, { $old: $row.children(`[${attribute}]`) });
}

const rowOf = (name: string): JQuery => $(`#node-input-${name}-list`);

/** Fills a row with a checkbox for each value. `more`: returns an element to put after the text. */
export function prepareChoices(
  name: string,
  values: readonly string[],
  chosen: unknown,
  textOf: (value: string) => string,
  more: (value: string) => JQuery = () => $(),
): void {
  const rows = values.map((value) => {
    const id = `node-input-${name}-${value}`;
    const $box = $('<input type="checkbox">').attr('id', id).css({ width: 'auto', margin: '-2px 6px 0 0' });
    $box.val(value).prop('checked', textsOf(chosen).includes(value));
    const $label = $('<label>').attr('for', id).css({ display: 'block', width: 'auto' });
    return $label.append($box, document.createTextNode(textOf(value)), more(value));
  });
  rowOf(name).prepend(rows);
}

/** Returns the values of the ticked checkboxes in a row. */
export function readChoices(name: string): string[] {
  return rowOf(name)
    .find<HTMLInputElement>('input:checked')
    .get()
    .map(({ value }) => value);
}

/** Fills a row with a tag (toggle button) for each of `values`, and for each chosen value that is not among them. */
export function prepareTags(
  name: string,
  values: readonly string[],
  chosen: unknown,
  textOf: (value: string) => string,
): void {
  const pressed = textsOf(chosen);
  const tags = [...new Set([...values, ...pressed])].map((value) => {
    const text = values.includes(value) ? textOf(value) : value;
    return { value, text, isPressed: pressed.includes(value) };
  });
  showTags(rowOf(name), VALUE, tags, (_value, $tag) => {
    $tag.attr('aria-pressed', String($tag.attr('aria-pressed') !== 'true')).trigger('change');
  });
}

/** Returns the values of the pressed tags in a row. */
export function readTags(name: string): string[] {
  const $pressed = rowOf(name).children('[aria-pressed=true]');
  return $pressed.get().map((tag) => tag.getAttribute(VALUE) ?? '');
}

const VALUE = 'data-value';

function textsOf(chosen: unknown): string[] {
  return Array.isArray(chosen) ? chosen.filter((one) => typeof one === 'string') : [];
}

/** A toggle button for a kind of devices, such as lamps. */
interface KindTag {
  kind: DeviceKind;
  isPressed: boolean;
}

/** A condition on devices: the required capabilities, and whether a device needs all or any of them. */
interface CapabilityCondition {
  capabilities: readonly string[];
  match: string;
}

/**
 * Returns the tags for the kinds of devices that the home has, and for the chosen kinds. `home`: the capabilities of
 * the devices in the home; empty while unknown.
 */
export function kindTags(asked: readonly string[], home: readonly string[]): KindTag[] {
  const known = new Set(home);
  return DEVICE_KINDS.map((kind) => ({ kind, isPressed: isAsked(kind, asked) })).filter(
    ({ kind, isPressed }) => isPressed || capabilitiesOf(kind, known).length > 0,
  );
}

/**
 * Returns the new condition after the user has pressed or released the tag of a kind. If several kinds are pressed,
 * devices of any of them match.
 */
export function toggleKind(
  kind: DeviceKind,
  { capabilities, match }: CapabilityCondition,
  home: readonly string[],
): CapabilityCondition {
  const others = capabilities.filter((name) => !isAsked(kind, [name]));
  if (others.length < capabilities.length) return { capabilities: others, match };
  const added = [...capabilities, ...capabilitiesOf(kind, new Set(home))];
  return { capabilities: added, match: added.length > 1 ? 'any' : match };
}

function isAsked(kind: DeviceKind, asked: readonly string[]): boolean {
  return asked.some((name) => kind.capabilities.includes(name.toUpperCase()));
}

/** A room of the home. */
type Room = Pick<Thing, 'id' | 'name'>;

/** A toggle button for a room. */
interface RoomTag extends Tag {
  /** Whether the node has saved the room, but the server has not found it in the home. */
  isUnknown: boolean;
}

/**
 * The rooms of a filter. The user sees their names, but a room that the user presses is saved by id, because a renamed
 * room keeps its id. Other saved values, such as names, stay unchanged.
 */
export class RoomTags {
  #chosen: readonly string[];
  #rooms: readonly Room[] = [];
  /** For each saved id or name, the id of the room that the server has found; `undefined` if there is no such room. */
  #found: ReadonlyMap<string, string | undefined> = new Map();

  constructor(saved: readonly string[]) {
    this.#chosen = saved;
  }

  get chosen(): string[] {
    return [...this.#chosen];
  }

  get names(): string[] {
    return this.#chosen.map((one) => this.#rooms.find(({ id }) => id === this.#idOf(one))?.name ?? one);
  }

  /** Sets the rooms of the home. `found`: the id of the room that each saved id or name refers to. */
  take(rooms: readonly Room[], found: ReadonlyMap<string, string | undefined> = new Map()): void {
    this.#rooms = rooms;
    this.#found = found;
  }

  /** Presses or releases a room, whether it was saved by id or by name. */
  toggle(id: string): void {
    const left = this.#chosen.filter((one) => one !== id && this.#idOf(one) !== id);
    this.#chosen = left.length < this.#chosen.length ? left : [...this.#chosen, id];
  }

  /** The tags for all rooms of the home, followed by those for saved rooms that the home does not have. */
  get tags(): RoomTag[] {
    const names = this.#rooms.map(({ name }) => nameKey(name));
    const isOnly = (name: string): boolean => names.indexOf(nameKey(name)) === names.lastIndexOf(nameKey(name));
    const ids = this.#chosen.map((one) => this.#idOf(one));
    const tags = this.#rooms.map(({ id, name }) => {
      const text = isOnly(name) ? name : `${name} (${id})`;
      return { value: id, text, isPressed: ids.includes(id), isUnknown: false };
    });
    const strange = this.#chosen.filter((one) => !this.#rooms.some(({ id }) => id === this.#idOf(one)));
    const isUnknown = (one: string): boolean => this.#found.has(one) && this.#found.get(one) === undefined;
    return [...tags, ...strange.map((one) => ({ value: one, text: one, isPressed: true, isUnknown: isUnknown(one) }))];
  }

  #idOf(saved: string): string {
    const byName = this.#rooms.filter(({ name }) => nameKey(name) === nameKey(saved));
    return this.#found.get(saved) ?? (byName.length === 1 ? (byName[0]?.id ?? saved) : saved);
  }
}
