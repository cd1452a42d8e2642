import assert from 'node:assert/strict';
import type { HomeEvent } from '../../../../nodes/editor/home/api.js';
import { KnownEvents } from '../../../../nodes/editor/home/known-events.js';
import { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import { translateIn } from '../support/texts.js';

const texts = new HomeTexts(translateIn('en'), 'en-GB');

/** An event of a device whose id is its name. */
function event(n: number, name: string, room: string | null = 'Sauna', rest: Partial<HomeEvent> = {}): HomeEvent {
  const thing = { hub: 'hub-1', kind: 'device' as const, id: name, name, room };
  const more = { at: '2030-01-01T06:09:00.000Z', event: 'changed' as const, changed: ['on'], state: { on: true } };
  return { n, ...more, press: null, by: null, thing, ...rest };
}

describe('the events at home', () => {
  let filters: object;
  let listed: string[];
  let asked: string[][];
  let answers: ((found: string[] | undefined) => void)[];
  let redrawn: number;
  let events: KnownEvents;

  beforeEach(() => {
    [filters, listed, asked, answers, redrawn] = [{}, [], [], [], 0];
    const search = {
      isListed: (key: string) => listed.includes(key),
      find: (ids: readonly string[]) => {
        asked.push([...ids]);
        return new Promise<string[] | undefined>((resolve) => answers.push(resolve));
      },
    };
    events = new KnownEvents(
      texts,
      search,
      () => filters,
      () => (redrawn += 1),
    );
  });

  const shown = (some?: HomeEvent[]): number[] => events.shown(some).map(({ n }) => n);
  const keyOf = (name: string): string => `hub-1 device ${name}`;
  /** Answers the newest request for matches. */
  const answer = async (...names: string[]): Promise<void> => {
    answers.at(-1)?.(names.map(keyOf));
    await new Promise(setImmediate);
  };

  it('are shown with the newest first, and replaced if all are sent again', () => {
    assert.equal(events.isEmpty, true);
    events.add([event(1, 'Lamp'), event(2, 'Door')], false);
    events.add([event(3, 'Lamp')], false);
    assert.deepEqual([events.isEmpty, shown()], [false, [3, 2, 1]]);
    assert.deepEqual(shown([event(4, 'Lamp'), event(5, 'Lamp')]), [5, 4]);
    assert.deepEqual(
      events.of(keyOf('Lamp')).map(({ n }) => n),
      [3, 1],
    );
    events.add([event(6, 'Door')], true);
    assert.deepEqual(shown(), [6]);
    events.clear();
    assert.deepEqual([events.isEmpty, shown(), asked], [true, [], []]);
  });

  it('are at most 200', () => {
    const many = Array.from({ length: 201 }, (_none, index) => event(index, 'Lamp'));
    events.add(many, false);
    assert.deepEqual([shown().length, shown().at(-1)], [200, 1]);
    events.add([event(201, 'Lamp')], false);
    assert.deepEqual([shown().length, shown().at(-1)], [200, 2]);
  });

  it('are offered as filters by room, device and event, in the order of the alphabet', () => {
    const press = { event: 'press' as const };
    events.add(
      [event(1, 'Valo'), event(2, 'Ovi', null, press), event(3, 'Valo'), event(4, 'Lamppu', 'Eteinen')],
      false,
    );
    assert.deepEqual(events.optionsOf('room'), [
      { value: 'Eteinen', text: 'Eteinen' },
      { value: 'Sauna', text: 'Sauna' },
    ]);
    assert.deepEqual(events.optionsOf('device'), [
      { value: keyOf('Lamppu'), text: 'Lamppu · Eteinen' },
      { value: keyOf('Ovi'), text: 'Ovi' },
      { value: keyOf('Valo'), text: 'Valo · Sauna' },
    ]);
    assert.deepEqual(events.optionsOf('event'), [
      { value: 'changed', text: 'changed' },
      { value: 'press', text: 'was pressed' },
    ]);
  });

  it('are shown if they pass all filters', () => {
    const press = { event: 'press' as const };
    events.add([event(1, 'Valo'), event(2, 'Ovi', null, press), event(3, 'Valo', 'Sauna', press)], false);
    const filtered = (set: object): number[] => {
      filters = set;
      return shown();
    };
    assert.deepEqual(filtered({ room: 'Sauna' }), [3, 1]);
    assert.deepEqual(filtered({ device: keyOf('Ovi') }), [2]);
    assert.deepEqual(filtered({ event: 'press' }), [3, 2]);
    assert.deepEqual(filtered({ event: 'press', room: 'Sauna' }), [3]);
    assert.deepEqual(filtered({ event: 'press', room: 'Eteinen' }), []);
  });

  it('match a search by the words of the name and the room, or as things that are listed', () => {
    events.add([event(1, 'Valo'), event(2, 'Ovi', null), event(3, 'Katto', 'Eteinen')], false);
    assert.equal(events.search('  SAU  valo'), true);
    assert.deepEqual(shown(), [1]);
    assert.deepEqual(asked, [['Ovi', 'Katto']]);
    assert.equal(events.search('sau VALO '), false, 'the same words');
    listed = [keyOf('Ovi')];
    assert.deepEqual(shown(), [2, 1]);
    assert.equal(events.search('valo sau'), true);
    assert.equal(events.search(''), true);
    assert.deepEqual(shown(), [3, 2, 1]);
    events.search('null');
    assert.deepEqual(shown(), [2], 'a missing room has no name');
  });

  it('match a search if the server finds their things, and ask once about each thing', async () => {
    events.add([event(1, 'Valo'), event(2, 'Ovi'), event(3, 'Ovi'), event(4, 'Katto')], false);
    events.search('lights');
    assert.deepEqual([asked, shown()], [[['Valo', 'Ovi', 'Katto']], []]);
    await answer('Valo', 'Katto');
    assert.deepEqual([shown(), redrawn], [[4, 1], 1]);
    events.search('lights');
    events.add([event(5, 'Ovi'), event(6, 'Katto')], false);
    assert.deepEqual([asked.length, shown()], [1, [6, 4, 1]]);
    events.add([event(7, 'Uusi')], false);
    assert.deepEqual(asked.at(-1), ['Uusi']);
    await answer();
    assert.deepEqual([asked.length, shown()], [2, [6, 4, 1]]);
    events.search('doors');
    assert.deepEqual([asked.length, shown()], [3, []], 'asked again for other words');
  });

  it('are looked up 50 at a time, the newest first, if they pass the filters', async () => {
    events.add(
      Array.from({ length: 101 }, (_none, index) => event(index, `Laite ${index}`)),
      false,
    );
    filters = { room: 'Sauna' };
    events.add([event(200, 'Ovi', 'Eteinen')], false);
    events.search('lights');
    assert.deepEqual([asked[0]?.length, asked[0]?.at(0), asked[0]?.at(-1)], [50, 'Laite 51', 'Laite 100']);
    await answer('Laite 60');
    assert.deepEqual([asked[1]?.length, asked[1]?.at(-1), shown()], [50, 'Laite 50', [60]]);
    await answer();
    assert.deepEqual(asked[2], ['Laite 0']);
    await answer();
    assert.equal(asked.length, 3);
  });

  it('ignore the answer to an earlier search, and ask again after a failure', async () => {
    events.add([event(1, 'Valo')], false);
    events.search('lights');
    events.search('doors');
    answers[0]?.([keyOf('Valo')]);
    await new Promise(setImmediate);
    assert.deepEqual([shown(), redrawn, asked.length], [[], 0, 2]);
    answers[1]?.(undefined);
    await new Promise(setImmediate);
    assert.deepEqual([shown(), redrawn, asked.length], [[], 0, 2]);
    events.search('doors');
    assert.equal(asked.length, 3);
    await answer('Valo');
    assert.deepEqual(shown(), [1]);
  });
});
