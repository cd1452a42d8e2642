import assert from 'node:assert/strict';
import { sleep, Stage, type CozifyReport } from './harness';

describe('the endpoints while a Deploy restarts the account', () => {
  let stage: Stage;
  const path = (action: string): string => `/cozify/accounts/${stage.accountId}${action}`;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());

  /** Restarts everything as often, and does the same over and over meanwhile, without waiting. */
  async function meanwhile(deploys: number, work: () => Promise<void>): Promise<number> {
    const asked: Promise<void>[] = [];
    let isDone = false;
    const deploying = (async () => {
      for (let times = 0; times < deploys; times += 1) await stage.deploy(stage.flows);
      isDone = true;
    })();
    let underWay = 0;
    while (!isDone) {
      // On a busy machine thousands would pile up.
      if (underWay < 20) {
        underWay += 1;
        asked.push(work().finally(() => (underWay -= 1)));
      }
      await sleep(2);
    }
    await Promise.all([deploying, ...asked]);
    return asked.length;
  }

  it('tell of the login that is there, at every moment', async () => {
    await stage.newLogin();
    const states: string[] = [];
    await meanwhile(10, async () => {
      const reply = await stage.nodeRed.admin('GET', path(''));
      const { state, email, account } = reply.body as CozifyReport;
      states.push(`${reply.status} ${state} ${email} ${account}`);
    });
    assert.deepEqual([...new Set(states)], [`200 authenticated ${stage.email} ${stage.email}`]);
  });

  it('ask the cloud of the account for the code, never another', async () => {
    await stage.newAccount();
    const answers: string[] = [];
    await meanwhile(10, async () => {
      const { status, text } = await stage.nodeRed.admin('POST', path('/otp'), {});
      answers.push(status === 202 ? '202' : `${status} ${text}`);
    });
    // 409: the account was closed while the cloud was asked.
    assert.deepEqual(
      [...new Set(answers)].filter((answer) => !answer.startsWith('409')),
      ['202'],
    );
    assert.equal(stage.simulator.mails.filter(({ to }) => to === stage.email).length, 1);
  });

  it('answer for an account that does not run because it is disabled', async () => {
    await stage.deploy(stage.flows.map((node) => (node.id === stage.accountId ? { ...node, d: true } : node)));
    const reply = await stage.nodeRed.admin('GET', path(''));
    assert.equal((reply.body as CozifyReport).state, 'otp-required');
  });
});
