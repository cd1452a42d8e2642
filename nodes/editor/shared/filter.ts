// The filter by rooms and kinds of devices, and the description of the things that a node without targets uses.
import { DEVICE_KINDS, type DeviceKind } from '../../../src/devices/things/device-kinds.js';
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { Kind } from '../../../src/devices/things/kinds.js';
import type { TargetPicker } from '../picker/picker.js';
import type { SavedTarget } from '../picker/target.js';
import type { Thing, ThingsQuery } from '../picker/things-api.js';
import { translate, type Translate, viewerLanguage } from './catalogue.js';
import { choose, fold } from './draw.js';
import { type MorePart, noteShown } from './form.js';
import { Latest } from './latest.js';
import { kindTags, readTags, RoomTags, showTags, type Tag, toggleKind } from './tags.js';

/** The filter that selects the things of a node without targets, as the node saves it. */
export interface SavedFilter {
  rooms?: string[];
  capabilities?: string[];
  capabilitiesMatch?: string;
}

/** Returns the plural name of a kind of things, such as "groups". */
export function kindText(kind: string): string {
  return translate(`kind.${kind as Kind}`);
}

/** Sets up the dialog of a node that uses all switches and remote controls if no target is chosen. */
export function prepareSwitches(picker: TargetPicker): void {
  const kinds = DEVICE_KINDS.filter(({ key }) => key === 'remotes').map(wordsInSentence);
  const meant = { kinds, rooms: [], isReading: false };
  const defaultThings = new DefaultThings(
    picker,
    () => picker.conditions,
    () => meant,
  );
  picker.useFilter(defaultThings);
  $('#node-input-account, #node-input-hub').on('change', () => void defaultThings.ask());
  void defaultThings.ask();
}

/**
 * Returns the setting "capabilities" of the folded section "More". The summary of that section mentions the
 * capabilities only if one of them is not shown by a tag (toggle button).
 */
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

/** Returns the capabilities that are typed in the input, separated by commas or line breaks. */
function capabilitiesNow(): string[] {
  const names = String($capabilities().val() ?? '').split(/[\n,]/);
  return names.map((name) => name.trim()).filter((name) => name !== '');
}

/**
 * The filter by rooms and kinds of devices in an open dialog, with a description of the things that pass it. It is
 * visible while no target is chosen.
 */
export class Filter {
  readonly #picker: TargetPicker;
  readonly #isReading: boolean;
  readonly #rooms: RoomTags;
  readonly #defaultThings: DefaultThings;
  readonly #saved: readonly string[];

  /** `isReading`: whether the node also accepts targets from a message. */
  constructor(node: SavedFilter, picker: TargetPicker, isReading = false) {
    this.#picker = picker;
    this.#isReading = isReading;
    this.#rooms = new RoomTags(node.rooms ?? []);
    this.#defaultThings = new DefaultThings(
      picker,
      () => this.#query,
      () => this.#meant,
    );
    this.#saved = node.capabilities ?? [];
    $capabilities().val(this.#saved.join(', '));
    choose($match(), node.capabilitiesMatch ?? 'all');
    fold($('#cozify-filter'), $('#cozify-filter-rows'));
    $capabilities()
      .add($match())
      .add('#node-input-kind, #node-input-kinds-list, #node-input-hub')
      .on('change', () => this.#changed());
    $('#node-input-account').on('change', () => void this.#ask());
    picker.useFilter(this.#defaultThings, (scope) => this.#take(scope));
    const show = (): void => void $('.cozify-filter').toggle(picker.targets.length === 0);
    $('#node-input-targets-list').on('input change', show);
    show();
    this.#show();
    void this.#ask();
  }

  /**
   * The filter to save. A room that the user has chosen is saved by id. If the capabilities are unchanged, their saved
   * spelling is kept.
   */
  get value(): Required<Pick<SavedFilter, 'rooms' | 'capabilities'>> {
    const isSaved = $capabilities().val() === this.#saved.join(', ');
    return { rooms: this.#rooms.chosen, capabilities: isSaved ? [...this.#saved] : capabilitiesNow() };
  }

  get #query(): ThingsQuery {
    const match = $match().val() === 'any' ? 'any' : '';
    const { hub } = this.#picker.conditions;
    return { hub, kinds: this.#kinds, rooms: this.#rooms.chosen, capabilities: capabilitiesNow(), match };
  }

  get #meant(): Omit<EmptyChoice, 'total'> {
    const isOfDevices = this.#kinds.join() === 'device';
    const tags = kindTags(capabilitiesNow(), []).map(({ kind }) => kind);
    const kinds = isOfDevices ? tags.map(wordsInSentence) : this.#kinds.map(kindText);
    return { kinds, rooms: this.#rooms.names, isReading: this.#isReading };
  }

  /** Adds a room or hub to the filter. */
  #take({ kind, id }: SavedTarget): void {
    if (kind === 'hub') {
      $('#node-input-hub').val(id).trigger('change');
      return;
    }
    if (!this.#rooms.tags.some(({ value, isPressed }) => value === id && isPressed)) this.#rooms.toggle(id);
    this.#changed();
  }

  get #kinds(): string[] {
    const kind = String($('#node-input-kind').val() ?? '');
    return kind === '' ? readTags('kinds') : [kind];
  }

  /**
   * Requests the rooms of the home, and the capabilities of its devices. Called when the dialog opens, and after the
   * user has chosen another account.
   */
  async #ask(): Promise<void> {
    const { api } = this.#picker;
    const saved = this.#rooms.chosen;
    const [listed, resolved] = await Promise.all([
      api?.list({ kinds: ['room'] }),
      saved.length === 0 ? undefined : api?.resolve({ rooms: saved, hub: this.#picker.conditions.hub }),
      this.#defaultThings.ask(),
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
    void this.#defaultThings.ask().then(() => this.#show());
  }

  #show(): void {
    $('#node-input-rooms-list').val(this.#rooms.chosen.join('\n'));
    const rooms = this.#rooms.tags.map((tag) =>
      tag.isUnknown ? { ...tag, text: translate('filter.unknown', { name: tag.text }) } : tag,
    );
    showTitled($('#cozify-rooms'), 'data-id', rooms, (id) => {
      this.#rooms.toggle(id);
      this.#changed();
    });
    const kinds = kindTags(capabilitiesNow(), this.#defaultThings.capabilities);
    const tags = kinds.map(({ kind: { capabilities, words }, isPressed }) => ({
      value: capabilities[0],
      text: words[viewerLanguage()],
      isPressed,
    }));
    showTitled($('#cozify-device-kinds'), 'data-capability', tags, (capability) => {
      const pressed = kinds.find(({ kind }) => kind.capabilities[0] === capability);
      if (pressed !== undefined) this.#press(pressed.kind);
    });
  }

  #press(kind: DeviceKind): void {
    const asked = { capabilities: capabilitiesNow(), match: String($match().val() ?? 'all') };
    const { capabilities, match } = toggleKind(kind, asked, this.#defaultThings.capabilities);
    $match().val(match);
    $capabilities().val(capabilities.join(', ')).trigger('change');
  }
}

/** Returns the name of a kind of devices in the form for use inside a sentence. */
function wordsInSentence({ inSentence, words }: DeviceKind): string {
  return (inSentence ?? words)[viewerLanguage()];
}

/** Shows tags (toggle buttons) below their title. Without tags, hides the title, too. */
function showTitled($row: JQuery, attribute: `data-${string}`, tags: readonly Tag[], onPress: (value: string) => void) {
  showTags($row, attribute, tags, onPress);
  $row.add($row.prev()).toggle(tags.length > 0);
}

/**
 * The things that a node uses if no target is chosen. Requests them from the server, and describes them in a text such
 * as "12 lamps in the kitchen".
 */
class DefaultThings {
  readonly #picker: TargetPicker;
  readonly #query: () => ThingsQuery;
  readonly #meant: () => Omit<EmptyChoice, 'total'>;
  /** The last answer of the server: the first page of the things. `undefined` before it has arrived. */
  #page: ThingPage | undefined;
  readonly #latest: Latest;

  constructor(picker: TargetPicker, query: () => ThingsQuery, meant: () => Omit<EmptyChoice, 'total'>) {
    this.#picker = picker;
    this.#query = query;
    this.#meant = meant;
    this.#latest = new Latest(() => !picker.isThere);
    // Discards the things when the user chooses another account.
    $('#node-input-account').on('change', () => (this.#page = undefined));
  }

  get things(): readonly Thing[] {
    return this.#page?.things ?? [];
  }

  /**
   * The capabilities of all devices in the home, as Cozify names them, such as `CONTROL_LIGHT`; empty while unknown.
   */
  get capabilities(): readonly string[] {
    return this.#page?.capabilities ?? [];
  }

  /** The description of the things; empty while they are unknown. */
  get text(): string {
    return this.#page === undefined ? '' : nothingText({ total: this.#page.total, ...this.#meant() }, translate);
  }

  /** Requests the things again. Only the answer to the latest request is used. */
  async ask(): Promise<void> {
    const isCurrent = this.#latest.ask();
    // Waits until the calling code has finished, because an opening dialog fills other fields after this one.
    await Promise.resolve();
    const reply = await this.#picker.api?.list({ ...this.#query(), withCapabilities: true });
    if (!isCurrent()) return;
    if (reply?.isOk === true) this.#page = reply.answer;
    this.#picker.noteFilter();
  }
}

/** The data from which {@link nothingText} is made. */
export interface EmptyChoice {
  total: number;
  /** The names of the kinds of devices, such as "lamps", or of other things; empty for all devices. */
  kinds: readonly string[];
  /** The names of the rooms; empty for all rooms. */
  rooms: readonly string[];
  /** Whether the node also accepts targets from a message. */
  isReading: boolean;
}

/** Returns a text about the things that a node uses if no target is chosen, such as "12 lamps in the kitchen". */
export function nothingText({ total: count, kinds, rooms, isReading }: EmptyChoice, t: Translate): string {
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
