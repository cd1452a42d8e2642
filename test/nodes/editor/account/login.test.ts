import assert from 'node:assert/strict';
import { AccountApi } from '../../../../nodes/editor/account/api.js';
import { type Deployed, deployedAccount, OpenLogin, updateOfError } from '../../../../nodes/editor/account/login.js';
import { jqueryWith, Refusal } from '../support/fake-server.js';
import { loggedIn, neverLoggedIn } from '../support/snapshots.js';

const HOME = 'https://api.cozify.fi/ui/0.2';
const OTHER = 'https://other.example/ui';
const SENT_AT = '2030-01-01T10:00:00.000Z';

/** The logins of an open dialog, in which a test can type another cloud address. */
class TestLogin extends OpenLogin {
  readonly #field: { cloudUrl: string };

  constructor(deployed: Deployed | undefined, cloudUrl = '') {
    const field = { cloudUrl };
    super(new AccountApi('account'), deployed, () => field.cloudUrl);
    this.#field = field;
  }

  /** Types a cloud address. */
  at(cloudUrl: string): this {
    this.#field.cloudUrl = cloudUrl;
    return this;
  }
}

describe('the logins of an open dialog', () => {
  it('belong to the deployed cloud, however its address is written, or are pending at another cloud', () => {
    const login = new TestLogin({ cloudUrl: HOME });
    for (const cloudUrl of ['', HOME, `${HOME}/`]) {
      const { isMoved, isLive, cloud } = login.at(cloudUrl);
      assert.deepEqual([isMoved, isLive, cloud], [false, true, undefined]);
    }
    assert.equal(login.at(OTHER).isMoved, true);
    assert.equal(login.at(`${OTHER}/`).cloud, OTHER);
    assert.equal(login.at('no address').cloud, undefined);
  });

  it('are all pending until the account is deployed', () => {
    const login = new TestLogin(undefined);
    assert.deepEqual([login.at(OTHER).isMoved, login.isLive], [false, false]);
    assert.equal(login.at('').cloud, HOME);
    assert.equal(login.at(OTHER).cloud, OTHER);
  });

  it('are shown only at their own cloud', () => {
    const login = new TestLogin({ cloudUrl: HOME });
    const live = loggedIn();
    const waiting = neverLoggedIn();
    login.keep(live, undefined);
    assert.equal(login.at(OTHER).snapshot, undefined);
    login.keep(waiting, OTHER);
    login.keep(live, undefined);
    assert.equal(login.at(OTHER).snapshot, waiting);
    assert.equal(login.at(HOME).snapshot, live);
    assert.equal(login.at('https://third.example').snapshot, undefined);
  });

  it('keep the cloud of a pending login until the login has ended', () => {
    const login = new TestLogin(undefined);
    login.keep(loggedIn(), OTHER);
    login.keep(neverLoggedIn(), HOME);
    assert.equal(login.loggedInCloud, OTHER);
    login.keep(neverLoggedIn(), OTHER);
    assert.equal(login.loggedInCloud, undefined);
  });

  it('are unknown after a logout of the pending login, which leaves the deployed login', () => {
    const login = new TestLogin({ cloudUrl: HOME });
    const live = loggedIn();
    login.keep(live, undefined);
    login.keep(loggedIn(), OTHER);
    login.noteLogout(undefined);
    assert.deepEqual([login.at(OTHER).snapshot, login.loggedInCloud], [loggedIn(), OTHER]);
    login.noteLogout(OTHER);
    assert.deepEqual([login.at(OTHER).snapshot, login.loggedInCloud], [undefined, undefined]);
    assert.equal(login.at(HOME).snapshot, live);
  });

  describe('at Cancel', () => {
    const withCode = neverLoggedIn({ state: 'otp-sent', otpSentAt: SENT_AT });

    it('discards a code and a login that were started in this dialog', () => {
      const login = new TestLogin(undefined);
      login.noteCode(neverLoggedIn(), withCode, null, OTHER);
      login.noteLogin(HOME);
      assert.deepEqual(login.startedClouds, [OTHER, HOME]);
      login.noteLogout(OTHER);
      assert.deepEqual(login.startedClouds, [HOME]);
    });

    it('keeps a code that was sent after another code or beside a login', () => {
      const login = new TestLogin(undefined);
      login.noteCode(withCode, withCode, null, OTHER);
      login.noteCode(loggedIn(), loggedIn({ otpSentAt: SENT_AT }), null, HOME);
      assert.deepEqual(login.startedClouds, []);
    });

    it('keeps everything of the deployed account', () => {
      const login = new TestLogin({ cloudUrl: HOME });
      login.noteCode(neverLoggedIn(), withCode, null, undefined);
      login.noteLogin(undefined);
      assert.deepEqual(login.startedClouds, []);
    });

    it('keeps everything if a variable may name the deployed cloud', () => {
      const login = new TestLogin({ cloudUrl: '${CLOUD}' });
      login.noteLogin(OTHER);
      assert.deepEqual(login.startedClouds, []);
    });
  });

  it('know the address of a code that this dialog sent, and of no other code', () => {
    const login = new TestLogin(undefined);
    const sent = neverLoggedIn({ otpSentAt: SENT_AT });
    assert.equal(login.codeSentTo(sent), undefined);
    login.noteCode(neverLoggedIn(), sent, 'first@example.fi', HOME);
    // Within a minute no second code is sent, whichever address requests it.
    login.noteCode(sent, sent, 'second@example.fi', HOME);
    assert.equal(login.codeSentTo(sent), 'first@example.fi');
    assert.equal(login.codeSentTo(neverLoggedIn({ otpSentAt: '2030-01-01T11:00:00.000Z' })), undefined);
  });
});

describe('an error that the dialog shows', () => {
  const withCode = neverLoggedIn({ state: 'otp-sent', otpSentAt: SENT_AT });

  it('stays while nothing changes', () => {
    assert.equal(updateOfError(withCode, { ...withCode, reachable: false }, true), 'keep');
    assert.equal(updateOfError(undefined, withCode, true), 'keep');
    assert.equal(updateOfError(withCode, undefined, true), 'keep');
  });

  it('disappears after a login made elsewhere', () => {
    assert.equal(updateOfError(withCode, loggedIn(), true), 'clear');
    const before = loggedIn({ otpSentAt: SENT_AT });
    assert.equal(updateOfError(before, loggedIn({ lastRefresh: '2030-01-01T12:00:00.000Z' }), true), 'clear');
  });

  it('names the code that expired, and disappears if the error was about something else', () => {
    assert.equal(updateOfError(withCode, neverLoggedIn(), true), 'code-invalid');
    assert.equal(updateOfError(loggedIn({ otpSentAt: SENT_AT }), loggedIn(), true), 'code-invalid');
    assert.equal(updateOfError(withCode, neverLoggedIn(), false), 'clear');
  });
});

describe('the login of a dialog', () => {
  const page = globalThis as { $?: unknown };
  let asked: string[];
  let answer: object;
  /** The diagnostics; absent if Node-RED does not answer the request for them. */
  let diagnostics: object | undefined;
  before(() => {
    page.$ = jqueryWith(({ method, url }) => {
      asked.push(`${method} ${url}`);
      return url.endsWith('/diagnostics') ? (diagnostics ?? new Refusal(0)) : answer;
    });
  });
  after(() => delete page.$);
  beforeEach(() => {
    asked = [];
    diagnostics = {};
  });

  const open = (cloudUrl = ''): OpenLogin => new TestLogin({}, cloudUrl);

  it('is the login of the subflow instance once that instance has answered', async () => {
    const login = open();
    login.keep(loggedIn({ id: 'account-second' }), undefined);
    answer = neverLoggedIn({ id: 'account-second' });
    await login.ask(login.cloud);
    await login.api.reset({ logout: true });
    const url = 'cozify/accounts/account-second';
    assert.deepEqual(asked, [`GET ${url}`, `GET ${url}/diagnostics`, `POST ${url}/reset`]);
  });

  it('gets a code by its address, or without an address in the subflow instance', async () => {
    const login = open();
    login.keep(loggedIn({ id: 'account-second' }), undefined);
    for (const target of [{ email: 'owner@example.fi' }, {}]) await login.apiFor(target).sendCode(target);
    assert.deepEqual(
      asked,
      ['account', 'account-second'].map((id) => `POST cozify/accounts/${id}/otp`),
    );
  });

  it('is explained by the diagnostics if it ended, and as before if they are missing', async () => {
    const login = open();
    answer = neverLoggedIn();
    diagnostics = { problem: { code: 'COZIFY_STORE' } };
    const told = await login.ask(login.cloud);
    assert.deepEqual(told.diagnostics, { problem: 'COZIFY_STORE' });
    login.diagnostics = told.diagnostics;
    diagnostics = undefined;
    assert.deepEqual((await login.ask(login.cloud)).diagnostics, { problem: 'COZIFY_STORE' });
    answer = loggedIn();
    assert.deepEqual((await login.ask(login.cloud)).diagnostics, {});
  });

  it('is the login of the account itself if that is pending at another cloud', async () => {
    const login = open('https://other.example/ui');
    login.keep(loggedIn({ id: 'account-second' }), undefined);
    answer = neverLoggedIn();
    await login.ask(login.cloud);
    assert.deepEqual(asked, ['GET cozify/accounts/account?cloudUrl=https%3A%2F%2Fother.example%2Fui']);
  });
});

describe('the target of a code or a login', () => {
  const email = 'owner@example.fi';
  /**
   * Returns the login target for a typed address and cloud address. `deployed` has the settings of the deployed
   * account.
   */
  const target = (typed: string, cloudUrl = '', deployed: Deployed = {}, emailAtOpen = typed) => {
    const login = new TestLogin(deployed, cloudUrl);
    login.keep(neverLoggedIn(), undefined);
    return login.readTarget({ email: typed, emailAtOpen });
  };

  it('is the typed address and cloud', () => {
    assert.deepEqual(target(email), { target: { email } });
    const cloudUrl = 'https://other.example';
    assert.deepEqual(target(email, cloudUrl), { target: { email, cloudUrl } });
  });

  it('includes the default cloud only for a pending login', () => {
    const login = new TestLogin(undefined);
    assert.deepEqual(login.readTarget({ email, emailAtOpen: '' }), { target: { email, cloudUrl: HOME } });
  });

  it('is left to the deployed account if the address comes from the environment', () => {
    assert.deepEqual(target('${EMAIL}', '${CLOUD}', { cloudUrl: '${CLOUD}' }), { target: {} });
    assert.deepEqual(target(''), { target: {} });
  });

  it('needs no address if the code carries its own', () => {
    const login = new TestLogin({});
    assert.deepEqual(login.readTarget({ email: '', emailAtOpen: '', isOptional: true }), { target: {} });
  });

  const wrong: [string, ReturnType<typeof target>, 'email' | 'cloudUrl', string][] = [
    ['a new variable', target('${EMAIL}', '', {}, email), 'email', 'invalid.deployFirst'],
    ['a new variable for the cloud', target(email, '${CLOUD}'), 'cloudUrl', 'invalid.deployFirst'],
    ['no address', new TestLogin({}).readTarget({ email: '', emailAtOpen: '' }), 'email', 'error.COZIFY_NO_EMAIL'],
    ['a wrong address', target('owner at example.fi'), 'email', 'invalid.email'],
    ['a wrong cloud', target(email, 'http://example.com'), 'cloudUrl', 'invalid.cloudUrl'],
  ];
  for (const [label, read, field, textKey] of wrong) {
    it(`needs a correction of ${label}`, () => assert.deepEqual(read, { correction: { field, textKey } }));
  }
});

describe('an account', () => {
  const flow = [{ id: 'one', d: true, cloudUrl: HOME }, { id: 'two', cloudUrl: OTHER }, { id: 'three' }];

  it('is deployed if the flows have it and it is not disabled', () => {
    assert.deepEqual(
      ['one', 'two', 'three', 'new'].map((id) => deployedAccount(id, flow)?.cloudUrl ?? deployedAccount(id, flow)),
      [undefined, OTHER, { id: 'three' }, undefined],
    );
    assert.equal(deployedAccount('two', undefined), undefined, 'before the flows are loaded');
  });
});
