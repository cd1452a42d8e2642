import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { parseCondition } from '../../../../src/devices/things/condition.js';
import { parseMessageTargets } from '../../../../src/devices/home/targets.js';
import { MOST_WAITING, type WaitEnd, WaitStep, type WaitWishes } from '../../../../src/devices/steps/wait-step.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { byId, lamp, thermometer } from '../support.js';

describe('waiting for things', () => {
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
    let hubTime = 1000;
    const poll = () => {
      const polls = [{ type: 'DEVICE_DELTA', devices: devices() }];
      return { body: JSON.stringify({ type: 'POLL_DELTA', full: false, timestamp: (hubTime += 10), polls }) };
    };
    stage.hub.replies.set('/hub/poll?ts=0', poll);
    for (let ts = 1000; ts < 60_000; ts += 10) stage.hub.replies.set(`/hub/poll?ts=${ts}`, poll);
    await stage.client();
    ({ account } = stage.player as { account: Account });
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
    { condition = isLit, ...wishes }: Partial<Omit<WaitWishes, 'condition'>> & { condition?: object | null } = {},
  ): Promise<WaitEnd> {
    return step.run(account, {
      ...{ targets: target === undefined ? undefined : parseMessageTargets(target), hub: '', match: 'any' },
      ...{ checkNow: true, timeoutMs: MINUTE, condition: parseCondition(condition, { canChange: true }) },
      ...wishes,
    });
  }
  /** Notes how it ends, and lets it begin. */
  async function wait(target: unknown, wishes: Parameters<typeof run>[1] = {}): Promise<void> {
    void run(target, wishes).then(
      (end) => ends.push(end.reason === 'met' ? `met ${end.thing?.entry.id ?? 'nothing'}` : end.reason),
      (error: unknown) => ends.push(String((error as { code?: string }).code)),
    );
    await stage.clock.advance(2 * SECOND);
  }
  const pass = (ms = 2 * SECOND): Promise<void> => stage.clock.advance(ms);
  const polls = (): number => stage.asked.filter((line) => line.includes('/hub/poll')).length;

  it('ends at once where the condition is met already', async () => {
    lit['d1'] = true;
    await wait('Lamppu');
    assert.deepEqual(ends, ['met d1']);
    assert.equal(polls(), 0, 'nobody has to poll for that');
  });

  it('ends when the condition becomes met, and polls only as long', async () => {
    await wait('Lamppu');
    assert.deepEqual(ends, []);
    lit['d1'] = true;
    await pass();
    assert.deepEqual(ends, ['met d1']);
    const before = polls();
    await pass(MINUTE);
    assert.equal(polls(), before);
  });

  it('ends by its time, to the second; a time of none is a look', async () => {
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

  it('goes by what the hub says now, not by what memory says of then', async () => {
    lit['d1'] = true;
    await wait('Lamppu');
    lit['d1'] = false;
    await pass(10 * SECOND);
    await wait('Lamppu');
    assert.deepEqual(ends, ['met d1'], 'it was lit only then');
  });

  it('without a look at now, the condition has to become true', async () => {
    lit['d1'] = true;
    await wait('Lamppu', { checkNow: false });
    await pass();
    assert.deepEqual(ends, [], 'it is so already');
    lit['d1'] = false;
    await pass();
    assert.deepEqual(ends, []);
    lit['d1'] = true;
    await pass();
    assert.deepEqual(ends, ['met d1']);
  });

  it('of several one is enough, or all at the same time are asked for', async () => {
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

  it('"changes" is met by the first change of the field, whatever the value, and by no other field', async () => {
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

  it('"changes" of all is met once each has changed, in whatever order', async () => {
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

  it('a field that is missing meets nothing', async () => {
    degrees = undefined;
    await wait('Mittari', { condition: { field: 'temperature', op: 'not', value: 5 } });
    assert.deepEqual(ends, []);
    degrees = 21;
    await pass();
    assert.deepEqual(ends, ['met d3']);
  });

  it('waits for groups by their members, and for scenes of which polls do not tell', async () => {
    await wait('Valot', { condition: { field: 'allOn', op: 'is', value: true } });
    await wait('Saunailta');
    lit = { d1: true, d2: true };
    await pass();
    assert.deepEqual(ends, ['met g1']);
    isScenes = true;
    await pass(6 * SECOND);
    assert.deepEqual(ends, ['met g1', 'met s1']);
  });

  it('a reset lets go of all, also of one that is still looking for its things', async () => {
    await wait('Lamppu');
    const looking = run('Toinen');
    await wait(['d1', 'd2']);
    const early = run('Lamppu', { timeoutMs: HOUR });
    step.letGo();
    assert.equal((await early).reason, 'let go');
    assert.equal((await looking).reason, 'let go');
    await pass();
    assert.deepEqual(ends, ['let go', 'let go']);
    const before = polls();
    await pass(MINUTE);
    assert.equal(polls(), before, 'nobody needs polls any more');
  });

  it('closing lets go of all without a word, and says how many those were', async () => {
    await wait('Lamppu');
    await wait('Toinen');
    assert.equal(step.close(), 2);
    lit = { d1: true, d2: true };
    await pass(2 * MINUTE);
    assert.deepEqual(ends, []);
    await failure(run('Lamppu'), 'COZIFY_CLOSED');
  });

  it(`holds ${MOST_WAITING} messages; one more is COZIFY_BUSY`, async () => {
    for (let count = 1; count < MOST_WAITING; count++) void run('Lamppu', { timeoutMs: HOUR });
    await wait('Lamppu', { timeoutMs: HOUR });
    await failure(run('Lamppu'), 'COZIFY_BUSY');
    lit['d1'] = true;
    await pass();
    assert.deepEqual(ends, ['met d1']);
    await wait('Lamppu');
    assert.deepEqual(ends, ['met d1', 'met d1'], 'there is room again');
  });

  it('nothing to wait for is met; no targets, a room and a missing condition are refused', async () => {
    assert.deepEqual(await run([]), { reason: 'met', thing: undefined });
    await failure(run(undefined), 'COZIFY_BAD_INPUT');
    await failure(run('Sauna'), 'COZIFY_BAD_INPUT');
    await failure(run('Lamppu', { condition: null }), 'COZIFY_BAD_INPUT');
    await failure(run('Ei mitään'), 'COZIFY_NOT_FOUND');
  });

  describe('while the hub is away', () => {
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

    it('memory meets no condition: it waits for what the hub says when it is back', async () => {
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

    it('what waits already waits on, and ends by its time', async () => {
      await wait('Lamppu', { timeoutMs: 2 * MINUTE });
      leave();
      await pass(MINUTE);
      assert.deepEqual(ends, []);
      await pass(MINUTE);
      assert.deepEqual(ends, ['timeout']);
    });

    it('what nobody knows is COZIFY_HUB_OFFLINE', async () => {
      leave();
      await wait('Lamppu');
      await pass(MINUTE);
      assert.deepEqual(ends, ['COZIFY_HUB_OFFLINE']);
    });
  });
});
