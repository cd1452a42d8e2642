import assert from 'node:assert/strict';
import { Stage } from '../live/harness';

const FORGED = '25 Nov 12:00:00 - [error] [forged] line';
/** Text with forged lines of a log and with codes that control a terminal. */
const INJECTION = `x\n${FORGED}\r\n${FORGED}\u001b[2J\u001b]0;title\u0007\u009b31m`;

/** Fails if the log contains a forged line or a terminal control sequence. */
function assertHarmless(log: string): void {
  const lines = log.split(/\r\n|\n|\r/);
  assert.deepEqual(
    lines.filter((line) => line.startsWith(FORGED)),
    [],
    'a line of the log was forged',
  );
  const { index } = /[^\P{Cc}\t\r\n]/u.exec(log) ?? {};
  const around = JSON.stringify(log.slice(Math.max(0, (index ?? 0) - 120), (index ?? 0) + 20));
  assert.equal(index, undefined, `a control character is in the log: ${around}`);
}

/**
 * Node-RED prints no colours unless it prints to a terminal, so all control characters in the log are from this
 * package.
 */
describe('foreign text in the log', () => {
  const stage = Stage.forSuite({ nodeRed: { settings: { logLevel: 'trace' } } });

  it('forges no line with the name of a hub or of its key', async () => {
    const hub = await stage.simulator.addHub({ name: INJECTION, keyName: INJECTION });
    try {
      await stage.newLogin();
      await stage.ask('authenticate', { trustHub: false });
      hub.rename(`${INJECTION}2`);
      await stage.ask('authenticate', { trustHub: false });
      assertHarmless(ours(stage.log()));
    } finally {
      await stage.simulator.removeHub(hub.id);
    }
  });

  it('forges no line with an answer from the cloud', async () => {
    await stage.newLogin();
    for (const fault of [
      { status: 500, body: INJECTION },
      { status: 400, body: JSON.stringify({ code: 1, message: INJECTION }) },
      { status: 200, body: INJECTION },
      { status: 401, body: INJECTION },
      { status: 429, headers: { 'Retry-After': '1' }, body: INJECTION },
    ]) {
      stage.simulator.clearFaults();
      stage.simulator.fault('cloud', fault);
      for (const [action, msg] of [
        ['ping', {}],
        ['refresh', { force: true }],
        ['authenticate', { otp: INJECTION }],
      ] as const) {
        const answer = await stage.ask(action, msg);
        assert.ok(!(answer.cozify.error?.message ?? '').includes('forged'), 'nor is it repeated in an error');
      }
    }
    assertHarmless(ours(stage.log()));
  });

  it('forges no line with a message or a request to the dialog', async () => {
    await stage.newLogin();
    for (const action of ['set-token', 'set-email', 'ping', 'authenticate']) {
      await stage.ask(action, { payload: INJECTION, otp: INJECTION, expiry: INJECTION, topic: INJECTION });
    }
    for (const action of ['otp', 'authenticate', 'reset']) {
      const id = encodeURIComponent(INJECTION);
      const body = { email: INJECTION, cloudUrl: INJECTION, otp: INJECTION, logout: INJECTION };
      await stage.nodeRed.admin('POST', `/cozify/accounts/${id}/${action}`, body);
      await stage.nodeRed.admin('POST', `/cozify/accounts/${id}/${action}`, {
        ...{ email: 'a@example.fi', cloudUrl: stage.simulator.cloudUrl, otp: 'P7BQ8E' },
      });
    }
    assertHarmless(ours(stage.log()));
  });

  const CONFIGURED: object[] = [
    { expiry: INJECTION, expiryUnit: INJECTION },
    { cloudUrl: INJECTION },
    { email: INJECTION },
    { id: 'line\nbreak', store: 'none' },
    // This case is the last one, because each later Deploy reports this error again.
    { store: INJECTION },
  ];
  it('forges no line with a property of an imported account', async () => {
    for (const properties of CONFIGURED) {
      await stage.newAccount(properties);
      for (const action of ['ping', 'authenticate', 'email']) await stage.ask(action);
      assertHarmless(ours(stage.log()));
    }
  });
});

/** Returns the log without the records of the test flow. */
function ours(log: string): string {
  return log
    .split('\n')
    .filter((line) => !line.includes('@@'))
    .join('\n');
}
