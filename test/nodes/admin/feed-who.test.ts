import assert from 'node:assert/strict';
import type { FeedAnswer, ThingPage } from '../../../src/homes-api';
import { Seeded } from '../../../packages/cozify-practice/src/seeded';
import { say, sized } from '../../support/size';
import { until } from '../../support/wait';
import { getBelow, post } from '../support/admin-client';
import { ACCOUNT, accountNode, actionNode, EMAIL, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

/** Number of random changes. */
const CHANGES = sized(60, 500);
const SEED = 20_261_128;
/**
 * For this many milliseconds after a command, a change to the same value is attributed to the command, because the hub
 * does not report who made a change.
 */
const OWN_MS = 10_000;
const OTHER = 'other-account';
const NODES = ['kitchen', 'evening', 'alarm'];
const SCENE = 'Saunailta';

type HomeEvent = FeedAnswer['events'][number];

/** A source of changes, and the expected author in the feed. */
interface Actor {
  readonly name: string;
  readonly by: HomeEvent['by'];
  change: (id: string, isOn: boolean) => unknown;
}

describe('Authors of changes in the feed', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }] });
  let actors: [Actor, ...Actor[]];
  let devices: string[];

  before(async () => {
    const commands = NODES.map((id) => ({ ...actionNode('command', { command: 'payload', confirm: 0 }), id }));
    const run = {
      ...actionNode('command', {
        command: 'on',
        confirm: 0,
        targets: [{ hub: '', kind: 'scene', id: '', name: SCENE }],
      }),
      id: 'scene',
    };
    const request = actionNode('request', { method: 'PUT', path: 'devices/command', hub: '', timeout: 15 });
    const accounts = [accountNode(), accountNode({ id: OTHER })];
    const credentials = { [ACCOUNT]: { email: EMAIL }, [OTHER]: { email: 'other@example.fi' } };
    await stage.load(testFlow(...accounts, ...commands, run, request), { credentials });
    await stage.logIn();
    await stage.logIn(OTHER);
    const { things } = (await getBelow<ThingPage>('/things?kind=device')).body;
    const switches = things.filter(({ does, state }) => does.includes('command') && 'on' in state).map(({ id }) => id);
    devices = switches.filter((id) => stage.home.devices.some((one) => one.id === id && 'isOn' in one.state));
    actors = allActors();
  });

  const isOn = (id: string): boolean => stage.home.devices.find((one) => one.id === id)?.state['isOn'] === true;
  const targetOf = (id: string) => ({ hub: stage.simulator.hubs[0]?.id ?? '', kind: 'device' as const, id, name: '' });

  function allActors(): [Actor, ...Actor[]] {
    return [
      {
        name: 'a hand',
        by: null,
        change: (id, on) => {
          stage.home.change(id, { isOn: on });
        },
      },
      ...NODES.map((node) => ({
        name: `the node ${node}`,
        by: { node },
        change: (id: string, on: boolean) => stage.give(node, { payload: on, target: [targetOf(id)] }),
      })),
      {
        name: 'the editor',
        by: 'editor',
        change: (id, on) => post('command', { targets: [targetOf(id)], command: on ? 'on' : 'off' }),
      },
      { name: 'this Node-RED', by: 'own', change: (id, on) => stage.account().command(targetOf(id), on) },
      { name: 'another account', by: null, change: (id, on) => stage.account(OTHER).command(targetOf(id), on) },
      {
        name: 'a request',
        by: null,
        change: (id, on) => stage.give('request', { payload: [{ type: on ? 'CMD_DEVICE_ON' : 'CMD_DEVICE_OFF', id }] }),
      },
    ];
  }

  async function feed(query: Record<string, string> = {}): Promise<FeedAnswer> {
    const { status, text, body } = await getBelow<FeedAnswer>(`/feed?${new URLSearchParams(query)}`);
    assert.equal(status, 200, text);
    return body;
  }

  /**
   * Waits until the feed has reported each device as switched, in events after the position `after`. Returns the first
   * of these events for each device, and the last position.
   */
  async function switched(
    after: string,
    ids: readonly string[],
  ): Promise<{ found: Map<string, HomeEvent>; last: string }> {
    const found = new Map<string, HomeEvent>();
    let last = after;
    await until('the changes', async () => {
      const answer = await feed({ after: last, wait: '5' });
      ({ last } = answer);
      for (const event of answer.events) {
        const isNew = ids.includes(event.thing.id) && !found.has(event.thing.id);
        if (isNew && event.changed.includes('on')) found.set(event.thing.id, event);
      }
      return found.size === ids.length;
    }).catch((error: unknown) => assert.fail(`${String(error)}: ${ids.filter((id) => !found.has(id)).join()}`));
    return { found, last };
  }

  it('are unknown for changes by a scene', async () => {
    const members = ['Saunan kiuas', 'Terassin valot'].map((name) => {
      const found = stage.home.devices.find((device) => device.name === name);
      assert.ok(found);
      return found.id;
    });
    await feed();
    await until('a poll', () => stage.account().homes.open.some((live) => live.cache.hasPolled));
    let { last } = await feed();
    for (const id of members) stage.home.change(id, { isOn: false });
    await until('off', async () => {
      const answer = await feed({ after: last, wait: '5' });
      ({ last } = answer);
      return members.every((id) => !isOn(id)) && answer.events.length === 0;
    });
    stage.give('scene', {});
    const { found } = await switched(last, members);
    for (const id of members) assert.equal(found.get(id)?.by, null, id);
  });

  it(`are right for ${CHANGES} random changes`, async () => {
    const random = new Seeded(SEED);
    /** The last command to each device, with a time after it was sent. */
    const asked = new Map<string, { isOn: boolean; at: number }>();
    const counts = new Map<string, number>();
    await feed();
    await until('a poll', () => stage.account().homes.open.some((live) => live.cache.hasPolled));
    let { last } = await feed();
    for (let count = 0; count < CHANGES;) {
      const chosen = devices.filter(() => random.chance(0.8)).slice(0, CHANGES - count);
      const plan = chosen.map((id) => {
        const on = !isOn(id);
        const command = asked.get(id);
        const isSame = command !== undefined && command.isOn === on && Date.now() - command.at < OWN_MS + 2_000;
        const fitting = actors.filter(({ by }) => by !== null || !isSame) as [Actor, ...Actor[]];
        return { id, on, actor: random.pick(fitting) };
      });
      const startedAt = Date.now();
      for (const { id, on, actor } of plan) void actor.change(id, on);
      const result = await switched(last, chosen);
      ({ last } = result);
      const isLate = Date.now() - startedAt >= OWN_MS;
      for (const { id, on, actor } of plan) {
        const event = result.found.get(id);
        // By now, the command has been sent.
        if (actor.by !== null) asked.set(id, { isOn: on, at: Date.now() });
        // A change that the hub reports late has no author.
        const by = isLate && event?.by === null ? null : actor.by;
        const message = `${actor.name} switched ${event?.thing.name} ${on ? 'on' : 'off'}, change ${count} of seed ${SEED}`;
        assert.deepEqual([event?.state?.['on'], event?.by], [on, by], message);
        counts.set(actor.name, (counts.get(actor.name) ?? 0) + 1);
        count += 1;
      }
    }
    say([...counts].map(([name, count]) => `${name} ${count}`).join(', '));
    assert.equal(counts.size, actors.length, 'each actor was used');
  });
});
