import assert from 'node:assert/strict';
import { Stage, recorded } from './harness';

/** An expression that the test flow evaluates, for values that JSON can't say. */
const js = (expression: string) => ({ $js: expression });

const NOT_BOOLEAN = [null, 'true', 1, 0, '', {}, [], js('NaN'), js('new Date()')];
const NOT_EXPIRY = [null, true, 0, -1, js('NaN'), js('Infinity'), '0s', '-5m', '1y', 'soon', '1.5.2h', {}, [60]];
const NOT_CODE = [null, 123456, true, '', '   ', {}, ['P7BQ8E'], js('Buffer.from("P7BQ8E")')];

const WRONG: Record<string, Record<string, unknown[]>> = {
  authenticate: {
    trustCloud: NOT_BOOLEAN,
    trustHub: NOT_BOOLEAN,
    remote: NOT_BOOLEAN,
    autoremote: NOT_BOOLEAN,
    autorefresh: NOT_BOOLEAN,
    expiry: NOT_EXPIRY,
    otp: NOT_CODE,
  },
  ping: { autorefresh: NOT_BOOLEAN, expiry: NOT_EXPIRY },
  refresh: { force: NOT_BOOLEAN, expiry: NOT_EXPIRY },
  'set-token': { commit: NOT_BOOLEAN },
  reset: { logout: NOT_BOOLEAN },
};

const ACTIONS = ['authenticate', 'ping', 'refresh', 'token', 'set-token', 'email', 'set-email', 'reset'];

describe('what a message brings along', () => {
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
    await stage.newLogin();
  });
  after(() => stage.close());

  for (const [action, properties] of Object.entries(WRONG)) {
    for (const [property, values] of Object.entries(properties)) {
      it(`${action} refuses a msg.${property} of the wrong type, and sends and changes nothing`, async () => {
        const requests = stage.simulator.requests.length;
        const before = await stage.snapshot();
        for (const value of values) {
          const answer = await stage.ask(action, { payload: 'as-it-was', [property]: value });
          stage.assertFailure(answer, 'COZIFY_BAD_INPUT');
          assert.match(answer.cozify.error?.message ?? '', new RegExp(property), 'the message names the property');
          assert.equal(answer.payload, 'as-it-was');
        }
        assert.equal(stage.simulator.requests.length, requests);
        assert.deepEqual(await stage.snapshot(), before);
      });
    }
  }

  it('takes undefined for absent, and leaves alone what is not a parameter of the step', async () => {
    for (const msg of [
      { force: js('undefined') },
      { expiry: js('undefined') },
      { trustCloud: 'not mine', commit: 7, logout: null, mode: 'set', account: 'nobody' },
    ]) {
      const answer = await stage.ask('refresh', msg);
      assert.equal(answer.output, 1);
      assert.equal(answer.cozify.refreshed, false);
    }
    const token = await stage.ask('token', { mode: 'set', token: 'x', payload: 'y' });
    assert.ok(stage.simulator.isValid(String(token.payload)));
  });

  it('never lets msg.otp out of any action node, by any way', async () => {
    const from = stage.nodeRed.log.length;
    for (const action of ACTIONS) {
      const requests = stage.simulator.count('requestlogin');
      const answer = await stage.ask(action, { otp: 'NO-SUCH-CODE', payload: 'someone@example.fi', trustCloud: 'no' });
      assert.ok(!('otp' in answer), action);
      assert.equal(stage.simulator.count('requestlogin'), requests);
      if (action.startsWith('set-')) await stage.newLogin();
    }
    for (const { source, keys } of [
      ...recorded(stage.nodeRed, 'complete', from),
      ...recorded(stage.nodeRed, 'caught', from),
    ]) {
      assert.ok(!keys.includes('otp'), source);
    }
    assert.ok(!stage.nodeRed.log.slice(from).includes('NO-SUCH-CODE'));
  });

  it('keeps every other property, on an output and in a Catch node', async () => {
    await stage.newLogin();
    const luggage = { topic: 'kitchen', keep: { a: [1, 'two', null] }, parts: 3, error_: 'mine' };
    for (const msg of [luggage, { ...luggage, expiry: null }]) {
      const answer = await stage.ask('ping', { ...msg });
      for (const [name, value] of Object.entries(msg)) assert.deepEqual(answer[name], value, name);
    }
  });

  it('copes with payloads of every kind', async () => {
    const loop = '(() => { const a = { toJSON() { return "loop"; } }; a.a = a; return a; })()';
    const payloads = ['Buffer.from("x")', '10n ** 30n > 1', 'new Map()', 'NaN', loop, '"ä".repeat(1e5)', '(() => 1)'];
    for (const payload of payloads) {
      assert.equal((await stage.ask('ping', { payload: js(payload) })).output, 1, payload);
      stage.assertFailure(await stage.ask('set-email', { payload: js(payload) }), 'COZIFY_BAD_INPUT');
      if (payload !== '"ä".repeat(1e5)') continue;
      stage.assertFailure(await stage.ask('set-token', { payload: js(payload) }), 'COZIFY_BAD_INPUT');
    }
  });
});
