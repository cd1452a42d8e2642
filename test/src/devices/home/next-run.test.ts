import assert from 'node:assert/strict';
import type { ChangeMessage } from '../../../../src/devices/steps/change-feed.js';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { SECOND } from '../../support/fake-clock.js';
import type { AccountFixture } from '../../support/stage.js';

/** Deploys that restart the account at the same cloud. */
const DEPLOYS: readonly (readonly [string, (home: SubscribedHome, fixture: AccountFixture) => Promise<void>])[] = [
  [
    'another path at the cloud',
    ({ stage }, fixture) => stage.deploy(fixture, { cloudUrl: `${fixture.options.cloudUrl}9` }),
  ],
  ['the account off and on', ({ stage }, fixture) => stage.switchOffAndOn(fixture)],
];

describe('Nodes after a restart of their account', () => {
  let home: SubscribedHome;
  let sent: ChangeMessage[];
  let feeds: ChangeFeed[];

  beforeEach(async () => {
    home = new SubscribedHome();
    [sent, feeds] = [[], []];
    home.stage.clock.chance = () => 0.5;
    await home.start();
    home.leave();
    home.house.change(home.lamp, { isOn: false });
    await home.stage.clock.advance(3 * SECOND);
  });
  afterEach(async () => {
    leave();
    await home.end();
  });

  const events = (): string[] => sent.map(({ event, payload }) => `${event} ${JSON.stringify(payload)}`);
  const leave = (): void => feeds.splice(0).forEach((feed) => feed.stop());
  const listen = (more: Record<string, unknown>): void => {
    const config = parseChangeConfig({ targets: [{ id: home.lamp, kind: 'device' }], payload: 'on', ...more });
    const { clock } = home.stage;
    feeds.push(
      new ChangeFeed({ id: 'n1', homes: home.account.homes, clock, config, send: (message) => sent.push(message) }),
    );
  };
  const deploy = async (change: (typeof DEPLOYS)[number][1]): Promise<void> => {
    await change(home, home.stage.fixture ?? assert.fail('it has not begun'));
    await home.stage.clock.advance(0);
  };

  for (const [label, change] of DEPLOYS) {
    it(`send changes but no initial messages after ${label}`, async () => {
      const { clock } = home.stage;
      listen({ initial: true });
      await clock.advance(3 * SECOND);
      assert.deepEqual(events(), ['initial false']);
      leave();
      await deploy(change);
      home.house.change(home.lamp, { isOn: true });
      await clock.advance(400);
      listen({ initial: true });
      await clock.advance(5 * SECOND);
      assert.deepEqual(events(), ['initial false', 'changed true']);
      home.house.change(home.lamp, { isOn: false });
      await clock.advance(3 * SECOND);
      assert.deepEqual(events(), ['initial false', 'changed true', 'changed false']);
    });

    it(`continue a hold time after ${label}`, async () => {
      const { clock } = home.stage;
      const config = { condition: { field: 'on', op: 'is', value: false }, for: 15 };
      listen(config);
      await clock.advance(10 * SECOND);
      leave();
      await deploy(change);
      listen(config);
      await clock.advance(3 * SECOND);
      assert.deepEqual(events(), []);
      await clock.advance(4 * SECOND);
      assert.deepEqual(events(), ['changed false']);
    });

    it(`skip presses from before their start after ${label}, and send later ones`, async () => {
      home.subscribe();
      await home.stage.clock.advance(3 * SECOND);
      home.leave();
      home.house.press(home.remote, 1);
      await deploy(change);
      home.house.press(home.remote, 2);
      home.subscribe();
      await home.stage.clock.advance(3 * SECOND);
      assert.equal(home.presses, 0);
      home.house.press(home.remote, 1);
      await home.stage.clock.advance(3 * SECOND);
      assert.equal(home.presses, 1);
    });

    it(`receive the answer to a command that was in flight before ${label}`, async () => {
      const { clock, hub } = home.stage;
      const scene = home.house.all('scenes').find(({ isOn }) => !isOn) ?? assert.fail('no scene');
      const target = { targets: [{ id: scene.id, kind: 'scene' }] };
      listen(target);
      await clock.advance(3 * SECOND);
      leave();
      let free: () => void = () => undefined;
      const isFree = new Promise<void>((resolve) => (free = resolve));
      hub.intercept = async ({ path, answer }) => {
        if (!path.endsWith('/scenes/command')) return path.includes('/hub/poll') ? 'hang' : answer();
        await isFree;
        return { body: JSON.stringify({ [scene.id]: { ...scene, isOn: true } }) };
      };
      void home.account.command({ id: scene.id, kind: 'scene' }, true).catch(() => undefined);
      await clock.advance(100);
      await deploy(change);
      listen(target);
      free();
      await clock.advance(500);
      assert.deepEqual(events(), ['changed true']);
    });
  }

  it('get built-in names in the new language without a request', async () => {
    const { clock, fixture } = home.stage;
    const [room] = home.house.all('rooms');
    home.house.rename('rooms', room?.id ?? '', '$KITCHEN');
    const nameOfRoom = async (): Promise<unknown> => {
      const read = home.account.read({ kinds: ['room'] });
      await clock.advance(SECOND);
      return (await read).things.find(({ id }) => id === room?.id)?.name;
    };
    await clock.advance(12 * 60 * SECOND);
    assert.equal(await nameOfRoom(), 'Kitchen');
    home.stage.take();
    await home.stage.deploy(fixture ?? assert.fail('it has not begun'), { language: 'fi' });
    assert.equal(await nameOfRoom(), 'Keittiö');
    assert.deepEqual(home.stage.take(), []);
  });

  it('start without a cache at another cloud', async () => {
    const { clock, fixture } = home.stage;
    listen({ initial: true });
    await clock.advance(3 * SECOND);
    const { open } = home.account.homes;
    leave();
    await home.stage.deploy(fixture ?? assert.fail('it has not begun'), { cloudUrl: 'https://other.example/ui/0.2' });
    assert.deepEqual([open.length, home.account.homes.open.length], [1, 0]);
  });
});
