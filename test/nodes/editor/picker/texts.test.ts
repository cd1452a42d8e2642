import assert from 'node:assert/strict';
import type { Failure } from '../../../../nodes/editor/account/api.js';
import { PickerTexts } from '../../../../nodes/editor/picker/texts.js';
import type { Thing } from '../../../../nodes/editor/picker/things-api.js';
import { flowsState } from '../../../../nodes/editor/shared/flows.js';
import { translateIn } from '../support/texts.js';
import { thing } from '../support/things.js';

const texts = new PickerTexts(translateIn('en'), 'en-GB');
const finnish = new PickerTexts(translateIn('fi'), 'fi-FI');

const members = (devices: number, lamps: number, on = 0): Partial<Thing> => ({
  members: { devices, lamps, on, reachable: true },
});

describe('the texts about a thing in the picker', () => {
  it('name the room of a device, or count the lamps or devices of a room or group', () => {
    const room = (more: Partial<Thing>): string[] => texts.aboutOf(thing('Sauna', {}, { kind: 'room', ...more }));
    const group = (more: Partial<Thing>): string[] =>
      texts.aboutOf(thing('Valot', { on: true }, { kind: 'group', ...more }));
    assert.deepEqual(texts.aboutOf(thing('Valo', { on: true })), ['Sauna', 'on']);
    assert.deepEqual(texts.aboutOf(thing('Valo', {}, { room: null })), ['', '']);
    assert.deepEqual(room(members(3, 2, 1)), ['2 lamps', 'on']);
    assert.deepEqual(room(members(3, 1)), ['1 lamp', 'off']);
    assert.deepEqual(room(members(3, 0)), ['', '']);
    assert.deepEqual(room({}), ['', '']);
    assert.deepEqual(group(members(3, 3)), ['3 lamps', 'on']);
    assert.deepEqual(group(members(3, 1)), ['3 devices', 'on']);
    assert.deepEqual(group(members(1, 0)), ['1 device', 'on']);
    assert.deepEqual(group({}), ['', 'on']);
    const state = { on: true, colorTemperature: 2700 };
    assert.deepEqual(texts.aboutOf(thing('Valo', state), 'colorTemperature'), ['Sauna', 'on, 2700 K']);
    assert.deepEqual(texts.aboutOf(thing('Valo', state)), ['Sauna', 'on']);
  });

  it('do not say whether a room or group is on if none of its lamps can be reached', () => {
    const unreachable = { members: { devices: 1, lamps: 0, on: 0, reachable: false } };
    const about = (kind: Thing['kind']): string[] =>
      texts.aboutOf(thing('Sauna', { on: true, allOn: true }, { kind, ...unreachable }));
    assert.deepEqual(about('room'), ['', "can't be reached"]);
    assert.deepEqual(about('group'), ['1 device', "can't be reached"]);
  });

  it('say when a value was measured, but not since when a lamp is on', () => {
    const at = new Date();
    at.setHours(6, 9, 0, 0);
    const stateOf = (state: Thing['state'], in_ = texts): string =>
      in_.state(thing('x', { ...state, lastSeen: at.toISOString() }));
    assert.equal(stateOf({ temperature: 21.5 }), '21.5 °C 06:09');
    assert.equal(stateOf({ temperature: 21.5 }, finnish), '21,5 °C klo 6.09');
    assert.equal(texts.state(thing('x', { temperature: 21.5 })), '21.5 °C');
    assert.equal(stateOf({ temperature: 21.5, targetTemperature: 20 }), '21.5 °C, target 20 °C');
    assert.equal(stateOf({ on: true }), 'on');
    assert.equal(stateOf({}), '');
  });

  it('say the time or the day since when an alarm is open, and nothing like it about a device', () => {
    const today = new Date();
    today.setHours(6, 9, 0, 0);
    const earlier = new Date(2020, 0, 2, 6, 9);
    const stateOf = (kind: Thing['kind'], closed: boolean, created: Date, in_ = texts): string =>
      in_.state(thing('Vuoto', { closed, createdAt: created.toISOString() }, { kind }));
    assert.equal(stateOf('alarm', false, today), 'open since 06:09');
    assert.equal(stateOf('alarm', false, today, finnish), 'kuittaamatta klo 6.09 lähtien');
    assert.match(stateOf('alarm', false, earlier), /^open since 2 Jan 2020,\s06:09$/);
    assert.match(stateOf('alarm', false, earlier, finnish), /^kuittaamatta 2\.1\.2020\sklo\s6\.09 lähtien$/);
    assert.doesNotMatch(texts.state(thing('Vuoto', { closed: false }, { kind: 'alarm' })), /since/);
    assert.doesNotMatch(stateOf('device', false, earlier), /since/);
    assert.doesNotMatch(stateOf('alarm', true, earlier), /open|2020/);
  });

  it('name its kind and its section', () => {
    const kinds = ['device', 'group', 'scene', 'rule', 'room', 'alarm'] as const;
    assert.deepEqual(
      kinds.map((kind) => [texts.whatOf(kind), texts.section({ kind, room: 'Sauna' })]),
      [
        ['', 'Sauna'],
        ['group', 'Groups'],
        ['scene', 'Scenes'],
        ['rule', 'Rules'],
        ['room, its lamps', 'Rooms'],
        ['alarm', 'Alarms'],
      ],
    );
    assert.equal(texts.section({ kind: 'device', room: null }), 'No room');
  });

  it('say why it was not found', () => {
    const unfound = ([is, count]: ['gone' | 'several' | 'env' | 'unknown', number]): string =>
      texts.unfound(is, false, count);
    assert.deepEqual(
      (
        [
          ['gone', 0],
          ['several', 2],
          ['several', 3],
          ['env', 0],
          ['unknown', 0],
        ] as const
      ).map(([is, count]) => unfound([is, count])),
      [
        'not found: it was removed or renamed.',
        '2 have this name.',
        '3 have this name.',
        'a variable: known when the flow runs',
        '',
      ],
    );
    assert.equal(texts.unfound('unknown', true, 0), "the hub can't be reached");
  });
});

describe('the line below the picker', () => {
  it('counts the chosen things, and the things that need attention', () => {
    const chosen = [texts.chosen(1, 0), texts.chosen(2, 0), texts.chosen(1, 1), texts.chosen(3, 1), texts.chosen(3, 2)];
    assert.deepEqual(chosen, [
      '1 chosen',
      '2 chosen',
      '1 chosen, 1 needs a look',
      '3 chosen, 1 needs a look',
      '3 chosen, 2 need a look',
    ]);
  });

  it('counts the matches, and names the page if there are several', () => {
    const found = (total: number, page: number, next: string | null): string =>
      texts.known({ total, next, away: false, asOf: null }, page);
    assert.deepEqual(
      [found(0, 1, null), found(1, 1, null), found(2, 1, null), found(51, 1, '0.50'), found(51, 2, null)],
      ['Nothing found', '1 found', '2 found', '51 found · Page 1', '51 found · Page 2'],
    );
    assert.equal(found(0, 2, null), 'Nothing found', 'the last things of a page are gone');
    assert.deepEqual(
      [texts.several(1, undefined), texts.several(5, undefined), texts.several(2, 'valo')],
      ['1 found', '5 found', '2 are called "valo": choose one'],
    );
  });

  it('says how old the list is while the hub is offline', () => {
    const asOf = new Date(2030, 0, 2, 6, 9).toISOString();
    assert.equal(
      texts.known({ total: 3, next: null, away: true, asOf }, 1),
      "The hub can't be reached; this list is from 06:09. You can type a name.",
    );
    assert.equal(texts.awayChosen(asOf), "The hub can't be reached; this is from 06:09.");
    assert.equal(texts.awayChosen(null), "The hub can't be reached; this is from .");
  });

  it('says why there is no list', () => {
    const of = (code: string, status = 503): string => texts.listFailure({ status, code });
    assert.match(of('COZIFY_OTP_REQUIRED'), /^This account is not logged in/);
    assert.match(of('COZIFY_HUB_OFFLINE'), /^The hub can't be reached, so there is no list/);
    assert.match(of('COZIFY_UNREACHABLE'), /^The hub can't be reached, so there is no list/);
    assert.match(of('COZIFY_API'), /^The hub could not do it/);
  });

  it('says why a command could not be tried', () => {
    const of = (failure: Failure): string => texts.tryFailure(failure);
    const failed = (code: string, status = 502): string => of({ status, code });
    assert.match(failed('COZIFY_BAD_INPUT'), /^This command or value does not suit/);
    assert.match(failed('COZIFY_OTP_REQUIRED'), /^You are not logged in/);
    assert.match(failed('COZIFY_BUSY', 429), /^Too many editors/);
    assert.match(failed('COZIFY_BUSY', 503), /^Too many messages/);
    assert.match(failed('COZIFY_RATE_LIMITED', 429), /^Too many tries/);
    assert.match(failed('COZIFY_FORBIDDEN'), /^The hub does not allow this/);
    assert.match(failed('COZIFY_FORBIDDEN', 403), /another web site/);
    assert.match(failed('COZIFY_API'), /^The hub could not do it/);
    assert.match(failed('COZIFY_BAD_ANSWER'), /^The hub could not do it/);
    assert.match(failed('COZIFY_UNREACHABLE'), /^The hub can't be reached, neither at home/);
    for (const status of [401, 403]) assert.match(of({ status }), /permission/);
  });

  it('says that the flows are stopped', () => {
    flowsState.areStopped = true;
    try {
      const failure = { status: 409, code: 'COZIFY_OTP_REQUIRED' };
      assert.match(texts.listFailure(failure), /^The flows are stopped, so there is no list/);
      assert.equal(texts.tryFailure(failure), 'The flows are stopped: start them first.');
      assert.match(texts.listFailure({ status: 502, code: 'COZIFY_API' }), /^The hub could not do it/);
    } finally {
      flowsState.areStopped = false;
    }
  });

  it('describes the result of a command', () => {
    const done = { target: 'Valo', sent: true, confirmed: true, reason: null, state: { on: true } };
    const of = (...results: object[]): string => texts.tried({ results: results as never });
    assert.equal(of(done), 'Done: Valo on');
    assert.equal(of({ ...done, state: null }), 'Done: Valo');
    assert.equal(of({ ...done, target: { id: 'a', name: 'Katto' } }, { ...done, confirmed: null }), 'Done: Katto on');
    assert.equal(of({ ...done, target: { id: 'a' } }), 'Done: a on');
    const away = { ...done, confirmed: false, reason: 'unreachable' };
    assert.match(of(done, away), /^Valo: sent, but it can't be reached/);
    assert.equal(of(done, { ...done, confirmed: false }), 'Sent, but the hub does not show it: Valo');
    const unsent = { ...done, sent: false, confirmed: null };
    assert.equal(of(done, { ...unsent, reason: 'COZIFY_FORBIDDEN' }), 'Not done: Valo (not allowed)');
    for (const reason of ['COZIFY_API', 'no-such-reason']) {
      assert.equal(of({ ...unsent, reason }), 'Not done: Valo (the hub could not do it)');
    }
    assert.equal(of({ ...unsent, reason: 'superseded' }), 'Valo: a newer command took its place.');
    assert.equal(of(), '');
  });
});
