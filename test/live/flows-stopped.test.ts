import assert from 'node:assert/strict';
import { mkdirSync, rmSync } from 'node:fs';
import { type CozifyReport, type Reply, Stage } from './harness';

describe('Saved login while no flow runs', () => {
  /** The environment of the next start of Node-RED. */
  const env: Record<string, string> = {};
  const extra = { runtimeState: { enabled: true, ui: false } };
  const stage = Stage.forSuite({ nodeRed: { env, settings: { extra } } });

  const post = (action: string, body: object): Promise<Reply> =>
    stage.nodeRed.admin('POST', `/cozify/accounts/${stage.accountId}/${action}`, body);

  /** Returns the parts of a snapshot that a stop of the flows must not change. */
  const keptOf = ({ state, account, email, loginEmail, lastRefresh, expiresAt, hubs }: CozifyReport) => ({
    ...{ state, account, email, loginEmail, lastRefresh, expiresAt },
    hubs: hubs.map(({ id, name }) => [id, name]),
  });

  /** Situations without running flows, each with the functions that begin and end it. */
  const STOPS: [situation: string, begin: () => Promise<void>, end: () => Promise<void>][] = [
    ['flows that were stopped', () => stage.nodeRed.setFlowsState('stop'), () => stage.nodeRed.setFlowsState('start')],
    [
      'safe mode',
      async () => {
        env['NODE_RED_ENABLE_SAFE_MODE'] = 'true';
        await stage.nodeRed.restart();
      },
      async () => {
        delete env['NODE_RED_ENABLE_SAFE_MODE'];
        await stage.nodeRed.restart();
      },
    ],
  ];

  for (const [situation, begin, end] of STOPS) {
    describe(situation, () => {
      let before: CozifyReport;
      let requests: number;

      it('is shown unchanged', async () => {
        await stage.newLogin({ name: 'Koti' });
        before = await stage.snapshot();
        assert.equal(before.state, 'authenticated');
        await begin();
        requests = stage.simulator.count('*');
        const saved = await stage.snapshot();
        assert.deepEqual(keptOf(saved), keptOf(before));
        assert.equal(saved.nextRefresh, null, 'no renewals');
        const withCloud = `?cloudUrl=${encodeURIComponent(stage.simulator.cloudUrl)}`;
        assert.deepEqual(await stage.snapshot(`${stage.accountId}${withCloud}`), saved);
        const { body } = await stage.nodeRed.admin('GET', `/cozify/accounts/${stage.accountId}/diagnostics`);
        const { state, isRunning } = body as { state: string; isRunning: boolean };
        assert.deepEqual({ state, isRunning }, { state: 'authenticated', isRunning: false });
      });

      it('is not changed by a POST', async () => {
        const sent = await post('otp', {});
        assert.equal(sent.status, 202, sent.text);
        assert.equal((sent.body as CozifyReport).state, 'otp-sent');
        assert.deepEqual(keptOf(await stage.snapshot()), keptOf(before));
        const reset = await post('reset', { logout: true });
        assert.equal(reset.status, 200, reset.text);
        assert.deepEqual(keptOf(await stage.snapshot()), keptOf(before));
        assert.equal(stage.simulator.count('*'), requests + 1, 'a code was requested, and nothing was revoked');
      });

      it('is used when flows run again', async () => {
        await end();
        assert.equal((await stage.ask('ping')).output, 1);
        assert.notEqual((await stage.snapshot()).nextRefresh, null);
      });
    });
  }

  it('is missing for a new account, which then shows its pending login', async () => {
    await stage.newAccount();
    await stage.nodeRed.setFlowsState('stop');
    assert.equal((await stage.snapshot()).state, 'otp-required');
    assert.equal((await post('otp', { email: stage.email })).status, 202);
    assert.equal((await stage.snapshot()).state, 'otp-sent');
    const reply = await post('authenticate', { otp: stage.code() });
    assert.equal((reply.body as CozifyReport).state, 'authenticated', reply.text);
    assert.equal((await stage.snapshot()).state, 'authenticated');
    await stage.nodeRed.setFlowsState('start');
    assert.equal((await stage.ask('ping')).output, 1, 'the start has adopted it');
  });

  it('fails with 503 while its file can not be read', async () => {
    await stage.newLogin();
    await stage.nodeRed.setFlowsState('stop');
    await stage.nodeRed.untilStopIsSaved();
    await stage.nodeRed.stop();
    makeUnreadable(stage.nodeRed.stateFile(`${stage.accountId}.json`));
    await stage.nodeRed.launch();
    const reply = await stage.nodeRed.admin('GET', `/cozify/accounts/${stage.accountId}`);
    assert.deepEqual([reply.status, (reply.body as { code: string }).code], [503, 'COZIFY_STORE']);
    await stage.nodeRed.setFlowsState('start');
  });
});

/** Replaces a file by a directory, which can't be read as a file. */
function makeUnreadable(path: string): void {
  rmSync(path);
  mkdirSync(path);
}
