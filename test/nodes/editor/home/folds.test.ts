import assert from 'node:assert/strict';
import { Folds } from '../../../../nodes/editor/home/folds.js';

describe('the collapsed headings of the home', () => {
  let saved: Map<string, string>;

  beforeEach(() => {
    saved = new Map();
    const localStorage = {
      getItem: (key: string) => saved.get(key) ?? null,
      setItem: (key: string, value: string) => saved.set(key, value),
    };
    Object.assign(globalThis, { localStorage });
  });
  afterEach(() => {
    Reflect.deleteProperty(globalThis, 'localStorage');
  });

  const collapsedIn = (folds: Folds): string[] => ['sauna', 'keittiö'].filter((key) => folds.has(key));

  it('are remembered for each account', () => {
    const folds = new Folds('home', false);
    for (const key of ['sauna', 'keittiö', 'sauna']) folds.toggle(key);
    assert.deepEqual(collapsedIn(folds), ['keittiö']);
    assert.deepEqual(collapsedIn(new Folds('home', false)), ['keittiö']);
    assert.deepEqual(collapsedIn(new Folds('cottage', false)), []);
    assert.deepEqual([...saved.keys()], ['cozify-home-collapsed-home']);
  });

  it('are separate during a search, and not saved', () => {
    new Folds('home', false).toggle('sauna');
    const search = new Folds('home', true);
    assert.deepEqual(collapsedIn(search), []);
    search.toggle('keittiö');
    assert.deepEqual(collapsedIn(search), ['keittiö']);
    assert.deepEqual(collapsedIn(new Folds('home', false)), ['sauna']);
  });

  it('are none if the browser has nothing useful', () => {
    for (const value of ['{"sauna":1}', '"sauna"', 'null', '[']) {
      saved.set('cozify-home-collapsed-home', value);
      assert.deepEqual(collapsedIn(new Folds('home', false)), [], value);
    }
    Reflect.deleteProperty(globalThis, 'localStorage');
    const folds = new Folds('home', false);
    folds.toggle('sauna');
    assert.deepEqual(collapsedIn(folds), ['sauna']);
  });
});
