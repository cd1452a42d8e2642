import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { HomeCache } from '../../src/devices/home/home-cache';
import { systemClock } from '../../src/nodes-api';
import { AT, byId, lamp, poll } from '../src/devices/support';
import { ATTACKS } from './support/hub-attacks';

/** Memory limit for one answer. A worker that needs more memory ends with an error. */
const MAX_MEMORY_MB = 300;
/** The CPU time that one answer may take, in milliseconds. */
const MAX_CPU_MS = 10_000;

describe('a hostile hub', () => {
  for (const [name, { make, isList = false }] of Object.entries(ATTACKS)) {
    it(`costs less than 10 s of CPU and 300 MB with ${name}`, async () => {
      const worker = new Worker(join(__dirname, 'support/hostile-hub.js'), {
        workerData: { answer: make(), isList },
        resourceLimits: { maxOldGenerationSizeMb: MAX_MEMORY_MB },
      });
      const [{ code, cpuMs }] = (await once(worker, 'message')) as [{ code: string; cpuMs: number }];
      assert.equal(code, 'COZIFY_BAD_ANSWER');
      assert.ok(cpuMs < MAX_CPU_MS, `${cpuMs} ms`);
    });
  }

  it('can’t add more than 10 000 devices by many small answers', () => {
    const home = new HomeCache({ hub: 'hub', language: 'fi', clock: systemClock });
    const some = (from: number) => ({
      devices: byId(...Array.from({ length: 5_000 }, (_, n) => lamp(`d${from + n}`))),
    });
    home.applyPoll(poll(AT, some(0), true), { isFull: true });
    home.applyPoll(poll(AT + 1, some(5_000)), { isFull: false });
    assert.throws(() => home.applyPoll(poll(AT + 2, some(10_000)), { isFull: false }), { code: 'COZIFY_BAD_ANSWER' });
    assert.equal(home.things.list('device').length, 10_000);
    assert.ok(home.applyPoll(poll(AT + 3, some(0)), { isFull: false }), 'changes of known devices are read');
  });
});
