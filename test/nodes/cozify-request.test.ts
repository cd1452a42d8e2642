import assert from 'node:assert/strict';
import registerChanges from '../../nodes/cozify-changes';
import registerRequest from '../../nodes/cozify-request';
import type { Fault } from '../../packages/cozify-practice/src/types';
import { until } from '../support/wait';
import { accountNode, actionNode, type FlowNode, testFlow } from './support/flow';
import { assertFailure, type Message, type Outcome, Stage } from './support/stage';

/** A stage of tests of the request node. */
class Requests {
  readonly stage: Stage;

  private constructor(stage: Stage) {
    this.stage = stage;
  }

  static async open(onLan = true): Promise<Requests> {
    return new Requests(await Stage.open({ hubs: [{ name: 'Koti', onLan }] }));
  }

  get hub() {
    const [hub] = this.stage.simulator.hubs;
    assert.ok(hub);
    return hub;
  }

  async load(properties: Record<string, unknown>, ...more: FlowNode[]): Promise<void> {
    this.stage.simulator.clearFaults();
    const request = actionNode('request', { hub: '', path: 'hub/tz', pathType: 'str', ...properties });
    const others = [registerRequest, registerChanges];
    await this.stage.load(testFlow(accountNode({ pollLan: '1' }), request, ...more), { others });
    await this.stage.logIn();
    this.hub.log.clear();
  }

  async ask(properties: Record<string, unknown>, msg: Message = {}): Promise<Outcome> {
    await this.load(properties);
    return this.stage.ask('request', msg);
  }

  /** What a fault of the hub gives. */
  async askAt(fault: Fault, properties: Record<string, unknown> = {}, msg: Message = {}): Promise<Outcome> {
    await this.load(properties);
    this.stage.simulator.fault(this.hub.onLan ? 'hub' : 'remote', { path: '/cc/', ...fault });
    return this.stage.ask('request', msg);
  }

  /** The requests below `/cc/<version>` since the flow began. */
  get sent(): string[] {
    return this.hub.log.of({ path: '/cc/' }).map(({ method, path, body }) => `${method} ${path} ${body}`.trim());
  }
}

for (const way of ['on the LAN', 'through the cloud']) {
  describe(`the request node ${way}`, () => {
    let requests: Requests;

    before(async () => {
      requests = await Requests.open(way === 'on the LAN');
    });
    after(() => requests?.stage.close());

    for (const path of ['hub/tz', '/hub/tz']) {
      it(`gets ${path} below the version, and gives the parsed answer and its status`, async () => {
        const { output, msg } = await requests.ask({ path }, { payload: 'x', topic: 'kept', headers: { Cookie: 'a' } });
        assert.equal(output, 1, JSON.stringify(msg.cozify));
        assert.deepEqual(
          [msg['payload'], msg['statusCode'], msg['topic'], msg.cozify.operation],
          ['Europe/Helsinki', 200, 'kept', 'request'],
        );
        assert.deepEqual(requests.sent, ['GET /cc/1.14/hub/tz'], 'no body goes with a GET');
      });
    }

    for (const path of ['hub', '/hub']) {
      it(`gets ${path} where the hub has it, which is below no version`, async () => {
        const { output, msg } = await requests.ask({ path }, {});
        assert.equal(output, 1, JSON.stringify(msg.cozify));
        assert.equal((msg['payload'] as { hubId?: string }).hubId, requests.hub.id);
        assert.deepEqual(requests.sent, [], 'nothing below a version');
        const asked = requests.hub.log.of({ path: '/hub' });
        assert.equal(asked.at(-1)?.method, 'GET');
      });
    }

    it('puts the payload, as JSON', async () => {
      const lamp = requests.hub.home.devices.find(({ type }) => type === 'LIGHT');
      assert.ok(lamp);
      requests.hub.home.change(lamp.id, { isOn: false });
      const payload = [{ id: lamp.id, type: 'CMD_DEVICE_ON' }];
      const { output, msg } = await requests.ask({ method: 'PUT', path: 'devices/command' }, { payload });
      assert.equal(output, 1, JSON.stringify(msg.cozify));
      assert.deepEqual([msg['payload'], msg['statusCode']], [null, 200]);
      assert.deepEqual(requests.sent, [`PUT /cc/1.14/devices/command ${JSON.stringify(payload)}`]);
    });

    it('takes path and body by their typed inputs', async () => {
      const properties = { method: 'POST', path: 'where', pathType: 'msg', body: '{"a": 1}', bodyType: 'json' };
      requests.hub.home.raiseAlarm(requests.hub.home.devices[0]?.id ?? '', 'Vuoto');
      const [alarm] = requests.hub.home.all('alarms');
      const where = `/alarms/close?alarmId=${alarm?.id}`;
      const { output, msg } = await requests.ask(properties, { where, payload: 'not sent' });
      assert.equal(output, 1, JSON.stringify(msg.cozify));
      assert.deepEqual(requests.sent, [`POST /cc/1.14${where} {"a":1}`]);
    });

    for (const status of [400, 404, 500]) {
      it(`makes an error of a ${status}, with its status`, async () => {
        const outcome = await requests.askAt({ status, body: '{"message": "no"}' }, { path: 'devices/command' });
        // Through the cloud a 400 may be the gateway's; that the hub answers itself tells them apart.
        assertFailure(outcome, 'COZIFY_API');
        assert.equal(outcome.msg.cozify.error?.statusCode, status);
        assert.equal(outcome.msg['statusCode'], undefined);
      });
    }

    it('finds a key, a version and an address that have changed, within the step', async () => {
      await requests.load({});
      const { hub, stage } = requests;
      hub.rotateKey();
      await hub.update('1.15.0.1');
      if (way === 'on the LAN') await hub.move();
      const { output, msg } = await stage.ask('request');
      assert.equal(output, 1, JSON.stringify(msg.cozify));
      assert.equal(msg['payload'], 'Europe/Helsinki');
      assert.ok(requests.sent.includes('GET /cc/1.15/hub/tz'));
      await hub.update('1.14.9.124');
    });
  });
}

describe('the answers of the request node', () => {
  let requests: Requests;

  before(async () => {
    requests = await Requests.open();
  });
  after(() => requests?.stage.close());

  const answers: [what: string, fault: Fault, payload: unknown, status: number][] = [
    ['is null when it is empty', { body: '' }, null, 200],
    ['is null when nothing is new', { status: 304, body: '' }, null, 304],
    ['is its text when it is no JSON', { body: '<p>hei</p>' }, '<p>hei</p>', 200],
    ['is what JSON says, a null too', { body: 'null' }, null, 200],
    ['is good with any status of success', { status: 201, body: '{"id":1}' }, { id: 1 }, 201],
  ];
  for (const [what, fault, payload, status] of answers) {
    it(what, async () => {
      const { output, msg } = await requests.askAt(fault, {}, { payload: 'before' });
      assert.equal(output, 1, JSON.stringify(msg.cozify));
      assert.deepEqual([msg['payload'], msg['statusCode']], [payload, status]);
    });
  }

  it('may be as large as a home of 10 000 devices', async () => {
    const large = JSON.stringify({ text: 'x'.repeat(12 * 1024 * 1024) });
    const { output, msg } = await requests.askAt({ body: large });
    assert.equal(output, 1, JSON.stringify(msg.cozify));
    assert.equal(JSON.stringify(msg['payload']).length, large.length);
  });

  it('is refused above 32 MiB', async () => {
    const outcome = await requests.askAt({ body: 'x'.repeat(33 * 1024 * 1024) });
    assertFailure(outcome, 'COZIFY_BAD_ANSWER');
  });

  it('is not waited for longer than the timeout, which a message overrides', async () => {
    const outcome = await requests.askAt({ hang: true }, { timeout: 300 }, { timeout: 0.2 });
    assertFailure(outcome, 'COZIFY_UNREACHABLE');
    assert.match(outcome.msg.cozify.error?.message ?? '', /0\.2 s\./);
  });

  it('is waited for 15 seconds by a node from elsewhere that says nothing of it', async () => {
    const { output } = await requests.askAt({ delayMs: 300 }, { timeout: undefined });
    assert.equal(output, 1);
  });

  it('is not asked for again when a PUT got none, and that it may have been done is said', async () => {
    const properties = { method: 'PUT', path: 'devices/command', body: '[]', bodyType: 'json' };
    const outcome = await requests.askAt({ reset: true }, properties);
    assertFailure(outcome, 'COZIFY_UNREACHABLE');
    assert.match(outcome.msg.cozify.error?.message ?? '', /may have carried it out/);
    assert.equal(requests.hub.log.count({ method: 'PUT' }), 1);
  });
});

describe('what a request node refuses', () => {
  let requests: Requests;

  before(async () => {
    requests = await Requests.open();
  });
  after(() => requests?.stage.close());

  const circular: unknown[] = [];
  circular.push(circular);
  const byMessage = { pathType: 'msg', path: 'path' };
  const put = { method: 'PUT', path: 'devices/command' };
  const refused: [what: string, properties: Record<string, unknown>, msg: Message][] = [
    ['no path', { path: '' }, {}],
    ['a path that goes up', { path: '../user/hubkeys' }, {}],
    ['a path that goes up in code', byMessage, { path: '/%2e%2e/%2E./hub' }],
    ['a path to another host', byMessage, { path: '//example.com/devices' }],
    ['a URL', byMessage, { path: 'http://example.com/devices' }],
    ['a path with a backslash', byMessage, { path: '/..\\hub' }],
    ['a path with a line break', byMessage, { path: 'devices\r\nX-Hub-Key: a' }],
    ['a path that is no text', byMessage, { path: ['devices'] }],
    ['a path that is not there', byMessage, {}],
    ['a path that says the version itself', { path: '/cc/1.14/devices' }, {}],
    ['a method that is none', { method: 'TRACE' }, {}],
    ['a body that is circular', put, { payload: circular }],
    ['a body that is a function', put, { payload: () => 1 }],
    ['a body of bytes', put, { payload: Buffer.from('x') }],
    ['a timeout of nothing', {}, { timeout: 0 }],
    ['a timeout that is a text', {}, { timeout: '5' }],
    ['a timeout beyond all patience', {}, { timeout: 301 }],
    ['a hub that is no text', {}, { hub: 5 }],
  ];
  for (const [what, properties, msg] of refused) {
    it(`${what}, with nothing sent`, async () => {
      assertFailure(await requests.ask(properties, msg), 'COZIFY_BAD_INPUT');
      assert.deepEqual(requests.sent, []);
    });
  }

  it('no login, but says that one is needed', async () => {
    const { stage } = requests;
    const request = actionNode('request', { path: 'hub/tz', pathType: 'str' });
    await stage.load(testFlow(accountNode(), request), { others: [registerRequest] });
    assertFailure(await stage.ask('request'), 'COZIFY_OTP_REQUIRED');
  });
});

describe('what a request changes', () => {
  let requests: Requests;

  before(async () => {
    requests = await Requests.open();
  });
  after(() => requests?.stage.close());

  it("is told as a change that is nobody's own", async () => {
    const lamp = requests.hub.home.devices.find(({ type }) => type === 'LIGHT');
    assert.ok(lamp);
    requests.hub.home.change(lamp.id, { isOn: false });
    const targets = [{ hub: '', kind: 'device', id: lamp.id, name: lamp.name }];
    const changes = {
      ...{ id: 'changes', type: 'cozify-changes', z: 'tab', x: 1, y: 1, account: 'account', name: '', hub: '' },
      ...{ kinds: ['device'], targets, rooms: [], capabilities: [], fields: [], condition: null, for: 0 },
      ...{ payload: 'state', events: ['changed'], own: true, initial: true, wires: [['heard']] },
    };
    const heard: Message[] = [];
    await requests.load({ method: 'PUT', path: 'devices/command' }, changes, {
      ...{ id: 'heard', type: 'helper', z: 'tab', x: 1, y: 1, wires: [] },
    });
    requests.stage.node('heard').on('input', (msg) => void heard.push(msg));
    await until('the first state', () => heard.some(({ event }) => event === 'initial'));
    await requests.stage.ask('request', { payload: [{ id: lamp.id, type: 'CMD_DEVICE_ON' }] });
    await until('the change', () => heard.some(({ event }) => event === 'changed'));
    const change = heard.find(({ event }) => event === 'changed');
    assert.deepEqual([change?.['own'], (change?.['payload'] as { on?: unknown }).on], [false, true]);
  });
});
