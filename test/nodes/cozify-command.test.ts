import assert from 'node:assert/strict';
import type { CozifyError } from '../../src/index.js';
import type { TargetResult } from '../../src/homes-api.js';
import { awakeStopwatch } from '../support/awake';
import { until } from '../support/wait';
import { accountNode, actionNode, testFlow } from './support/flow';
import { assertFailure, type Message, type Outcome, Stage } from './support/stage';

for (const transport of ['on the LAN', 'through the cloud']) {
  describe(`Command node ${transport}`, () => {
    const stage = Stage.forSuite({ hubs: [{ name: 'Koti', onLan: transport === 'on the LAN' }] });
    let lamp: { id: string; name: string };

    before(() => {
      const found = stage.home.devices.find(
        ({ type, name }) => type === 'LIGHT' && stage.home.devices.filter((other) => other.name === name).length === 1,
      );
      assert.ok(found);
      lamp = found;
    });
    beforeEach(() => stage.home.change(lamp.id, { isOn: false }));

    const isOn = (): unknown => (stage.home.devices.find(({ id }) => id === lamp.id)?.state as { isOn?: unknown }).isOn;

    async function ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
      const targets = [{ hub: '', kind: 'device', id: lamp.id, name: lamp.name }];
      const command = actionNode('command', { targets, command: 'payload', confirm: 0, ...properties });
      await stage.load(testFlow(accountNode(), command));
      await stage.logIn();
      return stage.ask('command', msg);
    }
    const resultsOf = ({ msg }: Outcome): TargetResult[] =>
      (msg.cozify as unknown as { results: TargetResult[] }).results;

    it('switches a lamp on, confirms it, and keeps the payload', async () => {
      const outcome = await ask({ confirm: 30 }, { payload: 'ON', topic: 'kept' });
      assert.equal(outcome.output, 1, JSON.stringify(outcome.msg.cozify));
      assert.deepEqual([outcome.msg['payload'], outcome.msg['topic'], isOn()], ['ON', 'kept', true]);
      const [result, ...others] = resultsOf(outcome);
      assert.deepEqual(others, []);
      assert.deepEqual(
        [result?.sent, result?.confirmed, result?.reason, result?.state?.['on']],
        [true, true, null, true],
      );
      const [hub] = stage.simulator.hubs;
      assert.deepEqual(result?.target, { hub: hub?.id, kind: 'device', id: lamp.id, name: lamp.name });
      assert.deepEqual([outcome.msg.cozify.operation, outcome.completed.length], ['command', 1]);
    });

    it('confirms immediately at a hub that holds polls, even if nothing changed', async () => {
      const { hub } = stage;
      const before = { ...hub.behaviour };
      Object.assign(hub.behaviour, { pollHoldMs: 12_000, settleMinMs: 0, settleMaxMs: 0 });
      try {
        const command = { targets: [{ hub: '', kind: 'device', id: lamp.id, name: '' }], confirm: 60 };
        const listener = actionNode('changes', {});
        const nodes = testFlow(accountNode(), actionNode('command', command));
        await stage.load([...nodes, { ...listener, id: 'received', wires: [] }]);
        await stage.logIn();
        const isHeld = (): boolean => {
          const poll = hub.log.of({ path: '/hub/poll' }).at(-1);
          return poll?.endedAt === null && Date.now() - poll.at > 200;
        };
        for (const payload of [true, true, false]) {
          await until('a poll that is held', isHeld);
          const stopwatch = awakeStopwatch();
          const outcome = await stage.ask('command', { payload });
          assert.deepEqual([outcome.output, resultsOf(outcome)[0]?.reason], [1, null], String(payload));
          assert.ok(stopwatch() < 9_000, 'confirmed before the poll ends');
        }
      } finally {
        Object.assign(hub.behaviour, before);
      }
    });

    it('shows "sent" without confirmation, and then the state of the hub', async () => {
      await ask({}, { payload: true });
      const texts = (): string[] => stage.statuses('command').map(({ text }) => text ?? '');
      await until('the state', () => /^(on|päällä)/.test(texts().at(-1) ?? ''));
      assert.ok(
        texts().some((text) => ['sent', 'lähetetty'].includes(text)),
        texts().join(', '),
      );
    });

    for (const [source, value, valueType] of [
      ['the message', 'input.level', 'msg'],
      ['the environment', 'COZIFY_TEST_LEVEL', 'env'],
    ] as const) {
      it(`sets a field to a number from ${source}`, async () => {
        process.env['COZIFY_TEST_LEVEL'] = '40';
        const properties = { command: 'set', field: 'brightness', value, valueType, confirm: '30' };
        const outcome = await ask(properties, { input: { level: 40 }, payload: 1 });
        delete process.env['COZIFY_TEST_LEVEL'];
        assert.equal(outcome.output, 1, JSON.stringify(outcome.msg.cozify));
        const brightness = Number(resultsOf(outcome)[0]?.state?.['brightness']);
        assert.ok(Math.abs(brightness - 40) <= 1, String(brightness));
        assert.equal(outcome.msg['payload'], 1);
      });
    }

    it('uses target and confirm from the message if the node has none', async () => {
      const outcome = await ask({ targets: [] }, { payload: true, target: lamp.name.toUpperCase(), confirm: 30 });
      assert.equal(outcome.output, 1, JSON.stringify(outcome.msg.cozify));
      assert.deepEqual([resultsOf(outcome)[0]?.confirmed, isOn()], [true, true]);
    });

    it('sends the message to output 2 if one of several targets failed', async () => {
      const outcome = await ask({ targets: [] }, { payload: true, target: [lamp.name, 'Ei mitään'] });
      assert.equal(outcome.output, 2);
      assert.deepEqual(
        resultsOf(outcome).map(({ sent, reason }) => [sent, reason]),
        [
          [true, null],
          [false, 'COZIFY_NOT_FOUND'],
        ],
      );
    });
  });
}

describe('Command node with invalid input', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });

  async function ask(properties: Record<string, unknown>, msg: Message): Promise<Outcome> {
    await stage.load(testFlow(accountNode(), actionNode('command', { targets: [], ...properties })));
    await stage.logIn();
    return stage.ask('command', msg);
  }
  const puts = (): unknown[] =>
    stage.simulator.hubs.flatMap(({ log }) => log.visits).filter((visit) => JSON.stringify(visit).includes('/command'));

  const refused: [title: string, properties: Record<string, unknown>, msg: Message][] = [
    ['no target', {}, { payload: true }],
    ['the timestamp of an Inject node', {}, { payload: Date.now(), target: 'Kattovalo' }],
    ['a number as target', {}, { payload: true, target: 7 }],
    ['a confirm above a minute', {}, { payload: true, target: 'Kattovalo', confirm: 61 }],
    ['a number as hub', {}, { payload: true, target: 'Kattovalo', hub: 1 }],
    ['an unknown command', { command: 'dance' }, { payload: true, target: 'Kattovalo' }],
    ['a field without a value', { command: 'set', field: 'brightness', value: 'nothing' }, { target: 'Kattovalo' }],
  ];
  for (const [input, properties, msg] of refused) {
    it(`refuses ${input}, and sends nothing`, async () => {
      const outcome = await ask(properties, msg);
      assertFailure(outcome, 'COZIFY_BAD_INPUT');
      assert.equal((outcome.done[0] as CozifyError).code, 'COZIFY_BAD_INPUT');
      assert.deepEqual(puts(), []);
    });
  }

  it('fails with COZIFY_NOT_FOUND for an unknown name', async () => {
    assertFailure(await ask({}, { payload: true, target: 'Ei mitään' }), 'COZIFY_NOT_FOUND');
  });

  it('passes a message with an empty list of targets', async () => {
    const outcome = await ask({}, { payload: true, target: [] });
    assert.equal(outcome.output, 1);
    assert.deepEqual((outcome.msg.cozify as unknown as { results: unknown }).results, []);
  });
});
