// Steps on the login of a home, and assertions about their errors.
import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { StepResult } from '../../../src/account/account-operations.js';
import type { CozifyError, ErrorCode } from '../../../src/errors.js';
import type { CloudCall, Fault } from '../../simulator/index.js';
import { failure } from '../../src/support/stage.js';
import type { Home } from './home.js';
import type { Row } from './table.js';

/** The steps that send the token to the cloud, with the call of each step. */
export const STEPS = { refresh: 'refreshsession', ping: 'hubkeys', authenticate: 'hubkeys' } as const;

export type Step = keyof typeof STEPS;
export const steps = Object.keys(STEPS) as Step[];

/** Runs a step on the account of the home. */
export function take(home: Home, step: Step): Promise<StepResult<boolean>> {
  const { account } = home;
  if (step === 'refresh') return account.refresh({ force: true });
  return step === 'ping' ? account.ping() : account.authenticate();
}

/** Asserts that a step fails with this error code, without a secret in the error and without an e-mail. */
export async function refused(home: Home, work: Promise<unknown>, code: ErrorCode): Promise<CozifyError> {
  const mails = home.simulator.mails.length;
  const error = await failure(work, code);
  assertNoSecret(error, home.token);
  assert.equal(home.simulator.mails.length, mails, 'no code is e-mailed');
  return error;
}

/** Asserts that a value contains no part of a token, at any depth. */
export function assertNoSecret(value: unknown, token: string): void {
  const text = inspect(value, { depth: 9, showHidden: true, maxStringLength: Infinity });
  for (const part of [token.slice(0, 200), token.slice(-40)]) assert.ok(!text.includes(part), text);
}

/**
 * Returns a row in which the cloud gives a faulty answer to a step. The step must fail with `code`, and the login must
 * be kept.
 */
export function spoiled(what: string, step: Step, fault: Fault | ((home: Home) => Fault), code: ErrorCode): Row<Home> {
  return {
    fault: `${what} on ${step}`,
    expected: `keep (${code})`,
    run: async (home) => {
      home.simulator.fault(STEPS[step], typeof fault === 'function' ? fault(home) : fault);
      await refused(home, take(home, step), code);
    },
  };
}

/** Returns the number of requests for these calls. */
export function countOf(home: Home, ...calls: CloudCall[]): number {
  return calls.reduce((sum, call) => sum + home.simulator.count(call), 0);
}
