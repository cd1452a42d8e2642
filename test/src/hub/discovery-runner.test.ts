import assert from 'node:assert/strict';
import { DiscoveryRotation } from '../../../src/hub/discovery-runner.js';
import type { HubRecord } from '../../../src/state/account-record.js';

function hub(id: string, isRemote = false): HubRecord {
  const place = { host: null, isRemote, isAutoremote: true, isLanExcluded: false };
  return { id, name: id, version: null, key: null, missedLists: 0, ...place };
}

describe('DiscoveryRotation', () => {
  it('returns all hubs first, then one after the other', () => {
    const rounds = new DiscoveryRotation();
    const hubs = ['a', 'b', 'c'].map((id) => hub(id));
    assert.deepEqual([...rounds.next(hubs)], ['a', 'b', 'c']);
    const turns = Array.from({ length: 6 }, () => [...rounds.next(hubs)].join());
    assert.deepEqual(turns, ['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('returns a new hub at once', () => {
    const rounds = new DiscoveryRotation();
    rounds.next([hub('a')]);
    assert.ok(rounds.next([hub('a'), hub('b')]).has('b'));
  });

  it('returns a silent hub in each round, until it answers', () => {
    const rounds = new DiscoveryRotation();
    const hubs = ['a', 'b', 'c'].map((id) => hub(id));
    rounds.next(hubs);
    rounds.noteSilent(['c']);
    assert.deepEqual([...rounds.next(hubs)], ['a', 'c']);
    assert.deepEqual([...rounds.next(hubs)], ['b', 'c']);
    rounds.noteSilent([]);
    assert.equal(rounds.next(hubs).size, 1);
  });

  it('returns a hub reached through the cloud every sixth round', () => {
    const rounds = new DiscoveryRotation();
    const hubs = [hub('a', true)];
    const turns = Array.from({ length: 13 }, () => rounds.next(hubs).size);
    assert.deepEqual(turns, [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  });
});
