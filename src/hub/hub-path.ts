import { CozifyError } from '../errors.js';

/** What a path is tried on. */
const BASE = 'http://hub/cc/0.0';

/** Characters that servers and URLs read in ways of their own. */
const ODD = /[\p{Cc}\p{Cs}\\#]/u;

/**
 * A path below `/cc/<version>` of a hub, with a leading slash and its query, from one such as `devices` or
 * `/hub/poll?ts=0`. Throws `COZIFY_BAD_INPUT` for what might lead elsewhere: the key goes where this points.
 */
export function parseHubPath(path: unknown): `/${string}` {
  const text = typeof path === 'string' ? path.trim() : '';
  const [before = ''] = text.split('?');
  const names = before
    .replace(/%2e/gi, '.')
    .replace(/%(2f|5c)/gi, '/')
    .split('/');
  const isElsewhere = text.startsWith('//') || /^[a-z][a-z\d+.-]*:/i.test(text) || ODD.test(text);
  if (before === '' || before === '/' || isElsewhere || names.some((name) => name === '.' || name === '..')) {
    throw badPath('such as "devices" or "/hub/tz", without "..", "//" at its beginning and control characters');
  }
  if (/^\/?cc(\/|$)/.test(text)) throw badPath('without "/cc/" and the version, which are put before it');
  const { pathname, search } = new URL(`${BASE}/${text.replace(/^\//, '')}`);
  return `/${pathname.slice(BASE.length - 'http://hub'.length + 1)}${search}`;
}

function badPath(expected: string): CozifyError {
  return new CozifyError('COZIFY_BAD_INPUT', `path should be one of the hub's API, ${expected}.`);
}
