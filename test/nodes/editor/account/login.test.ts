import assert from 'node:assert/strict';
import { AccountApi } from '../../../../nodes/editor/account/api.js';
import { fateOfError, Logins, OpenLogin, readTarget, type Typed } from '../../../../nodes/editor/account/login.js';
import { loggedIn, neverLoggedIn } from '../support/snapshots.js';

const HOME = 'https://api.cozify.fi/ui/0.2';
const OTHER = 'https://other.example/ui';
const SENT_AT = '2030-01-01T10:00:00.000Z';

describe('the logins of an open dialog', () => {
  it('belong to the deployed cloud, however its address is written, or are pending at another cloud', () => {
    const logins = new Logins({ cloudUrl: HOME });
    for (const cloudUrl of ['', HOME, `${HOME}/`]) {
      assert.equal(logins.isMoved(cloudUrl), false);
      assert.equal(logins.pendingCloud(cloudUrl), undefined);
    }
    assert.equal(logins.isMoved(OTHER), true);
    assert.equal(logins.pendingCloud(`${OTHER}/`), OTHER);
    assert.equal(logins.pendingCloud('no address'), undefined);
  });

  it('are all pending until the account is deployed', () => {
    const logins = new Logins(undefined);
    assert.equal(logins.isMoved(OTHER), false);
    assert.equal(logins.pendingCloud(''), HOME);
    assert.equal(logins.pendingCloud(OTHER), OTHER);
  });

  it('are shown only at their own cloud', () => {
    const logins = new Logins({ cloudUrl: HOME });
    const live = loggedIn();
    const waiting = neverLoggedIn();
    logins.keep(live, undefined);
    assert.equal(logins.at(OTHER), undefined);
    logins.keep(waiting, OTHER);
    assert.equal(logins.at(OTHER), waiting);
    assert.equal(logins.at(HOME), live);
    assert.equal(logins.at('https://third.example'), undefined);
  });

  it('keep the cloud of a pending login until the login has ended', () => {
    const logins = new Logins(undefined);
    logins.keep(loggedIn(), OTHER);
    logins.keep(neverLoggedIn(), HOME);
    assert.equal(logins.loggedInAt, OTHER);
    logins.keep(neverLoggedIn(), OTHER);
    assert.equal(logins.loggedInAt, undefined);
  });

  describe('at Cancel', () => {
    const withCode = neverLoggedIn({ state: 'otp-sent', otpSentAt: SENT_AT });

    it('discards a code and a login that were started in this dialog', () => {
      const logins = new Logins(undefined);
      logins.noteCode(neverLoggedIn(), withCode, null, OTHER);
      logins.noteLogin(HOME);
      assert.deepEqual(logins.startedClouds, [OTHER, HOME]);
      logins.noteLogout(OTHER);
      assert.deepEqual(logins.startedClouds, [HOME]);
    });

    it('keeps a code that was sent after another code or beside a login', () => {
      const logins = new Logins(undefined);
      logins.noteCode(withCode, withCode, null, OTHER);
      logins.noteCode(loggedIn(), loggedIn({ otpSentAt: SENT_AT }), null, HOME);
      assert.deepEqual(logins.startedClouds, []);
    });

    it('keeps everything of the deployed account', () => {
      const logins = new Logins({ cloudUrl: HOME });
      logins.noteCode(neverLoggedIn(), withCode, null, undefined);
      logins.noteLogin(undefined);
      assert.deepEqual(logins.startedClouds, []);
    });

    it('keeps everything if a variable may name the deployed cloud', () => {
      const logins = new Logins({ cloudUrl: '${CLOUD}' });
      logins.noteLogin(OTHER);
      assert.deepEqual(logins.startedClouds, []);
    });
  });

  it('know the address of a code that this dialog sent, and of no other code', () => {
    const logins = new Logins(undefined);
    const sent = neverLoggedIn({ otpSentAt: SENT_AT });
    assert.equal(logins.codeSentTo(sent), undefined);
    logins.noteCode(neverLoggedIn(), sent, 'first@example.fi', HOME);
    // Within a minute no second code is sent, whichever address requests it.
    logins.noteCode(sent, sent, 'second@example.fi', HOME);
    assert.equal(logins.codeSentTo(sent), 'first@example.fi');
    assert.equal(logins.codeSentTo(neverLoggedIn({ otpSentAt: '2030-01-01T11:00:00.000Z' })), undefined);
  });
});

describe('an error that the dialog shows', () => {
  const withCode = neverLoggedIn({ state: 'otp-sent', otpSentAt: SENT_AT });

  it('stays while nothing changes', () => {
    assert.equal(fateOfError(withCode, { ...withCode, reachable: false }, true), 'stays');
    assert.equal(fateOfError(undefined, withCode, true), 'stays');
    assert.equal(fateOfError(withCode, undefined, true), 'stays');
  });

  it('disappears after a login made elsewhere', () => {
    assert.equal(fateOfError(withCode, loggedIn(), true), 'goes');
    const before = loggedIn({ otpSentAt: SENT_AT });
    assert.equal(fateOfError(before, loggedIn({ lastRefresh: '2030-01-01T12:00:00.000Z' }), true), 'goes');
  });

  it('names the code that expired, and disappears if the error was about something else', () => {
    assert.equal(fateOfError(withCode, neverLoggedIn(), true), 'code-is-dead');
    assert.equal(fateOfError(loggedIn({ otpSentAt: SENT_AT }), loggedIn(), true), 'code-is-dead');
    assert.equal(fateOfError(withCode, neverLoggedIn(), false), 'goes');
  });
});

describe('the login of a dialog', () => {
  const page = globalThis as { $?: unknown };
  let asked: string[];
  let answer: object;
  before(() => {
    page.$ = {
      ajax: ({ method, url }: { method: string; url: string }) => {
        asked.push(`${method} ${url}`);
        const call = {
          done: (take: (...args: unknown[]) => void) => (take(answer, 'success', { status: 200 }), call),
          fail: () => call,
          always: () => call,
        };
        return call;
      },
    };
  });
  after(() => delete page.$);
  beforeEach(() => (asked = []));

  const open = (cloudUrl = ''): OpenLogin => new OpenLogin(new AccountApi('account'), {}, () => cloudUrl);

  it('is the login of the account itself by default', async () => {
    const login = open();
    answer = loggedIn();
    await login.ask(login.cloud);
    await login.api.reset({ logout: true });
    assert.deepEqual(asked, ['GET cozify/accounts/account', 'POST cozify/accounts/account/reset']);
  });

  it('is the login of the subflow instance once that instance has answered', async () => {
    const login = open();
    login.logins.keep(loggedIn({ id: 'account-second' }), undefined);
    answer = neverLoggedIn({ id: 'account-second' });
    await login.ask(login.cloud);
    await login.api.reset({ logout: true });
    const url = 'cozify/accounts/account-second';
    assert.deepEqual(asked, [`GET ${url}`, `GET ${url}/diagnostics`, `POST ${url}/reset`]);
  });

  it('is the login of the account itself if that is pending at another cloud', async () => {
    const login = open('https://other.example/ui');
    login.logins.keep(loggedIn({ id: 'account-second' }), undefined);
    answer = neverLoggedIn();
    await login.ask(login.cloud);
    assert.deepEqual(asked, ['GET cozify/accounts/account?cloudUrl=https%3A%2F%2Fother.example%2Fui']);
  });
});

const DEFAULT = 'https://api.cozify.fi/ui/0.2';

/** The fields in the dialog of a deployed account without changes. */
function typed(rest: Partial<Typed> = {}): Typed {
  return {
    email: 'owner@example.fi',
    cloudUrl: '',
    isDeployedEmail: true,
    isDeployedCloud: true,
    hasKnownEmail: true,
    isPending: false,
    ...rest,
  };
}

describe('the target of a code or a login', () => {
  it('is the typed address and cloud', () => {
    assert.deepEqual(readTarget(typed()), { target: { email: 'owner@example.fi' } });
    const cloudUrl = 'https://other.example';
    assert.deepEqual(readTarget(typed({ cloudUrl })), { target: { email: 'owner@example.fi', cloudUrl } });
  });

  it('includes the default cloud only for a pending login', () => {
    assert.deepEqual(readTarget(typed({ isPending: true })), {
      target: { email: 'owner@example.fi', cloudUrl: DEFAULT },
    });
  });

  it('is left to the deployed account if the address comes from the environment', () => {
    assert.deepEqual(readTarget(typed({ email: '${EMAIL}', cloudUrl: '${CLOUD}' })), { target: {} });
    assert.deepEqual(readTarget(typed({ email: '' })), { target: {} });
  });

  const wrong: [Partial<Typed>, 'email' | 'cloudUrl', string][] = [
    [{ email: '${EMAIL}', isDeployedEmail: false }, 'email', 'invalid.deployFirst'],
    [{ cloudUrl: '${CLOUD}', isDeployedCloud: false }, 'cloudUrl', 'invalid.deployFirst'],
    [{ email: '', hasKnownEmail: false }, 'email', 'error.COZIFY_NO_EMAIL'],
    [{ email: 'owner at example.fi' }, 'email', 'invalid.email'],
    [{ cloudUrl: 'http://example.com' }, 'cloudUrl', 'invalid.cloudUrl'],
  ];
  for (const [rest, field, textKey] of wrong) {
    it(`needs a correction: ${JSON.stringify(rest)}`, () => {
      assert.deepEqual(readTarget(typed(rest)), { correction: { field, textKey } });
    });
  }
});
