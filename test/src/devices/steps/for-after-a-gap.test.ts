import assert from 'node:assert/strict';
import type { ChangeMessage } from '../../../../src/devices/steps/change-feed.js';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { SubscribedHome } from '../../hub/support/subscribed-home.js';
import { MINUTE, SECOND } from '../../support/fake-clock.js';

describe('A hold time of a minute after a pause of its only subscribers', () => {
  let home: SubscribedHome;
  let sensor: string;
  let sent: ChangeMessage[];
  let feeds: ChangeFeed[];

  beforeEach(async () => {
    [home, sent, feeds] = [new SubscribedHome(), [], []];
    await home.start();
    home.leave();
    sensor = home.house.devices.find(({ state }) => 'motion' in state)?.id ?? assert.fail('no sensor');
    move(true);
    listen();
    await pass(3 * SECOND);
    move(false);
    await pass(50 * SECOND);
  });
  afterEach(async () => {
    for (const feed of feeds) feed.stop();
    await home.end();
  });

  const pass = (ms: number): Promise<void> => home.stage.clock.advance(ms);

  function move(motion: boolean): void {
    const { clock } = home.stage;
    home.house.change(sensor, { motion, ...(motion ? { lastMotion: clock.now() } : {}) });
  }

  /** Starts the feeds of two nodes with the same options. */
  function listen(): void {
    const condition = { field: 'motion', op: 'is', value: false };
    const config = parseChangeConfig({ targets: [{ id: sensor, kind: 'device' }], condition, for: 60 });
    const { homes } = home.account;
    for (const id of ['n1', 'n2']) {
      const send = (message: ChangeMessage): void => void sent.push(message);
      feeds.push(new ChangeFeed({ id, homes, clock: home.stage.clock, config, send }));
    }
  }

  function leave(): void {
    for (const feed of feeds.splice(0)) feed.stop();
  }

  it('restarts if lastMotion shows a motion during the pause', async () => {
    leave();
    await pass(10 * SECOND);
    move(true);
    await pass(9 * SECOND);
    move(false);
    await pass(SECOND);
    listen();
    await pass(55 * SECOND);
    assert.deepEqual(sent, []);
    await pass(10 * SECOND);
    assert.equal(sent.length, 2);
  });

  it('restarts if a read during the pause has loaded the new lastMotion', async () => {
    leave();
    await pass(8 * SECOND);
    move(true);
    await pass(2 * SECOND);
    move(false);
    await pass(SECOND);
    await home.account.read({ kinds: ['device'], fresh: true });
    await pass(9 * SECOND);
    listen();
    await pass(40 * SECOND);
    assert.deepEqual(sent, []);
    await pass(15 * SECOND);
    assert.equal(sent.length, 2);
  });

  it('continues if the sensor did not change', async () => {
    leave();
    await pass(20 * SECOND);
    listen();
    await pass(2 * SECOND);
    assert.equal(sent.length, 2);
  });

  it('continues after a pause of one second, although another field changed', async () => {
    leave();
    home.house.change(sensor, { temperature: 30.5 });
    await pass(SECOND);
    listen();
    await pass(10 * SECOND);
    assert.equal(sent.length, 2);
  });
});

describe('A hold time of 30 minutes during which the hub goes offline', () => {
  let home: SubscribedHome;
  let sensor: string;
  let sent: ChangeMessage[];
  let feed: ChangeFeed;

  beforeEach(async () => {
    [home, sent] = [new SubscribedHome(), []];
    await home.start();
    sensor = home.house.devices.find(({ state }) => 'motion' in state)?.id ?? assert.fail('no sensor');
    const condition = { field: 'temperature', op: 'above', value: 60 };
    const config = parseChangeConfig({ targets: [{ id: sensor, kind: 'device' }], condition, for: 30 * 60 });
    const { clock } = home.stage;
    feed = new ChangeFeed({
      id: 'n2',
      homes: home.account.homes,
      clock,
      config,
      send: (message) => sent.push(message),
    });
    warm(70);
    await clock.advance(5 * MINUTE);
  });
  afterEach(async () => {
    feed.stop();
    await home.end();
  });

  const warm = (temperature: number): void => void home.house.change(sensor, { temperature });

  async function loseHub(ms: number): Promise<void> {
    const { hub, clock } = home.stage;
    const { intercept } = hub;
    hub.intercept = () => 'refused';
    await clock.advance(ms);
    hub.intercept = intercept;
    await home.advanceUntil(() => home.poller.isUpToDate, 2 * MINUTE);
  }

  it('restarts if the value is another one afterwards', async () => {
    const lost = loseHub(55 * MINUTE);
    warm(65);
    await lost;
    await home.stage.clock.advance(29 * MINUTE);
    assert.deepEqual(sent, []);
    await home.stage.clock.advance(MINUTE);
    assert.equal(sent.length, 1);
  });

  it('ends during an outage if only other values differ afterwards', async () => {
    const lost = loseHub(55 * MINUTE);
    home.house.change(sensor, { humidity: 12 });
    await lost;
    assert.equal(sent.length, 1);
  });

  it('continues after a few seconds without the hub', async () => {
    const lost = loseHub(5 * SECOND);
    warm(65);
    await lost;
    await home.stage.clock.advance(25 * MINUTE);
    assert.equal(sent.length, 1);
  });

  it('waits for the devices if the hub lists none after an outage', async () => {
    const lost = loseHub(24 * MINUTE + 30 * SECOND);
    warm(20);
    home.house.restart(60, 'missing');
    await lost;
    await home.stage.clock.advance(3 * MINUTE);
    assert.deepEqual(sent, []);
  });
});
