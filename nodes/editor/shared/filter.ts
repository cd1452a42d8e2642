// The filter by rooms and device kinds, and the meaning of an empty choice.
import { DEVICE_KINDS, type DeviceKind } from '../../../src/devices/things/device-kinds.js';
import type { Kind } from '../../../src/devices/things/kinds.js';
import type { Place } from '../picker/list.js';
import type { TargetPicker } from '../picker/picker.js';
import type { Thing, ThingsQuery } from '../picker/things-api.js';
import { translate, type Translate } from './catalogue.js';
import { choose, fold } from './draw.js';
import { type MorePart, noteShown } from './form.js';
import { Latest } from './latest.js';
import { kindTags, readTags, RoomTags, showTags, type Tag, toggleKind } from './tags.js';

/** The filter of a node without targets, as saved in the editor. */
export interface SavedFilter {
  rooms?: string[];
  capabilities?: string[];
  capabilitiesMatch?: string;
}

/** Key of the filter in the data of the row's element. */
const FILTER = 'cozify-filter';

/** Returns the plural name of a kind. */
export function kindText(kind: string): string {
  return translate(`kind.${kind as Kind}`);
}

/**
 * Sets up the tags of rooms and device kinds, and shows the meaning of an empty choice. `isReading`: a message may name
 * other things. The tags are visible only while there are no targets.
 */
export function prepareFilter(node: SavedFilter, picker: TargetPicker, isReading = false): void {
  const filter = new Filter(node, picker, isReading);
  $('#cozify-filter').data(FILTER, filter);
  picker.useFilter(filter);
  const $targets = $('#node-input-targets-list');
  const show = (): void => {
    $('.cozify-filter').toggle(String($targets.val() ?? '').trim() === '');
  };
  $targets.on('input change', show);
  show();
}

/** Shows the meaning of an empty choice in a dialog in which that means all switches and remotes. */
export function prepareSwitches(picker: TargetPicker): void {
  const left = new LeftThings(picker, () => ({ ...queryOf(['device'], []), can: 'press' }));
  const kinds = DEVICE_KINDS.filter(({ key }) => key === 'remotes').map(meantWords);
  picker.useFilter({
    things: () => left.things,
    text: () =>
      left.total === undefined ? '' : nothingText({ total: left.total, kinds, rooms: [], isReading: false }, translate),
  });
  const ask = (): void => void left.ask();
  $('#node-input-account, #node-input-hub').on('change', ask);
  ask();
}

/** Returns the filter in the dialog. Rooms that the user has pressed are given by id. */
export function readFilter(): Required<Pick<SavedFilter, 'rooms' | 'capabilities'>> {
  const filter = $('#cozify-filter').data(FILTER) as Filter | undefined;
  return { rooms: filter?.rooms ?? [], capabilities: filter?.capabilities ?? [] };
}

/** Returns the capabilities as a part of "More", for capabilities without a tag. */
export function capabilitiesPart(): MorePart {
  const name = translate('more.capabilities');
  const summary = (): string => {
    const asked = capabilitiesNow();
    const ofTags = new Set(kindTags(asked, []).flatMap(({ kind }) => kind.capabilities));
    return asked.every((one) => ofTags.has(one.toUpperCase())) ? '' : name;
  };
  return { name, row: '.cozify-capabilities', summary, isSilent: true };
}

const $capabilities = (): JQuery => $('#node-input-capabilities-list');
const $match = (): JQuery => $('#node-input-capabilitiesMatch');

/** Returns the names in the field, separated by commas or lines. */
function capabilitiesNow(): string[] {
  const names = String($capabilities().val() ?? '').split(/[\n,]/);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/** The filter by rooms and device kinds in an open dialog. */
class Filter {
  readonly #picker: TargetPicker;
  readonly #isReading: boolean;
  readonly #rooms: RoomTags;
  readonly #left: LeftThings;
  readonly #saved: readonly string[];

  constructor(node: SavedFilter, picker: TargetPicker, isReading: boolean) {
    this.#picker = picker;
    this.#isReading = isReading;
    this.#rooms = new RoomTags(node.rooms ?? []);
    this.#left = new LeftThings(picker, () => queryOf(this.#kinds, this.rooms));
    this.#saved = node.capabilities ?? [];
    $capabilities().val(this.#saved.join(', '));
    choose($match(), node.capabilitiesMatch ?? 'all');
    fold($('#cozify-filter'), $('#cozify-filter-rows'));
    $capabilities().on('change', () => this.#changed());
    $match().on('change', () => this.#changed());
    $('#node-input-kind, #node-input-kinds-list, #node-input-hub').on('change', () => this.#changed());
    $('#node-input-account').on('change', () => void this.#ask());
    this.#show();
    void this.#ask();
  }

  get rooms(): string[] {
    return this.#rooms.chosen;
  }

  /** The saved capabilities, unless the user has changed them. */
  get capabilities(): string[] {
    return $capabilities().val() === this.#saved.join(', ') ? [...this.#saved] : capabilitiesNow();
  }

  things(): readonly Thing[] {
    return this.#left.things;
  }

  text(): string {
    const { total } = this.#left;
    if (total === undefined) return '';
    const isOfDevices = this.#kinds.join() === 'device';
    const tags = kindTags(capabilitiesNow(), []).map(({ kind }) => kind);
    const kinds = isOfDevices ? tags.map(meantWords) : this.#kinds.map(kindText);
    return nothingText({ total, kinds, rooms: this.#rooms.names, isReading: this.#isReading }, translate);
  }

  /** Adds a room or hub to the filter. */
  take(place: Place): void {
    if (place.kind === 'hub') {
      $('#node-input-hub').val(place.id).trigger('change');
      return;
    }
    if (!this.#rooms.tags.some(({ id, isPressed }) => id === place.id && isPressed)) this.#rooms.toggle(place.id);
    this.#changed();
  }

  get #kinds(): string[] {
    const kind = String($('#node-input-kind').val() ?? '');
    return kind === '' ? readTags('kinds') : [kind];
  }

  /** Requests the rooms and capabilities of the home, once for each account. */
  async #ask(): Promise<void> {
    const { api } = this.#picker;
    const saved = this.rooms;
    const [listed, resolved] = await Promise.all([
      api?.list({ kinds: ['room'] }),
      saved.length === 0 ? undefined : api?.lookUp({ rooms: saved, hub: queryOf([], []).hub }),
      this.#left.ask(),
    ]);
    if (!this.#picker.isThere) return;
    const rooms = listed?.isOk === true ? listed.answer.things : [];
    const found = resolved?.isOk === true ? resolved.answer.rooms : [];
    const known = saved
      .map((room, index) => [room, found[index]] as const)
      .filter(([, one]) => one !== undefined && one.is !== 'unknown');
    this.#rooms.take(rooms, new Map(known.map(([room, one]) => [room, one?.thing?.id])));
    this.#show();
    this.#picker.noteFilter();
  }

  #changed(): void {
    this.#show();
    noteShown();
    void this.#left.ask().then(() => this.#show());
  }

  #show(): void {
    $('#node-input-rooms-list').val(this.rooms.join('\n'));
    const rooms = this.#rooms.tags.map(({ id, name, isPressed, isUnknown }) => {
      const text = isUnknown ? translate('filter.unknown', { name }) : name;
      return { value: id, text, isPressed };
    });
    showTitled($('#cozify-rooms'), 'data-id', rooms, (id) => {
      this.#rooms.toggle(id);
      this.#changed();
    });
    const kinds = kindTags(capabilitiesNow(), this.#left.capabilities);
    const tags = kinds.map(({ kind, isPressed }) => ({
      value: kind.capabilities[0],
      text: wordsOf(kind),
      isPressed,
    }));
    showTitled($('#cozify-device-kinds'), 'data-capability', tags, (capability) => {
      const pressed = kinds.find(({ kind }) => kind.capabilities[0] === capability);
      if (pressed !== undefined) this.#press(pressed.kind);
    });
  }

  #press(kind: DeviceKind): void {
    const asked = { capabilities: capabilitiesNow(), match: String($match().val() ?? 'all') };
    const { capabilities, match } = toggleKind(kind, asked, this.#left.capabilities);
    $match().val(match);
    $capabilities().val(capabilities.join(', ')).trigger('change');
  }
}

function queryOf(kinds: readonly string[], rooms: readonly string[]): ThingsQuery & { hub: string } {
  const hub = String($('#node-input-hub').val() ?? '');
  const match = String($match().val() ?? '') === 'any' ? 'any' : '';
  return { kinds, rooms, capabilities: capabilitiesNow(), match, hub: hub.includes('${') ? '' : hub };
}

/** Returns the name of a kind inside a sentence. */
function meantWords(kind: DeviceKind): string {
  return wordsOf({ words: kind.inSentence ?? kind.words });
}

function wordsOf({ words }: Pick<DeviceKind, 'words'>): string {
  return words[translate('locale') === 'fi' ? 'fi' : 'en'];
}

/** Shows tags below their title; without tags, hides both. */
function showTitled($row: JQuery, attribute: `data-${string}`, tags: readonly Tag[], onPress: (value: string) => void) {
  showTags($row, attribute, tags, onPress);
  $row.add($row.prev()).toggle(tags.length > 0);
}

/** The things that pass a filter: the first page, and the total number. */
class LeftThings {
  readonly #picker: TargetPicker;
  readonly #query: () => ThingsQuery;
  things: readonly Thing[] = [];
  /** `undefined` while unknown. */
  total: number | undefined;
  /** The capabilities of the home's devices, by Cozify's names; empty while unknown. */
  capabilities: readonly string[] = [];
  readonly #latest: Latest;

  constructor(picker: TargetPicker, query: () => ThingsQuery) {
    this.#picker = picker;
    this.#query = query;
    this.#latest = new Latest(() => !picker.isThere);
    $('#node-input-account').on('change', () => this.#forget());
  }

  /** Requests the things again; only the answer to the latest request counts. */
  async ask(): Promise<void> {
    const isCurrent = this.#latest.ask();
    // Other fields of a dialog that opens are set a moment later.
    await Promise.resolve();
    const reply = await this.#picker.api?.list({ ...this.#query(), withCapabilities: true });
    if (!isCurrent()) return;
    if (reply?.isOk === true) {
      this.things = reply.answer.things;
      this.total = reply.answer.total;
      this.capabilities = reply.answer.capabilities ?? [];
    }
    this.#picker.noteFilter();
  }

  /** Forgets the things, because another account has other things. */
  #forget(): void {
    this.things = [];
    this.total = undefined;
    this.capabilities = [];
  }
}

/** The things to which an empty choice refers. */
export interface Meant {
  total: number;
  /** The names of their kinds; empty if they are simply devices. */
  kinds: readonly string[];
  /** The names of their rooms; empty for all rooms. */
  rooms: readonly string[];
  /** Whether a message may name other things. */
  isReading: boolean;
}

/** Describes the meaning of an empty choice. */
export function nothingText({ total: count, kinds, rooms, isReading }: Meant, t: Translate): string {
  const isEverything = kinds.length === 0 && rooms.length === 0;
  if (count === 0 && !isEverything && !isReading) return t('nothing.nowhere');
  const words = {
    count,
    kinds: kinds.length === 0 ? t('nothing.devices') : listText(kinds, t),
    rooms: listText(rooms, t),
  };
  if (isReading && isEverything) return t('nothing.otherwiseAll', words);
  if (isReading) return t(rooms.length === 0 ? 'nothing.otherwise' : 'nothing.otherwiseIn', words);
  if (isEverything) return t(count === 1 ? 'nothing.oneAtHome' : 'nothing.home', words);
  if (count === 1) return t(rooms.length === 0 ? 'nothing.oneOf' : 'nothing.oneIn', words);
  return t(rooms.length === 0 ? 'nothing.some' : 'nothing.in', words);
}

function listText(names: readonly string[], t: Translate): string {
  const [last = '', ...others] = names.toReversed();
  return others.length === 0 ? last : t('nothing.and', { some: others.toReversed().join(', '), last });
}
