import assert from 'node:assert/strict';
import { exampleOfChange, exampleOfReading } from '../../../../nodes/editor/values/example.js';
import { thing } from '../support/things.js';

const sauna = thing('Sauna', { humidity: 20, temperature: 85.8 });
const bath = thing('Kylpyhuone', { humidity: 61, temperature: 23.1 });
const door = thing('Ulko-ovi', { battery: 92, open: true, reachable: true });

describe('the preview of a changes message', () => {
  const of = { things: [sauna, door], payload: 'state', fields: [], condition: null };

  it('has the value of the first thing with that field', () => {
    const rows = [
      ['msg.topic', '"Sauna"'],
      ['msg.payload', '85.8'],
      ['msg.device', '{…}'],
    ];
    assert.deepEqual(exampleOfChange({ ...of, things: [door, sauna], payload: 'temperature' }), rows);
  });

  it('has the whole state, with the changed field first', () => {
    const rows = [
      ['msg.topic', '"Ulko-ovi"'],
      ['msg.payload', '{ open: true, battery: 92, … }'],
      ['msg.changed', '["open"]'],
    ];
    assert.deepEqual(exampleOfChange({ ...of, fields: ['motion', 'open'] }), rows);
    assert.deepEqual(exampleOfChange({ ...of, condition: { field: 'open', op: 'is', value: true } }), rows);
    assert.deepEqual(exampleOfChange({ ...of, things: [door] })[2], ['msg.changed', '["open"]']);
    assert.deepEqual(exampleOfChange({ ...of, things: [door], payload: '' })[2], ['msg.changed', '["open"]']);
  });

  it('has the first thing if none has the fields', () => {
    assert.deepEqual(exampleOfChange({ ...of, fields: ['motion'] })[0], ['msg.topic', '"Sauna"']);
  });

  it('is hidden if no state is known', () => {
    assert.deepEqual(exampleOfChange({ ...of, things: [] }), []);
    assert.deepEqual(exampleOfChange({ ...of, payload: 'co2' }), []);
  });
});

describe('the preview of a read message', () => {
  const of = { things: [sauna, bath], named: 2, field: 'temperature', output: 'auto', condition: null };
  const payload = (rows: readonly (readonly [string, string])[]): string => rows.map(([, text]) => text).join();

  it('has one value, a list of several, or an object', () => {
    assert.equal(payload(exampleOfReading({ ...of, things: [sauna], named: 1 })), '85.8');
    assert.equal(payload(exampleOfReading(of)), '[{ id: "…", name: "Sauna", value: 85.8 }, …]');
    assert.equal(
      payload(exampleOfReading({ ...of, things: [sauna], named: 1, output: 'array' })),
      '[{ id: "…", name: "Sauna", value: 85.8 }]',
    );
    assert.equal(payload(exampleOfReading({ ...of, output: 'map' })), '{ Sauna: 85.8, Kylpyhuone: 23.1 }');
  });

  it('has the state, shortened', () => {
    assert.equal(
      payload(exampleOfReading({ ...of, things: [door], named: 1, field: '' })),
      '{ open: true, battery: 92, … }',
    );
    assert.equal(payload(exampleOfReading({ ...of, field: '', output: 'map' })), '{ Sauna: {…}, Kylpyhuone: {…} }');
    assert.match(
      payload(exampleOfReading({ ...of, field: '' })),
      /^\[\{ id: "…", name: "Sauna", temperature: 85.8, … \}/,
    );
  });

  it('has null for a chosen thing without the field, and the state of any thing if none is chosen', () => {
    assert.equal(payload(exampleOfReading({ ...of, things: [door], named: 1 })), 'null');
    assert.match(payload(exampleOfReading({ ...of, things: [door], named: 0, field: '' })), /"Ulko-ovi", open: true/);
  });

  it('shortens objects and arrays with more than two values', () => {
    const shown = (value: unknown): string => {
      const things = [thing('Muu', { value })];
      return payload(exampleOfReading({ ...of, things, named: 1, field: 'value' }));
    };
    assert.deepEqual([[1, 2], [1, 2, 3], {}, { a: 1 }, { a: 1, 'b c': { d: 1 } }].map(shown), [
      ...['[1, 2]', '[1, 2, …]', '{}', '{ a: 1 }', '{ a: 1, "b c": {…} }'],
    ]);
  });

  it('has only the things that meet the condition', () => {
    const condition = { field: 'humidity', op: 'above', value: 60 };
    assert.equal(payload(exampleOfReading({ ...of, condition })), '[{ id: "…", name: "Kylpyhuone", value: 23.1 }]');
    assert.deepEqual(exampleOfReading({ ...of, condition: { ...condition, value: 90 } }), []);
    assert.match(payload(exampleOfReading({ ...of, things: [door, sauna], named: 0 })), /"Sauna", value: 85.8 \}\]$/);
  });
});
