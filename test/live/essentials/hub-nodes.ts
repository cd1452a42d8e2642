import assert from 'node:assert/strict';
import type { Device, SimulatedHub } from '../../simulator';
import { NODE_RED_4, type NodeRedVersion, sleep, Stage, until } from '../harness';

/** A time in milliseconds that is longer than the time between polls. */
const POLLS_MS = 2_500;

/**
 * Tests of a command, and of the feeds across a Deploy, over both transports. Other versions have one transport, and no
 * command. The examples in `test/examples/small.test.ts` run each node.
 */
export function hubNodeTests(version: NodeRedVersion): void {
  const transports = version === NODE_RED_4 ? (['on the LAN', 'through the cloud'] as const) : ['on the LAN'];
  for (const transport of transports) {
    describe(`the nodes of the hub ${transport}`, () => {
      const hubs = [{ name: 'Koti', onLan: transport === 'on the LAN' }];
      const stage = Stage.forSuiteOnSharedNodeRed(version, { hubs });

      const hub = (): SimulatedHub => {
        const [only] = stage.simulator.hubs;
        assert.ok(only);
        return only;
      };
      /** Returns a device that matches and whose name is unique. */
      function device(isMatch: (device: Device) => boolean): Device {
        const { devices } = hub().home;
        const found = devices.find(
          (one) => isMatch(one) && devices.filter(({ name }) => name === one.name).length === 1,
        );
        assert.ok(found);
        return found;
      }
      const lamp = (): Device => device(({ type }) => type === 'LIGHT');
      const isLit = (): unknown => hub().home.device(lamp().id).state['isOn'];

      /** Waits for two polls, because nodes get no events before the first complete answer to a poll. */
      async function untilListening(): Promise<void> {
        const polls = hub().log.count({ path: '/hub/poll' });
        await until('two more polls', () => hub().log.count({ path: '/hub/poll' }) >= polls + 2);
      }

      const itOnce = version === NODE_RED_4 ? it : undefined;

      itOnce?.('switch a lamp and confirm it', async () => {
        const { name, id } = lamp();
        hub().home.change(id, { isOn: false });
        await stage.newLogin({}, { command: { type: 'cozify-command', targets: [], command: 'payload', confirm: 60 } });
        const { output, payload, cozify } = await stage.ask('command', { target: name, payload: 'on' });
        assert.equal(output, 1, JSON.stringify(cozify));
        const { results } = cozify as unknown as { results: { confirmed: unknown }[] };
        assert.deepEqual([payload, results.map(({ confirmed }) => confirmed), isLit()], ['on', [true], true]);
        stage.assertFailure(await stage.ask('command', { payload: true }), 'COZIFY_BAD_INPUT');
      });

      it('send each change once across a full Deploy, but no press made during it', async () => {
        const wall = device(({ state }) => 'button' in state);
        const { id, name } = lamp();
        hub().home.change(id, { isOn: false });
        await stage.newLogin(
          { pollCloud: '1' },
          {},
          {
            changes: { type: 'cozify-changes', targets: [{ hub: '', kind: 'device', id, name }], initial: true },
            button: { type: 'cozify-button', targets: [] },
          },
        );
        await untilListening();
        const held = stage.simulator.hold(transport === 'on the LAN' ? 'hub' : 'remote', { path: '/hub/poll' });
        await until('a poll to be held', () => held.isAsked);
        hub().home.change(id, { isOn: true });
        hub().home.press(wall.id, 2);
        // A press counts from when its answer is processed. On a busy machine that may be much later than the press.
        await sleep(2_000);
        await stage.deploy(stage.flows);
        held.release();
        await untilListening();
        await sleep(POLLS_MS);
        const events = (): unknown[] => stage.received('changes').map(({ msg }) => msg['event']);
        assert.deepEqual(events(), ['initial', 'changed']);
        assert.deepEqual(stage.received('button'), []);
        hub().home.change(id, { isOn: false });
        hub().home.press(wall.id, 3);
        await until('the next of each', () => events().length > 2 && stage.received('button').length > 0);
      });
    });
  }
}
