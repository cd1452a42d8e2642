import { isDeepStrictEqual } from 'node:util';
import {
  type AccountRecord,
  type CloudRecord,
  type HubRecord,
  type OtpRecord,
  cloudOf,
  emptyAccount,
  eraOf,
  withCloud,
} from './account-record.js';

/** What tells which of two logins of a cloud is the newer. */
export type LoginVersion = Pick<CloudRecord, 'login' | 'generation' | 'revision' | 'decidedAt'>;

/**
 * Whose login is the newer: by what people did (a login, a reset), where they did as much without knowing of each other
 * (or, with `isByTime`, anything) by when that was, then by renewals, whatever the clocks say. Of two tokens of one moment
 * both sides take the same.
 */
export function compareLogins(theirs: LoginVersion, ours: LoginVersion, isByTime = false): 'theirs' | 'ours' | 'same' {
  const byCount =
    (isByTime ? (theirs.decidedAt ?? 0) - (ours.decidedAt ?? 0) : 0) ||
    theirs.generation - ours.generation ||
    (theirs.decidedAt ?? 0) - (ours.decidedAt ?? 0) ||
    theirs.revision - ours.revision;
  if (byCount !== 0) return byCount > 0 ? 'theirs' : 'ours';
  if (theirs.login?.token === ours.login?.token) return 'same';
  if (theirs.login === null || ours.login === null) return theirs.login === null ? 'theirs' : 'ours';
  const byTime = (theirs.login.lastRefresh ?? 0) - (ours.login.lastRefresh ?? 0);
  return byTime > 0 || (byTime === 0 && theirs.login.token > ours.login.token) ? 'theirs' : 'ours';
}

/**
 * What two who started from `base` make of a record together: of each part the one that was changed, and where both
 * changed it, ours; of the logins the newer. `theirs` counts for nothing where it is older than `base`: it was
 * restored from a backup, or saved by one that had not read ours.
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

/** Which of these changes a record is, also with what another process has saved on top of it but a decision of its own. */
export function findUndone(undone: readonly AccountRecord[], stored: AccountRecord): AccountRecord | undefined {
  const isUndecided = (cloud: CloudRecord): boolean => eraOf(cloud) === eraOf(cloudOf(stored, cloud.origin));
  return undone.find(({ change, clouds }) => change === stored.change && clouds.every(isUndecided));
}

/**
 * A record with what others have saved on top of a change that was not to be made, and is `stored` all the same. Its logins
 * count as newer than those which that change has put in force.
 */
export function outdo(record: AccountRecord, undone: AccountRecord, stored: AccountRecord): AccountRecord {
  const newer = stored.clouds.reduce((outdone, cloud) => {
    const { origin, generation, revision, decidedAt } = cloud;
    const own = cloudOf(outdone, origin);
    const isNewer = own.generation - generation || own.revision - revision;
    if (isNewer > 0 || eraOf(own) === eraOf(cloud)) return outdone;
    const version = { generation, revision: revision + 1, ...(decidedAt === undefined ? {} : { decidedAt }) };
    return withCloud(outdone, { ...own, ...version });
  }, record);
  return mergeRecords(undone, newer, stored);
}

/**
 * Of two states that one account has left in two places the later, except that each cloud's part is the one whose login
 * is the newer.
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

/** Whether two states are of one person: at no cloud are they logged in by different addresses, or by unknown ones. */
export function isSamePerson(one: AccountRecord, other: AccountRecord): boolean {
  return one.clouds.every(({ origin, login }) => {
    const theirs = cloudOf(other, origin).login;
    if (login === null || theirs === null || login.token === theirs.token) return true;
    return login.email !== null && login.email === theirs.email;
  });
}

function mergeClouds(base: CloudRecord, ours: CloudRecord, theirs: CloudRecord): CloudRecord {
  const haveBothDecided = Math.min(theirs.generation, ours.generation) > base.generation;
  const which = compareLogins(theirs, ours, haveBothDecided);
  const isAnother = theirs.generation !== ours.generation || theirs.decidedAt !== ours.decidedAt;
  const [newer, older] = which === 'theirs' ? [theirs, ours] : [ours, theirs];
  // A decision that leaves a token in force does not leave it there in place of its renewal.
  const isRenewed =
    newer.login?.token === base.login?.token &&
    older.login?.token !== base.login?.token &&
    eraOf(older) === eraOf(base);
  return {
    origin: ours.origin,
    generation: Math.max(theirs.generation, ours.generation),
    revision: newer.revision + (isRenewed ? 1 : 0),
    ...(newer.decidedAt === undefined ? {} : { decidedAt: newer.decidedAt }),
    login: isRenewed ? older.login : which === 'same' ? pick(base.login, ours.login, theirs.login) : newer.login,
    otp: pick(base.otp, ours.otp, theirs.otp, laterCode),
    // What was found out under an older login is not true of the newer one.
    hubs: mergeHubs(isAnother ? older.hubs : base.hubs, ours.hubs, theirs.hubs),
    defaultHub: pick(isAnother ? older.defaultHub : base.defaultHub, ours.defaultHub, theirs.defaultHub),
  };
}

/**
 * The hubs of the side that has changed them. How a hub is reached is each process' own: one may be at home and another
 * elsewhere. So where we know a hub, our way to it stays; what only the other has found is taken over.
 */
function mergeHubs(base: HubRecord[], ours: HubRecord[], theirs: HubRecord[]): HubRecord[] {
  const own = new Map(ours.map((hub) => [hub.id, hub]));
  return pick(base.map(withoutWay), ours.map(withoutWay), theirs.map(withoutWay)).map((hub) => {
    const known = own.get(hub.id);
    const found = theirs.find(({ id }) => id === hub.id);
    const { host, isRemote } = known ?? found ?? { host: null, isRemote: true };
    return { ...hub, host: host ?? found?.host ?? null, isRemote };
  });
}

function withoutWay(hub: HubRecord): HubRecord {
  return { ...hub, host: null, isRemote: false };
}

/** Whether a record and one that another process may have saved differ in nothing but the ways to hubs. */
export function isSameElsewhere(own: AccountRecord, theirs: AccountRecord): boolean {
  const apart = (record: AccountRecord): AccountRecord => ({
    ...record,
    clouds: record.clouds.map((cloud) => ({ ...cloud, hubs: cloud.hubs.map(withoutWay) })),
  });
  return isDeepStrictEqual(apart(own), apart(theirs));
}

/** The one of two that was changed. */
function pick<T>(base: T, ours: T, theirs: T, ofBoth: (ours: T, theirs: T) => T = (mine) => mine): T {
  if (isDeepStrictEqual(theirs, base)) return ours;
  return isDeepStrictEqual(ours, base) ? theirs : ofBoth(ours, theirs);
}

/** Both have used or replaced the code they knew: one that was sent since is on its way. */
function laterCode(ours: OtpRecord | null, theirs: OtpRecord | null): OtpRecord | null {
  return (theirs?.sentAt ?? 0) > (ours?.sentAt ?? 0) ? theirs : ours;
}
