import assert from 'node:assert/strict';
import * as account from '../../../nodes/editor/cozify-account.js';
import type { Field } from '../../../nodes/editor/forms/form.js';
import {
  cozifyEmail,
  cozifyEvents,
  cozifyPing,
  cozifyRefresh,
  cozifyRequest,
  cozifyReset,
  cozifyToken,
} from '../../../nodes/editor/forms/simple.js';
import { secondsCheck } from '../../../nodes/editor/shared/checks.js';
import { FakeEditor } from './support/fake-editor.js';
import { translateIn } from './support/texts.js';

const t = translateIn('en');
/** Returns the key of a text, with its parameters. */
const _ = (key: string, parameters?: object): string =>
  parameters === undefined ? key : `${key} ${JSON.stringify(parameters)}`;

describe('the definition of a node type', () => {
  let editor: FakeEditor;

  beforeEach(() => {
    editor = new FakeEditor();
    editor.install();
    editor.configs = [{ id: 'one', type: 'cozify-account', name: 'Koti', cloudUrl: '' }];
  });
  afterEach(() => FakeEditor.remove());

  type Definition = typeof cozifyPing;
  const label = ({ label }: Pick<Definition, 'label'>, node: object): string => label.call({ _, ...node });

  it('has a label with the action of the node and the name of the account', () => {
    const of = (definition: Pick<Definition, 'label'>, ...nodes: object[]): string[] =>
      nodes.flatMap((node) => [label(definition, node), label(definition, { ...node, account: 'one' })]);
    const koti = (key: string): string => _(key, { account: 'Koti' });
    assert.equal(label(cozifyPing, { name: 'Mine', account: 'one' }), 'Mine');
    assert.deepEqual(of(cozifyPing, {}), ['label.palette', koti('label.node')]);
    assert.deepEqual(of(cozifyRefresh, { force: true }, {}), [
      ...['label.palette', koti('label.forced')],
      ...['label.palette', koti('label.node')],
    ]);
    for (const definition of [cozifyToken, cozifyEmail]) {
      assert.deepEqual(of(definition, { mode: 'set' }, { mode: 'get' }), [
        ...['label.set', koti('label.setOf')],
        ...['label.get', koti('label.getOf')],
      ]);
    }
    assert.deepEqual(of(cozifyReset, { logout: true }, {}), [
      ...['label.logOut', koti('label.logOutOf')],
      ...['label.palette', koti('label.node')],
    ]);
  });

  it('has a label with the request if its path is typed', () => {
    const labels = [
      { method: 'PUT', path: 'devices', pathType: 'str' },
      { path: 'devices' },
      { path: 'path', pathType: 'msg' },
      { path: '', pathType: 'str' },
      {},
    ].map((node) => label(cozifyRequest, node));
    assert.deepEqual(labels, ['PUT devices', 'GET devices', 'label.palette', 'label.palette', 'label.palette']);
  });

  const check = ({ defaults }: Pick<Definition, 'defaults'>, name: string, node: object): unknown => {
    const value = (node as Record<string, unknown>)[name];
    return defaults[name]?.validate?.call({ _, ...node }, value, {});
  };

  it('checks an address only if it is typed and used', () => {
    const email = (node: object): unknown => check(cozifyEmail, 'email', node);
    const wrong = { mode: 'set', email: 'owner at example.fi' };
    assert.equal(email({ ...wrong, emailType: 'str' }), t('invalid.email'));
    for (const node of [{ emailType: 'msg' }, {}, { emailType: 'str', mode: 'get' }])
      assert.equal(email({ ...wrong, ...node }), true);
    for (const address of ['owner@example.fi', '${EMAIL}'])
      assert.equal(email({ mode: 'set', email: address, emailType: 'str' }), true);
    assert.equal(email({ mode: 'set', emailType: 'str' }), t('invalid.email'));
    editor.fields = { '#node-input-emailType': 'msg' };
    assert.equal(email({ ...wrong, emailType: 'str' }), true, 'the open dialog counts');
  });

  it('checks a typed path, which is the default, and times', () => {
    const path = (node: object): unknown => check(cozifyRequest, 'path', node);
    for (const typed of ['devices', undefined]) assert.equal(path({ path: typed }), true, typed);
    assert.equal(path({ path: '../cc', pathType: 'str' }), t('invalid.path'));
    assert.equal(path({ path: '../cc' }), t('invalid.path'));
    assert.equal(path({ path: '../cc', pathType: 'msg' }), true);
    const timeout = (typed: unknown): unknown => check(cozifyRequest, 'timeout', { timeout: typed });
    assert.deepEqual([timeout('15'), timeout('${TIME}')], [true, true]);
    assert.equal(timeout('0'), t('invalid.timeout'));
    const interval = secondsCheck({ minimum: 1, maximum: 300 }, 'invalid.interval', { mayBeEmpty: true });
    assert.deepEqual([interval('', {}), interval('301', {})], [true, t('invalid.interval')]);
  });

  it('has no check for a value that comes from elsewhere', () => {
    const { token, body } = { ...cozifyToken.defaults, ...cozifyRequest.defaults };
    assert.deepEqual([token, body], [{ value: 'payload' }, { value: 'payload' }]);
    const types = [
      cozifyToken.defaults['tokenType'],
      cozifyEmail.defaults['emailType'],
      cozifyRequest.defaults['pathType'],
    ];
    assert.deepEqual(types, [{ value: 'msg' }, { value: 'msg' }, { value: 'str' }]);
  });

  it('has the rows of its dialog in order, and its inputs and outputs', () => {
    const rows = ({ layout }: { layout: { fields: readonly Field[] } }): string[] =>
      layout.fields.map(({ name }) => name);
    assert.deepEqual(rows(cozifyEvents), ['topics']);
    assert.deepEqual([cozifyEvents.inputs, cozifyEvents.outputs], [0, 1]);
    assert.deepEqual(rows(cozifyRequest), ['method', 'path', 'body', 'timeout', 'hub']);
    assert.deepEqual(
      [cozifyRequest.inputs, cozifyRequest.outputs, cozifyRequest.defaults['method']?.value],
      [1, 1, 'GET'],
    );
  });

  it('checks the settings of an account, also of one that lacks them', () => {
    const { cloudUrl, expiry, pollLan } = account.defaults;
    const { email } = account.credentials;
    assert.deepEqual(
      [undefined, '', 'https://other.example', '${CLOUD}'].map((text) => cloudUrl.validate(text, {})),
      [true, true, true, true],
    );
    assert.equal(cloudUrl.validate('http://other.example', {}), t('invalid.cloudUrl'));
    assert.deepEqual([expiry.validate('0', {}), expiry.validate('2', {})], [t('invalid.expiry'), true]);
    assert.deepEqual([pollLan.validate('0', {}), pollLan.validate('', {})], [t('invalid.interval'), true]);
    assert.deepEqual(
      ['', undefined, 'owner@example.fi', '${EMAIL}', 'owner'].map((text) => email.validate(text, {})),
      [true, true, true, true, t('invalid.email')],
    );
  });

  it('has a label of an account with a mark if its login is lost', () => {
    // Without permission there is no home tab, which needs a browser.
    editor.permissions = [];
    account.onpaletteadd();
    const one = { id: 'one', name: 'Koti' };
    assert.deepEqual([account.label.call(one), account.plainLabel.call(one)], ['Koti', 'Koti']);
    editor.emit('cozify/logins/#', 'cozify/logins/one', { account: 'Koti', isLost: true, at: null });
    assert.deepEqual([account.label.call(one), account.plainLabel.call(one)], ['⚠ Koti (login needed)', 'Koti']);
    account.onpaletteremove();
  });
});
