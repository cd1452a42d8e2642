import { badInput, type CozifyError } from '../errors.js';

/** Base URL that a path is resolved against. */
const BASE = 'http://hub/cc/0.0';

const MAX_LENGTH = 8192;

/** A path that is still percent-encoded after this many decodings is refused. */
const MAX_DECODINGS = 5;

/** Characters that servers and URL parsers treat differently, in a path as given. */
const ODD = /[\p{Cc}\p{Cs}\\#]/u;
/** Characters that servers and URL parsers treat differently, in a decoded path. */
const ODD_WHEN_DECODED = /[\p{Cc}\\]/u;

/**
 * Normalizes a path such as `devices` or `/hub/poll?ts=0` to a path below `/cc/<version>`, with a leading slash and its
 * query. Throws `COZIFY_BAD_INPUT` for a path that may lead to another server or out of the API, because the request
 * carries the hub key.
 */
export function parseHubPath(path: unknown): `/${string}` {
  const given = typeof path === 'string' ? path : '';
  const text = given.trim();
  const [before = ''] = text.split('?');
  const isElsewhere = text.startsWith('//') || /^[a-z][a-z\d+.-]*:/i.test(text) || ODD.test(given);
  if (before === '' || before === '/' || text.length > MAX_LENGTH || isElsewhere || mayLeave(before)) {
    throw badPath('such as "devices" or "/hub/tz", without "..", "//" at its beginning and control characters');
  }
  if (/^\/?cc(\/|$)/.test(text)) throw badPath('without "/cc/" and the version, which are put before it');
  const { pathname, search } = new URL(`${BASE}/${text.replace(/^\//, '')}`);
  return `/${pathname.slice(BASE.length - 'http://hub'.length + 1)}${search}`;
}

/**
 * Returns the full path at a hub: `/hub` has no version, because a hub of any version answers it; all others have one.
 */
export function pathAtHub(path: `/${string}`, version: string): `/${string}` {
  return path.split('?', 1)[0] === '/hub' ? path : `/cc/${version}${path}`;
}

/**
 * Whether a path may lead out of the API: whether it has `.` or `..` segments, backslashes or control characters, also
 * after it is decoded several times.
 */
function mayLeave(path: string): boolean {
  let read = path;
  for (let round = 0; round <= MAX_DECODINGS; round += 1) {
    if (ODD_WHEN_DECODED.test(read) || read.split('/').some(isUpward)) return true;
    const once = read.replace(/%([0-7][\da-f])/gi, (_match, code: string) => String.fromCharCode(parseInt(code, 16)));
    if (once === read) return false;
    read = once;
  }
  return true;
}

/** Whether a segment of a path is `.` or `..`. Ignores everything after a semicolon, as servers may do. */
function isUpward(name: string): boolean {
  const [segment] = name.split(';');
  return segment === '.' || segment === '..';
}

function badPath(expected: string): CozifyError {
  return badInput(`path should be one of the hub's API, ${expected}.`);
}
