import assert from 'node:assert/strict';
import helper from 'node-red-node-test-helper';
import type { RecordingState } from '../../../src/homes-api';
import { parseRecording, type Recording } from '../../simulator';
import { sleep, until } from '../../support/wait';
import { type AdminReply, assertRefused, EDITOR, getBelow, post } from '../support/admin-client';
import { ACCOUNT, accountNode, EMAIL, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

const DOOR = 'Ulko-ovi';

const read = (below = ''): Promise<AdminReply> => getBelow(`/recording${below}`);

const stateOf = ({ body }: AdminReply): RecordingState => body as unknown as RecordingState;

describe('Recording of a home', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }, { name: 'Mökki', home: { plan: 'cottage' } }] });
  beforeEach(async () => {
    await stage.load(testFlow(accountNode()));
    await stage.logIn();
  });
  afterEach(async () => {
    stage.simulator.clearFaults();
    await hub().goOnline();
  });

  const hub = (place = 0) => {
    const found = stage.simulator.hubs[place];
    assert.ok(found);
    return found;
  };

  /** Opens and closes the door, and waits until each change is recorded. */
  async function recordsADoor(): Promise<void> {
    for (const open of [true, false]) {
      const { count } = stateOf(await read());
      hub().home.change(DOOR, { open });
      await until('the recorded change', async () => stateOf(await read()).count > count);
    }
  }

  /** Records the door opening and closing; returns the recording. */
  async function recordTheDoor(body: object): Promise<Recording> {
    const started = await post('recording', body);
    assert.equal(started.status, 202, started.text);
    await recordsADoor();
    assert.equal(stateOf(await post('recording/stop', {})).state, 'done');
    const file = await read('/file');
    assert.equal(file.status, 200);
    assert.match(file.headers['content-type'] ?? '', /^application\/json/);
    assert.equal(file.headers['cache-control'], 'no-store');
    return parseRecording(file.text);
  }

  it('has all things and changes, and no names, ids or addresses', async () => {
    const recording = await recordTheDoor({});
    const text = JSON.stringify(recording);
    const { home, id: hubId, host, version } = hub();
    const { devices } = home;
    assert.equal(Object.keys(recording.things.devices ?? {}).length, devices.length);
    assert.equal(recording.hubVersion, version);
    const changed = recording.polls.flatMap(({ changes }) => Object.values(changes.devices ?? {}));
    assert.deepEqual(
      changed
        .map((device) => (device?.['state'] as Record<string, unknown>)['open'])
        .filter((open) => open !== undefined),
      [true, false],
    );
    const canaries = [EMAIL, hubId, String(host), 'Koti', ...devices.flatMap(({ id, name }) => [id, name])];
    assert.deepEqual(
      canaries.filter((canary) => text.includes(canary)),
      [],
    );
  });

  it('keeps names with names: kept, but no ids', async () => {
    const text = JSON.stringify(await recordTheDoor({ names: 'kept', minutes: 1440 }));
    assert.ok(text.includes(DOOR));
    assert.deepEqual(
      hub().home.devices.filter(({ id }) => text.includes(id)),
      [],
    );
  });

  it('records the chosen hub', async () => {
    assert.equal((await post('recording', { hub: hub(1).id })).status, 202);
    const { hub: id, startedAt, endsAt } = stateOf(await read());
    assert.equal(id, hub(1).id);
    assert.equal(Date.parse(endsAt ?? '') - Date.parse(startedAt ?? ''), 3_600_000);
    await post('recording/stop', {});
    const { things } = parseRecording((await read('/file')).text);
    assert.equal(Object.keys(things.devices ?? {}).length, hub(1).home.devices.length);
  });

  it('uses the existing polls, one at a time, and makes no request after its end', async () => {
    const polls = () => hub().log.count({ path: '/hub/poll' });
    assert.equal((await post('recording', {})).status, 202);
    const held = stage.simulator.hold('hub', { path: '/hub/poll' });
    await until('a poll that is held', () => held.isAsked);
    const asked = polls();
    await helper.request().get(`/cozify/accounts/${ACCOUNT}/feed`).set(EDITOR);
    await sleep(2500);
    assert.equal(polls(), asked);
    held.release();
    const isRunning = () => stage.account().homes.open.some(({ loop }) => loop.isRunning);
    await post('recording/stop', {});
    await until('all polls to end', () => !isRunning());
  });

  it('continues when the account gets another language', async () => {
    assert.equal((await post('recording', {})).status, 202);
    for (const language of ['fi', 'en']) {
      await stage.deploy(testFlow(accountNode({ language })));
      assert.equal(stateOf(await read()).state, 'recording');
      await recordsADoor();
    }
  });

  it('prevents another recording until it is stopped, and is deleted with forget: true', async () => {
    assert.equal(stateOf(await read()).state, 'none');
    assertRefused(await read('/file'), 404, 'COZIFY_NOT_FOUND');
    assert.equal((await post('recording', {})).status, 202);
    assertRefused(await post('recording', {}), 503, 'COZIFY_BUSY');
    assert.equal(stateOf(await read()).state, 'recording');
    assert.equal(stateOf(await post('recording/stop', { forget: true })).state, 'none');
    assertRefused(await read('/file'), 404, 'COZIFY_NOT_FOUND');
    assert.equal((await post('recording', {})).status, 202);
  });

  it('does not start while the hub is offline', async () => {
    await hub().goOffline();
    assertRefused(await post('recording', {}), 503, 'COZIFY_HUB_OFFLINE');
    assert.equal(stateOf(await read()).state, 'none');
  });

  it('is deleted by a restart', async () => {
    assert.equal((await post('recording', {})).status, 202);
    await stage.load(testFlow(accountNode()), { isKept: true });
    assert.equal(stateOf(await read()).state, 'none');
  });

  it('refuses invalid bodies, and accounts that are not deployed', async () => {
    for (const body of [{ minutes: 0 }, { minutes: 1441 }, { minutes: '60' }, { names: 'all' }, { hub: 1 }]) {
      assertRefused(await post('recording', body), 400, 'COZIFY_BAD_INPUT');
    }
    assertRefused(await post('recording', { hub: 'nobody' }), 404, 'COZIFY_NOT_FOUND');
    assertRefused(await post('recording/stop', { forget: 1 }), 400, 'COZIFY_BAD_INPUT');
    assertRefused(await post('recording', {}, 'nobody'), 404, 'COZIFY_NO_ACCOUNT');
    assert.equal(stateOf(await read()).state, 'none');
  });
});
