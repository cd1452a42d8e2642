import assert from 'node:assert/strict';
import type { Device } from '../simulator';
import { sleep, until } from '../support/wait';
import { ACCOUNT, accountNode, placed, testFlow } from './support/flow';
import { Stage } from './support/stage';

interface Press {
  output: number;
  topic: string;
  payload: { button: number; label: string | null; press: string; repeat: boolean };
  at: string;
  device: { id: string };
  cozify?: unknown;
}

/** A time in milliseconds that is longer than the time between polls. */
const POLLS_MS = 1_300;

for (const repeatedPress of ['times', 'nothing'] as const) {
  const isUsual = repeatedPress === 'times';
  describe(`Button node with a hub that changes ${repeatedPress} at a repeated press`, () => {
    const stage = Stage.forSuite({ hubs: [{ name: 'Koti', behaviour: { repeatedPress } }] });
    let wall: Device;
    let received: Press[];

    before(() => {
      const found = stage.home.devices.find(({ state }) => 'button' in state);
      assert.ok(found);
      wall = found;
    });

    async function load(properties: Record<string, unknown> = {}): Promise<void> {
      received = [];
      const button = { id: 'button', type: 'cozify-button', account: ACCOUNT, name: '', targets: [], ...properties };
      const outs = [1, 2].map((output) => placed({ id: `out-${output}`, type: 'helper', wires: [] }));
      await stage.load(testFlow(accountNode(), placed({ ...button, wires: [['out-1'], ['out-2']] }), ...outs));
      for (const output of [1, 2])
        stage.node(`out-${output}`).on('input', (msg) => received.push({ ...(msg as unknown as Press), output }));
      await stage.logIn();
      const polls = stage.hub.log.count({ path: '/hub/poll' });
      await until('two more polls', () => stage.hub.log.count({ path: '/hub/poll' }) >= polls + 2);
    }
    const next = (count: number): Promise<true> => until(`${count} presses`, () => received.length >= count);

    // Runs in only one of the suites, because repeated presses do not affect this test.
    const itOnce = isUsual ? it : undefined;

    itOnce?.('sends each press at the output of its row, and nothing for other changes of the button', async () => {
      const presses = [
        { button: '', press: 'short' },
        { button: 2, press: 'long' },
      ];
      await load({ presses });
      stage.home.press(wall.id, 2, ['longpress']);
      await next(1);
      stage.home.press(wall.id, 1, ['stop']);
      stage.home.reportBattery(wall.id, 2.9);
      await sleep(POLLS_MS);
      stage.home.checkIn(wall.id);
      await sleep(POLLS_MS);
      stage.home.press(wall.id, 1);
      await next(2);
      assert.deepEqual(
        received.map(({ output, topic, payload: { button, press } }) => [output, topic, button, press]),
        [
          [2, wall.name, 2, 'long'],
          [1, wall.name, 1, 'short'],
        ],
      );
      const [first] = received;
      assert.deepEqual([first?.device.id, first?.payload.repeat, first?.cozify], [wall.id, false, undefined]);
    });

    it('sends a repeated press if the hub changes its time', async () => {
      await load();
      stage.home.press(wall.id, 3);
      await next(1);
      stage.home.press(wall.id, 3);
      await (isUsual ? next(2) : sleep(POLLS_MS));
      stage.home.press(wall.id, 4);
      await until('another button', () => received.at(-1)?.payload.button === 4);
      assert.deepEqual(
        received.map(({ payload: { button, repeat } }) => [button, repeat]),
        isUsual
          ? [
              [3, false],
              [3, true],
              [4, false],
            ]
          : [
              [3, false],
              [4, false],
            ],
      );
    });
  });
}
