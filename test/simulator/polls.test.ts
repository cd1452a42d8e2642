import assert from 'node:assert/strict';
import { until } from '../support/wait';
import { Visitor } from './support';

describe('Polls of a simulated hub', () => {
  const visitor = Visitor.forSuite();

  const typesOf = (seen: { polls: { type: string }[] } | undefined) => seen?.polls.map(({ type }) => type);

  it('return everything first, then changed objects as a whole', async () => {
    const { hub } = await visitor.come();
    const first = await visitor.poll(0);
    assert.deepEqual([first?.type, first?.full], ['POLL_DELTA', true]);
    assert.deepEqual(typesOf(first), [
      ...['DEVICE_DELTA', 'GROUP_DELTA', 'SCENE_DELTA', 'RULE_DELTA', 'ROOM_DELTA', 'ALARM_DELTA'],
      ...['ACTIVATOR_DELTA', 'ZONE_DELTA', 'USER_ALERTS_DELTA'],
    ]);
    assert.equal(Object.keys(first?.polls[0]?.devices ?? {}).length, 40);
    hub.home.change('Saunan lämpömittari', { temperature: 78.2 });
    const next = await visitor.poll();
    assert.deepEqual([next?.full, typesOf(next)], [false, ['DEVICE_DELTA']]);
    const sauna = hub.home.device('Saunan lämpömittari');
    assert.deepEqual(next?.polls[0]?.devices, { [sauna.id]: sauna });
    assert.deepEqual((await visitor.poll())?.polls, []);
  });

  it('return the change of a command and the groups of its device', async () => {
    const { hub } = await visitor.come();
    const lamp = hub.home.device('Lukuvalo');
    await visitor.poll();
    await visitor.set(lamp, { isOn: true, brightness: 1 });
    const seen = await visitor.poll();
    assert.deepEqual(typesOf(seen), ['DEVICE_DELTA', 'GROUP_DELTA']);
    const groups = Object.values(seen?.polls[1]?.groups ?? {}).map((group) => group?.name);
    assert.deepEqual(groups.sort(), ['Kaikki valot', 'Makuuhuone']);
    hub.behaviour.isGroupUpdated = false;
    await visitor.set(lamp, { brightness: 0.5 });
    assert.deepEqual(typesOf(await visitor.poll()), ['DEVICE_DELTA']);
  });

  it('return edits in the app: a new name, another room, an addition and a deletion', async () => {
    const { hub } = await visitor.come();
    await visitor.poll();
    hub.home.rename('devices', 'Lukuvalo', '100 % <b>Valo</b>');
    assert.equal((await visitor.changes())['100 % <b>Valo</b>']?.model, 'TRADFRI bulb E27 WS opal 980lm');
    hub.home.moveTo('Ovikello', 'Terassi');
    hub.home.moveTo('Palovaroitin', null);
    const moved = await visitor.changes();
    assert.deepEqual(
      [moved['Ovikello']?.room, moved['Palovaroitin']?.room],
      [[hub.home.find('rooms', 'Terassi').id], []],
    );
    const { id } = hub.home.addLike('Ovikello', 'Toinen ovikello');
    assert.equal((await visitor.changes())['Toinen ovikello']?.id, id);
    hub.home.remove('devices', 'Toinen ovikello');
    assert.deepEqual(await visitor.changes(), { [id]: null });
    const lamp = hub.home.device('Olohuoneen lamppu');
    hub.home.remove('devices', lamp.id);
    const groups = (await visitor.poll())?.polls.find(({ type }) => type === 'GROUP_DELTA')?.groups ?? {};
    assert.deepEqual(Object.keys(groups).sort(), lamp.groups.toSorted());
    assert.ok(Object.values(groups).every((group) => group && !group.members.includes(lamp.id)));
    assert.ok(!(await visitor.list('devices')).some((device) => device.id === id));
  });

  it('return groups, scenes, rules, rooms and alarms, and null for a deleted one', async () => {
    const { home } = (await visitor.come()).hub;
    await visitor.poll();
    home.rename('groups', 'Mökki', 'Piha');
    home.rename('scenes', 'Elokuva', 'Elokuvailta');
    home.rename('rules', 'Kiuas pois kahden tunnin jälkeen', 'Kiuas pois');
    home.put('rooms', { ...home.find('rooms', 'Sauna'), order: 99 });
    const alarm = home.raiseAlarm('Palovaroitin', 'Savua eteisessä');
    const { id } = home.find('rooms', 'Autotalli');
    home.remove('rooms', id);
    const [groups, scenes, rules, rooms, alarms] = (await visitor.poll())?.polls ?? [];
    assert.equal(Object.values(groups?.groups ?? {})[0]?.name, 'Piha');
    assert.equal(Object.values(scenes?.scenes ?? {})[0]?.name, 'Elokuvailta');
    assert.equal(Object.values(rules?.rules ?? {})[0]?.config.name, 'Kiuas pois');
    assert.equal(rooms?.rooms?.[home.find('rooms', 'Sauna').id]?.order, 99);
    assert.equal(rooms?.rooms?.[id], null);
    assert.deepEqual(alarms?.alarms, { [alarm.id]: alarm });
  });

  it('use foreign names for the other deltas, or have only devices', async () => {
    const { hub } = await visitor.come({ otherDeltas: 'foreign' });
    await visitor.poll();
    hub.home.rename('rooms', 'Sauna', 'Löylyhuone');
    hub.home.change('Ovikello', { alert: true });
    const seen = await visitor.poll();
    assert.deepEqual(typesOf(seen), ['DEVICE_DELTA', 'ROOM_DELTA']);
    assert.equal(seen?.polls[1]?.rooms, undefined);
    hub.behaviour.otherDeltas = 'absent';
    hub.home.rename('rooms', 'Löylyhuone', 'Sauna');
    hub.home.change('Ovikello', { alert: false });
    assert.deepEqual(typesOf(await visitor.poll()), ['DEVICE_DELTA']);
    assert.ok(!typesOf(await visitor.poll(0))?.includes('ROOM_DELTA'));
  });

  it('are wrapped in an array, or not marked as full at first', async () => {
    await visitor.come({ isPollWrapped: true, isFirstPollFull: false });
    const wrapped = (await (await visitor.ask('/hub/poll?ts=0')).json()) as { full: boolean; polls: object[] }[];
    assert.deepEqual([wrapped.length, wrapped[0]?.full, wrapped[0]?.polls.length], [1, false, 9]);
  });

  it('may be full although the client did not ask for a full poll', async () => {
    const { hub } = await visitor.come();
    await visitor.poll();
    hub.home.sendFull();
    const seen = await visitor.poll();
    assert.deepEqual([seen?.full, Object.keys(seen?.polls[0]?.devices ?? {}).length], [true, 40]);
    assert.equal((await visitor.poll())?.full, false);
  });

  it('lose changes, which a full answer then has', async () => {
    const { hub } = await visitor.come();
    await visitor.poll();
    hub.home.loseChanges(2);
    hub.home.change('Ulko-ovi', { open: true });
    hub.home.change('Lukuvalo', { isOn: true, brightness: 1 });
    hub.home.change('Ovikello', { alert: true });
    assert.deepEqual(typesOf(await visitor.poll()), ['DEVICE_DELTA'], 'without the groups of the lamp');
    hub.behaviour.lostShare = 1;
    hub.home.change('Ovikello', { alert: false });
    assert.deepEqual(await visitor.changes(), {});
    const everything = (await visitor.poll(0))?.polls[0]?.devices ?? {};
    assert.equal(everything[hub.home.device('Ulko-ovi').id]?.state['open'], true);
  });

  it("have no changes after the hub's clock was set back, until a full poll", async () => {
    const { hub } = await visitor.come();
    const before = await visitor.poll();
    hub.home.shiftClock(-3_600_000);
    hub.home.change('Ulko-ovi', { open: true });
    const after = await visitor.poll();
    assert.ok(after && before && after.timestamp < before.timestamp - 3_000_000);
    assert.deepEqual([after.full, after.polls], [false, []]);
    const full = await visitor.poll(0);
    const door = full?.polls[0]?.devices?.[hub.home.device('Ulko-ovi').id];
    assert.equal(door?.state['open'], true);
    assert.ok(Math.abs(Number(door?.timestamp) - after.timestamp) < 60_000);
    hub.home.shiftClock(3_600_000);
    assert.equal((await visitor.poll())?.full, false);
  });

  it('show an empty home after a restart, with empty or missing lists, and then everything', async () => {
    const { hub } = await visitor.come();
    await visitor.poll();
    await hub.restart(2, 'empty');
    const empty = await visitor.poll();
    assert.deepEqual([empty?.full, empty?.polls[0]?.devices], [true, {}]);
    assert.deepEqual(await visitor.list('devices'), []);
    assert.equal(Object.keys(await visitor.changes()).length, 40);
    await hub.restart(1, 'missing');
    const missing = await visitor.poll(0);
    assert.deepEqual([missing?.full, missing?.polls], [true, []]);
    assert.equal((await visitor.list('devices')).length, 40);
  });

  describe('without changes', () => {
    it('are held until a change', async () => {
      for (const transport of ['lan', 'cloud'] as const) {
        const { hub } = await visitor.come({ pollHoldMs: 60_000 });
        visitor.transport = transport;
        await visitor.poll();
        const held = visitor.changes();
        await until('the poll', () => hub.log.count({ path: '/hub/poll', transport }) === 2);
        hub.home.press('Eteisen seinäkytkin', 2);
        const changes = await held;
        assert.equal(changes['Eteisen seinäkytkin']?.state['button'], 2);
        if (transport === 'lan') await visitor.leave();
      }
    });

    it('are held until a device has carried out a command', async () => {
      const { hub } = await visitor.come({ pollHoldMs: 60_000, settleMinMs: 80, settleMaxMs: 120 });
      const lamp = hub.home.device('Kattovalo');
      hub.home.change(lamp.id, { isOn: false });
      await visitor.poll();
      await visitor.set(lamp, { isOn: true });
      assert.equal((await visitor.changes())['Kattovalo']?.state['isOn'], true);
    });

    it('are held for a time and then answered with 304', async () => {
      const { hub } = await visitor.come({ pollHoldMs: 60, quietPoll: '304' });
      await visitor.poll();
      const start = performance.now();
      assert.equal(await visitor.poll(), undefined);
      assert.ok(performance.now() - start >= 59);
      assert.equal(hub.log.mostAtOnce('GET'), 1);
    });

    it('end with the client or with the hub', async () => {
      const { hub } = await visitor.come({ pollHoldMs: 60_000 });
      await visitor.poll();
      const leaving = new AbortController();
      const left = visitor.ask(`/hub/poll?ts=${visitor.ts}`, { signal: leaving.signal });
      await until('the poll', () => hub.log.count({ path: '/hub/poll' }) === 2);
      leaving.abort();
      await assert.rejects(left);
      await until('their end', () => hub.log.visits.every(({ endedAt }) => endedAt !== null));
      const cut = visitor.poll();
      await until('the poll', () => hub.log.count({ path: '/hub/poll' }) === 3);
      await hub.leaveLan();
      await assert.rejects(cut);
    });
  });

  it('are slow when full, as lists are', async () => {
    const { hub } = await visitor.come();
    await visitor.poll();
    hub.behaviour.slowFullMs = 60;
    const tookMs = async (work: () => Promise<unknown>) => {
      const start = performance.now();
      await work();
      return performance.now() - start;
    };
    assert.ok((await tookMs(() => visitor.poll(0))) >= 59);
    assert.ok((await tookMs(() => visitor.list('rooms'))) >= 59);
  });
});
