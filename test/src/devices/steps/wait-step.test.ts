import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { parseCondition } from '../../../../src/devices/things/condition.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { MAX_WAITING, type WaitEnd, WaitStep, type WaitOptions } from '../../../../src/devices/steps/wait-step.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { byId, lamp, thermometer } from '../support.js';

describe('WaitStep', () => {
  let stage: HubStage;
  let account: Account;
  let step: WaitStep;
  let lit: Record<string, boolean>;
  let degrees: number | undefined;
  let ends: string[];
  let isScenes: boolean;

  beforeEach(async () => {
    stage = new HubStage();
    [lit, degrees, ends, isScenes] = [{ d1: false, d2: false }, 20, [], false];
    const devices = (): object =>
      byId(
        lamp('d1', { isOn: lit['d1'] }, { name: 'Lamppu', room: ['r1'] }),
        lamp('d2', { isOn: lit['d2'] }, { name: 'Toinen', room: ['r1'] }),
        thermometer('d3', { temperature: degrees ?? null }, { name: 'Mittari' }),
      );
    const lists: Record<string, () => object> = {
      devices,
      rooms: () => ({ r1: { id: 'r1', name: 'Sauna' } }),
      groups: () => ({ g1: { id: 'g1', name: 'Valot', members: ['d1', 'd2'] } }),
      scenes: () => ({ s1: { id: 's1', name: 'Saunailta', isOn: isScenes } }),
    };
    for (const list of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms'])
      stage.hub.replies.set(`/${list}`, () => ({ body: JSON.stringify(lists[list]?.() ?? {}) }));
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    await stage.clock.advance(0);
    step = new WaitStep(stage.clock);
    stage.take();
  });
  afterEach(async () => {
    step.close();
    await stage.end();
  });

  const isLit = { field: 'on', op: 'is', value: true };
  function run(
    target: unknown,
    { condition = isLit, ...options }: Partial<Omit<WaitOptions, 'condition'>> & { condition?: object | null } = {},
  ): Promise<WaitEnd> {
    return step.run(account, {
      ...{ targets: target === undefined ? undefined : parseMessageTargets(target), hub: '', match: 'any' },
      ...{ checkNow: true, timeoutMs: MINUTE, condition: parseCondition(condition, { canChange: true }) },
      ...options,
    });
  }
  /** Starts a wait, and records in `ends` how it ended. */
  async function wait(target: unknown, options: Parameters<typeof run>[1] = {}): Promise<void> {
    void run(target, options).then(
      (end) => ends.push(end.reason === 'met' ? `met ${end.thing?.entry.id ?? 'nothing'}` : end.reason),
      (error: unknown) => ends.push(String((error as { code?: string }).code)),
    );
    await stage.clock.advance(2 * SECOND);
  }
  const pass = (ms = 2 * SECOND): Promise<void> => stage.clock.advance(ms);
  const polls = (): number => stage.asked.filter((line) => line.includes('/hub/poll')).length;

  it('ends immediately, without polls, if the condition is met', async () => {
    lit['d1'] = true;
    await wait('Lamppu');
    assert.deepEqual(ends, ['met d1']);
    assert.equal(polls(), 1, 'one poll shows the state');
  });

  it('ends when the condition becomes true, and stops its polls', async () => {
    await wait('Lamppu');
    assert.deepEqual(ends, []);
    lit['d1'] = true;
    await pass();
    assert.deepEqual(ends, ['met d1']);
    const before = polls();
    await pass(MINUTE);
    assert.equal(polls(), before);
  });

  it('ends at its timeout, and checks once with a timeout of 0', async () => {
    await wait('Lamppu', { timeoutMs: 10 * SECOND });
    await pass(7.9 * SECOND);
    assert.deepEqual(ends, []);
    await pass(SECOND);
    assert.deepEqual(ends, ['timeout']);
    await wait('Lamppu', { timeoutMs: 0 });
    lit['d1'] = true;
    await pass(4 * SECOND);
    await wait('Lamppu', { timeoutMs: 0 });
    assert.deepEqual(ends, ['timeout', 'timeout', 'met d1']);
  });

  it('checks the current values of the hub, not the cache', async () => {
    lit['d1'] = true;
    await wait('Lamppu');
    lit['d1'] = false;
    await pass(10 * SECOND);
    await wait('Lamppu');
    assert.deepEqual(ends, ['met d1'], 'lit only in the cache');
  });

  it('waits for the condition to become true with checkNow: false', async () => {
    lit['d1'] = true;
    await wait('Lamppu', { checkNow: false });
    await pass();
    assert.deepEqual(ends, [], 'true from the start');
    lit['d1'] = false;
    await pass();
    assert.deepEqual(ends, []);
    lit['d1'] = true;
    await pass();
    assert.deepEqual(ends, ['met d1']);
  });

  it('ends when any device meets the condition, or when all do at the same time with match “all”', async () => {
    await wait(['d1', 'd2']);
    await wait(['d1', 'd2'], { match: 'all', timeoutMs: HOUR });
    lit['d2'] = true;
    await pass();
    assert.deepEqual(ends, ['met d2']);
    lit = { d1: true, d2: false };
    await pass();
    assert.deepEqual(ends, ['met d2'], 'not both at the same time');
    lit['d2'] = true;
    await pass();
    assert.deepEqual(ends, ['met d2', 'met d2'], 'by the last one');
    await wait(['d1', 'd2'], { match: 'all' });
    assert.equal(ends.length, 3, 'both are lit already');
  });

  it('ends at the first change of the field with “changes”, but not of other fields', async () => {
    await wait('Mittari', { condition: { field: 'temperature', op: 'changes' } });
    lit['d1'] = true;
    await pass();
    assert.deepEqual(ends, []);
    degrees = 20.01;
    await pass();
    assert.deepEqual(ends, [], 'none after rounding');
    degrees = 21;
    await pass();
    assert.deepEqual(ends, ['met d3']);
  });

  it('ends once each device has changed with “changes” and match “all”', async () => {
    await wait(['d1', 'd2'], { condition: { field: 'on', op: 'changes' }, match: 'all' });
    lit['d1'] = true;
    await pass();
    lit['d1'] = false;
    await pass();
    assert.deepEqual(ends, []);
    lit['d2'] = true;
    await pass();
    assert.deepEqual(ends, ['met d2']);
  });

  it('does not treat a condition as met while its field is missing', async () => {
    degrees = undefined;
    await wait('Mittari', { condition: { field: 'temperature', op: 'not', value: 5 } });
    assert.deepEqual(ends, []);
    degrees = 21;
    await pass();
    assert.deepEqual(ends, ['met d3']);
  });

  it('waits for groups by their members, and for scenes, which polls do not include', async () => {
    await wait('Valot', { condition: { field: 'allOn', op: 'is', value: true } });
    await wait('Saunailta');
    lit = { d1: true, d2: true };
    await pass();
    assert.deepEqual(ends, ['met g1']);
    isScenes = true;
    await pass(6 * SECOND);
    assert.deepEqual(ends, ['met g1', 'met s1']);
  });

  it('ends all waits at cancel, even while their targets are being resolved', async () => {
    await wait('Lamppu');
    const looking = run('Toinen');
    await wait(['d1', 'd2']);
    const early = run('Lamppu', { timeoutMs: HOUR });
    step.cancel();
    assert.equal((await early).reason, 'cancelled');
    assert.equal((await looking).reason, 'cancelled');
    await pass();
    assert.deepEqual(ends, ['cancelled', 'cancelled']);
    const before = polls();
    await pass(MINUTE);
    assert.equal(polls(), before, 'no further poll');
  });

  it('ends all waits at close without a result, and returns their number', async () => {
    await wait('Lamppu');
    await wait('Toinen');
    assert.equal(step.close(), 2);
    lit = { d1: true, d2: true };
    await pass(2 * MINUTE);
    assert.deepEqual(ends, []);
    await failure(run('Lamppu'), 'COZIFY_CLOSED');
  });

  it(`holds ${MAX_WAITING} messages, and rejects another with COZIFY_BUSY`, async () => {
    for (let count = 1; count < MAX_WAITING; count++) void run('Lamppu', { timeoutMs: HOUR });
    await wait('Lamppu', { timeoutMs: HOUR });
    await failure(run('Lamppu'), 'COZIFY_BUSY');
    lit['d1'] = true;
    await pass();
    assert.deepEqual(ends, ['met d1']);
    await wait('Lamppu');
    assert.deepEqual(ends, ['met d1', 'met d1'], 'there is room again');
  });

  it('is met by an empty list, and rejects missing targets, rooms and a missing condition', async () => {
    assert.deepEqual(await run([]), { reason: 'met', thing: undefined });
    await failure(run(undefined), 'COZIFY_BAD_INPUT');
    await failure(run('Sauna'), 'COZIFY_BAD_INPUT');
    await failure(run('Lamppu', { condition: null }), 'COZIFY_BAD_INPUT');
    await failure(run('Ei mitään'), 'COZIFY_NOT_FOUND');
  });

  describe('with an offline hub', () => {
    function leave(): () => void {
      const lan = new Map(stage.lan);
      const { gateway } = stage;
      stage.lan.clear();
      stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
      return () => {
        for (const [host, hub] of lan) stage.lan.set(host, hub);
        stage.gateway = gateway;
      };
    }

    it('does not check the condition against cached values, and ends once the hub is back', async () => {
      lit['d1'] = true;
      await wait('Lamppu');
      assert.deepEqual(ends, ['met d1']);
      const back = leave();
      await pass(10 * SECOND);
      await wait('Lamppu', { timeoutMs: HOUR });
      await pass(MINUTE);
      assert.deepEqual(ends, ['met d1']);
      back();
      await pass(3 * MINUTE);
      assert.deepEqual(ends, ['met d1', 'met d1']);
    });
  });
});
