import assert from 'node:assert/strict';
import { translate } from '../../../../nodes/editor/shared/catalogue.js';
import { translateIn } from '../support/texts.js';

describe('a text of the catalogue', () => {
  before(() => {
    const raw = translateIn('en');
    // Like Node-RED, this also fills in placeholders that are in inserted values.
    const fill = (key: string, parameters: Record<string, string | number> = {}): string => {
      let text = raw(
        key.replace(/^.*:/, '') as 'home.doOf',
        new Proxy({}, { get: (_none, name) => `__${String(name)}__` }),
      );
      for (const [name, value] of Object.entries(parameters)) text = text.replaceAll(`__${name}__`, String(value));
      return text;
    };
    Object.assign(globalThis, { RED: { _: fill } });
  });
  after(() => {
    Reflect.deleteProperty(globalThis, 'RED');
  });

  it('contains the inserted values', () => {
    assert.equal(translate('home.doOf', { what: 'On', name: 'Lukuvalo' }), 'On: Lukuvalo');
    assert.equal(translate('home.uses', { count: 3 }), '3 nodes');
  });

  it('keeps placeholders in an inserted name as they are', () => {
    assert.equal(
      translate('home.doOf', { what: '__name__ $1', name: '__what__ $& __count__' }),
      '__name__ $1: __what__ $& __count__',
    );
    assert.equal(
      translate('home.replace.done', { old: '__name__', name: '__count__', count: 2 }).slice(0, 38),
      '__name__ was replaced by __count__. No',
    );
  });
});
