import assert from 'node:assert/strict';
import type { Simulator } from './index';
import { Caller, EMAIL, firstHub } from './support';

describe('Control interface', () => {
  let simulator: Simulator;
  const caller = Caller.forSuite();
  beforeEach(() => ({ simulator } = caller));

  const post = (command: string, body?: unknown) =>
    fetch(`${simulator.controlUrl}/${command}`, {
      method: 'POST',
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  it('returns the state', async () => {
    await caller.askForCode();
    const state = (await (await fetch(`${simulator.controlUrl}/state?requests=1`)).json()) as Record<string, unknown>;
    assert.equal(state['cloudUrl'], simulator.cloudUrl);
    assert.deepEqual(state['counts'], { requestlogin: 1 });
    assert.deepEqual(state['mails'], simulator.mails);
    assert.deepEqual(state['requests'], simulator.requests);
    assert.deepEqual((state['hubs'] as { host: string }[])[1]?.host, simulator.hubs[1]?.host);
  });

  it('plans faults, revokes tokens and changes settings', async () => {
    const token = simulator.issueToken(EMAIL);
    assert.equal((await post('fault', { call: 'hubkeys', fault: { status: 503 } })).status, 200);
    assert.equal((await caller.call('user/hubkeys', token)).status, 503);
    await post('clear-faults');
    assert.equal((await caller.call('user/hubkeys', token)).status, 200);
    await post('revoke-all');
    assert.equal(simulator.isValid(token), false);
    await post('reinstate', { token });
    assert.equal(simulator.isValid(token), true);
    const issued = (await (await post('issue-token', { email: EMAIL })).json()) as string;
    assert.equal(simulator.isValid(issued), true);
    await post('settings', { tokenLifeMs: 5000, graceRequests: null, lanIpForm: 'empty' });
    assert.deepEqual([simulator.tokenLifeMs, simulator.graceRequests, simulator.lanIpForm], [5000, Infinity, 'empty']);
    await post('next-code', { code: '000001' });
    await caller.askForCode();
    assert.equal(simulator.latestCode(EMAIL), '000001');
    await post('clear-requests');
    assert.equal(simulator.count('*'), 0);
  });

  it('renames, restarts, updates, moves and demotes a hub, and takes it offline and off the LAN', async () => {
    const hub = firstHub(simulator);
    const change = async (body: object) => {
      const answer = await post('hub', { id: hub.id, ...body });
      assert.equal(answer.status, 200);
      return (await answer.json()) as { name: string; version: string; role: number; port: number; isOnline: boolean };
    };
    assert.equal((await change({ action: 'rename', name: 'Uusi' })).name, 'Uusi');
    assert.equal((await change({ action: 'update', version: '1.15.0.1' })).version, '1.15.0.1');
    assert.equal((await change({ action: 'role', role: 2 })).role, 2);
    const { port } = hub;
    assert.notEqual((await change({ action: 'move' })).port, port);
    assert.equal((await change({ action: 'leave-lan' })).isOnline, false);
    assert.equal((await change({ action: 'return-to-lan' })).isOnline, true);
    await change({ action: 'restart', emptyAnswers: 1 });
    assert.deepEqual(hub.home.list('rooms'), {});
    assert.equal((await change({ action: 'offline' })).isOnline, false);
  });

  it('changes and shows a home', async () => {
    const hub = firstHub(simulator);
    const act = async (body: object) => (await post('home', { hub: hub.id, ...body })).status;
    const { home } = hub;
    assert.equal(await act({ action: 'press', device: 'Eteisen seinäkytkin', button: 3 }), 200);
    assert.equal(home.device('Eteisen seinäkytkin').state['button'], 3);
    await act({ action: 'press', device: 'Eteisen seinäkytkin', button: 4, modifiers: ['longpress'] });
    assert.deepEqual(home.device('Eteisen seinäkytkin').state['modifiers'], ['longpress']);
    await act({ action: 'change', device: 'Ulko-ovi', state: { open: true } });
    assert.equal(home.device('Ulko-ovi').state['open'], true);
    await act({ action: 'setReachable', device: 'Ulko-ovi', reachable: false });
    assert.equal(home.device('Ulko-ovi').state.reachable, false);
    await act({ action: 'reportBattery', device: 'Ulko-ovi', batteryV: 2.2 });
    assert.equal(home.device('Ulko-ovi').state['batteryLow'], true);
    await act({ action: 'rename', listing: 'devices', thing: 'Ulko-ovi', name: 'Ovi' });
    await act({ action: 'moveTo', device: 'Ovi', room: null });
    assert.deepEqual(home.device('Ovi').room, []);
    const added = await post('home', { hub: hub.id, action: 'addLike', device: 'Ovi', name: 'Toinen' });
    assert.equal(((await added.json()) as { id: string }).id, home.device('Toinen').id);
    await act({ action: 'remove', listing: 'devices', thing: 'Toinen' });
    assert.throws(() => home.device('Toinen'));
    for (const action of ['sendFull', 'wander', 'loseChanges', 'shiftClock', 'checkIn', 'raiseAlarm', 'setTraits']) {
      const more = { device: 'Ovi', name: 'Ovi auki', count: 1, ms: -1000, traits: { isDeaf: true } };
      assert.equal(await act({ action, ...more }), 200, action);
    }
    assert.equal(await act({ action: 'closeAlarm', alarm: 'Ovi auki' }), 200);
    const shown: unknown = await (await fetch(`${simulator.controlUrl}/home?hub=${hub.id}`)).json();
    assert.deepEqual((shown as { devices: unknown }).devices, home.devices);
  });

  it('changes the behaviour of a hub', async () => {
    const hub = firstHub(simulator);
    const answer = await post('behaviour', { hub: hub.id, pollHoldMs: 12_000, quietPoll: '304' });
    assert.deepEqual(await answer.json(), { ...hub.behaviour });
    assert.deepEqual([hub.behaviour.pollHoldMs, hub.behaviour.quietPoll], [12_000, '304']);
  });

  it('refuses invalid commands', async () => {
    for (const [command, body] of [
      ['fault', { call: 'hubkeys', fault: { statsu: 503 } }],
      ['fault', { call: 'nothing', fault: {} }],
      ['settings', { latencyMs: -1 }],
      ['settings', { stop: 1 }],
      ['hub', { id: 'nothing', action: 'offline' }],
      ['revoke', []],
      ['hub', { id: firstHub(simulator).id, action: 'explode' }],
      ['home', { hub: 'nothing', action: 'sendFull' }],
      ['home', { hub: firstHub(simulator).id, action: 'constructor' }],
      ['home', { hub: firstHub(simulator).id, action: 'press', device: 'Nothing', button: 1 }],
      ['home', { hub: firstHub(simulator).id, action: 'press', device: 'Eteisen seinäkytkin', button: 'up' }],
      ['behaviour', { hub: firstHub(simulator).id, pollHoldMs: -1 }],
      ['behaviour', { hub: firstHub(simulator).id, polHoldMs: 1 }],
    ] as const) {
      assert.equal((await post(command, body)).status, 400, command);
    }
    assert.equal((await post('nothing')).status, 404);
    assert.equal((await fetch(`${simulator.controlUrl}/home?hub=nothing`)).status, 404);
    assert.equal((await fetch(`${simulator.controlUrl}/revoke-all`)).status, 405);
  });
});
