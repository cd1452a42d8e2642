import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { decodeToken, parseJwtForm, readTokenAnswer } from '../src/cloud/token';
import { parseCommand } from '../src/devices/commands/parse-command';
import { readAlarmText } from '../src/devices/things/alarm-text';
import { translateName, nameKey, nearestNames } from '../src/devices/things/names';
import { CozifyError } from '../src/errors';
import { parseHubAddress } from '../src/hub/hub-address';
import { parseHubPath } from '../src/hub/hub-path';
import { parseCloudUrl, parseEmail, parseExpiry, parseOtp } from '../src/input';
import { fileStemOf } from '../src/store/file-stem';
import { packageRoot } from './nodes/support/package-root';
import { growthOf, MAX_GROWTH } from './support/growth';

/**
 * Strings that are repeated to build test texts on which an expression may be slow. The literals of the tested
 * expression are repeated too.
 */
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

/** Returns all regular expressions in the shipped code, each with its file and line. */
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
      // The flag `g` makes the expression search the whole text.
      const expression = new RegExp(source, [...new Set([...flags, 'g'])].join(''));
      found.push({ place: `${path}:${line + 1} ${node.text}`, expression });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Returns literals in an expression that a matching text probably contains. */
function literalsOf({ source }: RegExp): string[] {
  return (source.replace(/\\([/.<>!?$()[\]{}|*+-])/g, '$1').match(/[<>!/\w.:=&;#%-]{2,}/g) ?? []).slice(0, 8);
}

/**
 * Repeats strings many times to find a text on which an expression takes more than linear time. Returns the growth and
 * the strings of the first such text; `undefined` if there is none.
 */
function slowTextFor(expression: RegExp): string | undefined {
  const literals = literalsOf(expression);
  for (const part of new Set([...PARTS, ...literals, ...literals.map((one) => `${one} `)])) {
    for (const before of ['', literals[0] ?? 'x']) {
      // The end makes an expression that reads to the end of the text go back.
      const make = (length: number): string => `${before}${part.repeat(length / part.length)}x\n`;
      const growth = growthOf(make, (text) => text.replace(expression, ''));
      if (growth > MAX_GROWTH) return `${growth.toFixed(1)} with ${JSON.stringify([before, part])}`;
    }
  }
  return undefined;
}

/** Functions that parse texts from messages, flows, the cloud or a hub. */
const PARSERS: [name: string, parse: (text: string) => unknown][] = [
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
  ['translateName', (text) => translateName(text, 'fi')],
  ['readAlarmText', readAlarmText],
  ['parseCommand', (text) => parseCommand({}, text)],
  ['an error', (text) => new CozifyError('COZIFY_API', text).message],
  ['fileStemOf', fileStemOf],
];

/** Beginnings of the texts that the parsers get, such as the start of an address. */
const BEGINNINGS = ['', 'x', 'https://x', 'https://x/', 'http://localhost/', '/hub/'];
/** Strings that are repeated to make texts on which a parser may be slow. */
const MARKS = ['\u0301\u0316', '\u0316\u0301', '/', '.', ' ', '"', ...PARTS];

describe('Texts from outside', () => {
  for (const [name, parse] of PARSERS) {
    it(`take at most linear time in ${name}`, () => {
      for (const beginning of BEGINNINGS) {
        for (const part of MARKS) {
          for (const end of ['', 'x']) {
            const make = (length: number): string => beginning + part.repeat(length / part.length) + end;
            const growth = growthOf(make, (text) => attempt(() => parse(text)));
            assert.ok(growth <= MAX_GROWTH, `${growth.toFixed(1)} with ${JSON.stringify([beginning, part, end])}`);
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
    // Ignore the error: the time until a parser rejects a text is measured too.
  }
}

describe('Regular expressions', () => {
  it('are found in the code', () => {
    assert.ok(expressions().length > 60);
  });

  it('are reported if they are quadratic', () => {
    for (const known of [/\S+@\S+/g, /<b\b[^>]*>/g]) {
      assert.ok(slowTextFor(known) !== undefined, String(known));
    }
  });

  for (const { place, expression } of expressions()) {
    it(`take at most linear time: ${place}`, () => {
      assert.equal(slowTextFor(expression), undefined);
    });
  }
});
