import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Stage } from '../live/harness';
import { Canaries } from './support/canaries';

/**
 * GET routes of this package and of Node-RED's admin API whose responses must contain no secret. `ID` stands for the id
 * of the account.
 */
const ROUTES = [
  ...['/flows', '/flows/state', '/flow/test-tab', '/flow/global', '/nodes', '/plugins', '/settings', '/settings/user'],
  ...['/context/global', '/context/flow/test-tab', '/context/node/ID'],
  ...['/credentials/cozify-account/ID', '/library/local/flows/', '/library/local/functions/', '/diagnostics', '/icons'],
  ...['/locales/nodes', '/locales/editor', '/theme', '/auth/login', '/'],
  ...['/cozify/accounts/ID', '/cozify/accounts/ID/diagnostics', '/cozify/accounts/nobody/diagnostics'],
  ...['/cozify/accounts/pending', '/cozify/accounts/pending/diagnostics', '/nodes/@cozify-community/node-red-cozify'],
];

describe('secrets in the output of Node-RED', () => {
  const contextStorage = {
    default: { module: 'memory' },
    disk: { module: 'localfilesystem', config: { cache: false } },
  };
  const extra = { diagnostics: { enabled: true, ui: true }, runtimeState: { enabled: true } };
  const stage = Stage.forSuite({ nodeRed: { settings: { contextStorage, extra, logLevel: 'trace' } } });
  const canaries = new Canaries();

  /** Adds all tokens, keys and codes that have been used so far to the list of secrets. */
  async function remember(): Promise<void> {
    canaries.add(String((await stage.ask('token')).payload));
    for (const hub of stage.simulator.hubs) canaries.add(hub.key(stage.email));
    for (const { token, hubKey } of stage.simulator.requests) canaries.add(token, hubKey);
    for (const { code } of stage.simulator.mails) canaries.add(code);
  }

  /** Logs in through the dialog of an account that is not deployed, so that the login stays pending. */
  async function waitForDeploy(): Promise<void> {
    const [email, { cloudUrl }] = [`pending-${stage.accountId}@example.fi`, stage.simulator];
    const post = (action: string, body: object): Promise<{ status: number }> =>
      stage.nodeRed.admin('POST', `/cozify/accounts/pending/${action}`, { email, cloudUrl, ...body });
    assert.equal((await post('otp', {})).status, 202);
    assert.equal((await post('authenticate', { otp: stage.simulator.latestCode(email) })).status, 200);
  }

  /** Makes action nodes and requests fail in many ways, and asserts that no answer contains a secret. */
  async function misadventures(): Promise<void> {
    const answers: unknown[] = [];
    for (const fault of [
      { reset: true },
      { status: 500 },
      { status: 429, headers: { 'Retry-After': '1' } },
      { status: 401 },
    ]) {
      stage.simulator.clearFaults();
      stage.simulator.fault('cloud', fault);
      for (const action of ['ping', 'refresh', 'authenticate']) answers.push(await stage.ask(action, { force: true }));
      for (const action of ['otp', 'authenticate', 'reset']) {
        const body = { otp: 'NO-SUCH-CODE', logout: true };
        if (fault.status !== 401)
          await stage.nodeRed.admin('POST', `/cozify/accounts/${stage.accountId}/${action}`, body);
      }
    }
    stage.simulator.clearFaults();
    canaries.add('NO-SUCH-CODE');
    answers.push(await stage.ask('ping'));
    canaries.assertNoneIn('an answer', JSON.stringify(answers));
  }

  it('are found by the scan as plain text, in base64 and in a URL', () => {
    const scan = new Canaries();
    scan.add('a.very-secret+canary-of-ours.x');
    const shifted = Buffer.from('?a.very-secret+canary-of-ours.x').toString('base64');
    for (const text of ['very-secret+canary-of-ours', shifted, 'a.very-secret%2Bcanary-of-ours.x']) {
      assert.throws(() => scan.assertNoneIn('this', `before ${text} after`), /holds a secret/);
    }
  });

  it('are in no response of the admin API, no file and no line of the log; and no address is in the diagnostics', async () => {
    await stage.newLogin({ email: 'someone.special@somewhere.example.fi' });
    await waitForDeploy();
    await stage.ask('refresh', { force: true });
    await remember();
    await misadventures();
    await remember();
    assert.ok(canaries.count >= 8, `${canaries.count} secrets to look for`);
    for (const route of ROUTES) {
      const path = route.replace('ID', stage.accountId);
      for (const Accept of ['application/json', 'text/html']) {
        const { status, text } = await stage.nodeRed.admin('GET', path, undefined, {
          Accept,
          'Node-RED-API-Version': 'v2',
        });
        assert.notEqual(status, 500, path);
        canaries.assertNoneIn(path, text);
      }
    }
    const { status, text, body } = await stage.nodeRed.admin('GET', `/cozify/accounts/${stage.accountId}/diagnostics`);
    assert.equal(status, 200);
    for (const word of ['someone', 'special', 'somewhere', 'example']) assert.ok(!text.includes(word), word);
    assert.ok((body as { errors: unknown[] }).errors.length > 0, 'the errors are there');
    canaries.assertNoneIn('the log', stage.nodeRed.log);
    assert.ok(stage.nodeRed.log.includes('[trace]'));
    await stage.nodeRed.stop();
    assert.ok(canaries.assertNoneBelow(stage.nodeRed.userDir) > 5);
    await stage.nodeRed.launch();
  });

  it('are absent from the messages of the hub nodes and the endpoints of the picker, after any failure', async () => {
    const lamp = { hub: '', kind: 'device', id: '', name: 'Lukuvalo' };
    const actions = {
      command: { type: 'cozify-command', targets: [lamp], command: 'toggle', confirm: 3 },
      read: { type: 'cozify-read', targets: [], fresh: true },
      wait: { type: 'cozify-wait', targets: [lamp], condition: { field: 'on', op: 'changes' }, timeout: 1 },
      devices: { type: 'cozify-request', method: 'GET', path: 'devices', pathType: 'str' },
      nowhere: { type: 'cozify-request', method: 'GET', path: 'nowhere', pathType: 'str' },
    };
    const feeds = {
      changes: { type: 'cozify-changes', targets: [] },
      button: { type: 'cozify-button', presses: [] },
    };
    await stage.newLogin({ store: 'disk' }, actions, feeds);
    const outputs: unknown[] = [];
    const askAll = async (): Promise<void> => {
      outputs.push(await Promise.all(Object.keys(actions).map((name) => stage.ask(name))));
      const path = `/cozify/accounts/${stage.accountId}`;
      const target = { hub: stage.simulator.hubs[0]?.id, id: stage.simulator.hubs[0]?.home.device('Lukuvalo').id };
      for (const asked of [
        stage.nodeRed.admin('GET', `${path}/things`),
        stage.nodeRed.admin('POST', `${path}/identify`, target),
        stage.nodeRed.admin('POST', `${path}/command`, { targets: [{ ...lamp, ...target }], command: 'on' }),
        stage.nodeRed.admin('GET', `${path}/diagnostics`),
        stage.nodeRed.admin('GET', `/context/global/cozify_${stage.accountId}?store=disk`),
      ])
        outputs.push((await asked).text);
      await remember();
    };
    await askAll();
    for (const fault of [{ status: 500 }, { status: 403 }, { status: 410 }, { reset: true }, { body: '<html>' }]) {
      for (const call of ['hub', 'remote'] as const) stage.simulator.fault(call, fault);
      await askAll();
      stage.simulator.clearFaults();
    }
    for (const hub of stage.simulator.hubs) hub.rotateKey();
    await askAll();
    assert.ok(JSON.stringify(outputs).includes('"COZIFY_'), 'some steps failed');
    canaries.assertNoneIn('outputs of nodes and endpoints', JSON.stringify(outputs));
    canaries.assertNoneIn('messages of feeds', JSON.stringify([stage.received('changes'), stage.received('button')]));
    canaries.assertNoneBelow(join(stage.nodeRed.userDir, 'context'));
    canaries.assertNoneIn('the statuses', JSON.stringify(stage.statuses()));
    canaries.assertNoneIn('the log', stage.nodeRed.log);
  });

  it('are in no URL', () => {
    for (const { path } of stage.simulator.requests) canaries.assertNoneIn('a URL', decodeURIComponent(path));
  });
});
