import assert from 'node:assert/strict';
import type { ChangeRecord } from '../../../../src/devices/home/change-log.js';
import type { Plan } from '../../../../src/devices/commands/plan.js';
import { planCommand } from '../../../../src/devices/commands/plan.js';
import { confirmPlan } from '../../../../src/devices/command-queue/confirmation.js';
import type { Confirmation } from '../../../../src/devices/command-queue/command-result.js';
import { HomeCache } from '../../../../src/devices/home/home-cache.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';
import { byId, HUB, lamp, recordOf } from '../support.js';

describe('confirmPlan', () => {
  let clock: FakeClock;
  let home: HomeCache;
  let asked: number[];
  let listed: string[];
  let needs: number;
  let answerPoll: ((startedAt: number) => void) | undefined;

  beforeEach(() => {
    clock = new FakeClock();
    home = new HomeCache({ hub: HUB, language: 'fi', clock });
    home.load('device', byId(lamp('d1', { isOn: false })));
    home.load('scene', { s1: { id: 's1', name: 'Saunailta', isOn: false } });
    [asked, listed, needs, answerPoll] = [[], [], 0, undefined];
  });

  function plan(kind: 'device' | 'scene', id: string, fields: object): Plan {
    const entry = home.things.get(kind, id);
    assert.ok(entry);
    return planCommand(parseCommand({}, fields), entry, home.things, { isAlone: true });
  }

  async function begin(of: Plan, confirmMs: number): Promise<() => Confirmation | undefined> {
    const startedAt = clock.monotonic();
    const live = {
      cache: home,
      loop: {
        isUpToDate: true,
        unwatchedMs: 0,
        need: () => {
          needs += 1;
          return () => void (needs -= 1);
        },
        next: () => {
          asked.push(clock.monotonic() - startedAt);
          return Promise.resolve();
        },
      },
      observe: (subscriber: (record: ChangeRecord) => void) => {
        const stop = home.log.subscribe(subscriber);
        answerPoll = (requestedAt) =>
          home.log.append(recordOf({ changes: [], presses: [], isFirst: false }, { requestedAt }));
        return () => {
          stop();
          answerPoll = undefined;
        };
      },
      ensure: (kinds: readonly string[]) => {
        listed.push(...kinds);
        return Promise.resolve();
      },
    };
    let ended: Confirmation | undefined;
    const notSuperseded = (part: Plan): Plan => part;
    const onSent = () => () => undefined;
    void confirmPlan(of, confirmMs, { live, clock, notSuperseded, onSent }).then((how) => (ended = how));
    await clock.advance(0);
    return () => ended;
  }

  it('polls after 0.15, 0.4, 0.8 and 1.5 s until its timeout', async () => {
    const ended = await begin(plan('device', 'd1', { on: true }), 3 * SECOND);
    await clock.advance(2.9 * SECOND);
    assert.deepEqual([asked, needs, ended()], [[150, 400, 800, 1500], 1, undefined]);
    await clock.advance(0.2 * SECOND);
    assert.deepEqual([needs, ended(), clock.timers], [0, 'timeout', 0]);
  });

  it('ignores answers to requests from before the command', async () => {
    await clock.advance(SECOND);
    const before = clock.monotonic() - 1;
    const ended = await begin(plan('device', 'd1', { on: true }), 3 * SECOND);
    home.load('device', byId(lamp('d1', { isOn: true })));
    answerPoll?.(before);
    await clock.advance(0);
    assert.equal(ended(), undefined);
    answerPoll?.(clock.monotonic());
    await clock.advance(0);
    assert.equal(ended(), 'met');
  });

  it('starts its timeout at the end of a transition', async () => {
    const ended = await begin(plan('device', 'd1', { brightness: 80, transition: 10 }), 3 * SECOND);
    await clock.advance(12.9 * SECOND);
    assert.equal(ended(), undefined);
    await clock.advance(0.2 * SECOND);
    assert.equal(ended(), 'timeout');
  });

  it('loads the list for a scene, because polls may not include scenes', async () => {
    const ended = await begin(plan('scene', 's1', { on: true }), 3 * SECOND);
    home.load('scene', { s1: { id: 's1', name: 'Saunailta', isOn: true } });
    await clock.advance(0.2 * SECOND);
    assert.deepEqual([listed, ended()], [['scene'], 'met']);
  });

  it('is done by the answer to the command of a scene, and loads the list once', async () => {
    home.load('scene', { s1: { id: 's1', name: 'Saunailta', isOn: true } });
    const ended = await begin(plan('scene', 's1', { on: true }), 3 * SECOND);
    assert.equal(ended(), 'met');
    home.load('scene', { s1: { id: 's1', name: 'Saunailta', isOn: false } });
    await clock.advance(5 * SECOND);
    assert.deepEqual([listed, ended()], [['scene'], 'met']);
  });
});
