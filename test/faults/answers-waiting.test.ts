import assert from 'node:assert/strict';
import { HOUR, SECOND } from '../src/support/fake-clock.js';
import { refused, type Step, STEPS, take } from './support/calls.js';
import { FakeHome } from './support/fake-home.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const CAP_S = 6 * 3600;
const inSeconds = (home: Home, seconds: number): string => new Date(home.clock.now() + seconds * SECOND).toUTCString();

/** The forms of Retry-After, how many seconds each asks for (`undefined`: none that makes sense), and how far the
 * clocks of cloud and host are apart, in seconds. */
const FORMS: [string, (home: Home) => string | undefined, number | undefined, number?][] = [
  ['in seconds', () => '120', 120],
  ['in seconds with white space', () => ' 120 ', 120],
  ['as a date', (home) => inSeconds(home, 120), 120],
  ['as a date, host an hour ahead', (home) => inSeconds(home, 120 - 3_600), 120, -3_600],
  ['as a date, host a day behind', (home) => inSeconds(home, 120 + 86_400), 120, 86_400],
  ['as a date long past', (home) => inSeconds(home, -86_400), undefined],
  ['as a date ten years ahead', (home) => inSeconds(home, 10 * 365 * 86_400), CAP_S],
  ['as a date that is none', () => 'Fri, 99 Foo 20266 25:61:61 GMT', undefined],
  ['negative', () => '-5', undefined],
  ['zero', () => '0', undefined],
  ['absurd', () => '999999999', CAP_S],
  ['absurd, of 400 digits', () => '9'.repeat(400), CAP_S],
  ['as a fraction', () => '1.5', undefined],
  ['in words', () => 'soon', undefined],
  ['empty', () => '', undefined],
  ['missing', () => undefined, undefined],
];

const CODES = { 429: 'COZIFY_RATE_LIMITED', 503: 'COZIFY_API' } as const;

function waiting(
  status: 429 | 503,
  step: Step,
  form: string,
  header: (home: Home) => string | undefined,
  wait?: number,
  skewS = 0,
) {
  const row: Row<Home> = {
    fault: `${status} with Retry-After ${form} on ${step}`,
    expected: wait === undefined ? 'keep; may be asked again at once' : `keep; not asked again for ${wait} s`,
    run: async (home) => {
      const { simulator, clock } = home;
      const call = STEPS[step];
      const value = header(home);
      const date = inSeconds(home, skewS);
      simulator.fault(call, { status, headers: value === undefined ? { date } : { date, 'retry-after': value } });
      assert.equal((await refused(home, take(home, step), CODES[status])).retryAfter, wait);
      simulator.clearFaults();
      if (wait !== undefined) {
        clock.sleep((wait - 1) * SECOND);
        const error = await refused(home, take(home, step), CODES[status]);
        assert.deepEqual([error.retryAfter, error.statusCode], [1, status]);
        await home.reopen();
        await refused(home, take(home, step), CODES[status]);
        assert.equal(simulator.count(call), 1, 'the call is not sent before its time, after a restart neither');
        clock.sleep(1 * SECOND);
      }
      const sent = simulator.count(call);
      simulator.fault(call, { status: 500 });
      await refused(home, take(home, step), 'COZIFY_API');
      assert.equal(simulator.count(call), sent + 1, 'the call is sent again');
    },
  };
  return row;
}

const waits = FORMS.flatMap(([form, header, wait, skewS]) =>
  // What a header says is the same for both: for 503 the forms that differ most will do.
  (/seconds$|date|absurd$|missing/.test(form) ? ([429, 503] as const) : ([429] as const)).flatMap((status) =>
    (['refresh', 'ping'] as const).map((step) => waiting(status, step, form, header, wait, skewS)),
  ),
);

/** In the background, where nobody waits: the least time between two tries. */
const BACKGROUND: [string, number, string | undefined, number][] = [
  ['429 with Retry-After of two hours', 429, '7200', 2 * HOUR],
  ['429 with an absurd Retry-After', 429, '999999999', 6 * HOUR],
  ['503 with Retry-After of two hours', 503, '7200', 2 * HOUR],
  ['429 without Retry-After', 429, undefined, 225 * SECOND],
  ['500 without end', 500, undefined, 225 * SECOND],
];

const background = BACKGROUND.map(([what, status, header, leastMs]): Row<FakeHome> => ({
  fault: `${what} for three days in the background`,
  expected: `keep; tries at least ${leastMs / SECOND} s apart, and no code`,
  run: async (home) => {
    const reply = { status, headers: header === undefined ? {} : { 'retry-after': header } };
    for (const call of ['refreshsession', 'hubkeys'] as const) home.cloud.reply(call, reply);
    await home.clock.advance(72 * HOUR);
    for (const call of ['refreshsession', 'hubkeys'] as const) {
      const gaps = home.cloud.gaps(call);
      assert.ok(gaps.length >= 3, `${call} is tried again`);
      assert.ok(Math.min(...gaps) >= leastMs, `${call} was tried again after ${Math.min(...gaps)} ms`);
      assert.ok(Math.max(...gaps) <= 7 * HOUR, `${call} was left alone for ${Math.max(...gaps)} ms`);
    }
    assert.equal(home.cloud.of('requestlogin').length, 0);
    // The wait that is left when the fault ends is no part of it.
    await home.heal();
    await home.clock.advance(7 * HOUR);
    home.noteRenewed();
  },
}));

faultTable('Answers of the cloud', () => Home.open(), waits);
faultTable('Answers of the cloud', () => FakeHome.open(), background);
