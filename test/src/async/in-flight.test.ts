import assert from 'node:assert/strict';
import { InFlight } from '../../../src/async/in-flight.js';

describe('InFlight', () => {
  it('settles when all of its promises have settled, even with errors', async () => {
    const works = new InFlight();
    assert.equal(works.settled, undefined);
    const ends: (() => void)[] = [];
    const good = works.add(new Promise<void>((resolve) => ends.push(resolve)));
    const bad = works.add(new Promise<void>((_, reject) => ends.push(() => reject(new Error('refused')))));
    const log: string[] = [];
    const settled = (works.settled as Promise<unknown> | undefined)?.then(() => log.push('settled'));
    ends[1]?.();
    await assert.rejects(bad, /refused/);
    assert.deepEqual(log, []);
    ends[0]?.();
    await good;
    assert.equal(works.settled, undefined, 'settled before its promise resolves');
    await settled;
    assert.deepEqual(log, ['settled']);
  });
});
