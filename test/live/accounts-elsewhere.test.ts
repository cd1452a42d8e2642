import assert from 'node:assert/strict';
import { changed, sleep, Stage, TAB, until } from './harness';
import type { FlowNode } from './harness/flow';
import { record } from './harness/functions';

const LATER = { id: 'later-tab', type: 'tab', label: 'Later', disabled: false, info: '' };

/** Returns a subflow and an instance of it. Its events node uses the account in the property ACCOUNT. */
function subflowOf(account: string): FlowNode[] {
  const property = { name: 'ACCOUNT', type: 'cozify-account', value: '', ui: { type: 'conf-types' } };
  const place = { x: 100, y: 100 };
  const code = { type: 'function', func: record('event'), outputs: 1, libs: [] };
  return [
    { id: 'template', type: 'subflow', name: 'Events', in: [], out: [], env: [property] },
    {
      ...{ id: 'inside', type: 'cozify-events', z: 'template', account: '${ACCOUNT}', name: '', events: [] },
      ...place,
      wires: [['inside-record']],
    },
    { id: 'inside-record', z: 'template', name: '', ...code, ...place, wires: [[]] },
    {
      ...{ id: 'instance', type: 'subflow:template', z: TAB, name: '', ...place, wires: [] },
      env: [{ name: 'ACCOUNT', type: 'conf-type', value: account }],
    },
  ];
}

describe('Account on another tab or in a subflow property', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  const statusOf = (id: string, from: number): string | undefined =>
    stage
      .statuses()
      .slice(from)
      .findLast(({ source }) => source === id)?.text;

  it('is used by all nodes from the start if it is on a later tab, with one first message', async () => {
    await stage.newAccount();
    for (const upheaval of [
      () => stage.deploy([...changed(stage.flows, stage.accountId, { z: LATER.id }), LATER]),
      () => stage.nodeRed.restart(),
      () => stage.deploy(changed(stage.flows, stage.accountId, { name: 'Renamed' }), 'nodes'),
    ]) {
      const [events, statuses] = [stage.topics().length, stage.statuses().length];
      await upheaval();
      await until('the first message', () => stage.topics().length > events);
      for (const id of ['ping', 'event'])
        await until(`the status of ${id}`, () => statusOf(id, statuses) === 'login needed');
      await sleep(300);
      assert.deepEqual(stage.topics().slice(events), ['otp-required']);
    }
    await stage.logIn();
    await stage.untilTopic('authenticated');
  });

  it('is used through a subflow property after a Deploy replaced the account, with one first message', async () => {
    await stage.newAccount();
    const others = stage.flows.filter(({ id }) => id !== 'event');
    await stage.deploy([...changed(others, stage.accountId, { name: 'First' }), ...subflowOf(stage.accountId)]);
    const eventsInside = (): string[][] =>
      stage
        .events()
        .filter(({ topic, payload }) => topic !== 'hubs' && payload.account !== stage.email)
        .map(({ topic, payload }) => [payload.account, topic]);
    await until('the first message', () => eventsInside().length > 0);
    await stage.deploy(changed(stage.flows, stage.accountId, { name: 'Second' }), 'nodes');
    await stage.logIn();
    await until('the login', () => eventsInside().length > 2);
    assert.deepEqual(eventsInside(), [
      ['First', 'otp-required'],
      ['Second', 'otp-sent'],
      ['Second', 'authenticated'],
    ]);
  });
});
