import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import helper from 'node-red-node-test-helper';
import sinon from 'sinon';
import type { FeedAnswer, ThingPage } from '../../../src/homes-api';
import { awakeStopwatch } from '../../support/awake';
import { sleep, until } from '../../support/wait';
import { type AdminReply, assertRefused, EDITOR, getBelow, type ReplyWith } from '../support/admin-client';
import { ACCOUNT, accountNode, EMAIL, placed, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

type FeedReply = ReplyWith<FeedAnswer>;

type HomeEvent = FeedAnswer['events'][number];

const feed = (query: Record<string, string> = {}, id = ACCOUNT): Promise<FeedReply> =>
  getBelow(`/feed?${new URLSearchParams(query)}`, id);

describe('Feed', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  beforeEach(async () => {
    await stage.load(testFlow(accountNode()));
    await stage.logIn();
  });
  afterEach(() => stage.hub.goOnline());

  const named = (name: string) => {
    const found = stage.home.devices.find((device) => device.name === name);
    assert.ok(found, name);
    return found;
  };
  const homes = () => stage.account().homes;

  /** Returns the position of the feed after the first poll of the home. */
  async function follow(): Promise<string> {
    await feed();
    await until('a poll', () => homes().open.some(({ cache }) => cache.hasPolled));
    return (await feed()).body.last;
  }

  /** Waits for the next event of a thing after a position in the feed. */
  async function next(last: string, name: string): Promise<HomeEvent> {
    let after = last;
    for (;;) {
      const { body, status } = await feed({ after, wait: '20' });
      assert.equal(status, 200);
      const found = body.events.find(({ thing }) => thing.name === name);
      if (found !== undefined) return found;
      after = body.last;
    }
  }

  const targetOf = (name: string) => ({ hub: stage.hub.id, kind: 'device', id: named(name).id, name });

  it('is held until an event, which has the form of a changes message', async () => {
    stage.home.change(named('Lukuvalo').id, { isOn: false });
    const after = await follow();
    const asked = next(after, 'Lukuvalo');
    await sleep(50);
    stage.home.change(named('Lukuvalo').id, { isOn: true });
    const event = await asked;
    assert.deepEqual([event.event, event.press, event.by], ['changed', null, null]);
    assert.ok(event.changed.includes('on'), String(event.changed));
    assert.equal(event.state?.['on'], true);
    assert.deepEqual(event.thing, { ...targetOf('Lukuvalo'), room: event.thing.room });
    assert.match(event.at, /^\d{4}-\d\d-\d\dT/);
  });

  it('sends one event for a press, and events for lost reachability', async () => {
    const remote = stage.home.devices.find(({ type }) => type === 'REMOTE_CONTROL');
    assert.ok(remote);
    const after = await follow();
    stage.home.press(remote.id, 1);
    const press = await next(after, remote.name);
    assert.deepEqual([press.event, press.changed, press.state, press.by], ['press', [], null, null]);
    assert.equal(press.press?.button, 1);
    const [shown] = (await getBelow<ThingPage>(`/things?ids=${remote.id}`)).body.things;
    const { at, ...shownPress } = shown?.lastPress ?? {};
    const { repeat, ...sentPress } = press.press ?? {};
    assert.deepEqual([shownPress, repeat], [sentPress, false], 'the picker shows it');
    assert.ok(at !== undefined && at <= press.at, `${at} is not after ${press.at}`);
    const { last } = (await feed()).body;
    stage.home.setReachable(named('Lukuvalo').id, false);
    const lost = await next(last, 'Lukuvalo');
    assert.deepEqual([lost.event, lost.changed], ['unreachable', ['reachable']]);
    const all = (await feed()).body.events.filter(({ thing }) => thing.id === remote.id);
    assert.deepEqual(
      all.map(({ event }) => event),
      ['press'],
    );
    stage.home.setReachable(named('Lukuvalo').id, true);
  });

  it('has the events of all polls, and polls the hub until 5 s after an answer', async () => {
    await until('the end of the polls', () => homes().open.every(({ loop }) => !loop.isRunning));
    stage.hub.log.clear();
    let askedAt = NaN;
    // Repeats the request, because the polls may end before the second poll if the machine stops.
    await until('polls', async () => {
      askedAt = performance.now();
      await feed();
      return stage.hub.log.count({ path: '/hub/poll' }) >= 2;
    });
    await until('the end of the polls', () => homes().open.every(({ loop }) => !loop.isRunning));
    assert.ok(performance.now() - askedAt >= 4_900);

    const button = placed({
      id: 'button',
      type: 'cozify-button',
      account: ACCOUNT,
      targets: [],
      presses: [],
      wires: [[]],
    });
    await stage.load(testFlow(accountNode(), button), { isKept: true });
    await until('a poll for the node', () => homes().open.some(({ cache }) => cache.hasPolled));
    const { last } = (await feed()).body;
    await sleep(5_500);
    stage.home.change(named('Lukuvalo').id, { isOn: !isOn('Lukuvalo') });
    const polls = stage.hub.log.count({ path: '/hub/poll' });
    await until('two more polls', () => stage.hub.log.count({ path: '/hub/poll' }) >= polls + 2);
    const { events } = (await feed({ after: last })).body;
    assert.ok(events.some(({ thing }) => thing.name === 'Lukuvalo'));
  });

  const isOn = (name: string): boolean => (named(name).state as { isOn?: boolean }).isOn === true;

  it('outlives a Deploy, and answers a held request when the cloud changes', async () => {
    const after = await follow();
    stage.home.change(named('Lukuvalo').id, { isOn: !isOn('Lukuvalo') });
    const { n } = await next(after, 'Lukuvalo');
    await stage.deploy(testFlow(accountNode({ name: 'Other' })));
    const { body } = await feed({ after });
    assert.equal(body.reset, false);
    assert.ok(body.events.some((event) => event.n === n));
    const held = feed({ after: body.last, wait: '20' });
    await sleep(50);
    await stage.deploy(testFlow(accountNode({ language: 'fi' })));
    assert.equal((await feed({ after: body.last })).body.reset, false, 'another language keeps the feed');
    await stage.deploy(testFlow(accountNode({ cloudUrl: `${stage.simulator.cloudUrl}9` })));
    assert.equal((await held).status, 200);
    const { body: another } = await feed({ after: body.last });
    assert.equal(another.reset, true, 'a new feed');
  });

  it('sends events when the hub is offline and back, with the time of the last state', async () => {
    const after = await follow();
    await stage.hub.goOffline();
    const away = await next(after, 'Koti');
    assert.deepEqual([away.event, away.thing.kind, away.thing.id], ['hub-away', 'hub', stage.hub.id]);
    const { hubs, last } = (await feed()).body;
    assert.deepEqual(
      hubs.map(({ id, away: isAway }) => [id, isAway]),
      [[stage.hub.id, true]],
    );
    assert.match(hubs[0]?.asOf ?? '', /^\d{4}-\d\d-\d\dT/);
    await stage.hub.goOnline();
    assert.equal((await next(last, 'Koti')).event, 'hub-back');
  });

  it('holds 20 requests, and refuses another with COZIFY_BUSY', async () => {
    const after = await follow();
    const read = sinon.spy(stage.account(), 'feed');
    const replies: FeedReply[] = [];
    const held = Array.from({ length: 20 }, async () => {
      replies.push(await feed({ after, wait: '20' }));
    });
    await until('20 requests', () => read.callCount === 20);
    const refused = (await feed({ after, wait: '20' })) as unknown as AdminReply;
    assertRefused(refused, 429, 'COZIFY_BUSY');
    assert.deepEqual([refused.headers['retry-after'], refused.body.retryAfter], ['15', 15]);
    assert.equal((await feed({ after })).status, 200, 'a request that is not held is answered');
    assert.equal(replies.length, 0, 'no held request was answered');
    stage.home.change(named('Lukuvalo').id, { isOn: !isOn('Lukuvalo') });
    await Promise.all(held);
    assert.ok(replies.every(({ status, body }) => status === 200 && body.events.length > 0));
  });

  it('releases closed requests: polls end within 24 s', async () => {
    const after = await follow();
    const server = createServer(helper._httpAdmin).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const path = `/cozify/accounts/${ACCOUNT}/feed?after=${encodeURIComponent(after)}&wait=20`;
    for (let round = 0; round < 50; round += 1) {
      await Promise.all(
        Array.from({ length: 20 }, async () => {
          const call = httpRequest({ host: '127.0.0.1', port, path, headers: EDITOR });
          call.on('error', () => undefined);
          call.end();
          await sleep(5);
          call.destroy();
        }),
      );
    }
    const stopwatch = awakeStopwatch();
    await until('the end of the polls', () => homes().open.every(({ loop }) => !loop.isRunning));
    // If the server held the requests of the closed connections for their full 20 s, polls would run for 25 s.
    assert.ok(stopwatch() < 24_000, 'no request is held to its end');
    server.close();
  });

  it('refuses invalid parameters, and requires a login', async () => {
    for (const query of [{ wait: '21' }, { wait: 'x' }, { wait: '-1' }, { cloudUrl: 'ftp://a' }]) {
      assertRefused((await feed(query)) as unknown as AdminReply, 400, 'COZIFY_BAD_INPUT');
    }
    assertRefused((await feed({}, 'nobody')) as unknown as AdminReply, 409, 'COZIFY_OTP_REQUIRED');
    assert.equal((await feed({ after: 'nonsense' })).body.reset, true);
  });

  it('contains no secrets', async () => {
    const { value: token } = await stage.account().token();
    const after = await follow();
    stage.home.change(named('Lukuvalo').id, { isOn: !isOn('Lukuvalo') });
    await next(after, 'Lukuvalo');
    const { text } = await feed();
    for (const secret of [token, stage.hub.key(EMAIL), EMAIL]) assert.ok(!text.includes(secret));
  });
});
