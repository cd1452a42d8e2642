import assert from 'node:assert/strict';
import type { ErrorCode } from '../../src/errors.js';
import type { CloudCall, Fault } from '../simulator/index.js';
import { DAY, HOUR } from '../src/support/fake-clock.js';
import { makeToken } from '../src/support/tokens.js';
import { EMAIL } from '../src/support/stage.js';
import { until } from '../support/wait.js';
import { countOf, refused, STEPS, steps, take } from './support/calls.js';
import { FakeHome } from './support/fake-home.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const HTML = '<html>Log in to the wifi</html>';

/** A 401 made with the token in force: the one answer that ends a login, until the cloud takes the token again. */
const rejections = steps.map((step): Row<Home> => ({
  fault: `401 on ${step}`,
  expected: 'rejected: one otp-required, the token kept and asked about again',
  run: async (home) => {
    const { simulator } = home;
    const call = STEPS[step];
    simulator.fault(call, { status: 401 });
    for (let time = 0; time < 3; time++) assert.equal((await take(home, step)).value, false);
    assert.deepEqual(home.topics, step === 'authenticate' ? ['otp-required', 'otp-sent'] : ['otp-required']);
    assert.equal(simulator.count(call), 3, 'the rejected token is asked about each time');
    assert.equal((await home.account.token()).value, home.token);
    assert.equal(await home.stored(), home.token);
    assert.equal(simulator.mails.length, step === 'authenticate' ? 1 : 0, 'only authenticate asks for a code');
    const successor = await home.reopen();
    assert.notEqual(successor.snapshot().state, 'authenticated', 'the rejection survives a restart');
    simulator.clearFaults();
    assert.equal((await successor.ping()).value, true);
    assert.equal(successor.snapshot().state, 'authenticated');
    assert.equal(home.topics.at(-1), 'authenticated');
  },
}));

const strays = steps.slice(0, 2).map((step): Row<Home> => ({
  fault: `a single stray 401 on ${step}`,
  expected: 'keep; the next good answer takes the login back, and no code is asked for',
  run: async (home) => {
    home.simulator.fault(STEPS[step], { status: 401, times: 1 });
    assert.equal((await take(home, step)).value, false);
    assert.equal((await home.account.ping()).value, true);
    assert.deepEqual(home.topics, ['otp-required', 'authenticated']);
    assert.equal(home.simulator.mails.length, 0);
  },
}));

const hub = async (home: Home, fault: Fault, target: CloudCall | 'hub'): Promise<void> => {
  await home.simulator.addHub({ onLan: target !== 'remote' });
  home.simulator.fault(target, fault);
  assert.equal((await home.account.authenticate({ trustHub: false })).value, true);
};

const notOurs: Row<Home>[] = [
  {
    fault: '401 of a hub on the LAN',
    expected: 'keep: it speaks of the hub key',
    run: (home) => hub(home, { status: 401 }, 'hub'),
  },
  {
    fault: '401 of a hub through the cloud',
    expected: 'keep: it speaks of the hub key',
    run: (home) => hub(home, { status: 401 }, 'remote'),
  },
  {
    fault: '401 on lan_ip',
    expected: 'keep: that call carries no token',
    run: (home) => hub(home, { status: 401 }, 'lan_ip'),
  },
  {
    fault: '401 to the old token, after a new login',
    expected: 'keep: it says nothing about the new token',
    run: async (home) => {
      const { simulator, account } = home;
      await account.requestOtp();
      const held = simulator.hold('hubkeys', { status: 401 });
      const late = account.ping();
      await until('the ping', () => held.isAsked);
      await account.authenticate({ otp: simulator.latestCode(EMAIL) });
      held.release();
      home.token = (await account.token()).value;
      assert.equal((await late).value, true);
      assert.deepEqual(home.topics, ['otp-sent', 'authenticated']);
    },
  },
];

/** The calls that no answer of can reject the login, with the step that makes each. */
const CALLS: [CloudCall, string, (home: Home) => Promise<unknown>][] = [
  ['requestlogin', 'asking for a code', (home) => home.account.requestOtp()],
  ['emaillogin', 'logging in', (home) => home.account.authenticate({ otp: 'P7BQ8E' })],
  ['logout', 'a reset with logout', (home) => home.account.reset({ logout: true })],
];
const ANSWERS: [string, Fault, ErrorCode][] = [
  ['400', { status: 400 }, 'COZIFY_API'],
  ['401', { status: 401 }, 'COZIFY_API'],
  ['403', { status: 403 }, 'COZIFY_FORBIDDEN'],
  ['404', { status: 404 }, 'COZIFY_API'],
  ['408', { status: 408 }, 'COZIFY_API'],
  ['410', { status: 410 }, 'COZIFY_OBSOLETE'],
  ['429', { status: 429 }, 'COZIFY_RATE_LIMITED'],
  ['500', { status: 500 }, 'COZIFY_API'],
  ['503', { status: 503 }, 'COZIFY_API'],
  ['302', { status: 302, headers: { location: 'http://127.0.0.1:9/' }, body: '' }, 'COZIFY_API'],
  ['HTML with 401', { status: 401, body: HTML }, 'COZIFY_API'],
  ['a reset connection', { reset: true }, 'COZIFY_UNREACHABLE'],
  ['an answer cut short', { body: 'null', truncateAt: 2 }, 'COZIFY_UNREACHABLE'],
];

/** What an answer means to a call: a refused code is one, and a token revoked before is as good as revoked now. */
function meaning(call: CloudCall, what: string, code: ErrorCode): ErrorCode | undefined {
  if (call === 'emaillogin' && ['400', '401', '403', '404'].includes(what)) return 'COZIFY_OTP_REJECTED';
  return call === 'logout' && what === '401' ? undefined : code;
}

const failedCalls = CALLS.flatMap(([call, doing, make]) =>
  ANSWERS.flatMap(([what, fault, code]): Row<Home>[] => {
    const expected = meaning(call, what, code);
    if (expected === undefined) return [];
    return [
      {
        fault: `${what} on ${doing}`,
        expected: `keep, with address and hubs (${expected})`,
        run: async (home) => {
          const { email, hubs, otpSentAt } = home.account.snapshot();
          home.simulator.fault(call, fault);
          await refused(home, make(home), expected);
          const after = home.account.snapshot();
          assert.deepEqual([after.email, after.hubs, after.otpSentAt], [email, hubs, otpSentAt]);
          assert.equal(countOf(home, call), 1, 'asked once');
        },
      },
    ];
  }),
);

const BAD_LOGINS: [string, string][] = [
  ['HTML with 200', HTML],
  ['an empty 200', ''],
  ['null', 'null'],
  ['a token cut by a newline', 'abcdefghijklm\nnopqrstuvwxyz'],
  ['a sentence without spaces', 'Service_temporarily_unavailable'],
  ['half of a token', makeToken(1_772_000_000_000).slice(0, 120)],
  ['a token without its last characters', makeToken(1_772_000_000_000).slice(0, -5)],
];
const badLogins = BAD_LOGINS.map(([what, body]): Row<Home> => ({
  fault: `${what} on logging in`,
  expected: 'keep (COZIFY_BAD_ANSWER)',
  run: async (home) => {
    home.simulator.fault('emaillogin', { body });
    await refused(home, home.account.authenticate({ otp: 'P7BQ8E' }), 'COZIFY_BAD_ANSWER');
  },
}));

const background: Row<FakeHome>[] = [
  {
    fault: '401 on each refresh for two days, and a good answer to each ping',
    expected: 'keep: renewals tried at growing intervals, no storm of requests and events',
    run: async (home) => {
      home.cloud.reply('refreshsession', { status: 401 });
      await home.clock.advance(3 * DAY);
      assert.ok(home.renewals <= 2 * 40, `${home.renewals} refreshes in two days`);
      assert.ok(home.player.topics.length <= 4 * 40, `${home.player.topics.length} events in two days`);
      assert.equal((await home.account.token()).value, home.token);
      await home.heal();
      await home.clock.advance(7 * HOUR);
      home.noteRenewed();
    },
  },
  {
    fault: '401 for two weeks in the background, then a good answer',
    expected: 'keep: asked about at growing intervals up to 6 hours, one otp-required, no code',
    run: async (home) => {
      home.cloud.reply('hubkeys', { status: 401 });
      home.cloud.reply('refreshsession', { status: 401 });
      await home.clock.advance(14 * DAY);
      const { topics, account } = home.player;
      assert.deepEqual(topics, ['otp-required']);
      assert.equal((await account.token()).value, home.token);
      const gaps = home.cloud.gaps('hubkeys').slice(1);
      assert.ok(Math.max(...gaps) <= 6 * HOUR && (gaps.at(-1) ?? 0) > 3.5 * HOUR, gaps.join(' '));
      await home.heal();
      await home.clock.advance(6 * HOUR + 60_000);
      assert.equal(topics[1], 'authenticated');
      assert.equal(home.cloud.of('requestlogin').length, 0);
      home.noteRenewed();
    },
  },
];

faultTable('Answers of the cloud', () => Home.open(), [
  ...rejections,
  ...strays,
  ...notOurs,
  ...failedCalls,
  ...badLogins,
]);
faultTable('Answers of the cloud', () => FakeHome.open(), background);
