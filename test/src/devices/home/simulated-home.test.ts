import assert from 'node:assert/strict';
import { abilitiesOf, type Ability, isLamp } from '../../../../src/devices/things/abilities.js';
import { planCommand } from '../../../../src/devices/commands/plan.js';
import { progressOf } from '../../../../src/devices/command-queue/confirmation.js';
import type { Entry } from '../../../../src/devices/things/device.js';
import type { Kind } from '../../../../src/devices/things/kinds.js';
import { HomeCache, type PollOutcome } from '../../../../src/devices/home/home-cache.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { DEFAULT_BEHAVIOUR, Home as SimulatedHome, type HubBehaviour, UNKNOWNS } from '../../../simulator/index.js';
import { FakeClock, SECOND } from '../../support/fake-clock.js';

/** A simulated home without a network, and its cache. */
class House {
  readonly clock = new FakeClock();
  readonly home = new HomeCache({ hub: 'koti', language: 'fi', clock: this.clock });
  readonly simulated: SimulatedHome;

  constructor(behaviour: Partial<HubBehaviour> = {}) {
    const of = { ...DEFAULT_BEHAVIOUR, settleMinMs: 0, settleMaxMs: 0, ...behaviour };
    this.simulated = new SimulatedHome('koti', of, () => this.clock.now());
  }

  static async furnished(behaviour: Partial<HubBehaviour> = {}): Promise<House> {
    const house = new House(behaviour);
    await house.poll({ isFull: true });
    // Loads all lists, because the deltas of some homes do not contain them.
    for (const kind of ['device', 'group', 'scene', 'rule', 'room', 'alarm'] as const) {
      house.home.load(kind, house.simulated.list(`${kind}s`));
    }
    return house;
  }

  async poll({ isFull = false } = {}): Promise<PollOutcome | undefined> {
    await this.clock.advance(SECOND);
    // Because of the aborted signal, the simulated home answers the poll at once instead of holding it.
    const answer = await this.simulated.poll(isFull ? 0 : this.home.timestamp, AbortSignal.abort());
    if (answer === undefined) return void this.home.noteUnchanged();
    const outcome = this.home.applyPoll(JSON.parse(JSON.stringify(answer)), { isFull });
    assert.ok(outcome !== undefined);
    return outcome;
  }

  entry(kind: Kind, id: string): Entry {
    return this.home.things.get(kind, id) as Entry;
  }

  /** Sends a command to an entry, polls three times, and returns the progress of the command. */
  async command(kind: Kind, id: string, fields: object): Promise<string> {
    const plan = planCommand(parseCommand({}, fields), this.entry(kind, id), this.home.things, { isAlone: true });
    assert.ok(plan.endpoint !== 'alarms');
    const { isRefused } = this.simulated.execute(plan.endpoint, plan.elements);
    if (isRefused) {
      for (const member of plan.members) this.simulated.execute('devices', member.elements);
    }
    for (let polls = 0; polls < 3; polls++) {
      await this.poll();
      if (kind === 'scene' || kind === 'rule') this.home.load(kind, this.simulated.list(`${kind}s`));
    }
    return progressOf(plan, this.home.things);
  }
}

/** Returns sample values that an ability accepts. */
function valuesOf({ type, min = 0, max = 0, words = [] }: Ability): unknown[] {
  switch (type) {
    case 'boolean':
      return [false, true];
    case 'number':
      return [max, Math.round((min + max) / 3), min];
    case 'word':
      return words;
    case 'color':
      return ['#ff8000', '#0000ff'];
    case 'other':
      return [];
  }
}

/**
 * Questions in UNKNOWNS, the list of unknown hub behaviours, that concern only responses. The tests below skip them,
 * because they do not concern devices.
 */
const OF_THE_WIRE = [
  'with which status',
  'what is the status for a dead key',
  'what does the answer to a command carry',
  'how are commanded scenes listed',
];

for (const [unknown, variants] of Object.entries(UNKNOWNS).filter(([of]) => !OF_THE_WIRE.includes(of))) {
  for (const behaviour of variants) {
    describe(`A simulated home (${unknown}: ${JSON.stringify(behaviour)})`, () => {
      let house: House;

      before(async () => {
        house = await House.furnished(behaviour);
      });

      it('executes and confirms all abilities of devices', async () => {
        for (const { id, name, state } of house.home.things.list('device')) {
          if (state['reachable'] === false) continue;
          for (const ability of abilitiesOf([house.entry('device', id)])) {
            // A thermostat has its own range, which it does not report.
            if (ability.field === 'transition' || ability.field === 'targetTemperature') continue;
            for (const value of valuesOf(ability)) {
              const progress = await house.command('device', id, { [ability.field]: value });
              assert.equal(progress, 'met', `${name}: ${ability.field} ${String(value)}`);
            }
          }
        }
      });

      it('sets target temperatures', async () => {
        const thermostats = house.home.things.list('device').filter(({ state }) => 'targetTemperature' in state);
        assert.ok(thermostats.length > 1);
        for (const { id } of thermostats) {
          for (const target of [21.5, 19]) {
            assert.equal(await house.command('device', id, { targetTemperature: target }), 'met');
          }
        }
      });

      it('accepts each state that was read as a command', async () => {
        for (const { id, name } of house.home.things.list('device')) {
          const entry = house.entry('device', id);
          if (entry.state['reachable'] === false || abilitiesOf([entry]).length === 0) continue;
          assert.equal(await house.command('device', id, { ...entry.state }), 'met', name);
        }
      });

      it('executes and confirms all abilities of groups', async () => {
        for (const { id, name } of house.home.things.list('group')) {
          for (const ability of abilitiesOf(house.home.things.membersOf(house.entry('group', id)))) {
            const values = ability.field === 'targetTemperature' ? [21.5, 19] : valuesOf(ability);
            for (const value of ability.field === 'transition' ? [] : values) {
              const progress = await house.command('group', id, { [ability.field]: value });
              assert.equal(progress, 'met', `${name}: ${ability.field} ${String(value)}`);
            }
          }
        }
      });

      it('switches and dims the lamps of rooms, but not the sockets', async () => {
        const rooms = house.home.things.list('room').filter(({ id }) => house.home.things.inRoom(id).some(isLamp));
        assert.ok(rooms.length > 1);
        const power = () =>
          house.home.things
            .list('device')
            .filter(({ type }) => type === 'POWER_SOCKET')
            .map(({ state }) => state['on']);
        const before = power();
        for (const { id, name } of rooms) {
          const lamps = house.home.things.inRoom(id).filter(isLamp);
          const canDim = abilitiesOf(lamps).some(({ field }) => field === 'brightness');
          for (const fields of [{ on: false }, canDim ? { brightness: 30 } : { on: true }]) {
            assert.equal(await house.command('room', id, fields), 'met', name);
          }
        }
        assert.deepEqual(power(), before);
      });

      it('updates a renamed room, or reports the delta as unread, or receives none', async () => {
        house.simulated.rename('rooms', 'Sauna', 'Höyrysauna');
        const outcome = await house.poll();
        const isTaken = house.home.things.named('room', 'Höyrysauna').length === 1;
        const expected = { named: [true, []], foreign: [false, ['room']], absent: [false, []] };
        assert.deepEqual([isTaken, outcome?.unread ?? []], expected[behaviour.otherDeltas ?? 'named']);
        house.simulated.rename('rooms', 'Höyrysauna', 'Sauna');
      });
    });
  }
}
