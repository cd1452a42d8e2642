import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { StepResult } from '../../../src/account/account-operations.js';
import type { CozifyError, ErrorCode } from '../../../src/errors.js';
import type { CloudCall, Fault } from '../../simulator/index.js';
import { failure } from '../../src/support/stage.js';
import type { Home } from './home.js';
import type { Row } from './table.js';

/** The steps that ask the cloud about the token, with the call each of them makes. */
export const STEPS = { refresh: 'refreshsession', ping: 'hubkeys', authenticate: 'hubkeys' } as const;

export type Step = keyof typeof STEPS;
export const steps = Object.keys(STEPS) as Step[];

export function take(home: Home, step: Step): Promise<StepResult<boolean>> {
  const { account } = home;
  if (step === 'refresh') return account.refresh({ force: true });
  return step === 'ping' ? account.ping() : account.authenticate();
}

/** Asserts that a step fails with that code, that its error holds no secret, and that nobody was sent a code for it. */
export async function refused(home: Home, work: Promise<unknown>, code: ErrorCode): Promise<CozifyError> {
  const mails = home.simulator.mails.length;
  const error = await failure(work, code);
  assertNoSecret(error, home.token);
  assert.equal(home.simulator.mails.length, mails, 'no code is e-mailed');
  return error;
}

/** Asserts that neither a token nor a good part of it can be found in a value, however deep. */
export function assertNoSecret(value: unknown, token: string): void {
  const text = inspect(value, { depth: 9, showHidden: true, maxStringLength: Infinity });
  for (const part of [token.slice(0, 200), token.slice(-40)]) assert.ok(!text.includes(part), text);
}

/** A row in which an answer to a step is spoiled: the step fails with `code`, and the login is kept. */
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

/** How often the cloud was asked for something. */
export function countOf(home: Home, ...calls: CloudCall[]): number {
  return calls.reduce((sum, call) => sum + home.simulator.count(call), 0);
}
