import assert from 'node:assert/strict';
import { changed, Stage, sleep, type NodeRedVersion } from '../harness';

export function eventTests(version: NodeRedVersion): void {
  describe('cozify-events', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    it('sends the state at the start, then each event with its snapshot', async () => {
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

    it('sends events in order, also right after the start', async () => {
      await stage.newLogin();
      await stage.untilTopic('hubs');
      const topics = stage.topics();
      assert.ok(topics.lastIndexOf('otp-sent') < topics.indexOf('authenticated'), topics.join(', '));
      for (const { topic, payload } of stage.events()) {
        if (topic === 'authenticated' || topic === 'otp-required') assert.equal(payload.state, topic);
      }
    });

    it('sends one message for a reset without a login', async () => {
      await stage.newAccount();
      await stage.untilTopic('otp-required');
      await stage.ask('reset');
      await stage.untilTopic('reset');
      await sleep(200);
      assert.deepEqual(stage.topics(), ['otp-required', 'reset']);
    });

    it('sends otp-required once for a rejected token', async () => {
      await stage.newLogin();
      stage.simulator.revokeAll();
      for (let times = 0; times < 3; times += 1) await stage.ask('ping');
      await stage.untilTopic('otp-required', 2);
      await sleep(200);
      assert.equal(stage.topics().filter((topic) => topic === 'otp-required').length, 2, 'the start and the rejection');
    });

    it('sends the state at each start', async () => {
      await stage.newLogin();
      const before = stage.topics().filter((topic) => topic === 'authenticated').length;
      await stage.deploy(stage.flows);
      await stage.untilTopic('authenticated', before + 1);
    });

    it('filters by topic, also the first message', async () => {
      await stage.newAccount();
      await stage.deploy(changed(stage.flows, 'event', { events: ['authenticated', 'reset'] }));
      const from = stage.topics().length;
      await stage.logIn();
      await stage.ask('reset');
      await stage.untilTopic('reset');
      await sleep(200);
      assert.deepEqual(stage.topics().slice(from), ['authenticated', 'reset']);
    });

    it('sends no secrets', async () => {
      await stage.newLogin();
      const token = String((await stage.ask('token')).payload);
      assert.ok(!JSON.stringify(stage.events()).includes(token));
    });
  });
}
