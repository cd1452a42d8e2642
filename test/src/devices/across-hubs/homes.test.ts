import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { parseFilter } from '../../../../src/devices/targets/device-filter.js';
import { MINUTE, SECOND } from '../../support/fake-clock.js';
import { failure, type AccountFixture } from '../../support/stage.js';
import { HOST, HubStage } from '../../hub/support/hub-stage.js';

const device = (id: string, name: string, isOn = false): object => ({
  ...{ id, name, type: 'LIGHT', room: ['r1'], capabilities: ['ON_OFF', 'CONTROL_LIGHT'] },
  state: { type: 'STATE_LIGHT', isOn, reachable: true },
});

const EVERYTHING = { targets: [], filter: parseFilter({}), hub: '' };

describe('Homes', () => {
  let stage: HubStage;
  let account: Account;
  let isOn: boolean;

  beforeEach(() => {
    stage = new HubStage();
    isOn = false;
    furnish();
  });
  afterEach(() => stage.end());

  function furnish(hub = stage.hub, name = 'Kattovalo', id = 'lamp'): void {
    const lists: Record<string, () => unknown> = {
      devices: () => ({ [id]: device(id, name, isOn) }),
      rooms: () => ({ r1: { id: 'r1', name: 'Sauna', order: 1 } }),
    };
    for (const list of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms']) {
      hub.replies.set(`/${list}`, () => ({ body: JSON.stringify(lists[list]?.() ?? {}) }));
    }
  }

  async function open(): Promise<void> {
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    await stage.clock.advance(0);
    stage.take();
  }
  const gets = (path: string): number => stage.asked.filter((line) => line.includes(path)).length;

  it('loads lists on demand to resolve a name, and again after 10 minutes', async () => {
    await open();
    for (const [pauseMs, loads] of [
      [0, 1],
      [SECOND, 1],
      [11 * MINUTE, 2],
    ] as const) {
      await stage.clock.skip(pauseMs);
      await account.command('kattovalo ', true);
      assert.equal(gets('/hub/poll?ts=0'), loads);
    }
  });

  it('polls on the LAN within two minutes of its return, despite a long Retry-After from the cloud', async () => {
    await open();
    const stop = account.homes.subscribe({ ...EVERYTHING, hub: 'hub-1' }, () => undefined);
    await stage.clock.advance(5 * SECOND);
    stage.lan.clear();
    stage.gateway = { status: 429, headers: { 'retry-after': '7200' } };
    await stage.clock.advance(5 * MINUTE);
    stage.take();
    stage.lan.set(HOST, stage.hub);
    await stage.clock.advance(2 * MINUTE);
    assert.ok(gets('/hub/poll') > 0, stage.asked.join(', '));
    stop();
  });

  it('fails with COZIFY_OTP_REQUIRED without a login, and starts subscriptions after a login', async () => {
    stage.store.text = undefined;
    stage.fixture = await stage.open({ email: 'owner@example.fi' });
    ({ account } = stage.fixture);
    await failure(account.read({ targets: 'kattovalo' }), 'COZIFY_OTP_REQUIRED');
    const changes: string[] = [];
    account.homes.subscribe(EVERYTHING, (_live, outcome) =>
      changes.push(...outcome.changes.map(({ entry }) => entry.name)),
    );
    await stage.clock.advance(MINUTE);
    assert.equal(gets('/hub/poll'), 0);
    await account.authenticate({ otp: 'P7BQ8E' });
    await stage.clock.advance(5 * SECOND);
    isOn = true;
    await stage.clock.advance(5 * SECOND);
    assert.deepEqual(changes, ['Kattovalo']);
  });

  it('continues after a Deploy and reports each change once', async () => {
    await open();
    const stop = account.homes.subscribe(EVERYTHING, () => undefined);
    await stage.clock.advance(2 * SECOND);
    stop();
    await stage.deploy(stage.fixture as AccountFixture);
    isOn = true;
    stage.take();
    const received: string[][] = [];
    account.homes.subscribe(EVERYTHING, (_live, outcome) =>
      received.push(...outcome.changes.map(({ changed }) => [...changed])),
    );
    await stage.clock.advance(3 * SECOND);
    assert.deepEqual(received, [['on']]);
    assert.ok(gets('/hub/poll') > 0);
    assert.equal(gets('/hub/poll?ts=0 '), 0, 'the polls go on from where they were');
  });

  it('stops polls when the account is closed', async () => {
    await open();
    account.homes.subscribe(EVERYTHING, () => undefined);
    await stage.clock.advance(2 * SECOND);
    await stage.close(stage.fixture as never);
    stage.take();
    await stage.clock.advance(MINUTE);
    assert.equal(gets('/hub/poll'), 0);
  });

  it('moves from the LAN to the cloud without a full poll or a lost change', async () => {
    await open();
    const changes: string[][] = [];
    account.homes.subscribe(EVERYTHING, (_live, outcome) =>
      changes.push(...outcome.changes.map(({ changed }) => [...changed])),
    );
    await stage.clock.advance(3 * SECOND);
    stage.take();
    stage.lan.clear();
    isOn = true;
    await stage.clock.advance(30 * SECOND);
    const remote = stage.asked.filter((line) => line.startsWith('cloud') && line.includes('/hub/poll'));
    assert.ok(remote.length > 0, stage.asked.join(', '));
    assert.ok(!remote.some((line) => line.includes('ts=0')), remote[0]);
    assert.deepEqual(changes, [['on']]);
  });

  it('polls one hub at its usual interval while another is offline', async () => {
    furnish(stage.addOther(), 'Mökin valo', 'cottage-lamp');
    await open();
    const received: string[] = [];
    account.homes.subscribe(EVERYTHING, (_live, outcome) =>
      received.push(...outcome.changes.map(({ entry }) => entry.name)),
    );
    await stage.clock.advance(3 * SECOND);
    stage.lan.delete('192.168.1.6');
    stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
    await stage.clock.advance(30 * SECOND);
    stage.take();
    isOn = true;
    await stage.clock.advance(1.5 * SECOND);
    assert.deepEqual(received, ['Kattovalo']);
    assert.ok(gets('lan GET /cc/1.14/hub/poll') >= 1);
    assert.equal(account.homes.of('hub-2').client.isReachable, false);
  });
});
