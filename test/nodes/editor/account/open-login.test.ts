import assert from 'node:assert/strict';
import { AccountApi } from '../../../../nodes/editor/account/api.js';
import { OpenLogin } from '../../../../nodes/editor/account/open-login.js';
import { loggedIn, neverLoggedIn } from '../support/snapshots.js';

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
