import assert from 'node:assert/strict';
import { Stage, type NodeRedVersion } from '../harness';

export function requestTests(version: NodeRedVersion): void {
  describe('cozify-request, by messages', () => {
    let stage: Stage;

    before(async () => {
      const hubs = [{ name: 'Koti' }, { name: 'Mökki', onLan: false }];
      stage = await Stage.open({ version, simulator: { hubs } });
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

    for (const [place, way] of ['on the LAN', 'through the cloud'].entries()) {
      const hubAt = () => {
        const hub = stage.simulator.hubs[place];
        assert.ok(hub);
        return hub;
      };

      it(`gets an answer ${way}`, async () => {
        const answer = await stage.ask('zone', { hub: hubAt().id });
        assert.deepEqual([answer.output, answer.payload, answer['statusCode']], [1, 'Europe/Helsinki', 200]);
        assert.equal(answer.cozify.operation, 'request');
        assert.equal(hubAt().log.of({ path: '/hub/tz' }).at(-1)?.way, place === 0 ? 'lan' : 'cloud');
      });

      it(`switches a lamp on ${way}, with one PUT`, async () => {
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

      it(`makes an error of a status that is no success ${way}`, async () => {
        const answer = await stage.ask('free', { hub: hubAt().id, where: 'unicorns' });
        stage.assertFailure(answer, 'COZIFY_API');
        assert.equal(answer.cozify.error?.statusCode, 404);
      });
    }

    it('goes nowhere else', async () => {
      for (const where of ['../user', '//example.com/', '/%2e%2e/x', 'http://example.com/']) {
        stage.assertFailure(await stage.ask('free', { where }), 'COZIFY_BAD_INPUT');
      }
    });
  });
}
