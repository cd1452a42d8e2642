import assert from 'node:assert/strict';
import type { Device, SimulatedHub } from '../../simulator';
import { NODE_RED_4, type NodeRedVersion, sleep, Stage, until } from '../harness';

/** A time in milliseconds that is longer than the time between polls. */
const POLLS_MS = 2_500;

/**
 * Tests of the hub nodes with messages: all on the LAN, a command and the feeds through the cloud, and on other versions
 * only what a Deploy does.
 */
export function hubNodeTests(version: NodeRedVersion): void {
  const transports = version === NODE_RED_4 ? (['on the LAN', 'through the cloud'] as const) : ['on the LAN'];
  for (const transport of transports) {
    describe(`the nodes of the hub ${transport}`, () => {
      let stage: Stage;

      before(async () => {
        const hubs = [{ name: 'Koti', onLan: transport === 'on the LAN' }];
        stage = await Stage.onSharedNodeRed(version, { hubs });
      });
      after(() => stage.close());

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

      const itOnLan = version === NODE_RED_4 && transport === 'on the LAN' ? it : undefined;
      const itOnce = version === NODE_RED_4 ? it : undefined;

      itOnLan?.('read a lamp by name, all devices, and a condition', async () => {
        const { name, id } = lamp();
        hub().home.change(id, { isOn: true, brightness: 0.5 });
        const condition = { field: 'on', op: 'is', value: true };
        await stage.newLogin(
          {},
          {
            read: { type: 'cozify-read', targets: [], fresh: true },
            lit: {
              type: 'cozify-read',
              targets: [{ hub: '', kind: '', id: '', name }],
              condition,
              outputs: 2,
              fresh: true,
            },
          },
        );
        const read = await stage.ask('read', { target: name.toLowerCase() });
        assert.equal(read.output, 1, JSON.stringify(read.cozify));
        const { on, brightness } = read.payload as Record<string, unknown>;
        assert.deepEqual([on, brightness, (read['device'] as { id: string }).id], [true, 50, id]);
        assert.equal((read.cozify as unknown as { stale: unknown }).stale, false);
        const all = (await stage.ask('read')).payload as unknown[];
        assert.equal(all.length, hub().home.devices.length);
        assert.equal((await stage.ask('lit')).output, 1);
        hub().home.change(id, { isOn: false });
        const none = await stage.ask('lit', { payload: 'kept' });
        assert.deepEqual([none.output, none.payload], [2, 'kept']);
        stage.assertFailure(await stage.ask('read', { target: 'Ei mitään' }), 'COZIFY_NOT_FOUND');
      });

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

      itOnLan?.('send each change once, and none from before the start', async () => {
        const { id, name } = lamp();
        hub().home.change(id, { isOn: false });
        const target = { hub: '', kind: 'device', id, name };
        await stage.newLogin({ pollCloud: '1' }, {}, { changes: { type: 'cozify-changes', targets: [target] } });
        await untilListening();
        assert.deepEqual(stage.received('changes'), []);
        hub().home.change(id, { isOn: true });
        await until('the change', () => stage.received('changes').length > 0);
        await sleep(POLLS_MS);
        const [first, ...others] = stage.received('changes');
        assert.deepEqual(others, []);
        const { topic, payload, event, own } = first?.msg as { topic: string; payload: { on: boolean } } & Record<
          string,
          unknown
        >;
        assert.deepEqual([topic, payload.on, event, own], [name, true, 'changed', false]);
      });

      itOnLan?.('send each press of a wall switch at the output for its kind', async () => {
        const wall = device(({ state }) => 'button' in state);
        const presses = [
          { button: '', press: 'short' },
          { button: 2, press: 'long' },
        ];
        await stage.newLogin(
          { pollCloud: '1' },
          {},
          { button: { type: 'cozify-button', targets: [], presses, repeats: true, outputs: 2 } },
        );
        await untilListening();
        for (const [count, modifiers] of [
          [1, ['longpress']],
          [2, []],
          [3, []],
        ] as const) {
          hub().home.press(wall.id, 2, modifiers);
          await until(`${count} presses`, () => stage.received('button').length >= count);
        }
        await sleep(POLLS_MS);
        const pressed = stage
          .received('button')
          .map(({ output, msg }) => [output, (msg['payload'] as { repeat: boolean }).repeat]);
        assert.deepEqual(pressed, [
          [2, false],
          [1, false],
          [1, true],
        ]);
        assert.equal(stage.received('button')[0]?.msg['topic'], wall.name);
      });

      itOnLan?.('hold a message until a lamp is lit, or until the timeout', async () => {
        const { id, name } = lamp();
        hub().home.change(id, { isOn: false });
        const condition = { field: 'on', op: 'is', value: true };
        const wait = { type: 'cozify-wait', targets: [], condition, match: 'any', checkNow: true, timeout: 600 };
        await stage.newLogin({ pollCloud: '1' }, { wait });
        const late = await stage.ask('wait', { target: name, timeout: 1, payload: 'late' });
        assert.deepEqual([late.output, late.payload, late['device']], [2, 'late', undefined]);
        const waiting = stage.ask('wait', { target: name, payload: 'kept' });
        await untilListening();
        hub().home.change(id, { isOn: true });
        const met = await waiting;
        assert.deepEqual([met.output, met.payload, (met['device'] as { id: string }).id], [1, 'kept', id]);
        assert.equal((await stage.ask('wait', { target: [name] })).output, 1, 'the lamp is lit already');
        stage.assertFailure(await stage.ask('wait', { payload: 'no target' }), 'COZIFY_BAD_INPUT');
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
