import assert from 'node:assert/strict';
import type { DashboardPlan } from '../../../nodes/dashboard/dashboard';
import { assertRefused, post } from '../support/admin-client';
import { ACCOUNT, accountNode, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

describe('The dashboard endpoint', () => {
  const stage = Stage.forSuite({ hubs: [{ name: 'Koti' }, { name: 'Mökki' }] });
  beforeEach(async () => {
    await stage.load(testFlow(accountNode()));
    await stage.logIn();
  });

  const plan = async (body: object = {}): Promise<DashboardPlan> => {
    const reply = await post('dashboard', { lang: 'fi', ...body });
    assert.equal(reply.status, 200, reply.text);
    return reply.body as unknown as DashboardPlan;
  };

  it('plans all rooms and scenes of all hubs, even more than fit on a page of the list', async () => {
    const { rooms, nodes, shown, path } = await plan();
    assert.deepEqual([nodes, shown, path], [[], 0, '/dashboard/home']);
    for (const name of ['Sauna (Koti)', 'Sauna (Mökki)', 'Tilanteet (Koti)', 'Tilanteet (Mökki)']) {
      assert.ok(
        rooms.some((room) => room.name === name),
        `${name} in ${rooms.map((room) => room.name).join(', ')}`,
      );
    }
    assert.equal(new Set(rooms.map(({ key }) => key)).size, rooms.length);
  });

  it('makes the nodes of the chosen rooms for this account, and nothing new for the same flows', async () => {
    const { rooms } = await plan();
    const keys = rooms.map(({ key }) => key);
    const { nodes } = await plan({ rooms: keys });
    const accounts = new Set(nodes.flatMap((node) => node['account'] ?? []));
    assert.deepEqual([...accounts], [ACCOUNT]);
    for (const { id } of nodes) assert.match(id, /^[0-9a-f]{16}$/);
    const again = await plan({ rooms: keys, flows: nodes });
    assert.deepEqual([again.rooms, again.nodes], [[], []]);
    assert.ok(again.shown > 50);
  });

  it('refuses bad input and names the expected form', async () => {
    for (const [body, expected] of [
      [{ rooms: 'all' }, /rooms should be a list of texts/],
      [{ flows: {} }, /flows should be a list of nodes, but was an object/],
      [{ flows: [{ id: 'a', type: 'tab' }, null] }, /flows\[1\] should be a node with the texts id and type/],
      [{ flows: [{ id: 7, type: 'tab' }] }, /flows\[0\] should be a node/],
      [{ flows: [{ id: 'a', type: 'ui-page', path: { toString: null } }] }, /flows\[0\] should be a node/],
      [{ flows: Array.from({ length: 5001 }, (_, id) => ({ id: `${id}`, type: 'tab' })) }, /at most 5000 items/],
    ] as const) {
      const reply = await post('dashboard', body);
      assertRefused(reply, 400, 'COZIFY_BAD_INPUT');
      assert.match(reply.body.message ?? '', expected);
    }
  });

  it('fails with COZIFY_OTP_REQUIRED without a login', async () => {
    assertRefused(await post('dashboard', {}, 'nobody'), 409, 'COZIFY_OTP_REQUIRED');
  });
});
