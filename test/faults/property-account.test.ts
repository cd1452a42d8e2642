import fc from 'fast-check';
import { DAY, HOUR, MINUTE } from '../src/support/fake-clock.js';
import { FAULT_KINDS } from './support/cloud-model.js';
import { assertRules, assertSettles, look } from './support/invariants.js';
import { Machine, type StepName } from './support/machine.js';
import { runs } from './support/runs.js';

/** An event in the life of an account. `wait`: the time until the next event, in ms. */
export type Action =
  | { do: StepName; wait: number; force?: boolean; logout?: boolean; commit?: boolean; isGood?: boolean; to?: string }
  | {
      do: 'fault';
      call: 'hubkeys' | 'refreshsession' | 'emaillogin' | 'requestlogin' | 'logout';
      kind: (typeof FAULT_KINDS)[number];
      times: number;
    }
  | { do: 'together'; steps: Extract<Action, { do: StepName }>[]; isSlow: boolean }
  | { do: 'heal' }
  | { do: 'revoke' }
  | { do: 'jump'; ms: number }
  | { do: 'pass'; ms: number }
  | { do: 'deploy' }
  | { do: 'kill'; during: 'nothing' | 'refresh' | 'logIn' | 'reset' | 'setToken' | 'setEmail'; steps: number }
  | { do: 'disk'; isFull: boolean };

const wait = fc.constantFrom(0, 0, 0, 100, 6_000, 16_000);
const step = <T extends object>(name: StepName, more: { [K in keyof T]: fc.Arbitrary<T[K]> }) =>
  fc.record({ do: fc.constant(name), wait, ...more });
const times = fc.integer({ min: 1, max: 3 });
const flag = fc.boolean();

const fault = fc.record({
  do: fc.constant('fault' as const),
  call: fc.constantFrom('hubkeys', 'refreshsession', 'refreshsession', 'emaillogin', 'requestlogin', 'logout'),
  kind: fc.constantFrom(...FAULT_KINDS),
  times,
});
const jump = fc
  .constantFrom(-365 * DAY, -DAY, -HOUR, HOUR, DAY, 20 * DAY, 365 * DAY)
  .map((ms) => ({ do: 'jump' as const, ms }));
const pass = fc
  .constantFrom(1_000, MINUTE, 11 * MINUTE, 16 * MINUTE, 2 * HOUR, 26 * HOUR)
  .map((ms) => ({ do: 'pass' as const, ms }));
const kill = fc.record({
  do: fc.constant('kill' as const),
  during: fc.constantFrom('nothing', 'refresh', 'logIn', 'reset', 'setToken', 'setEmail'),
  steps: fc.integer({ min: 0, max: 45 }),
});
const disk = flag.map((isFull) => ({ do: 'disk' as const, isFull }));

const simple = fc.oneof(
  step('refresh', { force: fc.constant(true) }),
  step('refresh', { force: fc.constant(true) }),
  step('ping', {}),
  step('logIn', {}),
  step('reset', { logout: flag }),
  step('setToken', { commit: flag, isGood: flag }),
);
const together = fc.record({
  do: fc.constant('together' as const),
  steps: fc.array(simple, { minLength: 2, maxLength: 4 }),
  isSlow: flag,
});

const action = fc.oneof(
  { weight: 4, arbitrary: step('logIn', {}) },
  { weight: 1, arbitrary: step('requestOtp', {}) },
  { weight: 2, arbitrary: step('authenticate', {}) },
  { weight: 1, arbitrary: step('wrongCode', {}) },
  { weight: 4, arbitrary: step('refresh', { force: flag }) },
  { weight: 3, arbitrary: step('ping', {}) },
  { weight: 1, arbitrary: step('reset', { logout: flag }) },
  { weight: 1, arbitrary: step('setToken', { commit: flag, isGood: flag }) },
  { weight: 1, arbitrary: step('setEmail', { to: fc.constantFrom('maija@example.fi', 'matti@example.fi') }) },
  { weight: 4, arbitrary: together },
  { weight: 8, arbitrary: fault },
  { weight: 1, arbitrary: fc.constantFrom({ do: 'heal' as const }, { do: 'revoke' as const }) },
  { weight: 1, arbitrary: jump },
  { weight: 4, arbitrary: pass },
  { weight: 3, arbitrary: fc.constant({ do: 'deploy' as const }) },
  { weight: 3, arbitrary: kill },
  { weight: 2, arbitrary: disk },
) as fc.Arbitrary<Action>;

function beginStep(machine: Machine, action: Extract<Action, { do: StepName }>): void {
  const { cloud } = machine;
  machine.begin(action.do, async (account) => {
    switch (action.do) {
      case 'logIn':
        await account.requestOtp();
        return account.authenticate({ otp: cloud.code === '' ? 'no-code' : cloud.code });
      case 'requestOtp':
        return account.requestOtp();
      case 'authenticate':
        return account.authenticate();
      case 'wrongCode':
        return account.authenticate({ otp: 'wrong-code' });
      case 'refresh':
        return account.refresh({ force: action.force === true });
      case 'ping':
        return account.ping();
      case 'reset':
        return account.reset({ logout: action.logout === true });
      case 'setEmail':
        return account.email(action.to ?? 'maija@example.fi');
      case 'setToken': {
        const token = action.isGood === true ? cloud.issue() : `unknown-token-${machine.setByHand.size}`;
        machine.setByHand.add(token);
        cloud.secrets.add(token);
        return account.token(token, { commit: action.commit !== false });
      }
    }
  });
}

async function perform(machine: Machine, action: Action): Promise<void> {
  const { cloud, clock } = machine;
  if ('wait' in action) {
    beginStep(machine, action);
    return clock.advance(action.wait);
  }
  switch (action.do) {
    case 'fault':
      return cloud.fault(action.call, action.kind, action.times);
    case 'together':
      if (action.isSlow) cloud.fault('refreshsession', 'slow', 1);
      for (const one of action.steps) {
        beginStep(machine, one);
        await clock.advance(0);
      }
      return clock.advance(6_000);
    case 'heal':
      return cloud.heal();
    case 'revoke':
      cloud.isRevoking = true;
      return;
    case 'jump':
      machine.hasJumped = true;
      return clock.jump(action.ms);
    case 'pass':
      return clock.advance(action.ms);
    case 'deploy':
      return machine.deploy();
    case 'disk':
      machine.disk.isFull = action.isFull;
      return;
    case 'kill':
      if (action.during !== 'nothing') {
        machine.dieAfter(action.steps);
        beginStep(machine, { do: action.during, wait: 0, force: true, isGood: true });
        await clock.advance(0);
      }
      return machine.kill();
  }
}

async function holds(actions: readonly Action[]): Promise<void> {
  const machine = await Machine.start();
  for (const next of actions) {
    const before = look(machine);
    await perform(machine, next);
    await assertRules(machine, before, next);
  }
  await assertSettles(machine);
  await machine.end();
}

describe('properties of an account', () => {
  it('keeps the rules of docs/dev/rules.md during any sequence of steps, faults, deploys, kills and clock jumps', async () => {
    await fc.assert(fc.asyncProperty(fc.array(action, { minLength: 1, maxLength: 30, size: 'max' }), holds), runs(100));
  });

  it('does not renew a fresh token again when the clock is set back a year while flows are stopped', () =>
    holds([
      { do: 'kill', during: 'setToken', steps: 11 },
      { do: 'deploy' },
      { do: 'pass', ms: 2_000 },
      { do: 'jump', ms: -365 * DAY },
      { do: 'deploy' },
    ]));

  it('does not retry a failed renewal at once when the account is disabled and enabled', () =>
    holds([
      { do: 'logIn', wait: 0 },
      { do: 'disk', isFull: true },
      { do: 'pass', ms: 26 * HOUR },
      { do: 'kill', during: 'nothing', steps: 0 },
      { do: 'fault', call: 'refreshsession', kind: '503', times: 2 },
      { do: 'deploy' },
      { do: 'authenticate', wait: 0 },
      { do: 'deploy' },
      { do: 'pass', ms: 6_000 },
    ]));
});
