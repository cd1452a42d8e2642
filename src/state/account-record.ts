import { listOf, objectOf, orNull, schemas, shape } from '../schema.js';

/** The saved record of a hub. `key` is a secret. */
export interface HubRecord {
  id: string;
  name: string;
  host: string | null;
  version: string | null;
  key: string | null;
  isRemote: boolean;
  isAutoremote: boolean;
  /**
   * Whether the hub was discovered by an `authenticate` with `remote: true`. If so, the LAN is never used for the hub,
   * not even in the background.
   */
  isLanExcluded: boolean;
  /**
   * Number of the cloud's lists of hub keys in a row, up to the last one, that did not contain this hub. Invalid lists
   * are not counted.
   */
  missedLists: number;
}

/** The current login at a cloud. `token` is a secret. */
export interface LoginRecord {
  token: string;
  /**
   * Time of the login or refresh that returned the token, in ms since 1970; `null` for a token that was set by hand.
   */
  lastRefresh: number | null;
  /** Whether the cloud has answered 401 to the token. Such a token is kept, because the cloud may accept it again. */
  isRejected: boolean;
  /** Time of the 401 in ms since 1970; `null` unless `isRejected`. */
  rejectedAt: number | null;
  /** The e-mail address that the token was issued for; `null` if the token was set by hand. */
  email: string | null;
}

/** The last login code that was e-mailed, without the code itself. `sentAt` is in ms since 1970. */
export interface OtpRecord {
  email: string;
  sentAt: number;
}

/** The state of an account at one cloud. This state is never sent to another cloud. */
export interface CloudRecord {
  /** The origin of the cloud's URL, such as `https://api.cozify.fi`. */
  origin: string;
  login: LoginRecord | null;
  /**
   * Number of logins, resets and tokens set by hand. Of two copies of the state, the one with the higher number wins.
   */
  generation: number;
  /**
   * Number of changes of `login`. Of two copies of the same generation, the one with more changes is newer. Times do
   * not decide this, because clocks may be wrong.
   */
  revision: number;
  /** Time of the last login, reset or token set by hand, in ms since 1970; absent before the first. */
  decidedAt?: number;
  otp: OtpRecord | null;
  hubs: HubRecord[];
  defaultHub: string | null;
}

/** A call that must not be repeated before `until` (ms since 1970), because the cloud sent a `Retry-After`. */
export interface RetryAfterRecord {
  call: string;
  origin: string;
  until: number;
  statusCode: number;
}

/** The saved state of an account. */
export interface AccountRecord {
  /** The current e-mail address, to which login codes are sent. */
  email: string | null;
  /** The configured e-mail address at the last start. If it differs at the next start, a Deploy has changed it. */
  configuredEmail: string | null;
  clouds: CloudRecord[];
  /** The last `Retry-After` of each kind of call (such as `requestlogin`) at each cloud. */
  holds: RetryAfterRecord[];
  /**
   * A random id of the last strict change: a change that is undone if its save fails. The id shows later whether the
   * store has saved the change after all.
   */
  change?: string;
}

/** The state of an account that has never logged in. */
export const emptyAccount: AccountRecord = { email: null, configuredEmail: null, clouds: [], holds: [] };

/** Returns the record of a cloud; an empty record if the account has none for this cloud. */
export function cloudOf(record: AccountRecord, origin: string): CloudRecord {
  const known = record.clouds.find((cloud) => cloud.origin === origin);
  return known ?? { origin, login: null, generation: 0, revision: 0, otp: null, hubs: [], defaultHub: null };
}

/** Returns the account's record with the record of one cloud replaced. */
export function withCloud(record: AccountRecord, cloud: CloudRecord): AccountRecord {
  const others = record.clouds.filter(({ origin }) => origin !== cloud.origin);
  return { ...record, clouds: [...others, cloud] };
}

/**
 * Returns the epoch of a cloud's login. Each login, reset and token set by hand changes the epoch; a renewal does not.
 * The epoch includes the time, because two processes may give the same generation to different logins.
 */
export function epochOf({ generation, decidedAt }: CloudRecord): string {
  return `${generation} ${decidedAt ?? ''}`;
}

/**
 * Returns the cloud record after a login, a reset or a token set by hand at `now` (ms since 1970). Starts a new epoch.
 */
export function withLogin(cloud: CloudRecord, login: LoginRecord | null, now: number): CloudRecord {
  return { ...withRenewal(cloud, login), generation: cloud.generation + 1, decidedAt: now };
}

/** Returns the cloud record with the login that a renewal returned. The epoch stays the same. */
export function withRenewal(cloud: CloudRecord, login: LoginRecord | null): CloudRecord {
  return { ...cloud, login, revision: cloud.revision + 1 };
}

/**
 * Returns the login of a new token: received from the cloud at `lastRefresh`, or set by hand if `lastRefresh` is
 * `null`.
 */
export function newLogin(token: string, lastRefresh: number | null, email: string | null): LoginRecord {
  return { token, lastRefresh, isRejected: false, rejectedAt: null, email };
}

/**
 * Returns the record after a reset: no token, no login code, and the configured e-mail address as the current one.
 * Keeps the hubs; a logout drops their keys.
 */
export function forgetLogin(record: AccountRecord, isLogout: boolean, now: number): AccountRecord {
  const clouds = record.clouds.map((cloud) => ({
    ...withLogin(cloud, null, now),
    otp: null,
    hubs: isLogout ? cloud.hubs.map((hub) => ({ ...hub, key: null })) : cloud.hubs,
  }));
  return { ...record, email: record.configuredEmail, clouds };
}

/** Adds the fields that an earlier version of this package did not store. */
export function completeRecord(stored: AccountRecord): AccountRecord {
  const complete = ({ login, ...cloud }: CloudRecord): CloudRecord => ({
    ...cloud,
    generation: (cloud as Partial<CloudRecord>).generation ?? 0,
    login: login === null ? null : { ...newLogin(login.token, login.lastRefresh, null), ...login },
  });
  return { ...stored, clouds: stored.clouds.map(complete) };
}

const { text, number, count, flag, textOrNull, numberOrNull } = schemas;

const loginSchema = objectOf(
  { token: { ...text, minLength: 1 }, lastRefresh: numberOrNull, isRejected: flag },
  // Earlier versions of this package did not store these fields.
  { rejectedAt: numberOrNull, email: textOrNull },
);
const hubSchema = objectOf({
  id: text,
  name: text,
  host: textOrNull,
  version: textOrNull,
  key: textOrNull,
  isRemote: flag,
  isAutoremote: flag,
  isLanExcluded: flag,
  missedLists: count,
});
const cloudSchema = objectOf(
  {
    origin: text,
    login: orNull(loginSchema),
    revision: count,
    otp: orNull(objectOf({ email: text, sentAt: number })),
    hubs: listOf(hubSchema),
    defaultHub: textOrNull,
  },
  { generation: count, decidedAt: number },
);

/** Checks a stored {@link AccountRecord}. */
export const accountShape = shape<AccountRecord>(
  objectOf(
    {
      email: textOrNull,
      configuredEmail: textOrNull,
      clouds: listOf(cloudSchema),
      holds: listOf(objectOf({ call: text, origin: text, until: number, statusCode: number })),
    },
    { change: text },
  ),
);
