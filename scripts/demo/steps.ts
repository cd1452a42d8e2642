import assert from 'node:assert/strict';
import { ask, recorded, type Answer } from '../../test/live/harness/ask';
import type { NodeRed } from '../../test/live/harness/node-red';
import { until } from '../../test/support/wait';
import type { Simulator } from '../../test/simulator';
import { hubInWords, loginInWords, timeInWords, tokenInWords } from './words';

/** The programs that the steps use, and the e-mail address of the account. */
export interface Demo {
  simulator: Simulator;
  nodeRed: NodeRed;
  email: string;
}

/**
 * A step: its title, and a function that returns the result as text. It throws if the result is not the expected one.
 */
export interface Step {
  title: string;
  run: (demo: Demo) => Promise<string>;
}

/** The first steps: logging in, and using the login. */
export const LOGIN_STEPS: Step[] = [
  { title: 'ask for a code', run: askForCode },
  { title: 'log in with it', run: logIn },
  { title: 'ping', run: ping },
  { title: 'refresh, not due', run: refreshNotDue },
  { title: 'refresh, forced', run: refreshForced },
  { title: 'token', run: token },
  { title: 'email', run: email },
  { title: 'two hubs', run: hubs },
];

/** The last steps: the events so far, a restart, and a reset. */
export const LAST_STEPS: Step[] = [
  { title: 'events so far', run: events },
  { title: 'restart of Node-RED', run: restart },
  { title: 'reset', run: reset },
];

/** Requests a code and logs in with it after the reset, so that the user finds a working account. */
export const LOG_IN_AGAIN: Step = {
  title: 'log in again',
  run: async (demo) => `${await askForCode(demo)}; ${await logIn(demo)}`,
};

async function askForCode({ simulator, nodeRed, email: address }: Demo): Promise<string> {
  const answer = await ask(nodeRed, 'authenticate');
  expectAnswer(answer, 2, false);
  assert.equal(answer.cozify.state, 'otp-sent');
  return `false on output 2: ${simulator.latestCode(address)} was e-mailed to ${address}`;
}

async function logIn({ simulator, nodeRed, email: address }: Demo): Promise<string> {
  const answer = await ask(nodeRed, 'authenticate', { otp: simulator.latestCode(address) });
  expectAnswer(answer, 1, true);
  assert.equal(answer.cozify.state, 'authenticated');
  assert.ok(answer.cozify.expiresAt !== null, 'expected a time at which the token expires');
  return `true: ${loginInWords(answer.cozify)}`;
}

async function ping({ nodeRed }: Demo): Promise<string> {
  const answer = await ask(nodeRed, 'ping');
  expectAnswer(answer, 1, true);
  return `true: the cloud accepts the token; ${loginInWords(answer.cozify)}`;
}

async function refreshNotDue({ simulator, nodeRed }: Demo): Promise<string> {
  const before = simulator.count('refreshsession');
  const answer = await ask(nodeRed, 'refresh');
  expectAnswer(answer, 1, true);
  assert.equal(answer.cozify.refreshed, false);
  assert.equal(simulator.count('refreshsession'), before, 'expected no request');
  return `true without a request: last renewed ${timeInWords(answer.cozify.lastRefresh)}`;
}

async function refreshForced({ simulator, nodeRed }: Demo): Promise<string> {
  const before = simulator.count('refreshsession');
  const answer = await ask(nodeRed, 'refresh', { force: true });
  expectAnswer(answer, 1, true);
  assert.equal(answer.cozify.refreshed, true);
  assert.equal(simulator.count('refreshsession'), before + 1, 'expected one request');
  return `true with one request: ${loginInWords(answer.cozify)}`;
}

async function token({ simulator, nodeRed }: Demo): Promise<string> {
  const { payload, output } = await ask(nodeRed, 'token');
  assert.equal(output, 1);
  assert.ok(typeof payload === 'string' && simulator.isValid(payload), 'expected a token that the cloud knows');
  return tokenInWords(payload);
}

async function email({ nodeRed, email: address }: Demo): Promise<string> {
  expectAnswer(await ask(nodeRed, 'email'), 1, address);
  return address;
}

async function hubs({ simulator, nodeRed }: Demo): Promise<string> {
  const found = (await ask(nodeRed, 'ping')).cozify.hubs;
  const sorted = (list: { name: string; host: string | null }[]) =>
    list.map(({ name, host }) => `${name} at ${host}`).sort();
  assert.deepEqual(sorted(found), sorted([...simulator.hubs]));
  return found.map(hubInWords).join('; ');
}

async function events({ nodeRed }: Demo): Promise<string> {
  const expected = ['otp-required', 'otp-sent', 'authenticated', 'hubs', 'refreshed'];
  const seen = () => recorded(nodeRed, 'event').map(({ topic }) => topic);
  await until(`the events ${expected.join(', ')} (seen: ${seen().join(', ')})`, () =>
    expected.every((topic) => seen().includes(topic)),
  );
  return seen().join(', ');
}

async function restart({ simulator, nodeRed }: Demo): Promise<string> {
  const mails = simulator.mails.length;
  const started = Date.now();
  await nodeRed.restart('SIGKILL');
  const answer = await ask(nodeRed, 'ping');
  expectAnswer(answer, 1, true);
  assert.equal(simulator.mails.length, mails, 'expected no new code');
  return `true ${((Date.now() - started) / 1000).toFixed(1)} s after a kill -9, no new code: ${loginInWords(answer.cozify)}`;
}

async function reset({ nodeRed }: Demo): Promise<string> {
  const answer = await ask(nodeRed, 'reset');
  expectAnswer(answer, 1, true);
  expectAnswer(await ask(nodeRed, 'ping'), 2, false);
  const { state, hubs: kept } = answer.cozify;
  assert.equal(state, 'otp-required');
  assert.equal(kept.length, 2, 'expected the hubs to be kept');
  return `true: ${state}, ping is false now, the hubs ${kept.map(({ name }) => name).join(' and ')} are kept`;
}

function expectAnswer(answer: Answer, output: 1 | 2, payload: unknown): void {
  const actual = answer.error
    ? `the error ${answer.cozify.error?.code}: ${answer.error.message}`
    : `${JSON.stringify(answer.payload)} on output ${answer.output}`;
  const isRight = answer.output === output && answer.payload === payload;
  assert.ok(isRight, `expected ${JSON.stringify(payload)} on output ${output}, got ${actual}`);
}
