import assert from 'node:assert/strict';
import { knownNames } from '../../../../nodes/editor/labels/names.js';
import { ThingsApi } from '../../../../nodes/editor/picker/things-api.js';
import { jqueryWith, Refusal } from '../support/fake-server.js';
import { thing } from '../support/things.js';

const FAILED = { status: 503, code: 'COZIFY_HUB_OFFLINE' };
const CLOUD = 'https://cloud.example';

describe('the requests for the things of an account', () => {
  let asked: { method: string; url: string; body: unknown }[];
  /** The answers of the server, in order; `undefined` for a failure. */
  let answers: (object | undefined)[];

  beforeEach(() => {
    [asked, answers] = [[], []];
    const $ = jqueryWith(({ method, url, body }) => {
      asked.push({ method, url, body });
      return answers.shift() ?? new Refusal(FAILED.status, FAILED);
    });
    Object.assign(globalThis, { $ });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, '$');
  });

  const api = new ThingsApi({ id: 'my home', cloudUrl: '', language: 'fi' });
  const elsewhere = new ThingsApi({ id: 'home', cloudUrl: CLOUD, language: 'en' });
  const page = (ids: string[], more: object = {}): object => ({
    ...{ things: ids.map((id) => thing(id, {})), total: ids.length, next: null, asOf: null, away: false },
    ...more,
  });

  it('list things, and note their names', async () => {
    answers = [page(['listed'])];
    const reply = await api.list({ q: 'li', kinds: ['device'] });
    assert.deepEqual(reply, { isOk: true, answer: page(['listed']) });
    const url = 'cozify/accounts/my%20home/things?q=li&kind=device&lang=fi';
    assert.deepEqual(asked, [{ method: 'GET', url, body: {} }]);
    assert.equal(knownNames.of('my home', { hub: 'hub-1', id: 'listed' }), 'listed');
    assert.deepEqual(await api.list({}), { isOk: false, failure: FAILED });
  });

  it('contain a filter of the home tab in the body', async () => {
    answers = [page([]), page([])];
    await api.list({ filter: { and: [] } });
    await elsewhere.list({ filter: { and: [] }, q: 'li', after: '0.50', kinds: ['room'] });
    assert.deepEqual(asked, [
      {
        ...{ method: 'POST', url: 'cozify/accounts/my%20home/things' },
        body: { kind: [], q: '', after: '', filter: { and: [] }, lang: 'fi' },
      },
      {
        ...{ method: 'POST', url: 'cozify/accounts/home/things' },
        body: { kind: ['room'], q: 'li', after: '0.50', filter: { and: [] }, lang: 'en', cloudUrl: CLOUD },
      },
    ]);
  });

  it('ask for many known things in pages, and put the answers together', async () => {
    const ids = Array.from({ length: 100 }, (_none, index) => `id-${index}`);
    answers = [page(ids.slice(0, 50), { asOf: '2030' }), page(ids.slice(50, 99), { asOf: '2031', away: true })];
    assert.deepEqual(await api.known(ids), {
      ...{ isOk: true, answer: page(ids.slice(0, 99), { asOf: '2030', away: true }) },
    });
    const idsIn = asked.map(({ url }) => new URLSearchParams(url.split('?')[1]).getAll('ids'));
    assert.deepEqual(idsIn, [ids.slice(0, 50), ids.slice(50)]);
    answers = [page(['a'])];
    assert.deepEqual(await api.known(['a']), { isOk: true, answer: page(['a']) });
    answers = [page(ids.slice(0, 50)), undefined];
    assert.deepEqual(await api.known(ids), { isOk: false, failure: FAILED });
  });

  it('look up names, and run commands at the cloud of the account', async () => {
    answers = [{ targets: [] }, { results: [] }, { results: [] }];
    const lamp = { hub: 'hub-1', kind: 'device', id: 'a', name: 'Valo' };
    await elsewhere.resolve({ targets: [lamp], hub: '' });
    await elsewhere.blink(lamp);
    await api.command({ targets: [lamp], hub: '', command: 'on', field: '', transition: '' });
    assert.deepEqual(asked, [
      {
        ...{ method: 'POST', url: 'cozify/accounts/home/resolve' },
        body: { targets: [lamp], hub: '', lang: 'en', cloudUrl: CLOUD },
      },
      {
        ...{ method: 'POST', url: 'cozify/accounts/home/identify' },
        body: { hub: 'hub-1', id: 'a', cloudUrl: CLOUD },
      },
      {
        ...{ method: 'POST', url: 'cozify/accounts/my%20home/command' },
        body: { targets: [lamp], hub: '', command: 'on', field: '', transition: '' },
      },
    ]);
  });
});
