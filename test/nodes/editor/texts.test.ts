import assert from 'node:assert/strict';
import { AccountTexts, type NoteFacts } from '../../../nodes/editor/account/texts.js';
import { EMAIL, hub, loggedIn, neverLoggedIn } from './support/snapshots.js';
import { translateIn } from './support/texts.js';

const t = translateIn('en');
const texts = new AccountTexts(t, 'en');
const live = { sentTo: undefined, isLive: true };

describe('the state in the account’s dialog', () => {
  it('begins with what matters most', () => {
    assert.equal(texts.state(loggedIn(), live)[0], t('state.authenticated-as', { email: EMAIL }));
    assert.equal(texts.state(loggedIn({ email: null }), live)[0], t('state.authenticated'));
    assert.deepEqual(texts.state(neverLoggedIn(), live), [t('state.otp-required')]);
  });

  it('says that a login is not renewed, where that is up to the account', () => {
    const lines = (isLive: boolean): string[] =>
      texts.state(loggedIn({ nextRefresh: null }), { sentTo: undefined, isLive });
    assert.ok(lines(true).includes(t('state.no-renewal')));
    assert.ok(!lines(false).includes(t('state.no-renewal')));
  });

  it('tells of a code on its way, beside a login and instead of none', () => {
    const otpSentAt = '2030-01-01T10:00:00.000Z';
    const [only, ...more] = texts.state(neverLoggedIn({ state: 'otp-sent', otpSentAt }), { ...live, sentTo: EMAIL });
    assert.match(only ?? '', new RegExp(`^A code was e-mailed to ${EMAIL} at `));
    assert.deepEqual(more, []);
    assert.match(texts.state(loggedIn({ otpSentAt }), live).at(-1) ?? '', /^A code was e-mailed at /);
  });

  it('ends with what is wrong', () => {
    const lines = texts.state(loggedIn({ reachable: false, saved: false }), live);
    assert.deepEqual(lines.slice(-2), [t('state.unreachable'), t('state.unsaved')]);
  });
});

describe('the note below it', () => {
  const facts = (rest: Partial<NoteFacts> = {}): NoteFacts => ({
    isReadOnly: false,
    isDeployed: true,
    isMoved: true,
    cloud: 'https://other.example',
    loggedInAt: undefined,
    isBegunHere: false,
    isTakenUp: true,
    ...rest,
  });

  it('is silent about the deployed login', () => {
    assert.equal(texts.note(loggedIn(), facts({ isMoved: false, cloud: undefined })), '');
  });

  it('says what a viewer without the right to change can do', () => {
    assert.equal(texts.note(loggedIn(), facts({ isReadOnly: true })), t('note.readOnly'));
  });

  it('says what Deploy and Cancel do with a login that waits', () => {
    assert.equal(texts.note(loggedIn(), facts()), t('note.waiting'));
    assert.equal(texts.note(loggedIn(), facts({ isDeployed: false, isMoved: false })), t('note.new'));
    const begun = texts.note(loggedIn(), facts({ isBegunHere: true }));
    assert.equal(begun, `${t('note.waiting')} ${t('note.cancel')}`);
    assert.equal(texts.note(loggedIn(), facts({ isTakenUp: false })), t('note.otherEmail', { email: EMAIL }));
  });

  it('says that a changed address takes effect at Deploy, and where a login was left behind', () => {
    assert.equal(texts.note(neverLoggedIn(), facts()), t('note.moved'));
    const isNew = { isDeployed: false, isMoved: false };
    assert.equal(texts.note(neverLoggedIn(), facts({ ...isNew, loggedInAt: 'https://c.fi' })), t('note.otherCloud'));
    assert.equal(texts.note(neverLoggedIn(), facts(isNew)), '');
  });
});

describe('a hub in the account’s dialog', () => {
  it('says how it is reached', () => {
    assert.equal(texts.hub(hub(), true), 'local (192.168.1.5)');
    assert.equal(texts.hub(hub({ remote: true }), true), t('hub.remote'));
    assert.equal(texts.hub(hub({ host: null }), true), t('hub.searching'));
  });

  it('is marked as the default where there are several', () => {
    assert.equal(texts.hub(hub(), false), 'local (192.168.1.5), default');
    assert.equal(texts.hub(hub({ default: false }), false), 'local (192.168.1.5)');
  });
});

describe('a call that failed', () => {
  const sentences: [Parameters<AccountTexts['failure']>[0], string][] = [
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
  for (const [failure, sentence] of sentences) {
    it(`is explained: ${JSON.stringify(failure)}`, () => assert.equal(texts.failure(failure), sentence));
  }

  it('is about the address where the cloud does not know it', () => {
    for (const cloudStatus of [400, 404]) {
      const failure = { status: 502, code: 'COZIFY_API', cloudStatus };
      assert.equal(texts.codeFailure(failure, true), t('refused.email'));
      assert.equal(texts.codeFailure(failure, false), t('refused.emailOrCloud'));
    }
  });

  it('is about the number of codes where it was not the cloud that asked to wait', () => {
    const failure = { status: 429, code: 'COZIFY_RATE_LIMITED', retryAfter: 900 };
    assert.equal(texts.codeFailure(failure, true), t('errorAfter.codes', { wait: '15 minutes' }));
    const ofCloud = { ...failure, cloudStatus: 429 };
    assert.equal(texts.codeFailure(ofCloud, true), t('errorAfter.COZIFY_RATE_LIMITED', { wait: '15 minutes' }));
    const other = { status: 502, code: 'COZIFY_API', cloudStatus: 500 };
    assert.equal(texts.codeFailure(other, true), t('error.COZIFY_API'));
  });
});
