import assert from 'node:assert/strict';
import { Stage, type NodeRedVersion } from '../harness';

export function requestTests(version: NodeRedVersion): void {
  describe('cozify-request and the picker endpoints', () => {
    let stage: Stage;

    before(async () => {
      const hubs = [{ name: 'Koti' }, { name: 'Mökki', onLan: false }];
      stage = await Stage.onSharedNodeRed(version, { hubs });
      await stage.newLogin(
        {},
        {
          zone: { type: 'cozify-request', path: 'hub/tz' },
          command: { type: 'cozify-request', method: 'PUT', path: '/devices/command' },
          free: { type: 'cozify-request', path: 'where', pathType: 'msg' },
        },
      );
    });
    after(() => stage?.close());

    for (const [index, transport] of ['on the LAN', 'through the cloud'].entries()) {
      const hubAt = () => {
        const hub = stage.simulator.hubs[index];
        assert.ok(hub);
        return hub;
      };

      it(`get an answer ${transport}`, async () => {
        const answer = await stage.ask('zone', { hub: hubAt().id });
        assert.deepEqual([answer.output, answer.payload, answer['statusCode']], [1, 'Europe/Helsinki', 200]);
        assert.equal(answer.cozify.operation, 'request');
        assert.equal(hubAt().log.of({ path: '/hub/tz' }).at(-1)?.transport, index === 0 ? 'lan' : 'cloud');
      });

      it(`switch a lamp on ${transport} with one PUT`, async () => {
        const { home, log, id: hub } = hubAt();
        const lamp = home.devices.find(({ type, state }) => type === 'LIGHT' && state['reachable'] === true);
        assert.ok(lamp);
        home.change(lamp.id, { isOn: false });
        log.clear();
        const answer = await stage.ask('command', { hub, payload: [{ id: lamp.id, type: 'CMD_DEVICE_ON' }] });
        assert.deepEqual([answer.output, answer.payload], [1, null]);
        assert.deepEqual(
          log.commands.map(({ id, type }) => [id, type]),
          [[lamp.id, 'CMD_DEVICE_ON']],
        );
      });

      it(`fail with an error status ${transport}`, async () => {
        const answer = await stage.ask('free', { hub: hubAt().id, where: 'unicorns' });
        stage.assertFailure(answer, 'COZIFY_API');
        assert.equal(answer.cozify.error?.statusCode, 404);
      });
    }

    it('list things, make a lamp blink and try a command', async () => {
      const path = `/cozify/accounts/${stage.accountId}`;
      const { id: hub, home, log } = stage.simulator.hubs[0] ?? assert.fail();
      const listed = await stage.nodeRed.admin('GET', `${path}/things?q=kattovalo&kind=device&hub=${hub}&lang=fi`);
      assert.equal(listed.status, 200, listed.text);
      const { things, away } = listed.body as { things: { id: string; room: string }[]; away: boolean };
      assert.deepEqual([things.map(({ room }) => room), away], [['Keittiö', 'Makuuhuone'], false]);
      const id = things[0]?.id ?? '';
      home.change(id, { isOn: false });
      log.clear();
      const blinking = await stage.nodeRed.admin('POST', `${path}/identify`, { hub, id });
      assert.equal(blinking.status, 200, blinking.text);
      const targets = [{ hub, kind: 'device', id, name: '' }];
      const tried = await stage.nodeRed.admin('POST', `${path}/command`, { targets, command: 'on' });
      assert.equal(tried.status, 200, tried.text);
      const [result] = (tried.body as { results: { confirmed: boolean }[] }).results;
      assert.equal(result?.confirmed, true);
      assert.deepEqual(
        log.commands.map(({ type }) => type),
        ['CMD_IDENTIFY', 'CMD_DEVICE_ON'],
      );
    });

    it('refuse other paths and hosts', async () => {
      for (const where of ['../user', '//example.com/', '/%2e%2e/x', 'http://example.com/']) {
        stage.assertFailure(await stage.ask('free', { where }), 'COZIFY_BAD_INPUT');
      }
    });
  });
}
