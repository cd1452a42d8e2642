import { ask, Desk, until, type Editor } from './support';

/** What the statuses of an account say: no login, a code on its way, no cloud, and until when a login is valid. */
const WORDS: Record<string, { states: readonly [string, string, string]; until: (day: Date) => string }> = {
  en: {
    states: ['login needed', 'code e-mailed', 'cloud unreachable'],
    until: (day) => `valid until ${day.getDate()} ${day.toLocaleString('en-GB', { month: 'short' })}`,
  },
  fi: {
    states: ['kirjaudu uudelleen', 'koodi lähetetty', 'pilvi ei vastaa'],
    until: (day) => `voimassa ${day.getDate()}.${day.getMonth() + 1}. asti`,
  },
};

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

  for (const [language, words] of Object.entries(WORDS)) {
    it(`follow the account live, in its language: ${language}`, async () => {
      const { email } = await desk.deployAccount({ language });
      const editor = await desk.editor();
      const show = (dot: string, text: string): Promise<void> => untilStatus(editor, { dot, text });
      const [needed, sent, away] = words.states;

      await show('dot-red', needed);
      await ask(desk.nodeRed, 'authenticate');
      await show('dot-yellow', sent);
      const { cozify } = await ask(desk.nodeRed, 'authenticate', { otp: desk.simulator.latestCode(email) });
      const until = words.until(new Date(String(cozify.expiresAt)));
      await show('dot-green', until);
      await desk.simulator.goOffline();
      await ask(desk.nodeRed, 'ping');
      await show('ring-grey', away);
      await desk.simulator.goOnline();
      await ask(desk.nodeRed, 'ping');
      await show('dot-green', until);
      desk.simulator.revokeAll();
      await ask(desk.nodeRed, 'ping');
      await show('dot-red', needed);
    });
  }

  it('are there in an editor that is opened later, on every action node', async () => {
    await desk.deployLogin();
    const editor = await desk.editor();
    for (const id of ['authenticate', 'ping', 'refresh', 'token', 'email', 'reset']) {
      await until(`the green date on ${id}`, async () => {
        const { dot, text } = await editor.statusOf(id);
        return dot === 'dot-green' && /^valid until \d{1,2} \w{3,4}$/.test(text);
      });
    }
  });

  it('say so when a node has no account', async () => {
    await desk.nodeRed.deploy([
      { id: 'tab', type: 'tab', label: 'Flow 1' },
      { id: 'ping', type: 'cozify-ping', z: 'tab', account: '', name: '', wires: [[], []], x: 320, y: 160 },
    ]);
    await untilStatus(await desk.editor(), { dot: 'ring-red', text: 'no account' });
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
