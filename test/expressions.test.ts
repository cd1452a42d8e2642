import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { decodeToken, parseJwtForm, readTokenAnswer } from '../src/cloud/token';
import { parseOrder } from '../src/devices/commands/orders';
import { readAlarmText } from '../src/devices/things/alarm-text';
import { cleanFactoryName, nameKey, nearestNames } from '../src/devices/things/names';
import { CozifyError } from '../src/errors';
import { parseHubAddress } from '../src/hub/hub-address';
import { parseHubPath } from '../src/hub/hub-path';
import { parseCloudUrl, parseEmail, parseExpiry, parseOtp } from '../src/input';
import { fileStemOf } from '../src/store/file-stem';
import { packageRoot } from './nodes/support/package-root';
import { growthOf, MOST_GROWTH } from './support/growth';

/** What a text is made long by, besides what stands in the expression itself. */
const PARTS = [
  ...[
    ' ',
    '\t',
    '\n',
    'a',
    'A',
    '0',
    '_',
    '.',
    ',',
    ';',
    ':',
    '/',
    '\\',
    '-',
    '+',
    '=',
    '@',
    '%',
    '%2',
    '"',
    "'",
    '$',
    '!',
  ],
  ...['<', '<a', '<b ', '</', '>', '&', '&#', '{', '${', '}', '[', ']', '(', '?', '#', '*', '|', '~', '\0'],
  ...['ä', 'e\u0301', '\u0301', '\u00ad', '\u202e', '😀', '\ud83d', 'a.', 'a ', 'a@', ' ,', '127.0.', '1-', '//', '=a'],
];

/** Each regular expression in the code that ships, with where it stands. */
function expressions(): { place: string; expression: RegExp }[] {
  return ['src', 'nodes'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => expressionsIn(join(folder, path))),
  );
}

function expressionsIn(path: string): { place: string; expression: RegExp }[] {
  const file = ts.createSourceFile(path, readFileSync(join(packageRoot, path), 'utf8'), ts.ScriptTarget.Latest);
  const found: { place: string; expression: RegExp }[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isRegularExpressionLiteral(node)) {
      const { line } = file.getLineAndCharacterOfPosition(node.getStart(file));
      const [, source = '', flags = ''] = /^\/([^]*)\/(\w*)$/.exec(node.text) ?? [];
      // Everywhere in a text, whichever way it is used.
      const expression = new RegExp(source, [...new Set([...flags, 'g'])].join(''));
      found.push({ place: `${path}:${line + 1} ${node.text}`, expression });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Pieces of an expression that a text of it is likely to hold. */
function literalsOf({ source }: RegExp): string[] {
  return (source.replace(/\\([/.<>!?$()[\]{}|*+-])/g, '$1').match(/[<>!/\w.:=&;#%-]{2,}/g) ?? []).slice(0, 8);
}

/** A text of many equal parts, with or without something before and behind it, that an expression is worse than linear on. */
function slowTextFor(expression: RegExp): string | undefined {
  const literals = literalsOf(expression);
  for (const part of new Set([...PARTS, ...literals, ...literals.map((one) => `${one} `)])) {
    for (const before of ['', literals[0] ?? 'x']) {
      for (const behind of ['', 'x\n']) {
        const make = (length: number): string => before + part.repeat(length / part.length) + behind;
        const growth = growthOf(make, (text) => text.replace(expression, ''));
        if (growth > MOST_GROWTH) return `${growth.toFixed(1)} with ${JSON.stringify([before, part, behind])}`;
      }
    }
  }
  return undefined;
}

/** The ways of texts that somebody else gives: by a message, a flow, the cloud or a hub. */
const WAYS: [name: string, take: (text: string) => unknown][] = [
  ['parseCloudUrl', parseCloudUrl],
  ['parseHubAddress', parseHubAddress],
  ['parseEmail', parseEmail],
  ['parseExpiry', parseExpiry],
  ['parseOtp', parseOtp],
  ['parseHubPath', parseHubPath],
  ['readTokenAnswer', readTokenAnswer],
  ['decodeToken', decodeToken],
  ['parseJwtForm', parseJwtForm],
  ['nameKey', nameKey],
  ['nearestNames', (text) => nearestNames([text, `${text}x`], `x${text}`)],
  ['cleanFactoryName', (text) => cleanFactoryName(text, 'fi')],
  ['readAlarmText', readAlarmText],
  ['parseOrder', (text) => parseOrder({}, text)],
  ['an error', (text) => new CozifyError('COZIFY_API', text).message],
  ['fileStemOf', fileStemOf],
];

/** What addresses begin with, and what alone may make a way longer. */
const BEGINNINGS = ['', 'x', 'https://x', 'https://x/', 'http://localhost/', '/hub/'];
const MARKS = ['\u0301\u0316', '\u0316\u0301', '/', '.', ' ', '"', ...PARTS];

describe('what others may send', () => {
  for (const [name, take] of WAYS) {
    it(`takes no more than four times as long for four times the text: ${name}`, () => {
      for (const beginning of BEGINNINGS) {
        for (const part of MARKS) {
          for (const end of ['', 'x']) {
            const make = (length: number): string => beginning + part.repeat(length / part.length) + end;
            const growth = growthOf(make, (text) => attempt(() => take(text)));
            assert.ok(growth <= MOST_GROWTH, `${growth.toFixed(1)} with ${JSON.stringify([beginning, part, end])}`);
          }
        }
      }
    });
  }
});

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // What is refused took its time, too.
  }
}

describe('the regular expressions', () => {
  it('are found', () => {
    assert.ok(expressions().length > 60);
  });

  it('that are quadratic would be seen', () => {
    for (const known of [/\S+@\S+/g, /<b\b[^>]*>/g]) {
      assert.ok(slowTextFor(known) !== undefined, String(known));
    }
  });

  for (const { place, expression } of expressions()) {
    it(`take no more than four times as long for four times the text: ${place}`, () => {
      assert.equal(slowTextFor(expression), undefined);
    });
  }
});
