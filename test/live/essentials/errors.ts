import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/errors';
import { changed, Stage, recorded, until, without, type Answer, type NodeRedVersion } from '../harness';

/** Each error code, and a situation that causes it in a flow. */
const SITUATIONS: [ErrorCode, string, (stage: Stage) => Promise<Answer>][] = [
  [
    'COZIFY_NO_EMAIL',
    'no address is configured',
    async (stage) => {
      await stage.newAccount({ email: undefined });
      return stage.ask('authenticate');
    },
  ],
  [
    'COZIFY_OTP_REQUIRED',
    'there is no token',
    async (stage) => {
      await stage.newAccount();
      return stage.ask('token');
    },
  ],
  [
    'COZIFY_OTP_REJECTED',
    'the code is wrong',
    async (stage) => {
      await stage.newAccount();
      await stage.ask('authenticate');
      return stage.ask('authenticate', { otp: 'WRONG1' });
    },
  ],
  ['COZIFY_UNREACHABLE', 'the connection breaks', (stage) => pingWith(stage, { reset: true })],
  ['COZIFY_RATE_LIMITED', 'the cloud answers 429', (stage) => pingWith(stage, { status: 429 })],
  ['COZIFY_FORBIDDEN', 'the cloud answers 403', (stage) => pingWith(stage, { status: 403 })],
  ['COZIFY_OBSOLETE', 'the cloud answers 410', (stage) => pingWith(stage, { status: 410 })],
  ['COZIFY_API', 'the cloud answers 502', (stage) => pingWith(stage, { status: 502 })],
  ['COZIFY_API', 'a portal answers 401 with a page', (stage) => pingWith(stage, { status: 401, body: '<html>' })],
  [
    'COZIFY_BAD_ANSWER',
    'a portal answers 200 with a page',
    (stage) => pingWith(stage, { status: 200, body: '<html>' }),
  ],
  [
    'COZIFY_BAD_INPUT',
    'a parameter is of the wrong type',
    async (stage) => {
      await stage.newLogin();
      return stage.ask('ping', { expiry: 'soon' });
    },
  ],
  [
    'COZIFY_BAD_INPUT',
    'the cloud URL is plain HTTP',
    async (stage) => {
      await stage.newAccount({ cloudUrl: 'http://cloud.example/ui/0.2' });
      return stage.ask('authenticate');
    },
  ],
  [
    'COZIFY_STORE',
    'the context store does not exist',
    async (stage) => {
      await stage.newAccount({ store: 'no-such-store' });
      return stage.ask('authenticate');
    },
  ],
  [
    'COZIFY_CLOSED',
    'the account is deleted while the step runs',
    async (stage) => {
      const { asked } = await pingInFlight(stage);
      await stage.deploy(without(stage.flows, stage.accountId), 'nodes');
      return asked;
    },
  ],
  [
    'COZIFY_CLOSED',
    'the account is moved to another cloud while the step runs',
    async (stage) => {
      const { asked } = await pingInFlight(stage);
      const cloudUrl = stage.simulator.cloudUrl.replace('127.0.0.1', 'localhost');
      await stage.deploy(changed(stage.flows, stage.accountId, { cloudUrl }), 'nodes');
      return asked;
    },
  ],
];

/** Logs in, and pings while the cloud does not answer. */
async function pingInFlight(stage: Stage): Promise<{ asked: Promise<Answer> }> {
  await stage.newLogin();
  const held = stage.simulator.hold('hubkeys');
  const asked = stage.ask('ping');
  await until('the ping', () => held.isAsked);
  return { asked };
}

/** Logs in, then pings with a fault of the cloud. */
async function pingWith(stage: Stage, fault: Parameters<Stage['simulator']['fault']>[1]): Promise<Answer> {
  await stage.newLogin();
  stage.simulator.fault('hubkeys', fault);
  return stage.ask('ping', { payload: 'left alone' });
}

export function errorTests(version: NodeRedVersion): void {
  describe('Error codes in flows', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    for (const [code, when, provoke] of SITUATIONS) {
      it(`are ${code} when ${when}`, async () => {
        const from = stage.nodeRed.log.length;
        const answer = await provoke(stage);
        stage.assertFailure(answer, code);
        assert.equal(answer.cozify.refreshed, false);
        // Without a readable state there is no snapshot.
        if (code === 'COZIFY_STORE') assert.equal(answer.cozify.state, undefined);
        else if (!when.includes('plain HTTP')) assert.equal(answer.cozify.id, stage.accountId, 'with the snapshot');
        const failures = () => recorded(stage.nodeRed, 'caught', from).filter((caught) => caught.code === code);
        // The line in the log may come after the answer.
        await until('the failure in the log', () => failures().length > 0);
        assert.equal(failures().length, 1, 'reported once');
        if ('payload' in answer) assert.equal(answer.payload, 'left alone');
      });
    }

    it('are COZIFY_NO_ACCOUNT without a snapshot if no account is chosen, or if it is deleted or disabled', async () => {
      await stage.newAccount({}, { orphan: { type: 'cozify-ping', account: '' } });
      const check = (answer: Answer) => {
        stage.assertFailure(answer, 'COZIFY_NO_ACCOUNT');
        assert.deepEqual(Object.keys(answer.cozify).sort(), ['error', 'operation', 'refreshed']);
      };
      check(await stage.ask('orphan'));
      check(await stage.ask('orphan', { otp: 'P7BQ8E' }));
      const flows = stage.flows;
      await stage.deploy(changed(flows, stage.accountId, { d: true }));
      check(await stage.ask('ping'));
      await stage.deploy(changed(flows, 'ping', { account: 'gone' }));
      check(await stage.ask('ping'));
    });

    it('come with the HTTP status and the seconds to wait', async () => {
      const answer = await pingWith(stage, { status: 503, headers: { 'Retry-After': '7' } });
      stage.assertFailure(answer, 'COZIFY_API');
      assert.equal(answer.cozify.error?.statusCode, 503);
      assert.equal(answer.cozify.error?.retryAfter, 7);
      stage.simulator.clearFaults();
      const requests = stage.simulator.count('hubkeys');
      const again = await stage.ask('ping');
      assert.ok(again.error, 'the seven seconds have not passed');
      assert.ok((again.cozify.error?.retryAfter ?? 0) > 0 && (again.cozify.error?.retryAfter ?? 9) <= 7);
      assert.equal(stage.simulator.count('hubkeys'), requests, 'no call');
    });

    it('never end a login', async () => {
      for (const fault of [
        { status: 400 },
        { status: 403 },
        { status: 404 },
        { status: 408 },
        { status: 410 },
        { status: 500 },
        { status: 302, headers: { Location: 'http://127.0.0.1:9/' } },
        { status: 401, body: '<!doctype html>' },
        { status: 200, body: '' },
        { status: 200, body: '["not", "keys"]' },
        { truncateAt: 5 },
        { reset: true },
      ]) {
        const answer = await pingWith(stage, fault);
        assert.ok(answer.error, JSON.stringify(fault));
        assert.equal(answer.cozify.state, 'authenticated', JSON.stringify(fault));
        stage.simulator.clearFaults();
        assert.equal((await stage.ask('ping')).output, 1, `after ${JSON.stringify(fault)}`);
      }
    });
  });
}
