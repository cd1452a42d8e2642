import assert from 'node:assert/strict';
import { runInNewContext } from 'node:vm';
import { type CommandProperties, type Command, parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { VALUES } from '../../../faults/support/values.js';

/** Parses a command and omits the default properties from the result. */
function read(properties: CommandProperties, value?: unknown): object {
  const command: Command = parseCommand(properties, value);
  if (command.type !== 'set') return command;
  const { fields, transition, dropped } = command.request;
  return { ...fields, ...(transition === null ? {} : { transition }), ...(dropped.length === 0 ? {} : { dropped }) };
}

describe('parseCommand with a payload', () => {
  const rows: [title: string, payload: unknown, is: object][] = [
    ['true', true, { on: true }],
    ['false', false, { on: false }],
    ['"on"', 'on', { on: true }],
    ['"OFF " in any case, with spaces around it', ' OFF ', { on: false }],
    ['"true"', 'True', { on: true }],
    ['"false"', 'false', { on: false }],
    ['"toggle"', ' Toggle', { type: 'toggle', transition: null }],
    ['a number', 60, { type: 'number', value: 60, transition: null }],
    ['0', 0, { type: 'number', value: 0, transition: null }],
    ['a number as a text', '60', { type: 'number', value: 60, transition: null }],
    ['a number with a comma', '21,5', { type: 'number', value: 21.5, transition: null }],
    ['a number with a point', '21.5', { type: 'number', value: 21.5, transition: null }],
    ['a percentage with spaces', ' 60 % ', { type: 'number', value: 60, transition: null }],
    ['a percentage without spaces', '60%', { type: 'number', value: 60, transition: null }],
    ['a temperature', '21.5 °C', { type: 'number', value: 21.5, transition: null }],
    ['a negative temperature', '\u22125,5\u00a0°c', { type: 'number', value: -5.5, transition: null }],
    ['a number with a line end from a shell', '60\r\n', { type: 'number', value: 60, transition: null }],
    ['a short color', { color: '#f80' }, { hue: 32, saturation: 100, on: true }],
    ['a color as a list', { color: [255, 128, 0] }, { hue: 30, saturation: 100, on: true }],
    ['an object of fields', { on: true, brightness: 40 }, { on: true, brightness: 40 }],
    ['texts as numbers in an object', { brightness: ' 40 % ', hue: '27' }, { brightness: 40, hue: 27, on: true }],
    ['a text as a target temperature in an object', { targetTemperature: '21,5' }, { targetTemperature: 21.5 }],
    ['brightness "0" as off', { on: true, brightness: '0' }, { on: false }],
    ['a text of an unknown field in an object as a text', { gadget: '60' }, { gadget: '60' }],
    ['a field of light without on', { brightness: 40 }, { brightness: 40, on: true }],
    ['a field that is not light without on', { targetTemperature: 21 }, { targetTemperature: 21 }],
    ['off with other fields of light', { on: false, hue: 5, volume: 7 }, { on: false, hue: 5, volume: 7 }],
    ['off with brightness 0 as off', { on: false, brightness: 0 }, { on: false }],
    ['brightness 0 as off', { brightness: 0 }, { on: false }],
    ['on with brightness 0 as off', { on: true, brightness: 0, hue: 9 }, { on: false, dropped: ['hue'] }],
    ['a color as hue and saturation', { color: '#ff8000' }, { hue: 30, saturation: 100, on: true }],
    ['a transition', { on: true, transition: 2.5 }, { on: true, transition: 2.5 }],
    ['a transition as a text', { on: true, transition: ' 2,5 ' }, { on: true, transition: 2.5 }],
    ['null and undefined fields as missing', { on: true, brightness: null, hue: undefined }, { on: true }],
    [
      'the state in a thing that was read, ignoring its other properties',
      { id: 'a', name: 'b', type: 'LIGHT', room: 'Sauna', manufacturer: 'IKEA', model: null, on: true },
      { on: true, dropped: ['id', 'name', 'type', 'room', 'manufacturer'] },
    ],
    [
      'a state in white mode, ignoring its color',
      { on: true, hue: 5, saturation: 6, colorTemperature: 2700, colorMode: 'temperature' },
      { on: true, colorTemperature: 2700, colorMode: 'temperature', dropped: ['hue', 'saturation'] },
    ],
    [
      'a state in color mode, ignoring its color temperature',
      { hue: 5, colorTemperature: 2700, colorMode: 'color' },
      { hue: 5, colorMode: 'color', on: true, dropped: ['colorTemperature'] },
    ],
    ['an object from a Function node', runInNewContext('({ on: false })'), { on: false }],
    ['an object without a prototype', Object.assign(Object.create(null) as object, { on: true }), { on: true }],
  ];
  for (const [title, payload, is] of rows) it(`reads ${title}`, () => assert.deepEqual(read({}, payload), is));

  const bad: [title: string, payload: unknown, says: RegExp][] = [
    ['a timestamp with advice', 1_790_000_000_000, /timestamp.*choose On in the node, or send true/],
    ['a date with advice', new Date(0), /choose On in the node, or send true/],
    ['another text', 'lit', /payload should be true, .* "toggle", a number or an object.*another text/],
    ['a text that begins with a number', '60 lamps', /another text/],
    ['two numbers', '60 40', /another text/],
    ['a unit alone', ' % ', /another text/],
    ['a hexadecimal number', '0x3c', /another text/],
    ['a number with commas in thousands', '1,234,567', /another text/],
    ['a timestamp as a text', '1790000000000', /timestamp.*choose On in the node, or send true/],
    ['a very long number', '9'.repeat(400), /another text/],
    ['an empty text', '', /another text/],
    ['nothing', undefined, /nothing/],
    ['null', null, /null/],
    ['NaN', NaN, /a number/],
    ['infinity', Infinity, /a number/],
    ['an array', [true], /an array/],
    ['a buffer', Buffer.from('on'), /a buffer/],
    ['a map', new Map([['on', true]]), /an object/],
    ['a color above 255', { color: [256, 0, 0] }, /color should be a text such as "#ff8000", or \[red, green, blue\]/],
    ['an invalid color', { color: 'red' }, /color should be a text such as "#ff8000"/],
    ['a color with a colour temperature', { color: '#ff8000', colorTemperature: 2700 }, /color can't be set together/],
    ['a color with a hue', { color: '#ff8000', hue: 5 }, /color can't be set together/],
    ['a hue with a colour temperature', { hue: 5, colorTemperature: 2700 }, /hue and saturation can't be set together/],
    [
      'a hue with a colour temperature in an unknown mode',
      { hue: 5, colorTemperature: 2700, colorMode: 'constructor' },
      /can't be set together/,
    ],
    ['a long transition', { on: true, transition: 3601 }, /transition should be seconds from 0 to 3600/],
    ['a negative transition', { on: true, transition: -1 }, /transition/],
    ['a transition that is not a number', { on: true, transition: 'slow' }, /transition/],
    ['a transition that is NaN', { on: true, transition: NaN }, /transition/],
  ];
  for (const [title, payload, says] of bad) {
    it(`rejects ${title}`, () => assert.throws(() => read({}, payload), { code: 'COZIFY_BAD_INPUT', message: says }));
  }

  it('reads a long text quickly', () => {
    for (const text of [`6${' '.repeat(5_000_000)}0`, `${' '.repeat(5_000_000)}x`, '6'.repeat(5_000_000)]) {
      assert.throws(() => read({}, text), { code: 'COZIFY_BAD_INPUT' });
      assert.throws(() => read({}, { color: text }), { code: 'COZIFY_BAD_INPUT' });
    }
  });

  for (const [title, make] of Object.entries(VALUES)) {
    it(`parses ${title} or throws COZIFY_BAD_INPUT`, () => {
      for (const value of [make(), { on: make() }, { transition: make() }, { color: make() }]) {
        for (const command of ['payload', 'set']) {
          try {
            read({ command }, value);
          } catch (error) {
            assert.equal((error as { code?: string }).code, 'COZIFY_BAD_INPUT');
          }
        }
      }
    });
  }
});

describe('parseCommand with the command of a node', () => {
  const rows: [title: string, properties: CommandProperties, value: unknown, is: object][] = [
    ['on with any payload', { command: 'on' }, 1_790_000_000_000, { on: true }],
    ['off', { command: 'off' }, undefined, { on: false }],
    ['toggle', { command: 'toggle', transition: '1' }, true, { type: 'toggle', transition: 1 }],
    ['close', { command: 'close' }, undefined, { type: 'close' }],
    ['set with a field', { command: 'set', field: ' brightness ' }, 40, { brightness: 40, on: true }],
    ['set with a number as a text', { command: 'set', field: 'brightness' }, ' 40 % ', { brightness: 40, on: true }],
    ['set with a text of an unknown field', { command: 'set', field: 'gadget' }, '60', { gadget: '60' }],
    ['set with a field by Cozify’s own name', { command: 'set', field: 'gadget' }, { a: 1 }, { gadget: { a: 1 } }],
    ['set with an object', { command: 'set', field: '' }, { on: true, hue: 5 }, { on: true, hue: 5 }],
    ['the node’s transition', { command: 'on', transition: '2.5' }, undefined, { on: true, transition: 2.5 }],
    ['the node’s transition as a number', { command: 'on', transition: 0 }, undefined, { on: true, transition: 0 }],
    ['no transition', { command: 'on', transition: ' ' }, undefined, { on: true }],
    [
      'the transition of a message first',
      { transition: '9' },
      { on: true, transition: 1 },
      { on: true, transition: 1 },
    ],
    ['the node’s transition for a number', { transition: 3 }, 40, { type: 'number', value: 40, transition: 3 }],
  ];
  for (const [title, properties, value, is] of rows)
    it(`reads ${title}`, () => assert.deepEqual(read(properties, value), is));

  const bad: [title: string, properties: CommandProperties, value: unknown, says: RegExp][] = [
    ['an unknown command', { command: 'dim' }, 5, /command should be one of payload, on, off, toggle, set, close/],
    ['a command that is not a text', { command: true }, 5, /command should be one of/],
    ['a field without a value', { command: 'set', field: 'brightness' }, undefined, /brightness has no value/],
    ['a field that is not a text', { command: 'set', field: 5 }, 5, /field should be a text/],
    ['no field and no object', { command: 'set' }, 5, /should be an object of fields, but was a number/],
    ['no field and a text', { command: 'set' }, 'on', /should be an object of fields/],
    ['a transition that is not a number', { command: 'on', transition: 'slow' }, undefined, /transition/],
    ['a transition that is true', { command: 'on', transition: true }, undefined, /transition/],
  ];
  for (const [title, properties, value, says] of bad) {
    it(`rejects ${title}`, () => {
      assert.throws(() => read(properties, value), { code: 'COZIFY_BAD_INPUT', message: says });
    });
  }
});
