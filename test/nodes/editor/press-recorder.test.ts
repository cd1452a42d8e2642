import assert from 'node:assert/strict';
import { areAway, isMeant } from '../../../nodes/editor/press-recorder';

describe('listening to the switches', () => {
  const hub = (id: string, away: boolean) => ({ id, away, asOf: null, revision: 1 });
  const home = hub('home', false);
  const cottage = hub('cottage', true);
  const on = (...ids: string[]) => ids.map((id) => ({ hub: id }));

  it('ends if the hubs of all chosen switches are unreachable', () => {
    assert.equal(areAway([home, cottage], on('cottage')), true);
    assert.equal(areAway([home, cottage], on('home')), false);
    assert.equal(areAway([home, cottage], on('home', 'cottage')), false);
    assert.equal(areAway([home, cottage], on('', 'cottage')), true);
    assert.equal(areAway([home, cottage], on('another')), false);
  });

  it('ends without a chosen switch only if all hubs are unreachable', () => {
    assert.equal(areAway([home, cottage], []), false);
    assert.equal(areAway([home, cottage], on('')), false);
    assert.equal(areAway([cottage], []), true);
    assert.equal(areAway([], []), false);
  });

  it('notices the chosen switches, by id or by name, and all switches if none is chosen', () => {
    const wall = { id: 'wall', name: 'Seinä' };
    assert.equal(isMeant(wall, []), true);
    assert.equal(isMeant(wall, [{ id: 'wall', name: 'Vanha nimi' }]), true);
    assert.equal(isMeant(wall, [{ id: 'other', name: 'Seinä' }]), false);
    assert.equal(
      isMeant(wall, [
        { id: '', name: 'Muu' },
        { id: '', name: 'Seinä' },
      ]),
      true,
    );
    assert.equal(isMeant(wall, [{ id: '', name: 'Muu' }]), false);
  });
});
