import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createMigratingStore } from '../../../nodes/accounts/migrating-store';
import { storeError, type Store } from '../../../src';
import { ACCOUNT, accountNode, actionNode, testFlow, type FlowNode } from '../support/flow';
import { Stage } from '../support/stage';

/** A store that keeps a text in memory, or fails. */
class FakeStore implements Store<string> {
  readonly identity: string;
  content: string | null;
  isAway = false;

  constructor(identity: string, content: string | null = null) {
    this.identity = identity;
    this.content = content;
  }

  load = (): Promise<string | null> => this.#do(() => this.content);
  save = (content: string): Promise<void> => this.#do(() => void (this.content = content));
  remove = (): Promise<void> => this.#do(() => void (this.content = null));

  #do<T>(work: () => T): Promise<T> {
    return this.isAway ? Promise.reject(storeError('away')) : Promise.resolve(work());
  }
}

describe('a store with previous ones', () => {
  it('takes over what lies in the first that has something, and removes it there', async () => {
    const [own, empty, full] = [new FakeStore('own'), new FakeStore('empty'), new FakeStore('full', 'login')];
    const store = createMigratingStore<string>(own, [empty, full]);
    assert.equal(await store.load(), 'login');
    assert.deepEqual([own.content, full.content], ['login', null]);
    assert.equal(await store.load(), 'login');
  });

  it('leaves the others alone when it has something itself', async () => {
    const [own, other] = [new FakeStore('own', 'mine'), new FakeStore('other', 'theirs')];
    assert.equal(await createMigratingStore<string>(own, [other]).load(), 'mine');
    assert.equal(other.content, 'theirs');
  });

  it('gives null when there is nothing anywhere, or nothing that can be read', async () => {
    const away = new FakeStore('away', 'login');
    away.isAway = true;
    const store = createMigratingStore<string>(new FakeStore('own'), [away, new FakeStore('empty')]);
    assert.equal(await store.load(), null);
    away.isAway = false;
    assert.equal(away.content, 'login', 'kept');
  });

  it('fails when it can not be read or written itself, and the other keeps what it has', async () => {
    const [own, other] = [new FakeStore('own'), new FakeStore('other', 'login')];
    const store = createMigratingStore<string>(own, [other]);
    own.isAway = true;
    await assert.rejects(store.load(), { code: 'COZIFY_STORE' });
    own.isAway = false;
    own.save = () => Promise.reject(storeError('full'));
    await assert.rejects(store.load(), { code: 'COZIFY_STORE' });
    assert.equal(other.content, 'login');
  });

  it('is otherwise the store itself', async () => {
    const [own, other] = [new FakeStore('own'), new FakeStore('other', 'login')];
    const store = createMigratingStore<string>(own, [other]);
    assert.equal(store.identity, 'own');
    await store.save('new');
    assert.equal(own.content, 'new');
    await store.remove();
    assert.deepEqual([own.content, other.content], [null, 'login']);
  });
});

describe('choosing another store', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const flow = (store: string): FlowNode[] => testFlow(accountNode({ store }), actionNode('token'));
  const file = (): boolean => existsSync(join(stage.userDir, 'cozify', `${ACCOUNT}.json`));
  const kept = (): unknown => stage.node('token').context().global.get('cozify_account');

  it('carries the login over, and back, and leaves no copy behind', async () => {
    const settings = { contextStorage: { shelf: { module: 'memory' } }, credentialSecret: 'a credential secret' };
    await stage.load(flow(''), { settings });
    const { value: token } = await (await stage.logIn()).token();
    await stage.deploy(flow('shelf'));
    assert.equal((await stage.ask('token')).msg['payload'], token);
    assert.deepEqual([file(), typeof kept()], [false, 'string']);
    await stage.deploy(flow(''));
    assert.equal((await stage.ask('token')).msg['payload'], token);
    assert.deepEqual([file(), kept()], [true, undefined]);
  });

  it('to one that is not there keeps the login where it was', async () => {
    await stage.load(flow(''));
    const { value: token } = await (await stage.logIn()).token();
    await stage.deploy(flow('no-such-store'));
    assert.equal((await stage.ask('token')).msg.cozify.error?.code, 'COZIFY_STORE');
    assert.ok(file());
    await stage.deploy(flow(''));
    assert.equal((await stage.ask('token')).msg['payload'], token);
  });
});
