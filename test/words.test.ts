import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './nodes/support/package-root';

type Texts = { [key: string]: string | Texts };

const LANGUAGES = ['en-US', 'fi'] as const;
type Language = (typeof LANGUAGES)[number];

/** A phrase, and better words or the reason against it. */
type Habit = readonly [phrase: RegExp, advice: string];

/** Phrases that read as translated, with better words. */
const HABITS: readonly Habit[] = [
  [/\b(tells? (of|how|what)|is told|are told)\b/i, 'reports, shows'],
  [/\bhow (it|things|they|the account|the login) (is|are|stands?)\b/i, 'state, current state'],
  [/\b(the cloud takes|takes the login|take the login)\b/i, 'accepts, is valid'],
  [/\bhubs? (is|are|goes|went) away\b/i, 'is offline, can’t be reached'],
  [/\b(it|that|which|one|that) counts\b/i, 'is used, wins'],
  [/\bin force\b/i, 'current, used'],
  [/\b(of when|as it came)\b/i, 'the time of the data, unchanged'],
  [/\bby (output \d|(the )?(first|second|its) output|its name|the API)\b/i, 'through output 1, by name'],
  [/\bwhere (none|nobody)\b/i, 'if'],
  [/, else\b|\bor else\b/i, 'otherwise'],
  [/\b(if|where) wished\b|\bwished for\b/i, 'optionally'],
  [/\b(seen|looked) to\b|\blets? go of\b/i, 'takes care of, cancels'],
];

/** Words of an earlier catalogue, with the words that the dialogs, statuses and pages use now. */
const OLD_LABELS: Readonly<Record<Language, readonly Habit[]>> = {
  'en-US': [
    [/\bwait until seen\b/i, 'Wait for confirmation'],
    [/\bfade over\b/i, 'Transition'],
    [/\btaken away\b/i, 'removed'],
    [/\bthe next time this begins\b/i, 'the next time this becomes true'],
  ],
  fi: [
    [/(?<![\w-])hub(?![\w-]|i)/i, 'hubi'],
    [/\bodota, että näkyy\b/i, 'Odota vahvistusta'],
    [/\blajilla\b/i, 'tyypillä'],
    [/\d (löytyi|löytyy)\b|__count__ löyty/i, '3 osumaa'],
    [/\bseuraavan kerran alkaa\b/i, 'kun ehto seuraavan kerran täyttyy'],
    [/\bhävinnyt\b|\bkadonnut\b/i, 'poistunut, as in the status and the tab'],
  ],
};

/** Openings of comments and test titles that hide the noun, each with the reason. */
const OPENINGS: readonly Habit[] = [
  [/^(what|who|whose|whom|those|by what|since when|until when)\b/i, 'a relative clause: begin with the noun'],
  [/^(of|by|for|with) (what|whom|which|those)\b/i, 'a relative clause: begin with the noun'],
  [/^(that (of|which)|the same (of|as|for)|one (that|which|who))\b/i, 'no noun: name the thing'],
  [/^(it|they|he|she)\b/i, 'a pronoun without a noun: name the thing'],
  [/^(this|that|these|one) (is|are|was|were|has|have|had|does|do|can|may|must|will|would)\b/i, 'name the thing'],
  [/^(so|nor|and so)\b/i, 'half a sentence: say what depends on what'],
];

/** Phrases of comments and test titles that a reader has to guess, each with the reason. */
const RIDDLES: readonly Habit[] = [
  [/\b(is|are|was|were|been|be) told\b|\btells? (of|who|whether|how|what)\b/i, 'code notifies, emits, reports, shows'],
  [/\bhears? (of|from|about)\b|\bheard\b/i, 'code subscribes and receives'],
  [/\b(that|those|one|of|by|with) (which|whom)\b|\b(those|one|he|she) who\b/i, 'name the thing'],
  [/\bwho (is|are|has|have|waits?|listens?|hears?|asks?)\b/i, 'code has callers, subscribers, nodes'],
  [/\bwhat (is|was|has|waits|came|comes|it|they)\b/i, 'name the thing'],
  [/\bin force\b|\bstands? (so|there)\b|\blies\b/i, 'is current, is set, is'],
  [/\bin vain\b|\banew\b|\bby itself\b/i, 'failed; again; alone, or without a cause: say which'],
  [/\bmeanwhile\b|\bno more\b(?! than)|\ball the same\b/i, 'name the time: during the request, after the Deploy'],
  [/\b(for|lasts?|waits?|at least) so long\b|\bas it (is|was|came)\b/i, 'name the time; unchanged'],
  [/\bis nothing to (the|a|an|it|them|others)\b|\bcomes? of\b/i, 'say the effect'],
];

/** Texts that are the same in both languages although they contain words. */
const SAME = ['Cozify', 'Dashboard', 's', 'min', 'h'];
const hasWords = (text: string): boolean => /\p{L}/u.test(text.replace(/__\w+__/g, ''));

/** Labels in Node-RED and in browsers, and paths through menus of Node-RED. */
const NODE_RED = [
  ...['Add', 'Cancel', 'Deploy', 'Done', 'inject', 'Manage palette', 'Menu → Manage palette → Install'],
  ...['Manage palette → Install', 'Settings → View → Language', 'Browser default', 'Import → Examples'],
  ...['Import → Examples → @cozify-community/node-red-cozify', 'Error loading context store'],
];

/** Other words in italics: terms, and words of the other language. */
const TERMS = [
  'Security',
  'Report a vulnerability',
  'client isolation',
  'volume',
  'Tekstit ovat suomeksi, kun selaimen kieli on suomi.',
  'suomeksi',
  'Suomi',
];

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');
const inFolder = (folder: string, end: string): string[] =>
  readdirSync(join(packageRoot, folder))
    .filter((name) => name.endsWith(end))
    .map((name) => `${folder}/${name}`);

/** Pages for users. Pages for developers are not checked. */
const PAGES = ['README.md', 'SECURITY.md', ...inFolder('docs', '.md'), ...inFolder('docs/cookbook', '.md')];
const EXAMPLES = inFolder('examples', '.json').map((path) => path.slice('examples/'.length, -'.json'.length));

const catalogues = (language: Language): string[] => inFolder(`nodes/locales/${language}`, '.json');
const helps = (language: Language): string[] => inFolder(`nodes/locales/${language}`, '.html');

/** Paths of the source files of the package, the practice home, the scripts and the tests. */
const SOURCES = ['src', 'nodes', 'packages', 'scripts', 'test'].flatMap((folder) =>
  readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((path) => /\.(ts|mjs|cjs)$/.test(path) && !/\/(dist|node_modules)\//.test(path)),
);

/** A comment or a title, and its file and line. */
interface Passage {
  readonly where: string;
  readonly text: string;
}

/** Returns all texts of a message catalogue (a file of translations) by key. */
function textsOf(path: string): Map<string, string> {
  const all = new Map<string, string>();
  const walk = (texts: Texts, prefix: string): void => {
    for (const [key, value] of Object.entries(texts)) {
      if (typeof value === 'string') all.set(`${prefix}${key}`, value);
      else walk(value, `${prefix}${key}.`);
    }
  };
  walk(JSON.parse(read(path)) as Texts, '');
  return all;
}

const labelsOf = (language: Language): Set<string> =>
  new Set(catalogues(language).flatMap((path) => [...textsOf(path).values()]));

/** Returns a page without its code and without the targets of its links. */
const prose = (path: string): string =>
  read(path)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`]*`/g, '')
    .replace(/\]\(<?[^)]*>?\)/g, ']');

const oneLine = (text = ''): string => text.replace(/\s+/g, ' ').trim();

/** Returns the words in italics on a page. Pages write labels in italics. */
const italicsOf = (path: string): string[] =>
  [...prose(path).matchAll(/(?<![\w*])_([^_]+?)_(?!\w)/g)].map(([, words]) => oneLine(words));

/** Returns the words in bold in a help text. */
const boldOf = (path: string): string[] =>
  [...read(path).matchAll(/<b>(.*?)<\/b>/gs)].map(([, words]) => oneLine(words));

/** Names and labels of the nodes in the examples. */
const nodeNames = new Set(
  EXAMPLES.flatMap((name) =>
    (JSON.parse(read(`examples/${name}.json`)) as { name?: string; label?: string }[]).flatMap((node) => [
      node.name ?? '',
      node.label ?? '',
    ]),
  ),
);

describe('Wording', () => {
  it('avoids the listed phrases in pages', () => {
    const found = [...PAGES, 'CHANGELOG.md'].flatMap((path) => problemsOf(path, prose(path)));
    assert.deepEqual(found, []);
  });

  it('avoids the listed phrases in labels, messages and help', () => {
    const texts = catalogues('en-US').flatMap((path) =>
      [...textsOf(path)].flatMap(([key, text]) => problemsOf(`${path} ${key}`, text)),
    );
    const help = helps('en-US').flatMap((path) => problemsOf(path, oneLine(read(path))));
    assert.deepEqual([...texts, ...help], []);
  });

  for (const language of LANGUAGES) {
    it(`uses one word for one thing in labels, messages and help, in ${language}`, () => {
      const texts = catalogues(language).flatMap((path) =>
        [...textsOf(path)].flatMap(([key, text]) => problemsOf(`${path} ${key}`, text, OLD_LABELS[language])),
      );
      const help = helps(language).flatMap((path) =>
        problemsOf(path, oneLine(read(path).replace(/<(code|dt)\b.*?<\/\1>|<[^>]*>/gs, ' ')), OLD_LABELS[language]),
      );
      assert.deepEqual([...texts, ...help], []);
    });
  }

  it('quotes the status of each problem on the troubleshooting page as nodes show it', () => {
    const texts = textsOf('nodes/locales/en-US/cozify-account.json');
    const page = read('docs/troubleshooting.md');
    for (const key of ['log-in-first', 'no-contact', 'hub-away', 'gone']) {
      const [status = ''] = (texts.get(`status.${key}`) ?? assert.fail(key)).split(':');
      assert.ok(page.includes(`"${status}"`), status);
    }
  });

  it('names the measured program beside each figure in the benchmarks', () => {
    const rows = [...read('docs/dev/benchmarks.md').matchAll(/^\| (?!figure|-)[^|]+\|([^|]*)\|/gm)];
    assert.ok(rows.length >= 50);
    const programs = ['library', 'Node-RED', 'editor', 'package'];
    assert.deepEqual(
      rows.map(([, measured = '']) => measured.trim()).filter((measured) => !programs.includes(measured)),
      [],
    );
    assert.match(read('docs/dev/fleet.md'), /the library without Node-RED/);
  });

  it('avoids the listed phrases in examples', () => {
    const found = EXAMPLES.flatMap((name) =>
      (JSON.parse(read(`examples/${name}.json`)) as { name?: string; info?: string }[]).flatMap(
        ({ name: node, info }) => problemsOf(name, `${node ?? ''} ${(info ?? '').split('**Suomeksi')[0] ?? ''}`),
      ),
    );
    assert.deepEqual(found, []);
  });

  it('names things in comments', () => {
    const comments = SOURCES.flatMap((path) => commentsOf(path));
    assert.ok(comments.length >= 5000);
    assert.deepEqual(
      comments.flatMap(({ where, text }) => problemsOf(where, text, [...OPENINGS, ...RIDDLES])),
      [],
    );
  });

  it('names things in titles of tests', () => {
    const titles = SOURCES.filter((path) => path.startsWith('test/')).flatMap((path) => titlesOf(path));
    assert.ok(titles.length >= 3000);
    assert.deepEqual(
      titles.flatMap(({ where, text }) => problemsOf(where, text, [...OPENINGS, ...RIDDLES])),
      [],
    );
  });

  it('differs between Finnish and English', () => {
    const equal = catalogues('en-US').flatMap((path) => {
      const finnish = textsOf(path.replace('en-US', 'fi'));
      return [...textsOf(path)]
        .filter(([key, text]) => finnish.get(key) === text && hasWords(text) && !SAME.includes(text))
        .map(([key, text]) => `${path} ${key}: ${text}`);
    });
    assert.deepEqual(equal, []);
  });

  it('has only labels of dialogs, of Node-RED or of examples in italics', () => {
    for (const path of PAGES) {
      const labels = labelsOf(path.endsWith('.fi.md') ? 'fi' : 'en-US');
      const known = (words: string): boolean =>
        [labels, nodeNames].some((names) => names.has(words)) || [...EXAMPLES, ...NODE_RED, ...TERMS].includes(words);
      const unknown = italicsOf(path).filter(
        (words) =>
          !words.split(/ → |: /).every(known) && !known(words) && !known(words.replace('Import → Examples → ', '')),
      );
      assert.deepEqual(unknown, [], path);
    }
  });

  it('has only labels of dialogs in tables about dialogs', () => {
    const labels = labelsOf('en-US');
    const rows = PAGES.flatMap((path) => [
      ...read(path).matchAll(/^\| in the dialog .*\n\|[ -|]+\n((?:\|.*\n)+)/gm),
    ]).flatMap(([, table = '']) => table.trim().split('\n'));
    assert.ok(rows.length >= 10);
    const named = rows.flatMap((row) => oneLine(row.split('|')[1]).split(/; |: /));
    assert.deepEqual(
      named.filter((words) => !labels.has(words)),
      [],
    );
  });

  for (const language of LANGUAGES) {
    it(`has only labels in bold in the help, in ${language}`, () => {
      const labels = labelsOf(language);
      for (const path of helps(language)) {
        const unknown = boldOf(path).filter(
          (words) => !labels.has(words) && !NODE_RED.includes(words) && !/^\d$|\.$/.test(words),
        );
        assert.deepEqual(unknown, [], path);
      }
    });
  }
});

/** Returns the comments in a source. Consecutive lines with `//` are one comment. */
function commentsOf(path: string): Passage[] {
  return passagesOf(path, /\/\*\*?\s(.*?)\*\/|^[ \t]*(\/\/ [^\n]*(?:\n[ \t]*\/\/ [^\n]*)*)|[;,{] (\/\/ [^\n]*)/gms);
}

/** Returns the titles of the tests and groups in a source, with … in place of inserted values. */
function titlesOf(path: string): Passage[] {
  return passagesOf(path, /\b(?:it|describe)\(\s*(?:'((?:[^'\\]|\\.)*)'|"([^"]*)"|`([^`]*)`)/g);
}

/** Returns the texts that a pattern matches in a source, each joined into one line without comment marks. */
function passagesOf(path: string, pattern: RegExp): Passage[] {
  const source = read(path);
  return [...source.matchAll(pattern)].map(({ index, 0: whole, 1: first, 2: second, 3: third }) => {
    const line = source.slice(0, index + whole.search(/\S/)).split('\n').length;
    const bare = (first ?? second ?? third ?? '').replace(/^[ \t]*(\*|\/\/) ?/gm, '').replace(/\$\{[^}]*\}/g, '…');
    return { where: `${path}:${line}`, text: oneLine(bare) };
  });
}

/** Returns the listed phrases that occur in a text, each with its place and the advice. */
function problemsOf(where: string, text: string, habits = HABITS): string[] {
  return habits.flatMap(([habit, better]) => {
    const [found] = habit.exec(text) ?? [];
    return found === undefined ? [] : [`${where}: "${found}" (${better})`];
  });
}
