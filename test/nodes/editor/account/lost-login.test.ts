import assert from 'node:assert/strict';
import type { LoginNews } from '../../../../nodes/accounts/lost-logins.js';
import { obviousAccount } from '../../../../nodes/editor/account/accounts.js';
import { editorNoticeUi, type NoticeUi, LostLoginNotices } from '../../../../nodes/editor/account/lost-login.js';
import { AccountNews } from '../../../../nodes/editor/account/news.js';

const AT = '2030-01-01T12:03:00.000Z';
const LOST: LoginNews = { account: 'Koti', isLost: true, at: AT };
const BACK: LoginNews = { account: 'Koti', isLost: false, at: null };

/** A fake of the notifications of the editor and the storage of its browser. */
class FakeNoticeUi implements NoticeUi {
  closed: Record<string, string> = {};
  readonly up = new Map<string, { name: string; close: () => void }>();
  shown = 0;

  show(id: string, { account }: LoginNews, onClosed: () => void): { close(): void } {
    this.shown += 1;
    const entry = { name: account, close: onClosed };
    this.up.set(id, entry);
    return { close: () => void (this.up.get(id) === entry && this.up.delete(id)) };
  }

  read(): Record<string, string> {
    return this.closed;
  }

  write(closed: Record<string, string>): void {
    this.closed = closed;
  }
}

describe('the notification of a lost login', () => {
  let ui: FakeNoticeUi;
  let notices: LostLoginNotices;
  let states: Map<string, LoginNews>;

  beforeEach(() => {
    ui = new FakeNoticeUi();
    states = new Map();
    notices = new LostLoginNotices(ui, (id) => states.get(id));
  });

  function note(id: string, news: LoginNews): void {
    states.set(id, news);
    notices.update(id);
  }

  it('appears once, however often the loss is reported, and disappears when the login is back', () => {
    note('one', LOST);
    note('one', { ...LOST });
    assert.deepEqual([ui.shown, ui.up.size], [1, 1]);
    note('one', BACK);
    assert.equal(ui.up.size, 0);
  });

  it('stays closed after the user closed it, even after a reload of the page', () => {
    note('one', LOST);
    ui.up.get('one')?.close();
    assert.equal(ui.up.size, 0);
    note('one', LOST);
    new LostLoginNotices(ui, (id) => states.get(id)).update('one');
    assert.deepEqual([ui.shown, ui.up.size], [1, 0]);
  });

  it('appears again for another loss, even if the first one was closed', () => {
    note('one', LOST);
    ui.up.get('one')?.close();
    note('one', { ...LOST, at: '2030-02-02T12:00:00.000Z' });
    assert.equal(ui.up.size, 1);
    note('one', BACK);
    assert.deepEqual(ui.closed, {}, 'nothing is left behind');
    note('one', LOST);
    assert.equal(ui.up.size, 1);
  });

  it('is hidden while the dialog of the account is open', () => {
    note('one', LOST);
    notices.noteDialog('one');
    assert.equal(ui.up.size, 0);
    note('one', { ...LOST, at: '2030-02-02T12:00:00.000Z' });
    note('two', LOST);
    assert.deepEqual([...ui.up.keys()], ['two'], 'the dialog of the other is not open');
    notices.noteDialog(undefined);
    assert.deepEqual([...ui.up.keys()].sort(), ['one', 'two']);

    notices.noteDialog('new');
    notices.noteDialog('one');
    assert.deepEqual([...ui.up.keys()], ['two']);
    notices.noteDialog(undefined);
    assert.deepEqual([...ui.up.keys()].sort(), ['one', 'two'], 'it comes back after a dialog without a login');

    notices.noteDialog('one');
    note('one', BACK);
    notices.noteDialog(undefined);
    assert.deepEqual([...ui.up.keys()], ['two']);
  });

  it('has the current name of the account', () => {
    note('one', LOST);
    note('one', { ...LOST, account: 'Mökki' });
    assert.equal(ui.up.get('one')?.name, 'Mökki');
    assert.equal(ui.up.size, 1);
  });

  it('appears once for each account and disappears with the nodes', () => {
    note('one', LOST);
    note('two', { ...LOST, at: null });
    ui.up.get('one')?.close();
    assert.deepEqual([...ui.up.keys()], ['two']);
    notices.clear();
    assert.equal(ui.up.size, 0);
    assert.deepEqual(Object.keys(ui.closed), ['one'], 'that was not the person');
  });
});

describe('the closed notifications in the storage of the browser', () => {
  const KEY = 'cozify-lost-logins-closed';
  let stored: Map<string, string>;

  beforeEach(() => {
    stored = new Map();
    const localStorage = {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => stored.set(key, value),
      removeItem: (key: string) => stored.delete(key),
    };
    Object.assign(globalThis, { localStorage });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'localStorage');
  });

  it('are kept until there is none', () => {
    assert.deepEqual(editorNoticeUi.read(), {});
    editorNoticeUi.write({ one: AT });
    assert.deepEqual(editorNoticeUi.read(), { one: AT });
    editorNoticeUi.write({});
    assert.deepEqual([editorNoticeUi.read(), stored.size], [{}, 0]);
  });

  it('are none if something else was stored', () => {
    for (const other of ['null', '"one"', '{"one":']) {
      stored.set(KEY, other);
      assert.deepEqual(editorNoticeUi.read(), {}, other);
    }
  });
});

describe('an account event in the editor', () => {
  it('is stored under the id of the account', () => {
    const news = new AccountNews();
    assert.equal(news.take('cozify/logins/a%2Fb', LOST), 'a/b');
    assert.deepEqual([news.isLost('a/b'), news.nameOf('a/b'), news.of('a/b')?.at], [true, 'Koti', AT]);
    assert.deepEqual([news.isLost('other'), news.nameOf('other')], [false, undefined]);
  });

  it('has no name if Node-RED knows only the id', () => {
    const news = new AccountNews();
    news.take('cozify/logins/one', { ...BACK, account: 'one' });
    assert.equal(news.nameOf('one'), undefined);
  });

  it('is ignored if the message or the topic has another form', () => {
    const news = new AccountNews();
    for (const [topic, message] of [
      ['cozify/logins/one', null],
      ['cozify/logins/one', 'lost'],
      ['cozify/logins/one', { isLost: true }],
      ['cozify/logins/one/two', LOST],
    ] as const) {
      assert.equal(news.take(topic, message), undefined);
    }
    assert.equal(news.isLost('one'), false);
  });
});

describe('the account that the action opens', () => {
  const one = { id: 'one', label: 'Koti' };
  const two = { id: 'two', label: 'Mökki' };

  it('is the only account, or the only account that has lost its login', () => {
    assert.equal(
      obviousAccount([one], () => false),
      'one',
    );
    assert.equal(
      obviousAccount([one, two], (id) => id === 'two'),
      'two',
    );
  });

  it('is the user’s choice among several', () => {
    for (const isLost of [false, true])
      assert.equal(
        obviousAccount([one, two], () => isLost),
        undefined,
      );
    assert.equal(
      obviousAccount([], () => false),
      undefined,
    );
  });
});
