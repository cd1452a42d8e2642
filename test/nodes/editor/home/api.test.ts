import assert from 'node:assert/strict';
import { HomeApi } from '../../../../nodes/editor/home/api.js';
import { jqueryWith, Refusal } from '../support/fake-server.js';
import { thing } from '../support/things.js';

describe('the rooms of a home', () => {
  let asked: string[];
  let answers: unknown[];

  beforeEach(() => {
    [asked, answers] = [[], []];
    const $ = jqueryWith(({ query }) => {
      asked.push(`${query.get('kind') ?? ''} after "${query.get('after') ?? ''}"`);
      return answers.shift();
    });
    Object.assign(globalThis, { $ });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, '$');
  });

  const api = new HomeApi({ id: 'account', cloudUrl: '', language: 'en' });
  const page = (name: string, next: string | null): object => ({ things: [thing(name, {})], next });
  async function rooms(isCurrent = true): Promise<unknown> {
    const reply = await api.rooms(() => isCurrent);
    return reply.isOk ? reply.answer.map(({ name }) => name) : reply.failure.status;
  }

  it('include the rooms of all pages', async () => {
    answers = [page('Sauna', '1'), page('Keittiö', null)];
    assert.deepEqual(await rooms(), ['Sauna', 'Keittiö']);
    assert.deepEqual(asked, ['room after ""', 'room after "1"']);
  });

  it('are unknown if a page fails', async () => {
    answers = [page('Sauna', '1'), new Refusal(503)];
    assert.equal(await rooms(), 503);
  });

  it('are not requested any further while nobody needs them', async () => {
    answers = [page('Sauna', '1')];
    await rooms(false);
    assert.equal(asked.length, 1);
  });
});
