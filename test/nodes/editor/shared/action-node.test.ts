import assert from 'node:assert/strict';
import {
  type ActionNode,
  checkExpiry,
  labelOf,
  labelStyle,
  outputLabels,
  saveAction,
} from '../../../../nodes/editor/shared/action-node.js';
import { cozifyNodes } from '../../../../nodes/editor/shared/flows.js';
import { FakeEditor } from '../support/fake-editor.js';
import { translateIn } from '../support/texts.js';

/** Returns the key of a text, with its parameters. */
const _ = (key: string, parameters?: object): string =>
  parameters === undefined ? key : `${key} ${JSON.stringify(parameters)}`;

describe('a node with an account', () => {
  let editor: FakeEditor;

  beforeEach(() => {
    editor = new FakeEditor();
    editor.install();
  });
  afterEach(() => FakeEditor.remove());

  it('has its name as label, or its action and the name of its account', () => {
    editor.configs = [
      { id: 'plain', name: 'Koti', _def: { plainLabel: () => 'Mökki' } },
      { id: 'disabled', name: 'Koti', _def: {} },
    ];
    const label = (node: Partial<ActionNode<string>>): string => labelOf({ _, ...node }, 'alone', 'with');
    assert.equal(label({ name: 'Mine', account: 'plain' }), 'Mine');
    assert.equal(label({ name: '', account: 'plain' }), 'with {"account":"Mökki"}');
    assert.equal(label({ account: 'disabled' }), 'with {"account":"Koti"}');
    assert.deepEqual([label({ account: 'gone' }), label({ account: '' }), label({})], ['alone', 'alone', 'alone']);
  });

  it('has a label in italics if the user has named it, and a label for each output', () => {
    assert.deepEqual([labelStyle.call({ name: 'Mine' }), labelStyle.call({})], ['node_label_italic', '']);
    assert.deepEqual(
      [0, 1].map((index) => outputLabels.call({ _ }, index)),
      ['output.yes', 'output.no'],
    );
  });

  it('may have an expiry with a unit, from the environment, or none', () => {
    const problem = translateIn('en')('invalid.stepExpiry');
    for (const expiry of ['', undefined, '15m', '90', '${AGE}']) assert.equal(checkExpiry(expiry, {}), true);
    for (const expiry of ['soon', '0']) assert.equal(checkExpiry(expiry, {}), problem);
  });

  it('saves a typed expiry with its unit, and an unchanged one without a unit', () => {
    const saved = (expiry: string | number | undefined, typed?: string): string | undefined => {
      editor.fields = typed === undefined ? {} : { '#node-input-expiry': typed };
      assert.equal(saveAction.call(expiry === undefined ? {} : { expiry }), false);
      return editor.fields['#node-input-expiry'];
    };
    assert.deepEqual([saved('', '90'), saved(undefined, '15m'), saved('90', '120')], ['90s', '15m', '120s']);
    assert.deepEqual(
      [saved('90', '90'), saved(90, '90'), saved(undefined, ''), saved('')],
      ['90', '90', '', undefined],
    );
  });

  it('is listed with the other nodes of the package in all flows', () => {
    const nodes = ['cozify-ping', 'inject', 'cozify-read', undefined].map((type, at) => ({
      id: String(at),
      ...(type === undefined ? {} : { type }),
    }));
    editor.flow = nodes;
    assert.deepEqual(
      cozifyNodes().map(({ type }) => type),
      ['cozify-ping', 'cozify-read'],
    );
  });
});
