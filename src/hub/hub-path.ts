import { badInput, type CozifyError } from '../errors.js';

/** What a path is tried on. */
const BASE = 'http://hub/cc/0.0';

const MAX_LENGTH = 8192;

/** What is decoded again and again and still changes is no honest name. */
const MAX_DECODINGS = 5;

/** Characters that servers and URLs read in ways of their own. */
const ODD = /[\p{Cc}\p{Cs}\\#]/u;
const ODD_WHEN_DECODED = /[\p{Cc}\\]/u;

/**
 * A path below `/cc/<version>` of a hub, with a leading slash and its query, from one such as `devices` or
 * `/hub/poll?ts=0`. Throws `COZIFY_BAD_INPUT` for what might lead elsewhere: the key goes where this points.
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

/** A path as the hub has it: below its version, but for `/hub`, by which a hub of any version says who it is. */
export function pathAtHub(path: `/${string}`, version: string): `/${string}` {
  return path.split('?', 1)[0] === '/hub' ? path : `/cc/${version}${path}`;
}

/** Whether the most eager server, which decodes as often as it can, may take the path for one that leads upwards. */
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

/** Some servers leave out what follows a semicolon. */
function isUpward(name: string): boolean {
  const [step] = name.split(';');
  return step === '.' || step === '..';
}

function badPath(expected: string): CozifyError {
  return badInput(`path should be one of the hub's API, ${expected}.`);
}
