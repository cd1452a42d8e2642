import assert from 'node:assert/strict';
import { UnderWay } from '../../../src/async/under-way.js';

describe('work under way', () => {
  it('is over once all of it has settled, whatever came of it', async () => {
    const works = new UnderWay();
    assert.equal(works.settled, undefined);
    const ends: (() => void)[] = [];
    const good = works.add(new Promise<void>((resolve) => ends.push(resolve)));
    const bad = works.add(new Promise<void>((_, reject) => ends.push(() => reject(new Error('refused')))));
    const told: string[] = [];
    const settled = (works.settled as Promise<unknown> | undefined)?.then(() => told.push('settled'));
    ends[1]?.();
    await assert.rejects(bad, /refused/);
    assert.deepEqual(told, []);
    ends[0]?.();
    await good;
    assert.equal(works.settled, undefined, 'before those hear of it who waited for the work itself');
    await settled;
    assert.deepEqual(told, ['settled']);
  });
});
