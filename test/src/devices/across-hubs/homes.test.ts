import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { STATES_MAX_AGE_MS } from '../../../../src/devices/things/kinds.js';
import { parseFilter } from '../../../../src/devices/targets/device-filter.js';
import { FOR_COMMANDS } from '../../../../src/devices/across-hubs/cache-policy.js';
import { selectFrom } from '../../../../src/devices/across-hubs/target-resolver.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
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
  let hubTime: number;

  beforeEach(() => {
    stage = new HubStage();
    [isOn, hubTime] = [false, 1000];
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
    const poll = () => {
      const polls = [{ type: 'DEVICE_DELTA', devices: { [id]: device(id, name, isOn) } }];
      return { body: JSON.stringify({ type: 'POLL_DELTA', full: false, timestamp: (hubTime += 10), polls }) };
    };
    for (let ts = 0; ts < 3000; ts += 10) hub.replies.set(`/hub/poll?ts=${ts}`, poll);
  }

  async function open(login: 'logged in' | 'logged out' = 'logged in'): Promise<void> {
    await stage.client({}, login);
    ({ account } = stage.fixture as { account: Account });
    await stage.clock.advance(0);
    stage.take();
  }
  const find = (target: unknown, hub = '') =>
    account.useHomes('find', async (homes) => homes.find(parseMessageTargets(target)[0] as never, hub, FOR_COMMANDS));
  const gets = (path: string): number => stage.asked.filter((line) => line.includes(path)).length;

  it('loads lists on demand to resolve a name, and again after 10 minutes', async () => {
    await open();
    const { entry, live } = await find('kattovalo');
    assert.deepEqual([entry.id, live.cache.hub], ['lamp', 'hub-1']);
    assert.equal(gets('/hub/poll?ts=0'), 1);
    await find('KATTOVALO ');
    assert.equal(gets('/hub/poll?ts=0'), 1, 'once');
    await stage.clock.skip(11 * MINUTE);
    await find('kattovalo');
    assert.equal(gets('/hub/poll?ts=0'), 2, 'and again after 10 minutes');
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

  it('shares concurrent loads', async () => {
    await open();
    await Promise.all(Array.from({ length: 20 }, () => find('kattovalo')));
    assert.equal(gets('/hub/poll?ts=0'), 1);
  });

  it('loads the lists again for an unknown name', async () => {
    await open();
    await find('kattovalo');
    furnish(stage.hub, 'Saunan valo');
    await stage.clock.skip(SECOND);
    assert.equal((await find('Saunan valo')).entry.id, 'lamp');
    assert.equal(gets('/hub/poll?ts=0'), 2);
    await stage.clock.skip(SECOND);
    const error = await failure(find('Saunan vlo'), 'COZIFY_NOT_FOUND');
    assert.match(error.message, /Saunan valo/);
    assert.equal(gets('/hub/poll?ts=0'), 3);
  });

  it('resolves an id at all hubs, and a name only at the default hub', async () => {
    furnish(stage.addOther(), 'Mökin valo', 'cottage-lamp');
    await open();
    assert.equal((await find('cottage-lamp')).live.cache.hub, 'hub-2');
    await failure(find('Mökin valo'), 'COZIFY_NOT_FOUND');
    assert.equal((await find('Mökin valo', 'hub-2')).entry.id, 'cottage-lamp');
  });

  it('selects by rooms and capabilities, with a maximum age', async () => {
    await open();
    const filter = parseFilter({ rooms: ['sauna'], capabilities: ['ON_OFF'] });
    const select = (maxAgeMs: number) =>
      account.useHomes('read', async (homes) => {
        const options = { filter, maxAgeMs: () => maxAgeMs, clock: stage.clock };
        return (await selectFrom(homes.covered(''), options, FOR_COMMANDS)).things;
      });
    assert.deepEqual(
      (await select(STATES_MAX_AGE_MS)).map(({ entry }) => entry.name),
      ['Kattovalo'],
    );
    isOn = true;
    await stage.clock.skip(2 * SECOND);
    assert.equal((await select(STATES_MAX_AGE_MS))[0]?.entry.state['on'], false);
    await stage.clock.skip(2 * SECOND);
    assert.equal((await select(STATES_MAX_AGE_MS))[0]?.entry.state['on'], true);
  });

  it('fails with COZIFY_OTP_REQUIRED without a login, and starts subscriptions after a login', async () => {
    stage.store.text = undefined;
    stage.fixture = await stage.open({ email: 'owner@example.fi' });
    ({ account } = stage.fixture);
    await failure(find('kattovalo'), 'COZIFY_OTP_REQUIRED');
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
