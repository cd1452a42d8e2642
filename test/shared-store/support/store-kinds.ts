import { gunzipSync, gzipSync } from 'node:zlib';
import { sized } from '../../support/size';
import type { RetryOptions } from './reconnecting-client';
import type { Reply } from './resp';

/** A kind of context store that keeps values in Redis. Each kind imitates a store that people use. */
export interface StoreKind {
  /** Returns the command that reads a value. */
  read(scope: string, key: string): string[];
  /** Returns the commands that write a value. The value is the last word of the command that writes it. */
  write(scope: string, key: string, json: string): string[][];
  /** Returns the commands that delete a value. Throws if the store can't delete values. */
  clear(scope: string, key: string): string[][];
  /** Returns the JSON in a reply to the `read` command; `undefined` if the reply has none. */
  unpack(reply: Reply): string | undefined;
  /** Returns the JSON that is in the last word of the `write` command. */
  unwrap(word: string): string;
  /** Returns the prefix of all keys of a scope. */
  scope(scope: string): string;
  /** The handling of commands while Redis is unavailable. */
  retry: RetryOptions;
  /** Whether the start of Node-RED continues, waits, or fails while Redis is unavailable. */
  open: 'continues' | 'waits' | 'fails';
}

const text = (reply: Reply | undefined): string | undefined => (typeof reply === 'string' ? reply : undefined);
const inTransaction = (...words: string[]): string[][] => [['MULTI'], words, ['EXEC']];

/** Imitates a store that uses one hash for each scope. Commands fail at once while Redis is unavailable. */
const hash: StoreKind = {
  scope: (scope) => `node-red:${scope}`,
  read: (scope, key) => ['HMGET', hash.scope(scope), key],
  write: (scope, key, json) => [['HSET', hash.scope(scope), key, json]],
  clear: (scope, key) => [['HDEL', hash.scope(scope), key]],
  unpack: (reply) => text([reply].flat()[0]),
  unwrap: (word) => word,
  retry: { retries: 0, isSentAgain: false },
  open: 'continues',
};

/**
 * Imitates `node-red-context-redis` on node_redis 2.8: one key for each value, transactions, and a start that waits.
 * Commands wait while Redis is unavailable. Commands in flight fail when the connection breaks.
 */
const redis: StoreKind = {
  scope: (scope) => `home:${scope}:`,
  read: (scope, key) => ['MGET', redis.scope(scope) + key],
  write: (scope, key, json) => inTransaction('MSET', redis.scope(scope) + key, json),
  clear: (scope, key) => inTransaction('DEL', redis.scope(scope) + key),
  unpack: (reply) => text([reply].flat()[0]),
  unwrap: (word) => word,
  retry: { retries: Infinity, isSentAgain: false },
  open: 'waits',
};

/** Length in characters above which values are compressed. */
const COMPRESSED_FROM = 1024;
const COMPRESSED = 'gzip:';

/**
 * Imitates Siphion's `node-red-cluster` and `node-red-context-valkey` on ioredis, with compression: can't delete a key,
 * resends commands in flight after a lost connection, and gives up after 20 retries.
 */
const valkey: StoreKind = {
  scope: (scope) => `nodered:context:${scope}:`,
  read: (scope, key) => ['GET', valkey.scope(scope) + key],
  write: (scope, key, json) => {
    const isLong = json.length > COMPRESSED_FROM;
    const word = isLong ? COMPRESSED + gzipSync(Buffer.from(json)).toString('base64') : json;
    return [['SET', valkey.scope(scope) + key, word]];
  },
  clear: () => {
    throw new TypeError("Cannot read properties of undefined (reading 'length')");
  },
  unpack: (reply) => (typeof reply === 'string' ? valkey.unwrap(reply) : undefined),
  unwrap: (word) =>
    word.startsWith(COMPRESSED)
      ? gunzipSync(Buffer.from(word.slice(COMPRESSED.length), 'base64')).toString('utf8')
      : word,
  retry: { retries: 20, isSentAgain: true },
  open: 'fails',
};

export const STORE_KINDS = { hash, redis, valkey };
export type StoreKindName = keyof typeof STORE_KINDS;
export const STORE_KIND_NAMES = Object.keys(STORE_KINDS) as StoreKindName[];

/**
 * The kinds for tests with a Redis that works. The normal size has the kind that differs most: it compresses values,
 * and can't delete them.
 */
export const USUAL_STORE_KINDS = sized<StoreKindName[]>(['valkey'], STORE_KIND_NAMES);
