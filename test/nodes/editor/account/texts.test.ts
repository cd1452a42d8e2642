import assert from 'node:assert/strict';
import { AccountTexts } from '../../../../nodes/editor/account/texts.js';
import { EMAIL, hub, loggedIn, neverLoggedIn } from '../support/snapshots.js';
import { translateIn } from '../support/texts.js';

const t = translateIn('en');
const texts = new AccountTexts(t, 'en');
const live = { sentTo: undefined, isLive: true };

describe('the state in the account dialog', () => {
  it('begins with the login state', () => {
    assert.equal(texts.state(loggedIn(), live)[0], t('state.authenticated-as', { email: EMAIL }));
    assert.equal(texts.state(loggedIn({ loginEmail: null }), live)[0], t('state.authenticated'));
    assert.deepEqual(texts.state(neverLoggedIn(), live), [t('state.otp-required')]);
  });

  it('names the logged-in user, and the recipient of codes if that is another address', () => {
    const other = 'someone-else@example.fi';
    const codesTo = t('state.codes-to', { email: other });
    const [owner, next] = texts.state(loggedIn({ email: other }), live);
    assert.deepEqual([owner, next], [t('state.authenticated-as', { email: EMAIL }), codesTo]);
    assert.ok(!texts.state(loggedIn(), live).some((line) => line.startsWith('Codes')));
    assert.ok(!texts.state(loggedIn({ loginEmail: null, email: other }), live).includes(codesTo));
  });

  it('says when the cloud ended the login, and when it is checked again', () => {
    const today = new Date();
    today.setHours(12, 3, 0, 0);
    const lost = { at: today.toISOString(), nextCheckAt: null };
    const [when, ...more] = texts.state(neverLoggedIn(), { ...live, lost });
    assert.match(when ?? '', /^The cloud ended this login at 12:03\sPM\.$/);
    assert.deepEqual(more, []);
    today.setHours(12, 40);
    const [, again] = texts.state(neverLoggedIn(), { ...live, lost: { ...lost, nextCheckAt: today.toISOString() } });
    assert.match(again ?? '', /^Node-RED checks again at 12:40\sPM\.$/);
  });

  it('says that the cloud ended the login even without a time, and beside a sent code', () => {
    const lost = { at: null, nextCheckAt: null };
    assert.deepEqual(texts.state(neverLoggedIn(), { ...live, lost }), [t('state.lost')]);
    const sent = neverLoggedIn({ state: 'otp-sent', otpSentAt: '2030-01-01T10:00:00.000Z' });
    const [first, second] = texts.state(sent, { ...live, lost });
    assert.equal(first, t('state.lost'));
    assert.match(second ?? '', /^A code was e-mailed at /);
    assert.notEqual(texts.state(loggedIn(), { ...live, lost })[0], t('state.lost'));
  });

  it("names the broken part of an account that can't run", () => {
    assert.deepEqual(texts.problem('COZIFY_BAD_INPUT'), [t('state.broken'), t('invalid.cloudUrl')]);
    assert.deepEqual(texts.problem('COZIFY_STORE'), [t('state.broken'), t('error.COZIFY_STORE')]);
  });

  it('says when the valid code was sent, and when another code can be sent', () => {
    const sentAt = new Date(2030, 0, 1, 19, 45).toISOString();
    const message = texts.alreadySent(sentAt);
    assert.match(message, /already sent at 7:45\sPM: .* at 7:46\sPM\.$/);
  });

  it('says that a login is not renewed if the account is the cause', () => {
    const lines = (isLive: boolean): string[] =>
      texts.state(loggedIn({ nextRefresh: null }), { sentTo: undefined, isLive });
    assert.ok(lines(true).includes(t('state.no-renewal')));
    assert.ok(!lines(false).includes(t('state.no-renewal')));
  });

  it('shows the time of a sent code, beside a login or without one', () => {
    const otpSentAt = '2030-01-01T10:00:00.000Z';
    const [only, ...more] = texts.state(neverLoggedIn({ state: 'otp-sent', otpSentAt }), { ...live, sentTo: EMAIL });
    assert.match(only ?? '', new RegExp(`^A code was e-mailed to ${EMAIL} at `));
    assert.deepEqual(more, []);
    assert.match(texts.state(loggedIn({ otpSentAt }), live).at(-1) ?? '', /^A code was e-mailed at /);
  });

  it('ends with the connection and storage problems', () => {
    const lines = texts.state(loggedIn({ reachable: false, saved: false }), live);
    assert.deepEqual(lines.slice(-2), [t('state.unreachable'), t('state.unsaved')]);
  });
});

describe('a hub in the account dialog', () => {
  it('shows its connection', () => {
    assert.equal(texts.hub(hub(), true), 'local (192.168.1.5)');
    assert.equal(texts.hub(hub({ remote: true }), true), t('hub.remote'));
    assert.equal(texts.hub(hub({ host: null }), true), t('hub.searching'));
  });

  it('is marked as the default if there are several hubs', () => {
    assert.equal(texts.hub(hub(), false), 'local (192.168.1.5), default');
    assert.equal(texts.hub(hub({ default: false }), false), 'local (192.168.1.5)');
  });
});

describe('a failed call', () => {
  const failures: [Parameters<AccountTexts['failure']>[0], string][] = [
    [{ status: 0 }, t('http.0')],
    [{ status: 401 }, t('http.401')],
    [{ status: 403 }, t('http.401')],
    [{ status: 403, code: 'COZIFY_FORBIDDEN' }, t('http.403')],
    [{ status: 404 }, t('http.404')],
    [{ status: 404, code: 'COZIFY_NO_ACCOUNT' }, t('error.COZIFY_NO_ACCOUNT')],
    [{ status: 422, code: 'COZIFY_OTP_REJECTED' }, t('error.COZIFY_OTP_REJECTED')],
    [{ status: 429, code: 'COZIFY_RATE_LIMITED' }, t('error.COZIFY_RATE_LIMITED')],
    [
      { status: 429, code: 'COZIFY_RATE_LIMITED', retryAfter: 30 },
      t('errorAfter.COZIFY_RATE_LIMITED', { wait: '30 seconds' }),
    ],
    [{ status: 500, code: 'COZIFY_NEWER' }, t('http.other', { status: 500 })],
    [{ status: 500, code: 'constructor' }, t('http.other', { status: 500 })],
    [{ status: 502 }, t('http.other', { status: 502 })],
  ];
  for (const [failure, message] of failures) {
    it(`is explained: ${JSON.stringify(failure)}`, () => assert.equal(texts.failure(failure), message));
  }

  it('names the e-mail address if the cloud does not know the account', () => {
    for (const cloudStatus of [400, 404]) {
      const failure = { status: 502, code: 'COZIFY_API', cloudStatus };
      assert.equal(texts.codeFailure(failure, true), t('refused.email'));
      assert.equal(texts.codeFailure(failure, false), t('refused.emailOrCloud'));
    }
  });

  it('names the number of codes if the limit is not the cloud’s', () => {
    const failure = { status: 429, code: 'COZIFY_RATE_LIMITED', retryAfter: 900 };
    assert.equal(texts.codeFailure(failure, true), t('errorAfter.codes', { wait: '15 minutes' }));
    const ofCloud = { ...failure, cloudStatus: 429 };
    assert.equal(texts.codeFailure(ofCloud, true), t('errorAfter.COZIFY_RATE_LIMITED', { wait: '15 minutes' }));
    const other = { status: 502, code: 'COZIFY_API', cloudStatus: 500 };
    assert.equal(texts.codeFailure(other, true), t('error.COZIFY_API'));
  });
});
