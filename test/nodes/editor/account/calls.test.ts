import assert from 'node:assert/strict';
import { AccountApi, callEndpoint, withList } from '../../../../nodes/editor/account/api.js';
import { button } from '../../../../nodes/editor/shared/test-button.js';
import { loggedIn } from '../support/snapshots.js';
import { FakeEditor } from '../support/fake-editor.js';
import { translateIn } from '../support/texts.js';

const t = translateIn('en');

/** A request of the editor, as jQuery gets it. */
interface Request {
  method: string;
  url: string;
  dataType: string;
  data?: string;
  timeout: number;
}

let requests: Request[];
/** The answer to each request; a number is the status of a failure. */
let answer: unknown;
let body: object | undefined;
let aborted: number;
let finish: () => void;

function fakeAjax(request: Request): object {
  requests.push(request);
  const ends: (() => void)[] = [];
  const isOk = typeof answer !== 'number';
  const call = {
    done: (take: (...args: unknown[]) => void) => (isOk && take(answer, 'success', { status: 200 }), call),
    fail: (take: (xhr: object) => void) => (
      isOk || take({ status: answer, responseJSON: body, getResponseHeader: () => null }),
      call
    ),
    always: (end: () => void) => (ends.push(end), call),
    abort: () => (aborted += 1),
  };
  finish = () => ends.forEach((end) => end());
  return call;
}

function install(editor = new FakeEditor()): void {
  requests = [];
  aborted = 0;
  body = undefined;
  editor.install();
  Object.assign(globalThis, { $: { ajax: fakeAjax } });
}

describe('a call of the account dialog', () => {
  const api = new AccountApi('a/b');
  beforeEach(() => install());
  afterEach(() => FakeEditor.remove());

  it('goes to the endpoint of the account', async () => {
    answer = loggedIn();
    assert.deepEqual(await api.snapshot(), { isOk: true, answer });
    await api.snapshot('https://other.example');
    await api.logIn({ email: 'owner@example.fi', otp: 'ABC' });
    await api.stopRecording(true);
    answer = 'text';
    await api.recordingFile();
    assert.deepEqual(
      requests.map(({ method, url, data, dataType }) => [method, url, data, dataType]),
      [
        ['GET', 'cozify/accounts/a%2Fb', undefined, 'json'],
        ['GET', 'cozify/accounts/a%2Fb?cloudUrl=https%3A%2F%2Fother.example', undefined, 'json'],
        ['POST', 'cozify/accounts/a%2Fb/authenticate', '{"email":"owner@example.fi","otp":"ABC"}', 'json'],
        ['POST', 'cozify/accounts/a%2Fb/recording/stop', '{"forget":true}', 'json'],
        ['GET', 'cozify/accounts/a%2Fb/recording/file', undefined, 'text'],
      ],
    );
  });

  it('fails if the answer is not from this package', async () => {
    const failure = { isOk: false, failure: { status: 200 } };
    for (answer of [null, '<html>', { state: 1 }, {}]) assert.deepEqual(await api.snapshot(), failure);
    for (answer of [null, 'verdict', { state: 'none' }]) assert.deepEqual(await api.ping(), failure);
    for (answer of [null, '<html>']) assert.deepEqual(await api.diagnostics(), failure);
    answer = { verdict: null };
    assert.deepEqual(await api.ping(), { isOk: true, answer });
    answer = 504;
    body = { code: 'COZIFY_UNREACHABLE' };
    assert.deepEqual(await api.ping(), { isOk: false, failure: { status: 504, code: 'COZIFY_UNREACHABLE' } });
    assert.deepEqual(
      [null, {}, { things: 1 }, { things: [] }].map((one) => withList<{ things: [] }>('things')(one)),
      [false, false, false, true],
    );
  });

  it('is cancelled by its signal until it has ended', () => {
    answer = {};
    const fits = (_answer: unknown): _answer is object => true;
    const first = new AbortController();
    void callEndpoint('GET', 'url', fits, undefined, { signal: first.signal });
    first.abort();
    assert.equal(aborted, 1);
    const second = new AbortController();
    void callEndpoint('GET', 'url', fits, undefined, { signal: second.signal });
    finish();
    second.abort();
    assert.equal(aborted, 1);
  });
});

describe('the test button of a node', () => {
  let editor: FakeEditor;
  beforeEach(() => install((editor = new FakeEditor())));
  afterEach(() => FakeEditor.remove());

  it('sends a test message from a deployed node, only for a user with write permission', async () => {
    answer = { sent: true };
    const enabled = (changed?: boolean): boolean =>
      button.enabled.call({ id: 'lamp', ...(changed === undefined ? {} : { changed }) });
    assert.deepEqual([enabled(), enabled(false), enabled(true)], [true, true, false]);
    await button.onclick.call({ id: 'lamp', changed: true });
    editor.permissions = ['cozify.read'];
    assert.equal(enabled(), false);
    await button.onclick.call({ id: 'lamp' });
    assert.equal(requests.length, 0);
    editor.permissions = ['cozify.write'];
    await button.onclick.call({ id: 'a/b' });
    assert.deepEqual(
      requests.map(({ method, url }) => `${method} ${url}`),
      ['POST cozify/nodes/a%2Fb/test'],
    );
    assert.deepEqual(editor.notifications, []);
  });

  it('says why no message was sent', async () => {
    for (const [code, text] of [
      ['COZIFY_BAD_INPUT', t('test.settings')],
      ['COZIFY_HUB_OFFLINE', t('test.unknown')],
      ['COZIFY_OTP_REQUIRED', t('error.COZIFY_OTP_REQUIRED')],
      [undefined, t('http.other', { status: 503 })],
    ] as const) {
      [answer, body] = [503, { code }];
      await button.onclick.call({ id: 'lamp' });
      assert.deepEqual(editor.notifications.splice(0), [{ text, type: 'error' }]);
    }
    answer = { sent: false };
    await button.onclick.call({ id: 'lamp' });
    assert.equal(editor.notifications.length, 1);
  });
});
