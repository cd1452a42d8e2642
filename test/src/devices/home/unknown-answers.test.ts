import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { parseFilter } from '../../../../src/devices/targets/device-filter.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { CommandStep } from '../../../../src/devices/steps/command-step.js';
import { readThings } from '../../../../src/devices/steps/reading.js';
import { HubCalls } from '../../../../packages/cozify-practice/src/hub-calls.js';
import { DEFAULT_BEHAVIOUR, Home as SimulatedHome, type HubBehaviour, UNKNOWNS } from '../../../simulator/index.js';
import type { HttpRequest } from '../../../../src/http/http-client.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { SECOND } from '../../support/fake-clock.js';
import type { Reply } from '../../support/fake-cloud.js';
import { ends } from '../home-stage.js';

/** An account whose hub answers like the simulated hub, on a fake clock. */
class AnsweringHome {
  readonly stage = new HubStage();
  readonly home: SimulatedHome;
  readonly step = new CommandStep();
  readonly #calls: HubCalls;

  constructor(behaviour: Partial<HubBehaviour>) {
    const of = { ...DEFAULT_BEHAVIOUR, ...behaviour };
    this.home = new SimulatedHome('koti', of, () => this.stage.clock.now());
    this.#calls = new HubCalls(this.home, of);
    this.stage.hub.serve = (request, path) => this.#serve(request, path);
  }

  static async open(behaviour: Partial<HubBehaviour>): Promise<AnsweringHome> {
    const managed = new AnsweringHome(behaviour);
    await managed.stage.client();
    await managed.stage.clock.advance(0);
    return managed;
  }

  /** Runs a command and returns `sent`, `confirmed` and `reason` for each target. */
  async command(target: unknown, payload: unknown): Promise<ReturnType<typeof ends>> {
    const targets = parseMessageTargets(target);
    const request = { command: parseCommand({}, payload), hub: '', confirmMs: 30 * SECOND, targets };
    const work = this.#account.useHomes('command', (homes) => this.step.run(homes, request));
    void work.catch(() => undefined);
    await this.stage.clock.advance(60 * SECOND);
    return ends(await work);
  }

  /** Reads the current value of a field from the hub. */
  async read(target: string, field: string): Promise<unknown> {
    const query = { filter: parseFilter({}), hub: '', fresh: true, output: 'auto', field, condition: null } as const;
    const asked = { ...query, targets: parseMessageTargets(target) };
    return (await readThings(this.#account.homes, asked, this.stage.clock)).payload;
  }

  get #account(): Account {
    return this.stage.fixture?.account ?? assert.fail('not open');
  }

  async #serve({ method, body = '' }: HttpRequest, path: string): Promise<Reply> {
    const { pathname, searchParams } = new URL(path, 'http://hub');
    // Because of the aborted signal, the simulated hub answers a poll at once instead of holding it.
    const signal = AbortSignal.abort();
    return this.#calls.answer({ method, path: pathname, query: searchParams, body, role: 32, signal });
  }
}

const DONE = [true, true, null];

/** Questions in UNKNOWNS, the list of unknown hub behaviours, that concern responses to commands. */
const OF_ANSWERS = [
  'what becomes of an array with a bad element',
  'with which status',
  'what does the answer to a command carry',
  'how are commanded scenes listed',
];

describe('Commands to hubs of different behaviour', () => {
  let managed: AnsweringHome;

  afterEach(() => managed.stage.end());

  for (const unknown of OF_ANSWERS) {
    for (const behaviour of UNKNOWNS[unknown] ?? assert.fail(unknown)) {
      it(`are executed and confirmed with ${JSON.stringify(behaviour)}`, async () => {
        managed = await AnsweringHome.open(behaviour);
        const { home } = managed;
        const [lamp, other] = [home.device('Olohuoneen lamppu'), home.device('Lukuvalo')];
        for (const { id } of [lamp, other]) home.change(id, { isOn: false });
        assert.deepEqual(await managed.command(lamp.id, { on: true, brightness: 40 }), [DONE]);
        assert.deepEqual(await managed.command([lamp.id, other.id], true), [DONE, DONE]);
        const rule = home.all('rules').find(({ scenes }) => Object.keys(scenes).length === 0);
        const group = home.find('groups', 'Makuuhuone');
        for (const { id } of [home.find('scenes', 'Elokuva'), group, rule ?? assert.fail('no rule')]) {
          assert.deepEqual(await managed.command(id, true), [DONE], id);
          assert.deepEqual(await managed.command(id, false), [DONE], id);
        }

        // A refused command does not affect the others.
        home.setTraits(lamp.id, { isRefused: true });
        for (const { id } of [lamp, other]) home.change(id, { isOn: false });
        const [refused, done] = await managed.command([lamp.id, other.id], true);
        assert.deepEqual(done, DONE);
        assert.notDeepEqual(refused, DONE);
        assert.deepEqual([home.device(lamp.id).state['isOn'], home.device(other.id).state['isOn']], [false, true]);
      });
    }
  }
});

describe('Commands to devices of different behaviour', () => {
  let managed: AnsweringHome;

  afterEach(() => managed.stage.end());

  it('are sent but not confirmed if the device does not execute them', async () => {
    managed = await AnsweringHome.open({ undoneShare: 1 });
    const { id } = managed.home.device('Lukuvalo');
    managed.home.change(id, { isOn: false });
    const [[sent, confirmed] = []] = await managed.command(id, true);
    assert.deepEqual([sent, confirmed], [true, false]);
  });

  for (const transitionSteps of [0, 1, 4, 40]) {
    it(`are confirmed at the end of a transition of ${transitionSteps} steps`, async () => {
      managed = await AnsweringHome.open({ transitionSteps });
      const { id } = managed.home.device('Olohuoneen lamppu');
      managed.home.change(id, { isOn: true, brightness: 1 });
      assert.deepEqual(await managed.command(id, { brightness: 20, transition: 5 }), [DONE]);
      assert.ok(Math.abs(Number(managed.home.device(id).state['brightness']) - 0.2) < 0.01);
    });
  }

  it('are sent but not confirmed if polls lack the change, which a read returns', async () => {
    managed = await AnsweringHome.open({ lostShare: 1 });
    const { id } = managed.home.device('Lukuvalo');
    managed.home.change(id, { isOn: false });
    const [[sent, confirmed] = []] = await managed.command(id, true);
    assert.deepEqual([sent, confirmed], [true, false]);
    assert.equal(await managed.read(id, 'on'), true);
  });
});
