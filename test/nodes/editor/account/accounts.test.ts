import assert from 'node:assert/strict';
import { nameAtFirstLogin, nameOfAccount } from '../../../../nodes/editor/account/accounts.js';

const nobody = (): undefined => undefined;

describe('the label of an account', () => {
  it('is the name, otherwise the e-mail address, otherwise the label of Node-RED', () => {
    const account = { id: 'a', name: 'Koti', credentials: { email: 'owner@example.fi' } };
    assert.equal(nameOfAccount(account, nobody, []), 'Koti');
    assert.equal(nameOfAccount({ ...account, name: '' }, nobody, []), 'owner@example.fi');
    assert.equal(
      nameOfAccount({ id: 'a' }, (id) => `of ${id}`, []),
      'of a',
    );
  });

  it('differs between two accounts without a name and an address', () => {
    const one = { id: '8f1c22', name: '' };
    const other = { id: '92ab44' };
    assert.equal(nameOfAccount(one, nobody, [one]), 'Cozify');
    assert.equal(nameOfAccount(one, nobody, [one, { id: 'c', name: 'Mökki' }]), 'Cozify');
    assert.equal(nameOfAccount(one, nobody, [one, other]), 'Cozify 8f1c');
    assert.equal(nameOfAccount(other, nobody, [one, other]), 'Cozify 92ab');
  });
});

describe('the name at the first login', () => {
  const hubs = [
    { name: 'Mökki', default: false },
    { name: 'Koti', default: true },
  ];
  const EMAIL = 'owner@example.fi';

  it('is the name of the default hub', () => {
    assert.equal(nameAtFirstLogin(hubs, EMAIL, new Set()), 'Koti');
    assert.equal(nameAtFirstLogin(hubs.slice(0, 1), EMAIL, new Set()), 'Mökki');
  });

  it('is the e-mail address if no hub is known', () => {
    assert.equal(nameAtFirstLogin([], EMAIL, new Set()), EMAIL);
    assert.equal(nameAtFirstLogin([{ name: ' ', default: true }], EMAIL, new Set()), EMAIL);
    assert.equal(nameAtFirstLogin([], null, new Set()), '');
  });

  it('includes the e-mail address if another account has the same name', () => {
    assert.equal(nameAtFirstLogin(hubs, EMAIL, new Set(['Koti'])), `Koti (${EMAIL})`);
    assert.equal(nameAtFirstLogin(hubs, null, new Set(['Koti'])), 'Koti');
  });
});
