// Rules that must hold after each event in the property tests of one account.
import assert from 'node:assert/strict';
import type { Account } from '../../../src/account/account.js';
import { type Snapshot, toIso } from '../../../src/account/snapshot.js';
import { HOUR, MINUTE } from '../../src/support/fake-clock.js';
import type { Machine, StepName } from './machine.js';

/** The visible state of a machine at one moment. */
export interface View {
  account: Account;
  token: string | undefined;
  isRejected: boolean;
  /** Whether the login and its hubs are only in memory. */
  isInMemoryOnly: boolean;
  snapshot: Snapshot;
  /** The unfinished steps. */
  pending: StepName[];
  /** Whether a token was requested and may still arrive, perhaps for a closed account. */
  isAsking: boolean;
}

/** The event between two views. */
export interface Happening {
  do: string;
  during?: string;
  steps?: number | readonly { do: string }[];
}

/** Returns the current view of a machine. */
export function look(machine: Machine): View {
  const { account, login } = machine;
  return {
    account,
    token: login?.token,
    isRejected: login?.isRejected === true,
    isInMemoryOnly: machine.isInMemoryOnly,
    snapshot: account.snapshot(),
    pending: [...machine.pending].map(({ step }) => step),
    isAsking: machine.isAsking,
  };
}

/** Asserts the rules of docs/dev/rules.md after an event. */
export async function assertRules(machine: Machine, before: View, happening: Happening): Promise<void> {
  const after = look(machine);
  const together = typeof happening.steps === 'object' ? happening.steps.map((step) => step.do) : [];
  const steps = new Set([...before.pending, happening.do, happening.during ?? '', ...together]);
  const isRestart = happening.do === 'deploy' || happening.do === 'kill';
  // A killed process loses its unsaved state, which the snapshot reported with `saved: false`. A Deploy loses only a
  // login that was set to be kept in memory.
  const isInMemoryOnly = happening.do === 'deploy' && machine.setByHand.has(before.token ?? '');
  const mayRevert = !before.snapshot.saved && (happening.do === 'kill' || isInMemoryOnly);
  assert.deepEqual(machine.violations, []);
  assertConsistent(machine, after);
  await assertSaved(machine, after);
  if (!mayRevert) {
    assertNothingLost(machine, before, after, steps);
    // The login of a step that a Deploy ended may still arrive, with its address and hubs.
    if (!before.isAsking) assertAddressAndHubsKept(before, after, steps);
  }
  assertTokenKnown(machine, after);
  const isQuiet = before.pending.length === 0 && !before.isAsking && (happening.during ?? 'nothing') === 'nothing';
  if (isRestart && !mayRevert && isQuiet) {
    assert.ok(after.token === before.token, 'a restart changes nothing');
    assert.equal(after.snapshot.email, before.snapshot.email);
  }
  if (before.account === after.account) assertReported(machine, before, after, steps);
  assertNoSecret(machine, after);
  machine.events = [];
  machine.errors.length = 0;
}

/** Asserts that the snapshot agrees with the login, and that no timer is left over. */
function assertConsistent(machine: Machine, { token, isRejected, snapshot }: View): void {
  assert.equal(snapshot.state === 'authenticated', token !== undefined && !isRejected);
  if (token === undefined) {
    assert.deepEqual([snapshot.lastRefresh, snapshot.expiresAt, snapshot.nextRefresh], [null, null, null]);
  } else {
    assert.notEqual(snapshot.nextRefresh, null);
    assert.equal(snapshot.lastRefresh, toIso(machine.login?.lastRefresh));
  }
  if (snapshot.state === 'otp-sent') assert.notEqual(snapshot.otpSentAt, null);
  if (snapshot.otpSentAt !== null) {
    const age = machine.clock.now() - Date.parse(snapshot.otpSentAt);
    // A clock that was set back makes the age negative.
    assert.ok(age < 15 * MINUTE, `a code of ${age} ms counts as sent`);
  }
  assert.ok(machine.clock.longestMs <= HOUR, 'no timer is longer than an hour');
  // One timer for all plans, one more during a token request, and one more for a pending save.
  const allowed = 1 + Number(machine.isAsking) + Number(machine.isSaveDue);
  if (machine.pending.size === 0) assert.ok(machine.timers <= allowed, `${machine.timers} timers`);
}

/** Fails unless the store holds the state that `saved` promises. */
async function assertSaved(machine: Machine, { token, isRejected, snapshot }: View): Promise<void> {
  if (!snapshot.saved) return;
  const stored = await machine.storedLogin();
  assert.equal(stored?.token, token, 'the token on disk equals the token in memory');
  assert.equal(stored?.isRejected === true, isRejected, 'the rejection on disk equals the rejection in memory');
}

/** Asserts that only a 401 of the cloud or a reset has ended the login. */
function assertNothingLost(machine: Machine, before: View, after: View, steps: ReadonlySet<string>): void {
  const { token } = after;
  if (before.token !== undefined && token === undefined) {
    assert.ok(steps.has('reset'), 'only a reset removes a token');
  }
  const isNewlyRejected = after.isRejected && !(before.isRejected && before.token === token);
  if (!isNewlyRejected || token === undefined) return;
  const verdicts = machine.cloud.rejections.get(token) ?? 0;
  assert.ok(verdicts > 0, 'only a 401 of the cloud rejects a token');
  machine.cloud.rejections.set(token, verdicts - 1);
}

/** Fails unless the current token was set by hand or received in a complete answer. */
function assertTokenKnown({ cloud, setByHand }: Machine, { token }: View): void {
  const isKnown = token === undefined || setByHand.has(token) || cloud.given.includes(token);
  assert.ok(isKnown, 'the current token was never received in a complete answer');
}

/** Asserts that the address and the hubs are kept, unless a step may change them. */
function assertAddressAndHubsKept(
  { snapshot: before, token: old, isInMemoryOnly }: View,
  { snapshot: after }: View,
  steps: ReadonlySet<string>,
): void {
  const mayChange = ['setEmail', 'reset', 'logIn', 'wrongCode', 'authenticate'].some((step) => steps.has(step));
  if (!mayChange) assert.equal(after.email, before.email, 'the address');
  if (old !== undefined && !isInMemoryOnly) {
    for (const { id } of before.hubs)
      assert.ok(
        after.hubs.some((hub) => hub.id === id),
        'a hub was removed',
      );
  }
}

/** Fails unless each change was emitted exactly once. */
function assertReported(machine: Machine, before: View, after: View, steps: ReadonlySet<string>): void {
  const topics = machine.events.map(({ topic }) => topic);
  for (const { topic, snapshot } of machine.events) {
    if (topic === 'otp-required') assert.equal(snapshot.state, 'otp-required');
    if (topic === 'authenticated' || topic === 'refreshed') assert.equal(snapshot.state, 'authenticated');
  }
  if (machine.hasJumped) return;
  const [from, to] = [before.snapshot.state, after.snapshot.state];
  if (from !== 'otp-required' && to === 'otp-required')
    assert.ok(topics.includes('otp-required'), 'an event otp-required');
  // A code that was already sent makes the state `otp-sent` again without a second e-mail or event.
  const isElsewhere =
    topics.some((topic) => ['authenticated', 'refreshed', 'otp-sent'].includes(topic)) ||
    ['setToken', 'logIn', 'requestOtp', 'authenticate'].some((step) => steps.has(step));
  if (from === 'otp-required' && to === 'otp-required' && !isElsewhere) assert.ok(!topics.includes('otp-required'));
  if (from !== 'authenticated' && to === 'authenticated') assert.ok(isElsewhere, 'an event of the login');
}

/** Asserts that no event, error, diagnosis or log line contains a secret. */
function assertNoSecret(machine: Machine, { account, snapshot }: View): void {
  const errors = machine.errors.map((error) => [String(error), (error as Error).stack, error]);
  const shown = JSON.stringify([snapshot, account.diagnose(), machine.events, errors, machine.log.all]);
  machine.log.all.length = 0;
  for (const secret of machine.cloud.secrets) assert.ok(!shown.includes(secret), 'no secret is visible');
}

/**
 * Ends all faults, and asserts that the account then saves without a further step, and that it is authenticated exactly
 * if the cloud accepts its token.
 */
export async function assertSettles(machine: Machine): Promise<void> {
  machine.cloud.heal();
  machine.disk.isFull = false;
  await machine.clock.advance(7 * HOUR);
  const view = look(machine);
  assert.deepEqual([machine.violations, view.pending], [[], []]);
  const { token, snapshot } = view;
  assert.equal(snapshot.state === 'authenticated', token !== undefined && machine.cloud.isValid(token));
  if (token !== undefined && !machine.isInMemoryOnly)
    assert.equal(snapshot.saved, true, 'saved without a further step');
  await assertSaved(machine, view);
  assertNoSecret(machine, view);
}
