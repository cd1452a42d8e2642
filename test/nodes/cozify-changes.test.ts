import assert from 'node:assert/strict';
import { sleep, until } from '../support/wait';
import { ACCOUNT, accountNode, placed, testFlow } from './support/flow';
import { Stage } from './support/stage';

interface ChangeMessage {
  topic: string;
  payload: Record<string, unknown>;
  event: string;
  own: boolean;
  changed: string[];
  device: { id: string; kind: string };
}

/** A time in milliseconds that is longer than the time between polls. */
const POLLS_MS = 1_300;

describe('Changes node', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  let lamp: { id: string; name: string };
  let seen: ChangeMessage[];

  before(() => {
    const found = stage.home.devices.find(({ type }) => type === 'LIGHT');
    assert.ok(found);
    lamp = found;
    stage.home.change(lamp.id, { isOn: false });
  });

  async function load(properties: Record<string, unknown> = {}): Promise<void> {
    const changes = { id: 'changes', type: 'cozify-changes', account: ACCOUNT, name: '', wires: [['out']] };
    const out = placed({ id: 'out', type: 'helper', wires: [] });
    await stage.load(testFlow(accountNode(), placed({ ...changes, ...properties }), out));
    seen = [];
    stage.node('out').on('input', (msg) => seen.push(msg as unknown as ChangeMessage));
    await stage.logIn();
    await until('a first poll', () => stage.account().homes.open.some(({ cache: { hasPolled } }) => hasPolled));
  }
  const ofLamp = (): ChangeMessage[] => seen.filter(({ device }) => device.id === lamp.id);

  it('sends one message for each switch of a lamp by hand, without msg.cozify', async () => {
    await load();
    assert.deepEqual(seen, [], 'the first state is no change');
    stage.home.change(lamp.id, { isOn: true });
    await until('the change', () => ofLamp().length > 0);
    const [message] = ofLamp();
    assert.deepEqual([message?.topic, message?.event, message?.own], [lamp.name, 'changed', false]);
    assert.equal(message?.payload['on'], true);
    assert.ok(message?.changed.includes('on') && !('cozify' in message));
    stage.home.change(lamp.id, { isOn: false });
    await until('the next', () => ofLamp().some(({ payload }) => payload['on'] === false));
    assert.equal(ofLamp().length, 2);
  });

  it('shows the state of its device, its reachability, and a missing name', async () => {
    stage.home.change(lamp.id, { isOn: true, reachable: true });
    await load({ targets: [{ hub: '', kind: 'device', id: '', name: lamp.name }] });
    const shows = (fill: string, text: RegExp): Promise<true> =>
      until(`${fill} ${text.source}`, () => statusOf().fill === fill && text.test(statusOf().text ?? ''));
    await shows('green', new RegExp(`^${lamp.name} (on|päällä)`));
    stage.home.change(lamp.id, { reachable: false });
    await shows('grey', /^(can't be reached|ei yhteyttä)$/);
    stage.home.change(lamp.id, { reachable: true });
    await shows('green', new RegExp(`^${lamp.name} (on|päällä)`));
    const named = (name: string): void => stage.home.put('devices', { ...stage.home.device(lamp.id), name });
    named('Katkaisin');
    await shows('red', new RegExp(`^(gone|poistunut): ${lamp.name}$`));
    named(lamp.name);
    await shows('green', new RegExp(`^${lamp.name} (on|päällä)`));
  });

  const statusOf = () => stage.statuses('changes').at(-1) ?? {};

  it('shows a red status while polls fail, and green when they succeed again', async () => {
    await load();
    await until('a green status', () => statusOf().fill === 'green');
    for (const call of ['hub', 'cloud'] as const) stage.simulator.fault(call, { path: '/hub/poll', status: 500 });
    await until(
      'a red ring',
      () => statusOf().fill === 'red' && /^(hub away|hubiin ei yhteyttä)$/.test(statusOf().text ?? ''),
    );
    stage.simulator.clearFaults();
    await until('a green status', () => statusOf().fill === 'green');
  });

  it('shows "log in first" if the login is rejected and the hub refuses its key', async () => {
    await load();
    await until('a green status', () => statusOf().fill === 'green');
    stage.simulator.revokeAll();
    stage.simulator.hubs[0]?.revokeKeys();
    await stage.account().ping();
    await until(
      'a yellow ring',
      () => statusOf().fill === 'yellow' && /^(log in first|kirjaudu ensin)$/.test(statusOf().text ?? ''),
    );
    stage.simulator.hubs[0]?.rotateKey();
  });
});

for (const otherDeltas of ['named', 'foreign', 'absent'] as const) {
  describe(`Changes node with a hub with ${otherDeltas} scene deltas`, () => {
    const stage = Stage.forSuite({ hubs: [{ name: 'Koti', behaviour: { otherDeltas } }] });

    it('sends one message for a scene that was switched, and none before', async () => {
      const seen: ChangeMessage[] = [];
      const changes = { id: 'changes', type: 'cozify-changes', account: ACCOUNT, name: '', wires: [['out']] };
      await stage.load(
        testFlow(
          accountNode(),
          placed({ ...changes, kinds: ['scene', 'rule'], events: ['changed', 'added', 'removed'] }),
          placed({ id: 'out', type: 'helper', wires: [] }),
        ),
      );
      stage.node('out').on('input', (msg) => seen.push(msg as unknown as ChangeMessage));
      await stage.logIn();
      const { hub } = stage;
      const polls = hub.log.count({ path: '/hub/poll' });
      await until('the scenes to be known', () => {
        const things = stage.account().homes.open[0]?.cache.things;
        return (
          hub.log.count({ path: '/hub/poll' }) >= polls + 2 && things !== undefined && things.list('scene').length > 0
        );
      });
      assert.deepEqual(seen, []);
      const [scene] = hub.home.all('scenes');
      assert.ok(scene);
      hub.home.put('scenes', { ...scene, isOn: !scene.isOn });
      await until('the change', () => seen.length > 0);
      await sleep(POLLS_MS);
      assert.deepEqual(
        seen.map(({ event, device: { id, kind } }) => [event, id, kind]),
        [['changed', scene.id, 'scene']],
      );
    });
  });
}
