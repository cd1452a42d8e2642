import { listOf, objectOf, orNull, schemas, shape } from '../schema.js';

/** A hub as it is kept. `key` is a secret. */
export interface HubRecord {
  id: string;
  name: string;
  host: string | null;
  version: string | null;
  key: string | null;
  isRemote: boolean;
  isAutoremote: boolean;
  /** A step asked for `remote`: the LAN is left alone, by the background too. */
  isLanExcluded: boolean;
  /** In how many good lists in a row the hub was missing. */
  missedLists: number;
}

/** The cloud token in force. `token` is a secret. */
export interface LoginRecord {
  token: string;
  /** When it was received by login or refresh; `null` when it was set by hand. Milliseconds since the epoch. */
  lastRefresh: number | null;
  /** The cloud answered 401 to it. It is kept, because the cloud may take it again. */
  isRejected: boolean;
  /** When that was; `null` unless `isRejected`. */
  rejectedAt: number | null;
  /** The address that logged in; `null` when the token was set by hand. */
  email: string | null;
}

/** A code that was e-mailed. */
export interface OtpRecord {
  email: string;
  sentAt: number;
}

/** What belongs to one cloud: nothing of it is ever sent to another. */
export interface CloudRecord {
  /** Such as `https://api.cozify.fi`. */
  origin: string;
  login: LoginRecord | null;
  /** Grows with each login, reset and token set by hand: what a person did counts for more than a renewal. */
  generation: number;
  /** Grows with each change of `login`, so that of two copies the newer is known whatever the clocks say. */
  revision: number;
  /** When the login, reset or token set by hand was made that counts; absent before the first. Milliseconds since the epoch. */
  decidedAt?: number;
  otp: OtpRecord | null;
  hubs: HubRecord[];
  defaultHub: string | null;
}

/** A call that the cloud asked us not to repeat before `until`. */
export interface HoldRecord {
  call: string;
  origin: string;
  until: number;
  statusCode: number;
}

/** Everything an account must not forget. */
export interface AccountRecord {
  /** The address in force. */
  email: string | null;
  /** The configured address when `email` was last looked at, to notice a Deploy that changed it. */
  configuredEmail: string | null;
  clouds: CloudRecord[];
  holds: HoldRecord[];
  /** Tells the last change that was to be saved or not made from all others, also from the same one made elsewhere. */
  change?: string;
}

/** What is known of an account that never logged in. */
export const emptyAccount: AccountRecord = { email: null, configuredEmail: null, clouds: [], holds: [] };

/** The part of a record that belongs to a cloud. */
export function cloudOf(record: AccountRecord, origin: string): CloudRecord {
  const known = record.clouds.find((cloud) => cloud.origin === origin);
  return known ?? { origin, login: null, generation: 0, revision: 0, otp: null, hubs: [], defaultHub: null };
}

/** The record with the part of one cloud replaced. */
export function withCloud(record: AccountRecord, cloud: CloudRecord): AccountRecord {
  const others = record.clouds.filter(({ origin }) => origin !== cloud.origin);
  return { ...record, clouds: [...others, cloud] };
}

/**
 * Tells under whose login something was found out: two that were made without knowing of each other may have the same
 * number. Renewals of a login leave it as it is.
 */
export function eraOf({ generation, decidedAt }: CloudRecord): string {
  return `${generation} ${decidedAt ?? ''}`;
}

/** Puts another login, or none, in force, because a person wants it so now, in milliseconds since the epoch. */
export function withLogin(cloud: CloudRecord, login: LoginRecord | null, now: number): CloudRecord {
  return { ...withRenewal(cloud, login), generation: cloud.generation + 1, decidedAt: now };
}

/** Puts what a renewal gave in force. */
export function withRenewal(cloud: CloudRecord, login: LoginRecord | null): CloudRecord {
  return { ...cloud, login, revision: cloud.revision + 1 };
}

/** A login as it is when a token has just come, from the cloud at `lastRefresh` or, with `null`, by hand. */
export function newLogin(token: string, lastRefresh: number | null, email: string | null): LoginRecord {
  return { token, lastRefresh, isRejected: false, rejectedAt: null, email };
}

/** The record after a reset: no token, no code, the configured address. Hubs stay; their keys go with a logout. */
export function forgetLogin(record: AccountRecord, isLogout: boolean, now: number): AccountRecord {
  const clouds = record.clouds.map((cloud) => ({
    ...withLogin(cloud, null, now),
    otp: null,
    hubs: isLogout ? cloud.hubs.map((hub) => ({ ...hub, key: null })) : cloud.hubs,
  }));
  return { ...record, email: record.configuredEmail, clouds };
}

/** A record as an earlier version of this package may have stored it, with what it did not know yet. */
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
  // Earlier versions of this package did not store these.
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

/** What a stored account must look like to be taken for one. */
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
