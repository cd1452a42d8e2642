import assert from 'node:assert/strict';
import type { FeedAnswer } from '../../../../nodes/editor/home/api.js';
import { afterDeploy } from '../../../support/variables.js';
import { ListState, rowsOf } from '../../../../nodes/editor/home/list.js';
import { HomeTexts } from '../../../../nodes/editor/home/texts.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

type Hub = FeedAnswer['hubs'][number];

const page = { next: null, total: 1, asOf: null };
const THERE = { ...page, away: false };
const AWAY = { ...page, away: true };

/**
 * Returns two hubs as the feed lists them, both with a state from the given second. With `null`, the first hub has
 * never answered.
 */
function hubs(second: number | null, first: Partial<Hub> = {}, other: Partial<Hub> = {}): Hub[] {
  const asOf = second === null ? null : new Date(second * 1000).toISOString();
  const one = { id: 'one', asOf, away: false, revision: asOf === null ? 0 : 3 };
  return [
    { ...one, ...first },
    { ...one, id: 'other', asOf: new Date((second ?? 0) * 1000).toISOString(), revision: 5, ...other },
  ];
}

/**
 * Returns, for each answer of the feed, whether it shows that the loaded list of things is outdated. The list is loaded
 * right after the first answer.
 */
function outdated(list: typeof THERE, ...answers: Hub[][]): boolean[] {
  const listed = new ListState();
  return answers.map((answer, index) => {
    const isOutdated = listed.isOutdated(answer);
    if (index === 0 || isOutdated) listed.take(index === 0 ? list : THERE);
    return isOutdated;
  });
}

describe('the list of the home', () => {
  it('stays current after the answers that its own request caused', () => {
    assert.deepEqual(outdated(THERE, hubs(null), hubs(1), hubs(2)), [false, false, false]);
  });

  it('is outdated when an unknown hub answers for the first time, while another hub is offline', () => {
    const isAway = { away: true, asOf: null };
    const answers = [hubs(null, {}, isAway), hubs(null, {}, isAway), hubs(3, {}, isAway), hubs(4, {}, isAway)];
    assert.deepEqual(outdated(AWAY, ...answers), [false, false, true, false]);
  });

  it('is outdated once after the answers of two hubs at different times', () => {
    const at = (second: number): Partial<Hub> => ({ asOf: new Date(second * 1000).toISOString() });
    const answers = [
      hubs(1),
      hubs(3, at(3), at(1)),
      hubs(6, at(3), at(1)),
      hubs(9, at(3), at(8)),
      hubs(12, at(11), at(8)),
    ];
    assert.deepEqual(outdated(AWAY, ...answers), [false, false, false, true, false]);
  });

  it('is checked sooner for a hub that did not answer, unless that hub is reported offline', () => {
    const listed = new ListState();
    const isExpected = (list: typeof THERE, answer: Hub[]): boolean => {
      listed.take(list);
      listed.isOutdated(answer);
      return listed.maxPollS < 20;
    };
    assert.equal(isExpected(THERE, hubs(1)), false);
    assert.equal(isExpected(AWAY, hubs(1)), true);
    assert.equal(isExpected(THERE, hubs(1)), false);
    assert.equal(isExpected(AWAY, hubs(1)), true);
    assert.equal(isExpected(AWAY, hubs(1, { away: true })), false);
    assert.equal(isExpected(AWAY, hubs(2)), false);
  });

  it('is not requested repeatedly if a hub answers but gives no list', () => {
    const listed = new ListState();
    listed.isOutdated(hubs(1));
    listed.take(AWAY);
    assert.equal(listed.isOutdated(hubs(2)), true);
    listed.take(AWAY);
    assert.equal(listed.isOutdated(hubs(3)), false);
    listed.take(THERE);
    listed.take(AWAY);
    assert.equal(listed.isOutdated(hubs(4)), true);
  });

  it('stays current while its hub is offline', () => {
    const away = [1, 2, 3].map((second) => hubs(second, { away: true }));
    assert.deepEqual(outdated(AWAY, ...away), [false, false, false]);
  });
});

const headings = { texts: { section: () => '' } as unknown as HomeTexts, rooms: new Map(), hubs: new Map() };

describe('the headings of the home', () => {
  const texts = new HomeTexts(translateIn('en'), 'en-GB');
  const room = thing('Sauna', {}, { kind: 'room', id: 'room-1', does: ['command'] });
  const rooms = new Map([['hub-1 room room-1', room]]);

  /** Returns the names and buttons of the rows, indented by their level. */
  function outline(things: Thing[], before: Set<string>, names: [string, string][] = []): string[] {
    return rowsOf(things, before, { texts, rooms, hubs: new Map(names) }).map(({ level, target, actions, thing }) => {
      const buttons = thing === undefined ? actions.join(' ') : target.kind;
      return `${' '.repeat(level - 1)}${target.kind} ${target.name}: ${buttons}`;
    });
  }

  const lamp = thing('Lamppu', {});
  const lost = thing('Irto', {}, { roomId: null, room: null });
  const other = thing('Ovi', {}, { roomId: 'room-2', room: 'Eteinen' });
  const scene = thing('Ilta', {}, { kind: 'scene', roomId: null, room: null });
  const group = thing('Valot', {}, { kind: 'group', roomId: 'room-1' });

  it('are the rooms of the devices, and the kinds of other things', () => {
    const shown = new Set<string>();
    assert.deepEqual(outline([lamp, lamp, other, lost, scene, group], shown), [
      'room Sauna: command changes',
      ' device Lamppu: device',
      ' device Lamppu: device',
      'room Eteinen: changes',
      ' device Ovi: device',
      'section No room: ',
      ' device Irto: device',
      'section Scenes: ',
      ' scene Ilta: scene',
      'section Groups: ',
      ' group Valot: group',
    ]);
    assert.deepEqual(outline([lamp], shown), [' device Lamppu: device'], 'on the next page');
  });

  it('have targets in which Node-RED finds no variable of the environment', () => {
    const rows = rowsOf([thing('${PATH}', {}, { id: 'device-1', room: '$(PATH)' })], new Set(), {
      texts,
      rooms,
      hubs: new Map(),
    });
    for (const { target } of rows) assert.deepEqual(afterDeploy(target), target);
    assert.deepEqual(
      rows.map(({ target }) => target.name.trim()),
      ['$(PATH)', '${PATH}'],
    );
  });

  it('are below their hub if there are several', () => {
    const far = { ...scene, hub: 'hub-3' };
    const hubNames: [string, string][] = [
      ['hub-1', 'Koti'],
      ['hub-2', 'Mökki'],
    ];
    assert.deepEqual(outline([lamp, far], new Set(), hubNames), [
      'hub Koti: ',
      ' room Sauna: command changes',
      '  device Lamppu: device',
      'hub hub-3: ',
      ' section Scenes: ',
      '  scene Ilta: scene',
    ]);
    assert.deepEqual(outline([scene], new Set(), hubNames.slice(1)), ['section Scenes: ', ' scene Ilta: scene']);
  });
});

function actionsOf(rest: Partial<Thing>, state: Thing['state'] = {}): string {
  const rows = rowsOf(
    [thing('one', state, { does: ['read', 'command'], kind: 'device', ...rest })],
    new Set(),
    headings,
  );
  return rows.at(-1)?.actions.join(' ') ?? '';
}

describe('a row of the home', () => {
  it('has actions for a thing that can be switched', () => {
    const lamp: Thing['does'] = ['read', 'command', 'blink'];
    assert.equal(actionsOf({ does: lamp, capabilities: ['ON_OFF'] }), 'command changes read on off blink');
    assert.equal(actionsOf({ capabilities: ['ACTIVE_POWER'] }, { on: false }), 'command changes read on off');
    assert.equal(actionsOf({ kind: 'group', capabilities: [] }), 'command changes read on off');
    assert.equal(actionsOf({ kind: 'scene', capabilities: [] }), 'command changes read on');
  });

  it('has no on and off for a thing with other commands', () => {
    assert.equal(actionsOf({ capabilities: ['LIFT'] }, { position: 50 }), 'command changes read');
    assert.equal(actionsOf({ kind: 'alarm', capabilities: [] }), 'command changes read');
  });
});
