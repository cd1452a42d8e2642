import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import type { ChangeMessage } from '../../../../src/devices/steps/change-feed.js';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { parseCondition } from '../../../../src/devices/things/condition.js';
import { parseFilter } from '../../../../src/devices/targets/device-filter.js';
import { PressFeed, type PressMessage } from '../../../../src/devices/steps/press-feed.js';
import { parsePressConfig } from '../../../../src/devices/steps/press-feed.js';
import { readThings } from '../../../../src/devices/steps/reading.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { WaitStep } from '../../../../src/devices/steps/wait-step.js';
import { DEFAULT_BEHAVIOUR, Home as SimulatedHome, type HubBehaviour, UNKNOWNS } from '../../../simulator/index.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { SECOND } from '../../support/fake-clock.js';
import type { Reply } from '../../support/fake-cloud.js';

/**
 * Questions in UNKNOWNS, the list of unknown hub behaviours, that concern commands and keys. Other tests cover them.
 */
const OF_COMMANDS = [
  'does brightness alone light a lamp',
  'what becomes of an array with a bad element',
  'with which status',
  'does a group take CMD_DEVICE',
  'does a tied rule stay as it was switched',
  'what does the answer to a command carry',
  'how are commanded scenes listed',
  'is a state taken without its type',
  'is -1 taken back',
  'what becomes of a value out of its range',
  'does the lift move a blind',
  'what is the status for a dead key',
];

/** An account with a simulated hub and a fake clock. */
class LivingHome {
  readonly stage = new HubStage();
  readonly home: SimulatedHome;
  readonly #behaviour: HubBehaviour;

  constructor(behaviour: Partial<HubBehaviour>) {
    this.#behaviour = { ...DEFAULT_BEHAVIOUR, settleMinMs: 0, settleMaxMs: 0, ...behaviour };
    this.home = new SimulatedHome('koti', { ...this.#behaviour, pollHoldMs: 0 }, () => this.stage.clock.now());
    this.stage.hub.serve = (_request, path) => this.#serve(path);
  }

  async open(): Promise<Account> {
    await this.stage.client();
    const { account } = this.stage.fixture as { account: Account };
    await this.stage.clock.advance(0);
    return account;
  }

  async #serve(path: string): Promise<Reply> {
    const ts = /^\/hub\/poll\?ts=(\d+)$/.exec(path)?.[1];
    if (ts !== undefined) return this.#poll(Number(ts), this.#behaviour.pollHoldMs);
    const [, list] = /^\/(devices|groups|scenes|rules|rooms|alarms)$/.exec(path) ?? [];
    return { body: JSON.stringify(list === undefined ? {} : this.home.list(list as 'devices')) };
  }

  /** Answers a poll, or holds it and checks for changes ten times a second. */
  async #poll(ts: number, heldMs: number): Promise<Reply> {
    const reply = await this.home.poll(ts, AbortSignal.abort());
    const isNews = reply !== undefined && reply.polls.length > 0;
    if (isNews || heldMs <= 0) {
      const answer = this.#behaviour.isPollWrapped ? [reply] : reply;
      return reply === undefined ? { status: 304 } : { body: JSON.stringify(answer) };
    }
    await new Promise<void>((resolve) => this.stage.clock.setTimeout(resolve, 100));
    return this.#poll(ts, heldMs - 100);
  }
}

for (const [unknown, variants] of Object.entries(UNKNOWNS).filter(([of]) => !OF_COMMANDS.includes(of))) {
  for (const behaviour of variants) {
    describe(`A home with subscribers and reads (${unknown}: ${JSON.stringify(behaviour)})`, () => {
      it('emits a lamp, its group, a scene and a press once each, ends a wait, and reads the same state', () =>
        subscribeAndRead(behaviour));
    });
  }
}

async function subscribeAndRead(behaviour: Partial<HubBehaviour>): Promise<void> {
  const managed = new LivingHome(behaviour);
  const { home, stage } = managed;
  for (const { id, type } of home.devices) if (type === 'LIGHT') home.change(id, { isOn: false });
  const group = home.all('groups').find(({ members }) => members.some((id) => home.device(id).type === 'LIGHT'));
  const wall = home.devices.find(({ state }) => 'button' in state);
  const [scene] = home.all('scenes');
  const lampId = group?.members.find((id) => home.device(id).type === 'LIGHT');
  assert.ok(group && wall && scene && lampId);

  const account = await managed.open();
  const { homes } = account;
  const { clock } = stage;
  const changes: ChangeMessage[] = [];
  const presses: (PressMessage | null)[] = [];
  const config = parseChangeConfig({
    kinds: ['device', 'group', 'scene'],
    fields: ['on'],
    events: ['changed', 'added'],
  });
  const feeds = [
    new ChangeFeed({ id: 'n1', homes, clock, config, send: (message) => changes.push(message) }),
    new PressFeed({ homes, clock, config: parsePressConfig({}), send: ([message]) => presses.push(message ?? null) }),
  ];
  const step = new WaitStep(clock);
  const targets = parseMessageTargets(lampId);
  const condition = parseCondition({ field: 'on', op: 'is', value: true });
  const waiting = step.run(account, { targets, hub: '', condition, match: 'any', checkNow: true, timeoutMs: 600_000 });
  await clock.advance(20 * SECOND);
  assert.deepEqual([changes, presses], [[], []], 'how things are at first is no news');

  home.change(lampId, { isOn: true });
  home.put('scenes', { ...scene, isOn: !scene.isOn });
  home.press(wall.id, 2, ['longpress']);
  await clock.advance(20 * SECOND);
  const { reason } = await waiting;
  assert.equal(reason, 'met');
  const received = changes.map(({ device: { id }, event, device }) => `${event} ${device.kind} ${id}`).sort();
  const expected = [`changed device ${lampId}`, `changed group ${group.id}`, `changed scene ${scene.id}`];
  assert.deepEqual(
    received.filter((line) => expected.some((one) => one === line)),
    expected,
  );
  assert.equal(presses.length, 1);
  assert.ok(!received.some((line) => line.startsWith('added')), 'what was there before is no news');
  assert.equal(typeof changes.find(({ device }) => device.id === lampId)?.device.room, 'string');

  const reading = readThings(
    homes,
    {
      targets: parseMessageTargets([lampId, scene.id]),
      filter: parseFilter({}),
      hub: '',
      fresh: true,
      output: 'auto',
      field: 'on',
      condition: null,
    },
    clock,
  );
  await clock.advance(SECOND);
  const { payload } = await reading;
  assert.deepEqual(
    (payload as { value: unknown }[]).map(({ value }) => value),
    [true, !scene.isOn],
  );
  for (const feed of feeds) feed.stop();
  step.close();
  await clock.advance(20 * SECOND);
  await stage.end();
}
