import assert from 'node:assert/strict';
import { AccountWatch } from '../../../../nodes/editor/account/watch.js';
import { flowsState } from '../../../../nodes/editor/shared/flows.js';
import { FakeEditor } from '../support/fake-editor.js';

const NEWS = 'cozify/logins/#';
const FLOWS = 'notification/runtime-state';

describe('the accounts outside their dialogs', () => {
  let editor: FakeEditor;
  let watch: AccountWatch;

  beforeEach(() => {
    editor = new FakeEditor();
    editor.install();
    watch = new AccountWatch();
    watch.start();
  });
  afterEach(() => {
    watch.stop();
    FakeEditor.remove();
  });

  it('are followed once, however often node types are added, and not after the nodes were removed', () => {
    const { followed } = editor;
    assert.deepEqual([followed.includes(NEWS), followed.includes(FLOWS)], [true, true]);
    assert.deepEqual([...editor.actions.keys()], ['cozify:log-in-to-cozify']);
    watch.start();
    assert.deepEqual(editor.followed, followed);
    watch.stop();
    assert.deepEqual([editor.followed, editor.actions.size], [[], 0]);
    watch.start();
    assert.deepEqual(editor.followed, followed);
  });

  it('are redrawn with the nodes that use them when the state of a login is known', () => {
    const user = { id: 'ping' };
    editor.configs = [{ id: 'one', type: 'cozify-account', users: [user] }];
    editor.emit(NEWS, 'cozify/logins/one', { account: 'Koti', isLost: false, at: null });
    assert.deepEqual([user, editor.redraws], [{ id: 'ping', dirty: true, resize: true }, 1]);
    assert.equal(watch.news.nameOf('one'), 'Koti');
    editor.emit(NEWS, 'cozify/logins/one', 'not a state');
    editor.emit(NEWS, 'cozify/logins/gone', { account: 'Mökki', isLost: false, at: null });
    assert.equal(editor.redraws, 1);
  });

  it('have a notification while their login is lost, except in their open dialog', () => {
    const text = 'The Cozify cloud has ended the login of Koti.';
    const shown = (): string[] => editor.notifications.map((notification) => notification.text);
    editor.emit(NEWS, 'cozify/logins/one', { account: 'Koti', isLost: true, at: null });
    assert.deepEqual(shown(), [text]);
    watch.noteDialog('one');
    assert.deepEqual(shown(), []);
    watch.noteDialog(undefined);
    assert.deepEqual(shown(), [text]);
    watch.stop();
    assert.deepEqual(shown(), []);
  });

  it('know whether the flows run', () => {
    const states = [{ state: 'stop' }, { other: 1 }, { state: 'start' }, { state: 'safe' }, undefined].map(
      (message) => {
        editor.emit(FLOWS, FLOWS, message);
        return flowsState.areStopped;
      },
    );
    assert.deepEqual(states, [true, true, false, true, true]);
    editor.emit(FLOWS, FLOWS, { state: 'start' });
  });

  it('are logged in to by the action: adds an account, or opens the only one', () => {
    const act = (): void => editor.actions.get('cozify:log-in-to-cozify')?.();
    act();
    editor.configs = [{ id: 'one', type: 'cozify-account', name: 'Koti' }];
    act();
    editor.configs = ['two', 'lost'].map((id) => ({ id, type: 'cozify-account', name: id }));
    assert.deepEqual(editor.opened, ['_ADD_', 'one']);
  });
});
