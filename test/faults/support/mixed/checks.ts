// Checks of the accounts on all hosts, during and after the faults.
import type { Account } from '../../../../src/account/account.js';
import { HOUR, MINUTE, SECOND } from '../../../src/support/fake-clock.js';
import { type Family } from './cloud.js';
import type { Host } from './host.js';
import type { MixedWorld } from './mixed-world.js';
import { accountsOf } from './node-red.js';

/** Records a violation if a token that must be kept only in memory is in a store. Runs after each action. */
export function checkAlways(world: MixedWorld): void {
  if (world.temporaryFamilies.length === 0) return;
  const texts = world.kept();
  for (const { tokens } of world.temporaryFamilies) {
    const found = texts.find(({ text }) => tokens.some((token) => text.includes(token)));
    if (found !== undefined) world.violations.push(`a token that must not be stored is in ${found.location}`);
  }
}

/**
 * Checks that flows use the latest login and that deleted accounts have left nothing. Called some time after all faults
 * have ended.
 */
export async function checkNow(world: MixedWorld, when: string): Promise<void> {
  checkAlways(world);
  for (const host of world.hosts) {
    const running = host.flows.filter(({ d }) => d !== true).flatMap(accountsOf);
    for (const id of running) await checkAccount(world, host, id, when);
  }
  for (const id of world.deleted.keys()) {
    const isBack = world.hosts.some(({ flows }) => flows.flatMap(accountsOf).includes(id));
    if (isBack || world.excused.has(id)) continue;
    // Waits, because a failed deletion is retried within an hour.
    for (let round = 0; round < 2 && world.remainsOf(id).length > 0; round += 1) await world.advance(HOUR);
    const left = world.remainsOf(id);
    if (left.length > 0) world.violations.push(`${when}: the deleted account ${id} has left ${left.join(', ')}`);
  }
}

async function checkAccount(world: MixedWorld, host: Host, id: string, when: string): Promise<void> {
  const say = (what: string): void => void world.violations.push(`${when}, ${id}: ${what}`);
  const account = host.process?.running.get(id)?.account;
  if (account === undefined) return say('it does not run');
  const { email, state, saved } = account.snapshot();
  if (email !== null && world.refused.has(email)) say('the current address was refused');
  const token = await tokenOf(world, account);
  if (token === null) return say('no answer');
  const family = token === undefined ? undefined : world.cloud.familyOf(token);
  if (family !== undefined && world.refused.has(family.tokens[0] ?? '')) say('the current token was refused');
  const { origin } = new URL(account.cloudUrl);
  const isTemporary = host.temporaryLogins.some((login) => login.id === id);
  if (isTemporary) return;
  if (!saved) say('it is not saved');
  const possible = world.history.possible(id, origin);
  if (possible.some((one) => one !== undefined && !isUsable(world, one))) return;
  if (possible.includes(undefined) && token === undefined) return;
  if (family === undefined || !possible.includes(family)) {
    return say(`the current login is ${nameOf(family)}, not ${possible.map(nameOf).join(' or ')}`);
  }
  if (state !== 'authenticated') say(`${state}, though the cloud accepts ${nameOf(family)}`);
  if (token !== world.cloud.validOf(family)) say(`the current token of ${nameOf(family)} is old`);
}

/** Whether a client can have a valid token of this login. */
function isUsable({ cloud }: MixedWorld, family: Family): boolean {
  return !family.isOutOfReach && cloud.validOf(family) !== undefined;
}

/** Returns the current token; `undefined` if there is no login, and `null` if there is no answer within 30 s. */
async function tokenOf(world: MixedWorld, account: Account): Promise<string | undefined | null> {
  let token: string | undefined | null = null;
  void account.token().then(
    ({ value }) => (token = value),
    () => (token = undefined),
  );
  for (let second = 0; second < 30 && token === null; second += 1) await world.advance(SECOND);
  return token;
}

function nameOf(family: Family | undefined): string {
  return family === undefined ? 'none' : `${family.email} (${family.tokens.length})`;
}

/** Restarts each host, deletes the accounts, restores them and stops, with checks after each of these steps. */
export async function checkEnd(world: MixedWorld): Promise<void> {
  for (const host of world.hosts) {
    await world.stop(host);
    world.boot(host);
  }
  await world.advance(MINUTE);
  await checkNow(world, 'after a start');
  const before = world.hosts.map(({ flows }) => flows);
  for (const host of world.hosts) world.deploy(host, 'full', []);
  await world.advance(MINUTE);
  await checkNow(world, 'after its deletion');
  for (const [index, host] of world.hosts.entries()) world.deploy(host, 'full', before[index] ?? []);
  await world.advance(MINUTE);
  await checkNow(world, 'after it came back');
  for (const { process } of world.hosts) {
    if (process === undefined) continue;
    void process.end();
    await world.advance(MINUTE);
    if (process.timers.size > 0) world.violations.push(`${process.timers.size} timers are left`);
  }
}
