import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import type { Answer, CozifyReport } from '../harness/ask';
import { ANSWER, MERGE } from '../harness/functions';
import { accountNode, Stage, TAB, until, type NodeRedVersion } from '../harness';
import type { FlowNode } from '../harness/flow';

/** Code of a function node that sends a message to the action in `msg.operation`. */
const ROUTE = `return ['authenticate', 'ping', 'request'].map((name) => (name === msg.operation ? msg : null));`;

/** Node and port of each output of the subflow. */
const OUTPUTS = [
  ['authenticate', 0],
  ['authenticate', 1],
  ['ping', 0],
  ['ping', 1],
  ['request', 0],
] as const;

/** Instances of the subflow by id, with their own properties. */
type Instances = Record<string, { mail: string; d?: boolean }>;

export function subflowTests(version: NodeRedVersion): void {
  describe('Account in a subflow, with its address from the environment', () => {
    let stage: Stage;
    let template: string;
    let count = 0;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());
    beforeEach(() => {
      count += 1;
      template = `inner-${count}`;
    });

    const mailOf = (who: string): string => `${who}${count}@example.fi`;

    /** Returns flows with these instances. Each has the endpoint `POST /test/<id>`. */
    function flowOf(instances: Instances): FlowNode[] {
      const code = { type: 'function', outputs: 1, libs: [], x: 100, y: 100 };
      const inner = { z: 'sub', account: template, x: 300, y: 100, wires: [[], []] };
      return [
        { id: TAB, type: 'tab', label: 'Test', disabled: false, info: '' },
        {
          ...{ id: 'sub', type: 'subflow', name: 'Home', info: '', category: '', meta: {}, color: '#DDAA99' },
          env: [{ name: 'MAIL', type: 'str', value: '' }],
          in: [{ x: 50, y: 50, wires: [{ id: 'route' }] }],
          out: [{ x: 500, y: 50, wires: OUTPUTS.map(([id, port]) => ({ id, port })) }],
        },
        accountNode({ id: template, z: 'sub', email: '${MAIL}', cloudUrl: stage.simulator.cloudUrl }),
        { ...code, id: 'route', z: 'sub', func: ROUTE, outputs: 3, wires: [['authenticate'], ['ping'], ['request']] },
        { ...inner, id: 'authenticate', type: 'cozify-authenticate' },
        { ...inner, id: 'ping', type: 'cozify-ping' },
        {
          ...inner,
          id: 'request',
          type: 'cozify-request',
          hub: '',
          method: 'GET',
          path: 'hub/tz',
          pathType: 'str',
          wires: [[]],
        },
        { ...code, id: 'answer', z: TAB, func: ANSWER, wires: [['out']] },
        { id: 'out', type: 'http response', z: TAB, statusCode: '', headers: {}, wires: [], x: 600, y: 100 },
        { id: 'catch', type: 'catch', z: TAB, scope: null, uncaught: false, wires: [['answer']], x: 100, y: 300 },
        ...Object.entries(instances).flatMap(([id, { mail, ...more }]) => [
          { id: `${id}-in`, type: 'http in', z: TAB, url: `/test/${id}`, method: 'post', wires: [[`${id}-merge`]] },
          { ...code, id: `${id}-merge`, z: TAB, func: MERGE, wires: [[id]] },
          {
            ...{ id, type: 'subflow:sub', z: TAB, name: '', env: [{ name: 'MAIL', type: 'str', value: mail }] },
            ...{ wires: [['answer']], x: 300, y: 200 },
            ...more,
          },
        ]),
      ];
    }

    const deploy = (instances: Instances): Promise<void> => stage.deploy(flowOf(instances));
    const ask = (instance: string, operation: string, msg: object = {}): Promise<Answer> =>
      stage.ask(instance, { operation, ...msg });

    /** Logs in through an instance, and returns the report. */
    async function logIn(instance: string, mail: string): Promise<CozifyReport> {
      await ask(instance, 'authenticate');
      const { cozify } = await ask(instance, 'authenticate', { otp: stage.simulator.latestCode(mail) });
      assert.deepEqual([cozify.state, cozify.loginEmail], ['authenticated', mail]);
      return cozify;
    }

    const stateOf = async (instance: string): Promise<string> => (await ask(instance, 'ping')).cozify.state;
    /** Returns the number of saved accounts of the template. */
    const kept = (): number =>
      readdirSync(stage.nodeRed.stateFile('')).filter((name) => name.startsWith(template) && name.endsWith('.json'))
        .length;

    it('is separate for each address', async () => {
      const [anna, bertta] = [mailOf('anna'), mailOf('bertta')];
      await deploy({ one: { mail: anna }, two: { mail: bertta } });
      const one = await logIn('one', anna);
      const { cozify: two } = await ask('two', 'ping');
      assert.deepEqual([two.state, two.email, two.loginEmail], ['otp-required', bertta, null]);
      stage.assertFailure(await ask('two', 'request'), 'COZIFY_OTP_REQUIRED');
      assert.notEqual(two.id, one.id);
      await logIn('two', bertta);
      assert.equal((await ask('one', 'ping')).cozify.loginEmail, anna);
      await stage.nodeRed.restart('SIGKILL');
      const after = await Promise.all(['one', 'two'].map(async (id) => (await ask(id, 'ping')).cozify.loginEmail));
      assert.deepEqual(after, [anna, bertta]);
    });

    it('is shared by instances with the same address', async () => {
      const mail = mailOf('same');
      await deploy({ one: { mail }, two: { mail } });
      const { id } = await logIn('one', mail);
      const { payload, cozify } = await ask('two', 'ping');
      assert.deepEqual([payload, cozify.id], [true, id]);
      assert.equal(stage.simulator.mails.filter(({ to }) => to === mail).length, 1);
      assert.equal(kept(), 1);
    });

    it('is found by the id of the template', async () => {
      const addresses = [mailOf('first'), mailOf('second')];
      await deploy({ one: { mail: addresses[0] ?? '' }, two: { mail: addresses[1] ?? '' } });
      const { id, email } = await stage.snapshot(template);
      assert.ok(addresses.includes(email ?? ''), `${email}`);
      assert.notEqual(id, template, 'a running account');
    });

    it('is deleted with its last instance, but not while that is disabled', async () => {
      const [stays, goes] = [mailOf('stays'), mailOf('goes')];
      await deploy({ one: { mail: stays }, two: { mail: goes } });
      await logIn('one', stays);
      await logIn('two', goes);
      assert.equal(kept(), 2);
      await deploy({ one: { mail: stays }, two: { mail: goes, d: true } });
      await deploy({ one: { mail: stays }, two: { mail: goes } });
      assert.deepEqual([await stateOf('one'), await stateOf('two')], ['authenticated', 'authenticated']);
      await deploy({ one: { mail: stays } });
      await until('the secrets to go', () => kept() === 1);
      assert.equal(await stateOf('one'), 'authenticated');
      await deploy({ one: { mail: stays }, two: { mail: goes } });
      assert.deepEqual([await stateOf('one'), await stateOf('two')], ['authenticated', 'otp-required']);
    });

    it('is deleted when a Deploy removes its instance while flows are stopped', async () => {
      const [stays, goes] = [mailOf('stays'), mailOf('goes')];
      await deploy({ one: { mail: stays }, two: { mail: goes } });
      await logIn('one', stays);
      await logIn('two', goes);
      await stage.nodeRed.setFlowsState('stop');
      await stage.nodeRed.postFlows(flowOf({ one: { mail: stays } }));
      await stage.nodeRed.setFlowsState('start');
      await until('the secrets to go', () => kept() === 1);
      assert.equal(await stateOf('one'), 'authenticated');
      await deploy({ one: { mail: stays }, two: { mail: goes } });
      assert.deepEqual([await stateOf('one'), await stateOf('two')], ['authenticated', 'otp-required']);
    });

    it('is deleted for all instances with the subflow', async () => {
      const [anna, bertta] = [mailOf('anna'), mailOf('bertta')];
      await deploy({ one: { mail: anna }, two: { mail: bertta } });
      await logIn('one', anna);
      await logIn('two', bertta);
      await stage.deploy([{ id: TAB, type: 'tab', label: 'Test', disabled: false, info: '' }]);
      await until('the secrets to go', () => kept() === 0);
      assert.ok(existsSync(stage.nodeRed.stateFile('')));
      await deploy({ one: { mail: anna }, two: { mail: bertta } });
      assert.deepEqual([await stateOf('one'), await stateOf('two')], ['otp-required', 'otp-required']);
    });

    it('makes no requests in a Deploy', async () => {
      const [anna, bertta] = [mailOf('anna'), mailOf('bertta')];
      const instances = { one: { mail: anna }, two: { mail: bertta } };
      await deploy(instances);
      await logIn('one', anna);
      await logIn('two', bertta);
      const asked = stage.simulator.count('*');
      for (let times = 0; times < 3; times += 1) await deploy(instances);
      assert.deepEqual([await stateOf('one'), await stateOf('two')], ['authenticated', 'authenticated']);
      assert.equal(stage.simulator.count('*') - asked, 2, 'only the two pings');
    });
  });
}
