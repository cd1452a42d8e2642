import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { sleep, until } from '../support/wait';
import { ROLES } from './index';
import { claimsOf, EMAIL, Visitor } from './support';

describe('Calls of a simulated hub', () => {
  const visitor = Visitor.forSuite();

  beforeEach(() => visitor.come());

  it('return time zone, colours and radio devices over both transports', async () => {
    for (const transport of ['lan', 'cloud'] as const) {
      visitor.transport = transport;
      assert.equal(await (await visitor.ask('/hub/tz')).json(), 'Europe/Helsinki');
      assert.deepEqual(await (await visitor.ask('/hub/colors')).json(), []);
      const radio = (await (await visitor.ask('/hub/433devices')).json()) as { name: string }[];
      assert.deepEqual(
        radio.map(({ name }) => name),
        ['Mökin patteri', 'Jouluvalot'],
      );
      assert.equal(await visitor.status('/hub/colors', { method: 'PUT', body: '{}' }), 405);
    }
  });

  it('are logged over both transports with any method', async () => {
    const { hub } = visitor;
    for (const transport of ['lan', 'cloud'] as const) {
      visitor.transport = transport;
      assert.equal(await visitor.status('/hub/tz'), 200);
      assert.equal((await visitor.command('devices', [])).status, 200);
      assert.equal(await visitor.status('/nothing', { method: 'DELETE' }), 404);
      assert.equal(await visitor.status('/rooms', { method: 'POST', body: '{}' }), 405);
    }
    const seen = hub.log.visits.map(({ transport, method, path, body, status }) => [
      transport,
      method,
      path,
      body,
      status,
    ]);
    const expected = (transport: string) => [
      [transport, 'GET', '/cc/1.14/hub/tz', '', 200],
      [transport, 'PUT', '/cc/1.14/devices/command', '[]', 200],
      [transport, 'DELETE', '/cc/1.14/nothing', '', 404],
      [transport, 'POST', '/cc/1.14/rooms', '{}', 405],
    ];
    assert.deepEqual(seen, [...expected('lan'), ...expected('cloud')]);
    assert.deepEqual([hub.log.count({ transport: 'cloud' }), hub.log.count({ method: 'PUT' })], [4, 2]);
    assert.equal(hub.log.visits[0]?.key, hub.key(EMAIL));
    hub.log.clear();
    assert.equal(hub.log.count(), 0);
  });

  it('are logged with their commands and the number of concurrent calls', async () => {
    const { hub, simulator } = visitor;
    const { id } = hub.home.device('Saunan kiuas');
    const on = { id, type: 'CMD_DEVICE_ON' };
    await visitor.command('devices', [on]);
    await visitor.command('devices', [{ id, type: 'CMD_DEVICE', state: { type: 'STATE_SOCKET', isOn: false } }]);
    assert.equal(hub.log.mostAtOnce('PUT'), 1);
    const held = [1, 2, 3].map(() => simulator.hold('hub'));
    const answers = held.map(() => visitor.command('devices', [on, on]));
    await until('all requests', () => held.every(({ isAsked }) => isAsked));
    for (const answer of held) answer.release();
    await Promise.all(answers);
    assert.equal(hub.log.mostAtOnce('PUT'), 3);
    const commands = hub.log.commands.map(({ id: target, type }) => [target, type]);
    assert.equal(commands.length, 8);
    assert.deepEqual(commands.slice(0, 2), [
      [id, 'CMD_DEVICE_ON'],
      [id, 'CMD_DEVICE'],
    ]);
    assert.deepEqual(hub.log.commands[1]?.state, { type: 'STATE_SOCKET', isOn: false });
    simulator.fault('hub', { reset: true, times: 1 });
    await assert.rejects(visitor.command('devices', [on]));
    await until('the end of the request', () => hub.log.visits.every(({ endedAt }) => endedAt !== null));
    assert.equal(hub.log.visits.at(-1)?.status, null);
  });

  it('are limited by role', async () => {
    const { hub } = visitor;
    const rule = hub.home.find('rules', 'Kiuas pois kahden tunnin jälkeen');
    const statuses = async () => [
      await visitor.status('/hub/poll?ts=0'),
      await visitor.status('/devices'),
      (await visitor.command('devices', [])).status,
      (await visitor.command('rules', [{ id: rule.id, type: 'RULE_OFF_COMMAND' }])).status,
      await visitor.status('/alarms/close?alarmId=nothing', { method: 'PUT' }),
    ];
    for (const [role, expected] of [
      [ROLES.admin, [200, 200, 200, 200, 404]],
      [ROLES.user, [200, 200, 200, 200, 404]],
      [ROLES.guest, [200, 200, 200, 403, 403]],
      [ROLES.anonymous, [200, 200, 403, 403, 403]],
      [0, [403, 403, 403, 403, 403]],
    ] as const) {
      hub.role = role;
      assert.equal(claimsOf(hub.key(EMAIL))['role'], role);
      assert.deepEqual(await statuses(), expected, String(role));
    }
    hub.role = ROLES.guest;
    hub.behaviour.roleToCommand = ROLES.user;
    assert.equal((await visitor.command('devices', [])).status, 403);
  });

  it('get 401 or 403 with a revoked key, and succeed with the new key', async () => {
    const { hub } = visitor;
    const old = hub.key(EMAIL);
    hub.rotateKey();
    for (const deadKeyStatus of [401, 403]) {
      hub.behaviour.deadKeyStatus = deadKeyStatus;
      for (const transport of ['lan', 'cloud'] as const) {
        visitor.transport = transport;
        assert.equal((await visitor.ask('/hub/tz', {}, old)).status, deadKeyStatus);
        assert.equal((await visitor.ask('/hub/tz')).status, 200);
      }
    }
  });

  it('need the new version after an update, and the next poll is full', async () => {
    const { hub } = visitor;
    await visitor.poll();
    await hub.update('1.15.0.1');
    const old = await fetch(`http://${hub.host}/cc/1.14/hub/tz`, { headers: { Authorization: hub.key(EMAIL) } });
    assert.equal(old.status, 410);
    assert.equal((await visitor.poll())?.full, true);
  });

  it('fail on the LAN when the hub has left it, and work through the cloud and after its return', async () => {
    const { hub } = visitor;
    await hub.leaveLan();
    await assert.rejects(visitor.status('/hub/tz'), (error: Error) => /ECONNREFUSED/.test(String(error.cause)));
    visitor.transport = 'cloud';
    assert.equal(await visitor.status('/hub/tz'), 200);
    await hub.leaveLan('silent');
    visitor.transport = 'lan';
    const socket = connect({ host: hub.address, port: hub.port });
    socket.on('error', () => undefined);
    await sleep(300);
    assert.deepEqual([socket.connecting, socket.readyState], [true, 'opening']);
    socket.destroy();
    await hub.returnToLan();
    assert.equal(await visitor.status('/hub/tz'), 200);
    await hub.leaveLan('silent');
    await hub.goOffline();
    await hub.goOnline();
    assert.equal(await visitor.status('/hub/tz'), 200);
  });
});
