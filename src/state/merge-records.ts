import { isDeepStrictEqual } from 'node:util';
import {
  type AccountRecord,
  type CloudRecord,
  type HubRecord,
  type OtpRecord,
  cloudOf,
  emptyAccount,
  epochOf,
  withCloud,
} from './account-record.js';

/** The fields that decide which of two logins is newer. */
export type LoginVersion = Pick<CloudRecord, 'login' | 'generation' | 'revision' | 'decidedAt'>;

/**
 * Compares two versions of a login. The higher `generation` wins, then the later `decidedAt`, then the higher
 * `revision`. With `isByTime`, `decidedAt` counts before `generation`. If two different tokens have the same version,
 * their times and then their texts decide, so that all processes choose the same token.
 */
export function compareLogins(theirs: LoginVersion, ours: LoginVersion, isByTime = false): 'theirs' | 'ours' | 'same' {
  const byDecision = (theirs.decidedAt ?? 0) - (ours.decidedAt ?? 0);
  const byCount =
    (isByTime ? byDecision : 0) || theirs.generation - ours.generation || byDecision || theirs.revision - ours.revision;
  if (byCount !== 0) return byCount > 0 ? 'theirs' : 'ours';
  if (theirs.login?.token === ours.login?.token) return 'same';
  if (theirs.login === null || ours.login === null) return theirs.login === null ? 'theirs' : 'ours';
  const byTime = (theirs.login.lastRefresh ?? 0) - (ours.login.lastRefresh ?? 0);
  return byTime > 0 || (byTime === 0 && theirs.login.token > ours.login.token) ? 'theirs' : 'ours';
}

/**
 * Merges two records that both originate from `base`. Takes each field from the record that has changed it (from `ours`
 * if both have), and the newer login. Ignores `theirs` if its login is older than the login of `base`: such a record
 * was restored from a backup, or saved by a process that had not read `ours`.
 */
export function mergeRecords(base: AccountRecord | null, ours: AccountRecord, theirs: AccountRecord): AccountRecord {
  const start = base ?? emptyAccount;
  const isStale = start.clouds.some((cloud) => compareLogins(cloudOf(theirs, cloud.origin), cloud) === 'ours');
  if (isStale) return ours;
  const origins = new Set([...ours.clouds, ...theirs.clouds].map(({ origin }) => origin));
  return {
    email: pick(start.email, ours.email, theirs.email),
    configuredEmail: pick(start.configuredEmail, ours.configuredEmail, theirs.configuredEmail),
    clouds: [...origins].map((origin) =>
      mergeClouds(cloudOf(start, origin), cloudOf(ours, origin), cloudOf(theirs, origin)),
    ),
    holds: pick(start.holds, ours.holds, theirs.holds),
    ...withChange(pick(start.change, ours.change, theirs.change)),
  };
}

function withChange(change: string | undefined): Pick<AccountRecord, 'change'> {
  return change === undefined ? {} : { change };
}

/**
 * Returns the record of a failed change that the store has saved after all; `undefined` if there is none. Finds the
 * record even if other processes have renewed the token since.
 */
export function findUndone(undone: readonly AccountRecord[], stored: AccountRecord): AccountRecord | undefined {
  const isUndecided = (cloud: CloudRecord): boolean => epochOf(cloud) === epochOf(cloudOf(stored, cloud.origin));
  return undone.find(({ change, clouds }) => change === stored.change && clouds.every(isUndecided));
}

/**
 * Merges a record with `stored`, which contains the change `undone`: this process has undone that change, but a slow
 * store has saved it after all. Raises the version of the record's login above that of `undone`, so that the record's
 * login wins. Keeps everything that other processes have saved since.
 */
export function mergeOverUndone(record: AccountRecord, undone: AccountRecord, stored: AccountRecord): AccountRecord {
  const newer = stored.clouds.reduce((result, cloud) => {
    const { origin, generation, revision, decidedAt } = cloud;
    const own = cloudOf(result, origin);
    const isNewer = own.generation - generation || own.revision - revision;
    if (isNewer > 0 || epochOf(own) === epochOf(cloud)) return result;
    const version = { generation, revision: revision + 1, ...(decidedAt === undefined ? {} : { decidedAt }) };
    return withCloud(result, { ...own, ...version });
  }, record);
  return mergeRecords(undone, newer, stored);
}

/**
 * Merges two copies of one account's state that two stores contain. Returns the later copy, with the newer login for
 * each cloud.
 */
export function mergeCopies(own: AccountRecord, theirs: AccountRecord): AccountRecord {
  const isNewer = ({ origin }: CloudRecord): boolean =>
    compareLogins(cloudOf(theirs, origin), cloudOf(own, origin)) === 'theirs';
  const later = theirs.clouds.some(isNewer) ? theirs : own;
  const ownOnly = own.clouds.filter(({ origin }) => theirs.clouds.every((cloud) => cloud.origin !== origin));
  return {
    ...later,
    clouds: [...ownOnly, ...theirs.clouds].map((cloud) => cloudOf(isNewer(cloud) ? theirs : own, cloud.origin)),
  };
}

/**
 * Whether two states belong to one person. `false` if they have different tokens for one cloud, unless both logins have
 * the same known e-mail address.
 */
export function isSamePerson(one: AccountRecord, other: AccountRecord): boolean {
  return one.clouds.every(({ origin, login }) => {
    const theirs = cloudOf(other, origin).login;
    if (login === null || theirs === null || login.token === theirs.token) return true;
    return login.email !== null && login.email === theirs.email;
  });
}

/**
 * Merges two records of one cloud. Takes the newer login. Takes the login code and the hubs from the record that has
 * changed them since `base`.
 */
function mergeClouds(base: CloudRecord, ours: CloudRecord, theirs: CloudRecord): CloudRecord {
  // If both sides have logged in or reset since `base`, the later time decides, because their counts are independent.
  const haveBothDecided = Math.min(theirs.generation, ours.generation) > base.generation;
  const winner = compareLogins(theirs, ours, haveBothDecided);
  const [newer, older] = winner === 'theirs' ? [theirs, ours] : [ours, theirs];
  // If the newer side still has the old token and the other side has renewed it, the renewed token counts.
  const hasOlderRenewed =
    newer.login?.token === base.login?.token &&
    older.login?.token !== base.login?.token &&
    epochOf(older) === epochOf(base);
  const newerLogin = winner === 'same' ? pick(base.login, ours.login, theirs.login) : newer.login;
  // Only the hubs of the newer login count. `mergeHubs` takes the hubs of the record that differs from the base, so the
  // older record as the base makes it take the hubs of the newer one.
  const areLoginsDifferent = theirs.generation !== ours.generation || theirs.decidedAt !== ours.decidedAt;
  const hubBase = areLoginsDifferent ? older : base;
  return {
    origin: ours.origin,
    generation: Math.max(theirs.generation, ours.generation),
    revision: newer.revision + (hasOlderRenewed ? 1 : 0),
    ...(newer.decidedAt === undefined ? {} : { decidedAt: newer.decidedAt }),
    login: hasOlderRenewed ? older.login : newerLogin,
    otp: pick(base.otp, ours.otp, theirs.otp, laterCode),
    hubs: mergeHubs(hubBase.hubs, ours.hubs, theirs.hubs),
    defaultHub: pick(hubBase.defaultHub, ours.defaultHub, theirs.defaultHub),
  };
}

/**
 * Returns the hubs of the record that has changed its hubs since `base`. A known hub keeps the address and `isRemote`
 * from `ours`, because one process may run at home and another elsewhere. A missing address is taken from `theirs`.
 */
function mergeHubs(base: HubRecord[], ours: HubRecord[], theirs: HubRecord[]): HubRecord[] {
  const own = new Map(ours.map((hub) => [hub.id, hub]));
  return pick(base.map(withoutTransport), ours.map(withoutTransport), theirs.map(withoutTransport)).map((hub) => {
    const known = own.get(hub.id);
    const found = theirs.find(({ id }) => id === hub.id);
    const { host, isRemote } = known ?? found ?? hub;
    return { ...hub, host: host ?? found?.host ?? null, isRemote };
  });
}

function withoutTransport(hub: HubRecord): HubRecord {
  return { ...hub, host: null, isRemote: false };
}

/**
 * Whether two records are equal, apart from the addresses and transports of hubs, which each process chooses for
 * itself.
 */
export function isSameElsewhere(own: AccountRecord, theirs: AccountRecord): boolean {
  const apart = (record: AccountRecord): AccountRecord => ({
    ...record,
    clouds: record.clouds.map((cloud) => ({ ...cloud, hubs: cloud.hubs.map(withoutTransport) })),
  });
  return isDeepStrictEqual(apart(own), apart(theirs));
}

/**
 * Returns the value that differs from `base`. If both differ, returns the result of `ofBoth`, which by default is
 * `ours`.
 */
function pick<T>(base: T, ours: T, theirs: T, ofBoth: (ours: T, theirs: T) => T = (mine) => mine): T {
  if (isDeepStrictEqual(theirs, base)) return ours;
  return isDeepStrictEqual(ours, base) ? theirs : ofBoth(ours, theirs);
}

/** Returns the login code that was sent later. Called if both records have changed the code since the base. */
function laterCode(ours: OtpRecord | null, theirs: OtpRecord | null): OtpRecord | null {
  return (theirs?.sentAt ?? 0) > (ours?.sentAt ?? 0) ? theirs : ours;
}
