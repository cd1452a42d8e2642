import assert from 'node:assert/strict';
import { DiscoveryRotation } from '../../../src/hub/discovery-runner.js';
import type { HubRecord } from '../../../src/state/account-record.js';

function hub(id: string, isRemote = false): HubRecord {
  const place = { host: null, isRemote, isAutoremote: true, isLanExcluded: false };
  return { id, name: id, version: null, key: null, missedLists: 0, ...place };
}

describe('DiscoveryRotation', () => {
  it('returns all hubs in the first round, then one hub a round', () => {
    const rotation = new DiscoveryRotation();
    const hubs = ['a', 'b', 'c'].map((id) => hub(id));
    assert.deepEqual([...rotation.next(hubs)], ['a', 'b', 'c']);
    const turns = Array.from({ length: 6 }, () => [...rotation.next(hubs)].join());
    assert.deepEqual(turns, ['a', 'b', 'c', 'a', 'b', 'c']);
  });

  it('returns a new hub immediately', () => {
    const rotation = new DiscoveryRotation();
    rotation.next([hub('a')]);
    assert.ok(rotation.next([hub('a'), hub('b')]).has('b'));
  });

  it('returns a hub immediately when it is back in the account', () => {
    const rotation = new DiscoveryRotation();
    const hubs = ['a', 'b', 'c'].map((id) => hub(id));
    rotation.next(hubs);
    rotation.next(hubs.slice(0, 2));
    assert.ok(rotation.next(hubs).has('c'));
  });

  it('returns a silent hub in each round, until it answers', () => {
    const rotation = new DiscoveryRotation();
    const hubs = ['a', 'b', 'c'].map((id) => hub(id));
    rotation.next(hubs);
    rotation.noteSilent(['c']);
    assert.deepEqual([...rotation.next(hubs)], ['a', 'c']);
    assert.deepEqual([...rotation.next(hubs)], ['b', 'c']);
    rotation.noteSilent([]);
    assert.equal(rotation.next(hubs).size, 1);
  });

  it('returns a hub reached through the cloud every sixth round', () => {
    const rotation = new DiscoveryRotation();
    const hubs = [hub('a', true)];
    const turns = Array.from({ length: 13 }, () => rotation.next(hubs).size);
    assert.deepEqual(turns, [1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1]);
  });
});
