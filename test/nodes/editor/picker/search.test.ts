import assert from 'node:assert/strict';
import { type SinonFakeTimers, useFakeTimers } from 'sinon';
import type { ThingPage } from '../../../../src/devices/steps/thing-list.js';
import type { Reply } from '../../../../nodes/editor/account/api.js';
import type { ScopeUse, Section } from '../../../../nodes/editor/picker/list.js';
import { Search } from '../../../../nodes/editor/picker/search.js';
import type { SearchView, StatusMessage } from '../../../../nodes/editor/picker/search-view.js';
import { byName, type SavedTarget, targetOf } from '../../../../nodes/editor/picker/target.js';
import { PickerTexts } from '../../../../nodes/editor/picker/texts.js';
import type { Thing, ThingsApi, ThingsQuery } from '../../../../nodes/editor/picker/things-api.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

const PAGE_SIZE = 3;

const ROOM = thing('Sauna', {}, { kind: 'room', id: 'room-1', room: null, members: { devices: 2 } as never });
const HALL = thing('Eteinen', {}, { kind: 'room', id: 'room-2', room: null, members: { devices: 1 } as never });
const STOVE = thing('Kiuas', { on: false });
const LAMP = thing('Lauteiden valo', { on: true });
const DOOR = thing('Ulko-ovi', { open: false }, { room: 'Eteinen', roomId: 'room-2' });
const SCENE = thing('Ilta', {}, { kind: 'scene', room: null });
/** All things of the home, in the order of the server. */
const HOME = [ROOM, HALL, STOVE, LAMP, DOOR, SCENE];

/** An event handler, as jQuery calls it. */
type Handler = (event: object) => void;

/** A search with a screen that only remembers the shown texts, and a server that answers from a list. */
class Stage {
  /** The visible texts. */
  rows: string[] = [];
  active: string | undefined;
  turns: string[] = [];
  message = '';
  typed = '';
  isThere = true;
  /** The calls of the picker. */
  readonly done: unknown[] = [];
  targets: SavedTarget[] = [];
  hubs = new Map<string, string>();
  scopeUse: ScopeUse = 'none';
  hub = '';
  home: readonly Thing[] = HOME;
  failure: Reply<ThingPage> | undefined;
  readonly asked: ThingsQuery[] = [];
  /** Whether the server waits with its answers. */
  isSlow = false;
  readonly search: Search;
  readonly #handlers = new Map<string, Handler>();
  readonly #late: (() => void)[] = [];

  constructor() {
    const on = (prefix: string) => (names: string, selector: string | Handler, handler?: Handler) => {
      const all = typeof selector === 'string' ? handler : selector;
      for (const name of names.split(' ')) if (all !== undefined) this.#handlers.set(`${prefix} ${name}`, all);
      return this.#field(on);
    };
    const view = {
      field: this.#field(on),
      list: { on: on('list'), find: () => ({ index: (row: number) => row }) },
      pageButtons: { on: on('page') },
      fill: (text: string) => (this.typed = text),
      showList: (...shown: Parameters<SearchView['showList']>) => this.#showList(...shown),
      showMessage: ({ text }: StatusMessage) => (this.message = text),
    };
    Object.defineProperties(view, {
      isThere: { get: () => this.isThere },
      typed: { get: () => this.typed.trim() },
      isEmpty: { get: () => this.typed === '' },
    });
    const picker = {
      texts: new PickerTexts(translateIn('en'), 'en-GB'),
      api: { list: (query: ThingsQuery) => this.#list(query) } as unknown as ThingsApi,
      choose: (target: SavedTarget, again: string) => this.done.push([again, target.name, target.id]),
      filterByScope: ({ name }: SavedTarget) => this.done.push(['filter', name]),
      removeLast: () => this.targets.pop()?.name,
      noteAnswer: (reply: Reply<ThingPage> | undefined) => reply?.isOk === false && this.done.push(reply.failure.code),
      showState: () => this.done.push('state'),
    };
    Object.defineProperties(picker, {
      targets: { get: () => this.targets },
      hubs: { get: () => this.hubs },
      scopeUse: { get: () => this.scopeUse },
      conditions: { get: () => ({ hub: this.hub, kinds: ['device', 'scene'], can: 'read' }) },
    });
    this.search = new Search(picker as never, view as unknown as SearchView);
    this.search.restart();
  }

  #field(on: (prefix: string) => unknown): { on: unknown; 0: string } {
    return { on: on('field'), 0: 'the field' };
  }

  #showList(sections: readonly Section[], active: number, { back, next }: Record<'back' | 'next', boolean>): void {
    const rows = sections.flatMap((section) => section.rows);
    this.rows = rows.map(({ name, isChosen }) => (isChosen ? `${name} ✓` : name));
    this.active = active < 0 ? undefined : (this.rows[active] ?? 'a row that is not there');
    this.turns = [...(back ? ['back'] : []), ...(next ? ['next'] : [])];
  }

  async #list(query: ThingsQuery): Promise<Reply<ThingPage>> {
    this.asked.push(query);
    const { failure, home } = this;
    if (this.isSlow) await new Promise<void>((resolve) => this.#late.push(resolve));
    if (failure !== undefined) return failure;
    const { q = '', kinds, rooms, after } = query;
    const all = home.filter(
      ({ name, kind, roomId }) =>
        name.toLowerCase().includes(q) && kinds?.includes(kind) === true && (rooms?.includes(roomId ?? '') ?? true),
    );
    const from = Number(after);
    const next = from + PAGE_SIZE < all.length ? String(from + PAGE_SIZE) : null;
    const things = all.slice(from, from + PAGE_SIZE);
    return { isOk: true, answer: { things, total: all.length, next, asOf: null, away: false } };
  }

  /** Lets the server answer all requests. */
  async answer(): Promise<void> {
    this.#late.splice(0).forEach((resolve) => resolve());
    await clock.tickAsync(0);
  }

  async focus(): Promise<void> {
    this.#happen('field focus');
    await clock.tickAsync(0);
  }

  async leave(): Promise<void> {
    this.#happen('field blur');
    await clock.tickAsync(0);
  }

  async type(text: string): Promise<void> {
    this.typed = text;
    this.#happen('field input');
    await clock.tickAsync(0);
  }

  /** Presses a key. Returns whether the search has used it, so that nothing else gets it. */
  async press(key: string, more: object = {}): Promise<boolean> {
    const used: string[] = [];
    this.#happen('field keydown', {
      ...{ key, ctrlKey: false, metaKey: false, altKey: false, shiftKey: false },
      ...{ preventDefault: () => used.push('default'), stopPropagation: () => used.push('others') },
      ...more,
    });
    await clock.tickAsync(0);
    assert.notEqual(used.length, 1, 'a used key does nothing else');
    return used.length === 2;
  }

  async clickRow(name: string): Promise<void> {
    this.#happen('list click', { currentTarget: this.rows.indexOf(name) });
    await clock.tickAsync(0);
  }

  async clickTurn(direction: 'next' | 'back'): Promise<void> {
    this.#happen('page click', { currentTarget: { dataset: { do: direction } } });
    await clock.tickAsync(0);
  }

  #happen(name: string, event: object = {}): void {
    this.#handlers.get(name)?.(event);
  }
}

let clock: SinonFakeTimers;

describe('the search of the picker', () => {
  let stage: Stage;
  const named = (...names: string[]): string[] => names.map((name) => `Use the name “${name}” as it is`);

  beforeEach(async () => {
    clock = useFakeTimers();
    Object.assign(globalThis, { window: globalThis, document: { activeElement: 'the field' } });
    stage = new Stage();
    await clock.tickAsync(0);
  });
  afterEach(() => {
    clock.restore();
    for (const name of ['window', 'document']) Reflect.deleteProperty(globalThis, name);
  });

  it('lists things, by pages, as soon as the field has the focus', async () => {
    assert.deepEqual([stage.rows, stage.message, stage.search.isOpen], [[], '', false]);
    assert.deepEqual(stage.search.things, [ROOM, HALL, STOVE]);
    await stage.search.refresh();
    assert.equal(stage.asked.length, 1, 'a closed list is not refreshed');
    await stage.focus();
    assert.deepEqual([stage.rows, stage.active], [['Sauna', 'Eteinen', 'Kiuas'], undefined]);
    assert.deepEqual([stage.message, stage.turns, stage.search.isOpen], ['6 found · Page 1', ['next'], true]);
    assert.deepEqual(stage.asked.at(-1), {
      ...{ kinds: ['device', 'scene', 'room'], can: 'read', hub: '', q: '', after: '' },
    });
    assert.equal(stage.asked.length, 2, 'the list is fresh');
    stage.hub = 'hub-7';
    await stage.search.refresh();
    assert.deepEqual([stage.asked.length, stage.asked.at(-1)?.hub], [3, 'hub-7']);
  });

  it('moves through the rows and the pages with the keys', async () => {
    assert.equal(await stage.press('Home'), false, 'the list is closed');
    assert.equal(await stage.press('PageDown'), false, 'the list is closed');
    assert.ok(await stage.press('ArrowDown'));
    assert.deepEqual([stage.rows.length, stage.active], [3, undefined], 'the first key only opens the list');
    const path: (string | undefined)[] = [];
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp', 'End', 'Home']) {
      assert.ok(await stage.press(key));
      path.push(stage.active);
    }
    assert.deepEqual(path, ['Sauna', 'Eteinen', 'Sauna', 'Kiuas', 'Sauna']);
    await stage.press('End');
    await stage.focus();
    assert.equal(stage.active, 'Kiuas', 'a click into the field changes nothing');
    await stage.search.refresh();
    assert.equal(stage.active, 'Kiuas', 'a refresh changes nothing');
    await stage.press('ArrowDown');
    assert.deepEqual([stage.rows, stage.active], [['Lauteiden valo', 'Ulko-ovi', 'Ilta'], undefined]);
    assert.deepEqual([stage.message, stage.turns], ['6 found · Page 2', ['back']]);
    await stage.press('ArrowUp');
    assert.equal(stage.active, 'Ilta');
    assert.ok(await stage.press('PageUp'));
    assert.deepEqual([stage.rows[0], stage.active], ['Sauna', undefined]);
    assert.equal(await stage.press('PageUp'), false, 'there is no page before the first');
    assert.ok(await stage.press('PageDown'));
    assert.equal(await stage.press('PageDown'), false, 'there is no page after the last');
    await stage.press('Home');
    await stage.press('ArrowUp');
    assert.deepEqual([stage.rows[0], stage.active], ['Sauna', undefined], 'up from the first row goes back');
    await stage.clickTurn('next');
    assert.deepEqual([stage.rows[0], stage.message], ['Lauteiden valo', '6 found · Page 2']);
    await stage.clickTurn('back');
    assert.equal(stage.message, '6 found · Page 1');
  });

  it('highlights the only match, and chooses it with Enter', async () => {
    await stage.type('kiu');
    assert.deepEqual([stage.rows, stage.active, stage.message], [['Kiuas', ...named('kiu')], 'Kiuas', '1 found']);
    assert.deepEqual([await stage.press('Home'), await stage.press('End')], [false, false], 'they move in the text');
    assert.equal(await stage.press('x'), false);
    assert.ok(await stage.press('Enter'));
    assert.deepEqual(stage.done, [['untick', 'Kiuas', 'Kiuas']]);
    assert.deepEqual([stage.typed, stage.rows, stage.search.isOpen], ['', [], false]);
    assert.equal(stage.asked.at(-1)?.q, '', 'the next list is the whole home again');
    assert.equal(await stage.press('Enter'), false, 'nothing is typed or active');
    await stage.focus();
    assert.deepEqual([stage.active, stage.rows[0]], [undefined, 'Sauna']);
  });

  it('keeps the highlighted row during a refresh, and drops it when something else is typed', async () => {
    await stage.type('i');
    assert.deepEqual([stage.rows.length, stage.active], [4, undefined]);
    await stage.press('ArrowDown');
    await stage.press('ArrowDown');
    await stage.search.refresh();
    assert.equal(stage.active, 'Kiuas');
    await stage.type('u');
    assert.ok(stage.rows.includes('Kiuas'));
    assert.equal(stage.active, undefined);
    await stage.type('kiu');
    await stage.press('ArrowDown');
    await stage.search.refresh();
    assert.equal(stage.active, named('kiu')[0]);
    await stage.type('');
    await stage.press('Home');
    stage.search.restart();
    await clock.tickAsync(0);
    assert.equal(stage.active, 'Sauna', 'other conditions with the same matches');
  });

  it('ignores keys with Ctrl, Alt or Cmd, and keys of an input method', async () => {
    await stage.type('kiu');
    for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }, { originalEvent: IS_COMPOSING }]) {
      assert.equal(await stage.press('Enter', more), false);
    }
    assert.deepEqual(stage.done, []);
    assert.ok(await stage.press('Enter', { originalEvent: { isComposing: false }, shiftKey: true }));
    assert.deepEqual(stage.done, [['untick', 'Kiuas', 'Kiuas']]);
  });

  it('asks which thing is meant if several match, and says how many', async () => {
    await stage.type('i');
    await stage.press('Escape');
    assert.deepEqual([stage.rows, stage.done.splice(0)], [[], ['state']]);
    assert.equal(await stage.search.settle(), false);
    assert.deepEqual([stage.rows.length, stage.message, stage.typed], [4, '5 found', 'i']);
    stage.home = [STOVE, { ...STOVE, id: 'other' }];
    await stage.type('kiuas');
    assert.equal(await stage.search.settle(), false);
    assert.equal(stage.message, '2 are called "kiuas": choose one');
    stage.message = '';
    assert.ok(await stage.press('Tab'));
    assert.deepEqual([stage.message, stage.typed], ['2 are called "kiuas": choose one', 'kiuas']);
    assert.equal(await stage.press('Tab', { shiftKey: true }), false, 'Shift and Tab always goes back');
    await stage.leave();
    assert.ok(stage.search.isOpen);
    assert.deepEqual(stage.done, []);
  });

  it('makes typed text a target when the field is left', async () => {
    await stage.focus();
    await stage.leave();
    assert.deepEqual([stage.rows, stage.done.splice(0)], [[], ['state']]);
    await stage.leave();
    assert.deepEqual(stage.done, [], 'it was closed before');
    await stage.type('kiu');
    assert.equal(await stage.press('Tab'), false);
    assert.deepEqual(stage.search.meant, targetOf(STOVE));
    await stage.leave();
    assert.deepEqual(stage.done.splice(0), [['keep', 'Kiuas', 'Kiuas']]);
    assert.deepEqual([stage.typed, stage.search.isOpen, stage.search.meant], ['', false, undefined]);
    await stage.type('Uusi valo');
    assert.deepEqual(stage.search.meant, { hub: '', kind: '', id: '', name: 'Uusi valo' });
    await stage.leave();
    assert.deepEqual(stage.done.splice(0), [['keep', 'Uusi valo', '']]);
    await stage.focus();
    assert.equal(await stage.press('Tab'), false);
    await stage.type(' ');
    assert.equal(await stage.press('Tab'), false);
  });

  it('keeps an environment variable unchanged, even if it matches a thing', async () => {
    stage.home = [thing('${lamp}', {}), thing('${lamp} 2', {})];
    await stage.type('${lamp}');
    assert.deepEqual(stage.search.meant, byName('${lamp}'));
    await stage.press('Escape');
    await stage.press('Enter');
    assert.deepEqual(stage.done, ['state', ['keep', '${lamp}', '']]);
  });

  it('waits for the matches of typed text, but not longer than a few seconds', async () => {
    await stage.focus();
    await stage.press('ArrowDown');
    stage.isSlow = true;
    await stage.type('kiu');
    assert.deepEqual(stage.search.meant, byName('kiu'), 'nothing is known about it yet');
    assert.equal(await stage.press('Tab'), false);
    assert.ok(await stage.press('Enter'));
    assert.deepEqual(stage.done, [], 'the highlighted row is of another text');
    await stage.answer();
    assert.deepEqual(stage.done.splice(0), [['keep', 'Kiuas', 'Kiuas']]);
    await stage.answer();
    await stage.type('lau');
    const isSettled = stage.search.settle();
    await stage.type('');
    await stage.answer();
    await stage.answer();
    assert.deepEqual([await isSettled, stage.done], [true, []], 'the text was deleted meanwhile');
    await stage.type('kiu');
    await stage.press('Enter');
    await clock.tickAsync(3_900);
    assert.deepEqual(stage.done, []);
    await clock.tickAsync(200);
    assert.deepEqual(stage.done, [['keep', 'kiu', '']]);
  });

  it('chooses and shows nothing after the dialog has closed', async () => {
    stage.isSlow = true;
    await stage.type('kiu');
    const { rows } = stage;
    const isSettled = stage.search.settle();
    stage.isThere = false;
    await stage.answer();
    await clock.tickAsync(4_100);
    assert.equal(await isSettled, true);
    assert.deepEqual([stage.done, stage.message, stage.rows], [[], '', rows]);
  });

  it('shows that it is searching only if the answer takes a while', async () => {
    await stage.type('kiu');
    await clock.tickAsync(500);
    assert.equal(stage.message, '1 found');
    stage.isSlow = true;
    await stage.type('lau');
    await clock.tickAsync(300);
    assert.equal(stage.message, '1 found');
    await clock.tickAsync(200);
    assert.equal(stage.message, 'Searching…');
    await stage.answer();
    assert.equal(stage.message, '1 found');
    await stage.type('kiu');
    await clock.tickAsync(200);
    await stage.type('kiua');
    await clock.tickAsync(300);
    assert.equal(stage.message, '1 found', 'the wait begins again with each letter');
    await stage.press('Escape');
    await clock.tickAsync(500);
    assert.equal(stage.message, '1 found', 'the list is closed');
    await stage.focus();
    await clock.tickAsync(500);
    assert.equal(stage.message, 'Searching…', 'it is still the same search');
    await stage.answer();
    await stage.answer();
    assert.equal(stage.message, '1 found');
  });

  it('keeps its message if the things can not be listed', async () => {
    await stage.focus();
    stage.failure = { isOk: false, failure: { status: 503, code: 'COZIFY_HUB_OFFLINE' } };
    await stage.type('kiu');
    assert.deepEqual([stage.rows, stage.message], [named('kiu'), '6 found · Page 1']);
    assert.deepEqual(stage.done.splice(0), ['COZIFY_HUB_OFFLINE']);
    await stage.press('Enter');
    assert.deepEqual(stage.done[0], ['keep', 'kiu', '']);
  });

  it('lists the devices of a room, and goes back to the home with its first row, Backspace or Escape', async () => {
    await stage.focus();
    stage.isSlow = true;
    await stage.type('sau');
    await stage.answer();
    await stage.clickRow('Sauna');
    stage.search.show();
    assert.deepEqual([stage.typed, stage.rows], ['', ['Back']], 'the matches from before are not in this room');
    await stage.answer();
    assert.deepEqual([stage.rows, stage.active], [['Back', 'Kiuas', 'Lauteiden valo'], undefined]);
    assert.deepEqual(stage.asked.at(-1), {
      ...{ kinds: ['device'], can: 'read', hub: 'hub-1', q: '', after: '', rooms: ['room-1'] },
    });
    stage.isSlow = false;
    for (const goBack of [() => stage.press('Backspace'), () => stage.press('Escape'), () => stage.clickRow('Back')]) {
      assert.notEqual(await goBack(), false);
      assert.deepEqual([stage.rows, stage.asked.at(-1)?.rooms], [['Sauna', 'Eteinen', 'Kiuas'], undefined]);
      await stage.press('Home');
      await stage.press('Enter');
      assert.deepEqual([stage.rows[0], stage.active], ['Back', undefined]);
    }
    stage.search.restart();
    await clock.tickAsync(0);
    assert.equal(stage.rows[0], 'Back', 'the room stays');
    await stage.clickRow('Kiuas');
    await stage.focus();
    assert.deepEqual([stage.rows[0], stage.done], ['Sauna', [['untick', 'Kiuas', 'Kiuas']]]);
    await stage.clickRow('Sauna');
    stage.search.restart(true);
    await clock.tickAsync(0);
    assert.equal(stage.rows[0], 'Sauna', 'another account');
  });

  it('lists the rooms and things of a hub', async () => {
    stage.hubs = new Map([['hub-2', 'Mökki']]);
    await stage.focus();
    await stage.clickRow('Mökki');
    assert.deepEqual(stage.rows, ['Back', 'Sauna', 'Eteinen', 'Kiuas']);
    const { hub, kinds, rooms } = stage.asked.at(-1) ?? {};
    assert.deepEqual([hub, kinds, rooms], ['hub-2', ['device', 'scene', 'room'], undefined]);
  });

  it('opens the room that typed text means, if a room is no target', async () => {
    await stage.type('sauna');
    assert.ok(await stage.press('Tab'));
    assert.deepEqual([stage.typed, stage.rows[0]], ['', 'Back']);
    await stage.press('Escape');
    await stage.type('sauna');
    await stage.press('Escape');
    stage.done.splice(0);
    assert.equal(await stage.search.settle(), false);
    assert.deepEqual([stage.typed, stage.rows[0], stage.done], ['', 'Back', []]);
    await stage.press('Escape');
    stage.scopeUse = 'target';
    await stage.type('sauna');
    assert.equal(await stage.search.settle(), true);
    assert.deepEqual(stage.done, [['keep', 'Sauna', 'room-1']]);
  });

  it('chooses a whole room, or adds it to the filter', async () => {
    stage.scopeUse = 'filter';
    await stage.focus();
    await stage.clickRow('Sauna');
    await stage.clickRow('All devices: Sauna');
    assert.deepEqual([stage.done.splice(0), stage.rows, stage.search.isOpen], [[['filter', 'Sauna']], [], false]);
    stage.scopeUse = 'target';
    stage.targets = [targetOf(ROOM)];
    await stage.press('ArrowDown');
    await stage.press('Home');
    await stage.press('Enter');
    assert.deepEqual([stage.rows[0], stage.active], ['Sauna ✓', undefined]);
    await stage.clickRow('Sauna ✓');
    assert.deepEqual(stage.done, [['untick', 'Sauna', 'room-1']]);
  });

  it('edits the last target with Backspace in an empty field', async () => {
    stage.targets = [targetOf(STOVE)];
    await stage.type('x');
    assert.equal(await stage.press('Backspace'), false);
    await stage.type(' ');
    assert.equal(await stage.press('Backspace'), false, 'a space is deleted first');
    await stage.type('');
    await stage.press('Escape');
    assert.ok(await stage.press('Backspace'));
    assert.deepEqual([stage.typed, stage.targets, stage.search.isOpen], ['Kiuas', [], true]);
    assert.equal(stage.asked.at(-1)?.q, 'Kiuas');
    await stage.type('');
    assert.equal(await stage.press('Backspace'), false, 'there is no other');
  });

  it('sends one request at a time, however fast the user types or turns pages', async () => {
    await stage.focus();
    stage.isSlow = true;
    const before = stage.asked.length;
    for (const typed of ['s', 'sa', '']) await stage.type(typed);
    assert.equal(stage.asked.length, before + 1);
    await stage.answer();
    assert.deepEqual(
      stage.asked.slice(before).map(({ q }) => q),
      ['s', ''],
    );
    await stage.answer();
    assert.equal(stage.message, '6 found · Page 1');
    assert.ok(await stage.press('PageDown'));
    assert.equal(await stage.press('PageDown'), false, 'the next page has not arrived yet');
    await stage.answer();
    assert.equal(stage.message, '6 found · Page 2');
  });

  it('opens and closes the list immediately, however slow the server is', async () => {
    stage.isSlow = true;
    await stage.focus();
    assert.equal(stage.rows.length, 3);
    stage.search.restart();
    await stage.leave();
    assert.deepEqual(stage.rows, []);
    await stage.focus();
    await stage.answer();
    await stage.answer();
    await stage.press('End');
    await stage.press('ArrowDown');
    assert.deepEqual([stage.rows.length, stage.active], [3, undefined], 'the next page is on its way');
    await stage.answer();
    await stage.press('End');
    await stage.press('Enter');
    assert.deepEqual([stage.rows, stage.active], [[], undefined]);
    await stage.answer();
    await stage.type('kiu');
    await stage.press('Escape');
    await stage.answer();
    await stage.focus();
    assert.deepEqual([stage.rows[0], stage.active], ['Kiuas', undefined]);
  });

  it('closes the list with Escape or a click elsewhere, but not while the field has the focus', async () => {
    assert.equal(await stage.press('Escape'), false, 'it closes the dialog');
    await stage.focus();
    stage.search.hide();
    assert.ok(stage.search.isOpen);
    await stage.press('Home');
    assert.ok(await stage.press('Escape'));
    assert.deepEqual([stage.rows, stage.active, stage.done.splice(0)], [[], undefined, ['state']]);
    await stage.press('ArrowUp');
    assert.equal(stage.active, undefined);
    Object.assign(document, { activeElement: 'elsewhere' });
    stage.search.hide();
    assert.deepEqual([stage.rows, stage.search.isOpen, stage.done], [[], false, ['state']]);
  });
});

const IS_COMPOSING = { isComposing: true };
