import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { parseCondition } from '../../../../src/devices/things/condition.js';
import type { Change } from '../../../../src/devices/things/changes.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { WaitStep } from '../../../../src/devices/steps/wait-step.js';
import { HOST, HubStage } from '../../hub/support/hub-stage.js';
import { SECOND } from '../../support/fake-clock.js';
import type { Reply } from '../../support/fake-cloud.js';
import { byId, lamp } from '../support.js';

interface Element {
  id: string;
  type: string;
}

describe('Reads after a command from the account', () => {
  let stage: HubStage;
  let account: Account;
  let isOn: boolean;
  let isScene: boolean;
  let isRule: boolean;
  /** Milliseconds from the answer until the device executes the command. */
  let settleMs: number;
  /** Delay of lists in milliseconds. */
  let listDelayMs: number;

  beforeEach(async () => {
    stage = new HubStage();
    [isOn, isScene, isRule, settleMs, listDelayMs] = [true, false, true, 60, 0];
    const devices = (): object => byId(lamp('a', { isOn }, { name: 'Lamppu', room: [] }));
    const lists: Record<string, () => object> = {
      devices,
      groups: () => ({ g: { id: 'g', name: 'Valot', members: ['a'] } }),
      scenes: () => ({ s: { id: 's', name: 'Ilta', isOn: isScene } }),
      rules: () => ({ r: { id: 'r', config: { name: 'Yövalo' }, is_on: isRule } }),
      rooms: () => ({}),
      alarms: () => ({}),
    };
    for (const [list, of] of Object.entries(lists)) {
      stage.hub.replies.set(`/${list}`, () => ({ body: JSON.stringify(of()), delayMs: listDelayMs }));
    }
    for (const kind of ['devices', 'groups', 'scenes', 'rules']) {
      stage.hub.replies.set(`/${kind}/command`, ({ body }) => take(kind, body ?? ''));
    }
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    await account.homes.of('hub-1').ensure(['device', 'group', 'scene', 'rule', 'room', 'alarm'], 0);
    await stage.clock.advance(SECOND);
    stage.take();
  });
  afterEach(() => stage.end());

  /** Executes device commands after `settleMs`; answers scenes and rules with their new state. */
  function take(kind: string, body: string): Reply {
    const is = (JSON.parse(body) as Element[]).every(({ type }) => /_ON(_COMMAND)?$|CMD_DEVICE$/.test(type));
    if (kind === 'scenes') isScene = is;
    if (kind === 'rules') isRule = is;
    if (kind === 'scenes') return { body: JSON.stringify([{ id: 's', isOn: isScene }]) };
    if (kind === 'rules')
      return { body: JSON.stringify({ r: { id: 'r', config: { name: 'Yövalo' }, is_on: isRule } }) };
    stage.clock.setTimeout(() => (isOn = is), settleMs);
    return { body: 'null' };
  }

  const on = async (target = 'Lamppu'): Promise<unknown> => (await account.read({ targets: target })).things[0]?.['on'];
  const lists = (): number =>
    stage.take().filter((line) => /GET \S+\/(devices|groups|scenes|rules|hub\/poll\?ts=0) /.test(line)).length;

  it('return the old state immediately, and the new state of a device and its group after 400 ms', async () => {
    await account.command('Lamppu', false);
    assert.equal(await on(), true, 'it is not done yet');
    await stage.clock.advance(400);
    assert.equal(await on('Valot'), false, 'as part of a group');
    assert.equal(await on(), false);
  });

  it('use the cache again once the state is loaded', async () => {
    await account.command('Lamppu', false);
    await stage.clock.advance(2 * SECOND);
    assert.equal(await on(), false);
    stage.take();
    assert.equal(await on(), false);
    assert.equal(lists(), 0);
  });

  it('ignore a list that was requested before the command', async () => {
    await stage.clock.advance(10 * SECOND);
    [listDelayMs, settleMs] = [SECOND, 0];
    const before = on();
    await stage.clock.advance(100);
    await account.command('Lamppu', false);
    await stage.clock.advance(100);
    listDelayMs = 0;
    const later = on();
    await stage.clock.advance(2 * SECOND);
    await before;
    assert.equal(await later, false);
  });

  it('do not end a wait with the state from before the command', async () => {
    const step = new WaitStep(stage.clock);
    await account.command('Lamppu', false);
    await stage.clock.advance(300);
    let end: string | undefined;
    const condition = parseCondition({ field: 'on', op: 'is', value: true });
    const options = { hub: '', match: 'any', checkNow: true, timeoutMs: 5 * SECOND, condition } as const;
    void step.run(account, { ...options, targets: parseMessageTargets('Lamppu') }).then(({ reason }) => (end = reason));
    await stage.clock.advance(SECOND);
    assert.equal(end, undefined);
    await stage.clock.advance(5 * SECOND);
    assert.equal(end, 'timeout');
    step.close();
  });

  it('are stale if the hub went offline', async () => {
    await account.command('Lamppu', false);
    stage.lan.set(HOST, 'refused');
    stage.gateway = { status: 502 };
    const read = account.read({ targets: 'Lamppu' });
    await stage.clock.advance(30 * SECOND);
    assert.equal((await read).stale, true);
  });

  it('return the new state after a raw command request', async () => {
    const body = JSON.stringify([{ id: 'a', type: 'CMD_DEVICE_OFF' }]);
    await account.request('', { method: 'PUT', path: 'devices/command', body });
    await stage.clock.advance(400);
    assert.equal(await on(), false);
    assert.equal(await on('Valot'), false);
  });

  it('use the cache after a raw GET request', async () => {
    await account.request('', { method: 'GET', path: 'devices' });
    stage.take();
    await on();
    assert.equal(lists(), 0);
  });

  it('load a list once after a series of commands from a slider, not for each command', async () => {
    for (let brightness = 1; brightness <= 30; brightness += 1) {
      await account.command('Lamppu', { brightness });
      await stage.clock.advance(50);
    }
    assert.equal(lists(), 0);
    await on();
    assert.ok(lists() > 0, 'who reads does');
  });

  it('give a toggle the new state after a scene, and are not sent for a toggle after a toggle', async () => {
    settleMs = Infinity;
    await account.command('Lamppu', 'toggle');
    await account.command('Lamppu', 'toggle');
    assert.equal(lists(), 0);
    isOn = false;
    await account.command('Ilta', true);
    stage.take();
    let types = '';
    stage.hub.replies.set('/devices/command', ({ body }) => ((types = body ?? ''), { body: 'null' }));
    await account.command('Lamppu', 'toggle');
    assert.match(types, /CMD_DEVICE_ON/, 'the scene has put it out');
  });

  for (const [label, name, kind, id, value] of [
    ['scene', 'Ilta', 'scene', 's', true],
    ['rule', 'Yövalo', 'rule', 'r', false],
  ] as const) {
    it(`return the state of a ${label} from the response to the command, and attribute its change to the account`, async () => {
      const live = account.homes.of('hub-1');
      const changes: Change[] = [];
      const stop = live.subscribe(
        (outcome) => void changes.push(...outcome.changes),
        () => [kind],
      );
      await stage.clock.advance(3 * SECOND);
      changes.length = 0;
      const done = account.command(name, value);
      await stage.clock.advance(0);
      await done;
      assert.deepEqual(live.cache.things.get(kind, id)?.state, { on: value });
      assert.equal(live.cache.things.get(kind, id)?.name, name, 'it keeps the name that the answer does not say');
      const [change, ...more] = changes.filter(({ entry }) => entry.kind === kind);
      assert.deepEqual([change?.changed, change?.previous, more], [['on'], { on: !value }, []]);
      assert.equal(change && live.cache.own.authorOf(change, ['on'], stage.clock.monotonic()), 'own');
      assert.equal(await on(name), value);
      await stage.clock.advance(20 * SECOND);
      assert.equal(changes.filter(({ entry }) => entry.kind === kind).length, 1, 'one change');
      stop();
    });
  }

  it('ignore unlisted scenes and invalid responses', async () => {
    const { things } = account.homes.of('hub-1').cache;
    for (const body of ['[{"id":"other","isOn":true}]', '<p>', 'null', '[null, 5]', '{"s":{"isOn":"perhaps"}}', '']) {
      stage.hub.replies.set('/scenes/command', () => ({ body }));
      await account.command('Ilta', true).catch(() => undefined);
      assert.deepEqual([things.list('scene').length, things.get('scene', 's')?.state], [1, { on: false }], body);
    }
  });
});
