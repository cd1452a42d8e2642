import assert from 'node:assert/strict';
import { Owner } from '../../packages/cozify-practice/src/recording/owner';
import { type Ask, record, recordHome } from '../../packages/cozify-practice/src/recording/recorder';
import { Simulator } from '../simulator';
import { sleep, until } from '../support/wait';

const EMAIL = 'me@example.fi';
const DOOR = 'Ulko-ovi';
const OPTIONS = { hubVersion: '1.14.9.124', names: 'replaced', lastsMs: 3_600_000, everyMs: 10 } as const;

/** The real clock, except that no `sleep` takes longer than 20 ms. */
const impatient = { now: () => performance.now(), sleep: (ms: number) => sleep(Math.min(ms, 20)) };

describe('The recorder of a home', () => {
  let simulator: Simulator;
  afterEach(() => simulator?.stop());

  async function ownHub() {
    simulator = await Simulator.start({ hubs: [{ name: 'Koti' }] });
    const [hub] = simulator.hubs;
    assert.ok(hub);
    const owner = new Owner(simulator.cloudUrl, EMAIL);
    await owner.requestCode();
    await owner.logIn(simulator.latestCode(EMAIL));
    const [own] = await owner.hubs();
    assert.ok(own);
    return { hub, own };
  }

  it('continues after the key, the address or the version of the hub has changed, and reports each outage', async () => {
    const { hub, own } = await ownHub();
    const ended = new AbortController();
    const doors: unknown[] = [];
    const ask: Ask = async (path) => {
      const answer = await own.ask(path);
      if (path !== '/hub/poll?ts=0') doors.push(...JSON.stringify(answer ?? null).matchAll(/"open":(true|false)/g));
      return answer;
    };
    const contacts: boolean[] = [];
    const onContactChange = (isAnswering: boolean) => void contacts.push(isAnswering);
    const recording = record({ ...OPTIONS, ask, signal: ended.signal, clock: impatient, onContactChange });
    await until('the first polls', () => hub.log.count({ path: '/hub/poll' }) > 2);
    let open = false;
    const events: Record<string, () => unknown> = {
      nothing: () => undefined,
      'a new key': () => hub.rotateKey(),
      'an update': () => hub.update('1.15.0.1'),
      'a new address': () => hub.move(),
      'no LAN': () => hub.leaveLan(),
      'a while away': async () => {
        await hub.goOffline();
        await sleep(200);
        await hub.goOnline();
      },
    };
    for (const [what, happen] of Object.entries(events)) {
      await happen();
      open = !open;
      const before = doors.length;
      hub.home.change(DOOR, { open });
      await until(`the door to be received after ${what}`, () => doors.length > before);
    }
    ended.abort();
    const recorded = (await recording).recording.polls.flatMap(({ changes }) => Object.values(changes.devices ?? {}));
    assert.ok(recorded.length >= 6);
    assert.ok(contacts.length > 0);
    const alternating = contacts.map((_, index) => index % 2 === 1);
    assert.deepEqual(contacts, alternating, 'each outage and its end are reported once');
  });

  it('polls less often while the hub is silent, and at least every minute', async () => {
    const waits: number[] = [];
    let time = 0;
    const clock = {
      now: () => time,
      sleep: async (ms: number) => {
        waits.push(ms);
        time += ms;
        await Promise.resolve();
      },
    };
    const ask: Ask = (path) => {
      if (!path.startsWith('/hub/poll')) return Promise.resolve({});
      return path.endsWith('ts=0')
        ? Promise.resolve({ timestamp: 1, polls: [] })
        : Promise.reject(new Error('nobody answers'));
    };
    await recordHome({ ...OPTIONS, ask, everyMs: 2000, lastsMs: 300_000, clock });
    assert.deepEqual(waits.slice(0, 4), [2000, 4000, 8000, 16_000]);
    assert.equal(Math.max(...waits), 60_000);
    assert.equal(time, 300_000);
  });

  it('does not start if the hub reports no devices or no changes', async () => {
    const { hub, own } = await ownHub();
    for (const path of ['/hub/poll', '/devices']) {
      for (const status of [500, 401]) {
        // The first poll may contain only the time; the recorder then requests the lists.
        const ask: Ask = async (asked) => {
          const answer = await own.ask(asked);
          return asked === '/hub/poll?ts=0' ? { timestamp: 1 } : answer;
        };
        simulator.fault('hub', { hubId: hub.id, path, status });
        await assert.rejects(recordHome({ ...OPTIONS, ask, lastsMs: 1 }), new RegExp(String(status)));
        simulator.clearFaults();
      }
    }
    for (const answer of ['<html>', {}, undefined]) {
      const odd = { ...OPTIONS, ask: () => Promise.resolve(answer), lastsMs: 1 };
      await assert.rejects(recordHome(odd), /sends no changes/);
    }
  });
});
