import assert from 'node:assert/strict';
import { outputLabels as buttonLabels } from '../../../nodes/editor/cozify-button';
import { outputLabels as readLabels } from '../../../nodes/editor/cozify-read';

type Node<F extends (index: number) => string> = ThisParameterType<F>;

/** Looks up no text: returns the key and the parameters. */
const _ = (key: string, parameters?: Record<string, string>): string =>
  [key, ...Object.values(parameters ?? {})].join(' ');

describe('the labels of outputs', () => {
  it('name the press of each output of a button node', () => {
    const presses = [
      { button: 1, press: 'long' },
      { button: 'Alas', press: '' },
      { button: '', press: 'short' },
    ];
    const labelsOf = (node: object): string[] => [0, 1, 2].map((index) => buttonLabels.call({ ...node, _ }, index));
    assert.deepEqual(labelsOf({ presses }), ['output.of 1 press.long', 'output.of Alas press.any', 'press.short']);
    assert.deepEqual(labelsOf({ presses: [] }), ['output.all', 'output.all', 'output.all']);
    assert.deepEqual(labelsOf({}), ['output.all', 'output.all', 'output.all']);
  });

  it('tell the outputs of a read node with a condition apart', () => {
    const labelsOf = (condition: unknown): string[] =>
      [0, 1].map((index) => readLabels.call({ condition, _ } as unknown as Node<typeof readLabels>, index));
    assert.deepEqual(labelsOf({ field: 'on', op: 'is', value: true }), ['output.yes', 'output.no']);
    assert.deepEqual(labelsOf(null), ['output.read', 'output.read']);
    assert.deepEqual(labelsOf(undefined), ['output.read', 'output.read']);
  });
});
