import assert from 'node:assert/strict';
import { Seeded } from '../../../packages/cozify-practice/src/seeded';
import { say } from '../../support/size';
import { post } from '../support/admin-client';
import { accountNode, actionNode, type FlowNode, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

const COUNT = 200;
const SEED = 20_261_128;
const KINDS = ['device', 'device', 'device', 'group', 'scene', 'rule', 'alarm'] as const;
const LISTS = { device: 'devices', group: 'groups', scene: 'scenes', rule: 'rules', alarm: 'alarms' } as const;

interface Target {
  hub: string;
  kind: string;
  id: string;
  name: string;
}

/** The id of the thing that was found, or the reason why none was found. */
type Answer = string;

describe('Targets resolved for the sidebar', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }, { name: 'Mökki', home: { plan: 'cottage' } }] });

  const hubs = () => stage.simulator.hubs;

  /** Renames things so that some share a name: in one room, in several rooms, within a kind and across kinds. */
  function makeDoubles(): void {
    const home = hubs()[0]?.home;
    const [one, two, three] = home?.devices ?? [];
    assert.ok(home && one && two && three);
    home.rename('devices', one.id, 'Kaksonen');
    home.rename('devices', two.id, ' kaksonen');
    home.rename('devices', three.id, 'Saunailta');
  }

  function randomTarget(random: Seeded): Target {
    const hub = hubs()[random.chance(0.5) ? 0 : 1];
    assert.ok(hub);
    const kind = random.pick(KINDS);
    const things = Object.entries(hub.home.list(LISTS[kind])) as unknown as [string, { name?: string }][];
    const none: (typeof things)[number] = ['gone', { name: 'Hukassa' }];
    const [id, { name = '' }] = random.pick([none, ...things]);
    const targetName = random.pick([
      name,
      name,
      name.toUpperCase(),
      ` ${name} `,
      name.slice(1),
      'Kaksonen',
      'Kaksonen',
      'Hukassa',
    ]);
    return {
      hub: random.pick(['', '', hub.id, hub.id, hub.id, 'another-hub', ...hubs().map((one) => one.id)]),
      kind: random.pick(['', kind, kind, kind, random.pick(KINDS)]),
      id: random.pick(['', '', '', id, id, 'gone']),
      name: targetName,
    };
  }

  it(`equal the things found by a read node, for ${COUNT} random targets`, async () => {
    makeDoubles();
    const random = new Seeded(SEED);
    const requests = Array.from({ length: COUNT }, () => ({
      target: randomTarget(random),
      hub: random.pick(['', '', ...hubs().map(({ id }) => id)]),
    }));
    const nodes = requests.map(({ target, hub }, index): FlowNode => {
      const read = actionNode('read', { targets: [target], hub, outputs: 1, kind: 'device' });
      return { ...read, id: `read-${index}` };
    });
    await stage.load(testFlow(accountNode(), ...nodes));
    await stage.logIn();
    const counts: Record<string, number> = {};
    for (const [index, { target, hub }] of requests.entries()) {
      const [byNode, byServer] = [await askNode(`read-${index}`), await askServer(target, hub)];
      assert.equal(byServer, byNode, `${JSON.stringify(target)} of a node with hub "${hub}", seed ${SEED}`);
      const is = /^(gone|several|unknown)$/.test(byNode) ? byNode : 'found';
      counts[is] = (counts[is] ?? 0) + 1;
    }
    say(JSON.stringify(counts));
    for (const is of ['found', 'gone', 'several']) assert.ok((counts[is] ?? 0) > 5, `some are ${is}`);
  });

  async function askNode(id: string): Promise<Answer> {
    const { msg } = await stage.ask(id, {});
    const { error } = msg.cozify;
    if (error === undefined) return String((msg['device'] as { id?: string } | undefined)?.id);
    if (error.code === 'COZIFY_NOT_FOUND') return 'gone';
    // Any other invalid target, such as one without a name and an id, counts as unknown, as in the endpoint.
    return error.code === 'COZIFY_BAD_INPUT' && / are called "/.test(error.message) ? 'several' : 'unknown';
  }

  async function askServer(target: Target, hub: string): Promise<Answer> {
    const { body } = await post('resolve', { targets: [target], hub });
    const [answer] = (body as unknown as { targets: { is: string; thing: { id: string } | null }[] }).targets;
    return answer?.thing?.id ?? String(answer?.is);
  }
});
