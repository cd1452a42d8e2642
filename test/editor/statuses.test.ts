import assert from 'node:assert/strict';
import { ask, Desk, until, type Editor } from './support';

describe('The statuses on the canvas', () => {
  let desk: Desk;

  before(async () => {
    desk = await Desk.open();
  });
  afterEach(async () => {
    await desk.simulator.goOnline().catch(() => undefined);
    await desk.tidy();
  });
  after(() => desk.close());

  it('follow the account live, each viewer in their own language', async () => {
    const { email } = await desk.deployAccount();
    const english = await desk.editor();
    const finnish = await desk.editor({ locale: 'fi-FI' });
    const both = async (dot: string, inEnglish: string, inFinnish: string): Promise<void> => {
      await untilStatus(english, { dot, text: inEnglish });
      await untilStatus(finnish, { dot, text: inFinnish });
    };

    await both('dot-red', 'login needed', 'kirjaudu uudelleen');
    await ask(desk.nodeRed, 'authenticate');
    await both('dot-yellow', 'code e-mailed', 'koodi lähetetty');
    const { cozify } = await ask(desk.nodeRed, 'authenticate', { otp: desk.simulator.latestCode(email) });
    const day = cozify.expiresAt?.slice(0, 10) ?? '';
    assert.match(day, /^\d{4}-\d\d-\d\d$/);
    await both('dot-green', day, day);
    await desk.simulator.goOffline();
    await ask(desk.nodeRed, 'ping');
    await both('ring-grey', 'cloud unreachable', 'pilvi ei vastaa');
    await desk.simulator.goOnline();
    await ask(desk.nodeRed, 'ping');
    await both('dot-green', day, day);
    desk.simulator.revokeAll();
    await ask(desk.nodeRed, 'ping');
    await both('dot-red', 'login needed', 'kirjaudu uudelleen');
  });

  it('are there in an editor that is opened later, on every action node', async () => {
    await desk.deployLogin();
    const editor = await desk.editor();
    for (const id of ['authenticate', 'ping', 'refresh', 'token', 'email', 'reset']) {
      await until(`the green date on ${id}`, async () => {
        const { dot, text } = await editor.statusOf(id);
        return dot === 'dot-green' && /^\d{4}-\d\d-\d\d$/.test(text);
      });
    }
  });

  it('say so when a node has no account', async () => {
    await desk.nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'Flow 1' },
      { id: 'ping', type: 'cozify-ping', z: 'tab', account: '', name: '', wires: [[], []], x: 320, y: 160 },
    ]);
    const editor = await desk.editor({ locale: 'fi-FI' });
    await untilStatus(editor, { dot: 'ring-red', text: 'ei tiliä' });
  });
});

async function untilStatus(editor: Editor, wanted: { dot: string; text: string }): Promise<void> {
  let seen = {};
  await until(`the status ${wanted.text}`, async () => {
    const status = await editor.statusOf('ping').catch(() => ({ dot: '', text: '' }));
    seen = status;
    return status.dot === wanted.dot && status.text === wanted.text;
  }).catch((error: unknown) => {
    throw new Error(`${String(error)} It is ${JSON.stringify(seen)}.`);
  });
}
