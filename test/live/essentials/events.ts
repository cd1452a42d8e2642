import assert from 'node:assert/strict';
import { changed, Stage, sleep, type NodeRedVersion } from '../harness';

export function eventTests(version: NodeRedVersion): void {
  describe('cozify-events', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    it('tells the state when it starts, then each thing that happens, with the snapshot', async () => {
      await stage.newAccount();
      await stage.untilTopic('otp-required');
      await stage.logIn();
      await stage.untilTopic('hubs');
      await stage.ask('refresh', { force: true });
      await stage.ask('reset');
      await stage.untilTopic('otp-required', 2);
      const topics = stage.topics().filter((topic) => topic !== 'hubs');
      assert.deepEqual(topics, ['otp-required', 'otp-sent', 'authenticated', 'refreshed', 'reset', 'otp-required']);
      const login = stage.events().find(({ topic }) => topic === 'authenticated');
      assert.equal(login?.payload.state, 'authenticated');
      assert.equal(login?.payload.email, stage.email);
    });

    it('tells things in the order in which they happened, also those right after the start', async () => {
      await stage.newLogin();
      await stage.untilTopic('hubs');
      const topics = stage.topics();
      assert.ok(topics.lastIndexOf('otp-sent') < topics.indexOf('authenticated'), topics.join(', '));
      for (const { topic, payload } of stage.events()) {
        if (topic === 'authenticated' || topic === 'otp-required') assert.equal(payload.state, topic);
      }
    });

    it('tells a reset of an account without a login by one message', async () => {
      await stage.newAccount();
      await stage.untilTopic('otp-required');
      await stage.ask('reset');
      await stage.untilTopic('reset');
      await sleep(200);
      assert.deepEqual(stage.topics(), ['otp-required', 'reset']);
    });

    it('tells once that the token was rejected, however often it is asked about', async () => {
      await stage.newLogin();
      stage.simulator.revokeAll();
      for (let times = 0; times < 3; times += 1) await stage.ask('ping');
      await stage.untilTopic('otp-required', 2);
      await sleep(200);
      assert.equal(stage.topics().filter((topic) => topic === 'otp-required').length, 2, 'the start and the rejection');
    });

    it('tells the state again whenever it starts, authenticated too', async () => {
      await stage.newLogin();
      const before = stage.topics().filter((topic) => topic === 'authenticated').length;
      await stage.deploy(stage.flows);
      await stage.untilTopic('authenticated', before + 1);
    });

    it('lets only the chosen topics through, the first message included', async () => {
      await stage.newAccount();
      await stage.deploy(changed(stage.flows, 'event', { events: ['authenticated', 'reset'] }));
      const from = stage.topics().length;
      await stage.logIn();
      await stage.ask('reset');
      await stage.untilTopic('reset');
      await sleep(200);
      assert.deepEqual(stage.topics().slice(from), ['authenticated', 'reset']);
    });

    it('leaves no secret in what it tells', async () => {
      await stage.newLogin();
      const token = String((await stage.ask('token')).payload);
      assert.ok(!JSON.stringify(stage.events()).includes(token));
    });
  });
}
