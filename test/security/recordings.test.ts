import assert from 'node:assert/strict';
import { Anonymiser } from '../../src/devices/recording/anonymiser';
import type { RecordedThings } from '../../src/devices/recording/recording';

const STARTED_AT = 1_790_000_000_000;

/** Texts that could identify a home or a person: names, streets, serial numbers, addresses, links, tokens, base64. */
const PRIVATE = [
  ...['MATTI_MEIKALAINEN', 'KOTITIE_5', 'Matti', 'TAMPERE', 'ABC-123', 'SN4H7K2P9', 'matti', 'KOTITIE', '$MATTI'],
  ...['ca7a91e5-0000-4000-a000-00000000cafe', 'matti@example.fi', '00:17:88:ca:9a:f7', '192.168.77.31', 'Kotikatu'],
  ...['eyJhbGciOiJIUzUxMiJ9.matti.sig', 'serial55512345', 'rtsp://matti:pw@cam', '+358401234567', 'My iPhone'],
  Buffer.from('matti@example.fi').toString('base64'),
];
/** Coordinates under several field names. */
const COORDINATES = { long: 24.9384, lat: 60.1699, x: 24.9384, y: 60.1699, at: [60.1699, 24.9384] };

const clean = (things: RecordedThings, keepsNames = false): RecordedThings =>
  new Anonymiser({ keepsNames, startedAt: STARTED_AT }).clean(things);

/**
 * Returns a home that contains `text` in all known fields except ids and names, in unknown fields, and as the name of a
 * field.
 */
function homeOf(text: string, id: string, name: string): RecordedThings {
  const fields =
    `type colorMode level category icon state modifiers mode battery isOn order timestamp manufacturer model
    message note`.split(/\s+/);
  const about = {
    ...Object.fromEntries(fields.map((field) => [field, text])),
    ...{ name, title: name, room: [text], groups: text, zones: { type: 'SET', values: [text] }, [text]: text },
    capabilities: { type: text, values: ['ON_OFF', text] },
    buttons: [{ id: text, label: name, [text]: 1 }],
  };
  const avtData = { state: text, title: name, artist: text };
  const state = { ...about, rcData: { [text]: text }, avtData, deep: [{ deeper: [text] }] };
  const config = { name, description: text, [text]: text };
  return {
    devices: { [id]: { ...about, id, state } },
    groups: { [id]: { ...about, members: [text, 'gone'] } },
    scenes: { [id]: { ...about, presets: [{ id: text, state, targetIds: [text, 'nobody'] }], excludedIds: [text] } },
    rules: { [id]: { ...about, config, scenes: { [text]: true, gone: true } } },
    rooms: { [id]: about },
    alarms: { [id]: { ...about, sourceId: text } },
  };
}

describe('a recording', () => {
  it('has no private text in a value or in the name of a field, and names only if it keeps them', () => {
    for (const text of PRIVATE) {
      for (const keepsNames of [false, true]) {
        const left = JSON.stringify(clean(homeOf(text, 'id', 'Lamppu'), keepsNames));
        assert.ok(!left.includes(text), left);
        assert.equal(left.includes('Lamppu'), keepsNames, left);
      }
      const left = JSON.stringify(clean(homeOf(text, text, text)));
      assert.ok(!left.includes(text), left);
    }
  });

  it('has no coordinates under any field name', () => {
    const left = JSON.stringify(
      clean({ devices: { d: { ...COORDINATES, state: { ...COORDINATES, gps: COORDINATES } } } }),
    );
    for (const number of ['24.9', '60.1']) assert.ok(!left.includes(number), left);
  });

  it('keeps the known fields and values of a home, the names of built-in rooms, and the type of everything else', () => {
    const device = { name: 'Lamppu', type: 'LIGHT', manufacturer: 'IKEA of Sweden', model: 'Lamp of Matti' };
    const state = {
      type: 'STATE_LIGHT',
      isOn: true,
      brightness: 0.6,
      colorMode: 'ct',
      secret: 'x',
      tune: 5,
      odd: { a: 1 },
    };
    const things = {
      rooms: { r: { name: '$KITCHEN' } },
      devices: { d: { ...device, capabilities: ['ON_OFF', 'MATTI'], state: { ...state, odds: [1], no: null } } },
    };
    const { rooms, devices } = clean(things);
    assert.deepEqual(rooms, { 'room-1': { name: '$KITCHEN' } });
    assert.deepEqual(devices, {
      'device-1': {
        ...{ name: 'device 1', type: 'LIGHT', manufacturer: 'IKEA of Sweden', model: 'text' },
        capabilities: ['ON_OFF', 'text'],
        state: {
          ...{ type: 'STATE_LIGHT', isOn: true, brightness: 0.6, colorMode: 'ct' },
          ...{ 'field-1': 'text', 'field-2': 0, 'field-3': {}, 'field-4': [], 'field-5': null },
        },
      },
    });
  });
});
