import assert from 'node:assert/strict';
import {
  addAccount,
  allAccounts,
  chooseOnlyAccount,
  chosenAccount,
  openAccount,
  useExistingAccount,
} from '../../../../nodes/editor/account/accounts.js';
import { FakeEditor, type FakeNode } from '../support/fake-editor.js';
import { translateIn } from '../support/texts.js';

const t = translateIn('en');
const CLOUD = 'https://other.example';
const FIELD = '#node-input-account';
const EXAMPLE = { type: 'cozify-account', info: 'This account came with an example.' };

function account(id: string, more: object = {}): FakeNode & { users: FakeNode[] } {
  return { id, type: 'cozify-account', users: [], ...more };
}

describe('In the editor', () => {
  let editor: FakeEditor;

  beforeEach(() => {
    editor = new FakeEditor();
    editor.install();
  });
  afterEach(() => FakeEditor.remove());

  describe('the accounts in the editor', () => {
    it('are the configuration nodes of their type', () => {
      editor.configs = [
        { id: 'theme', type: 'ui-theme' },
        account('one'),
        { id: 'base', type: 'ui-base' },
        account('two'),
      ];
      assert.deepEqual(
        allAccounts().map(({ id }) => id),
        ['one', 'two'],
      );
    });

    it('are known to a dialog with their cloud, unless its address is an environment variable', () => {
      editor.configs = [account('one', { cloudUrl: CLOUD }), account('two', { cloudUrl: '${CLOUD}' }), account('old')];
      const chosen = (id: string): unknown => {
        editor.fields = { [FIELD]: id };
        return chosenAccount();
      };
      assert.deepEqual(chosen('one'), { id: 'one', cloudUrl: CLOUD });
      assert.deepEqual(chosen('two'), { id: 'two', cloudUrl: '' });
      assert.deepEqual(chosen('old'), { id: 'old', cloudUrl: '' });
      assert.equal(chosen('_ADD_'), undefined);
      editor.fields = {};
      assert.equal(chosenAccount(), undefined);
    });
  });

  describe('the account in the dialog of a new node', () => {
    const chosenFor = (node: { changed?: boolean }, accounts: FakeNode[], before = ''): string | undefined => {
      editor.configs = accounts;
      editor.fields = { [FIELD]: before };
      chooseOnlyAccount(node);
      return editor.fields[FIELD];
    };

    it('is the only account', () => {
      assert.equal(chosenFor({ changed: true }, [account('one')]), 'one');
      assert.equal(chosenFor({ changed: true }, [account('one')], '_ADD_'), 'one');
    });

    it('is chosen by the user if there are several, and is unchanged if it is known or deployed', () => {
      assert.equal(chosenFor({ changed: true }, [account('one'), account('two')]), '');
      assert.equal(chosenFor({ changed: true }, []), '');
      assert.equal(chosenFor({}, [account('one')]), '');
      assert.equal(chosenFor({ changed: false }, [account('one')]), '');
    });

    it('is not chosen again', () => {
      let changes = 0;
      const count = (): void => {
        changes += 1;
      };
      const { RED } = globalThis as unknown as { RED: { events: { on(name: string, call: () => void): void } } };
      RED.events.on(`change ${FIELD}`, count);
      chosenFor({ changed: true }, [account('one')], 'one');
      assert.equal(changes, 0);
      chosenFor({ changed: true }, [account('one')]);
      assert.equal(changes, 1, 'the dialog follows the choice');
    });
  });

  describe('the dialog of an account', () => {
    it('opens for a known account and for a new one', () => {
      editor.configs = [account('one')];
      openAccount('one');
      addAccount();
      assert.deepEqual([editor.opened, editor.notifications], [['one', '_ADD_'], []]);
    });

    it('does not open for an unknown account, and not while another one is open', () => {
      editor.configs = [account('one')];
      openAccount('gone');
      editor.fields = { '#cozify-account-state': '' };
      openAccount('one');
      assert.deepEqual(editor.opened, []);
      assert.deepEqual(editor.notifications, [
        { text: t('open.unknown'), type: 'warning' },
        { text: t('open.closeFirst'), type: 'warning' },
      ]);
    });
  });

  describe('the account of an imported example', () => {
    /** Adds an account with two nodes, as an import does, beside the accounts `others`. Returns the nodes. */
    async function importExample(others: FakeNode[], more: object = {}, event?: object): Promise<FakeNode[]> {
      const users = [
        { id: 'ping', account: 'new', _config: { account: '"new"', name: '""' } },
        { id: 'old', account: 'new' },
      ];
      const added = { ...account('new', { users }), ...EXAMPLE, ...more };
      editor.configs = [added, ...others];
      editor.lastEvent = event;
      useExistingAccount(added);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return users;
    }

    const ids = (): string[] => editor.configs.map(({ id }) => id);
    const imported = () => ({ t: 'add', nodes: ['tab', 'new', 'ping'] });

    it('is replaced with the account that exists, also in the undo history', async () => {
      const own = account('own', { users: [{ id: 'read' }] });
      const event = imported();
      const users = await importExample(
        [own],
        {},
        { t: 'multi', events: [{ t: 'edit' }, { t: 'multi', events: [event] }] },
      );
      const shown = { account: 'own', dirty: true, resize: true };
      assert.deepEqual(users, [
        { id: 'ping', _config: { account: '"own"', name: '""' }, ...shown },
        { id: 'old', ...shown },
      ]);
      assert.deepEqual([ids(), event.nodes], [['own'], ['tab', 'ping']]);
      assert.deepEqual(
        own.users.map(({ id }) => id),
        ['read', 'ping', 'old'],
      );
      assert.deepEqual([editor.validated, editor.redraws], [['ping', 'old'], 1]);
    });

    it('stays if there is no other, or if somebody has named it or made it', async () => {
      const cases: [others: FakeNode[], more: object, event: object | undefined][] = [
        [[], {}, imported()],
        [[account('own')], { name: 'Mökki' }, imported()],
        [[account('own')], { info: '' }, imported()],
        [[account('own')], { type: 'ui-base' }, imported()],
        // The account was loaded with the flows, or another node was added since.
        [[account('own')], {}, undefined],
        [[account('own')], {}, { t: 'add', nodes: ['inject'] }],
        [[account('own')], {}, { t: 'delete', nodes: ['new'] }],
      ];
      for (const [others, more, event] of cases) {
        const [ping] = await importExample(others, more, event);
        assert.deepEqual(
          [ids(), ping?.['account']],
          [['new', ...others.map(({ id }) => id)], 'new'],
          JSON.stringify(more),
        );
      }
    });

    it('is left alone if the import was undone at once', async () => {
      useExistingAccount({ ...account('new'), ...EXAMPLE });
      editor.configs = [account('own')];
      editor.lastEvent = imported();
      await new Promise((resolve) => setTimeout(resolve, 5));
      assert.deepEqual([ids(), editor.redraws], [['own'], 0]);
    });
  });
});
