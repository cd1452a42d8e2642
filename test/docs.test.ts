import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { FIELDS } from '../src/devices/things/fields';
import { ERROR_CODES } from '../src/errors';
import { packageRoot } from './nodes/support/package-root';

const PAGES = readdirSync(join(packageRoot, 'docs'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.md'))
  .map((name) => `docs/${name.replaceAll('\\', '/')}`);
/**
 * Public addresses of this repository. The README links to them, because npm and flows.nodered.org show the README and
 * do not resolve relative links.
 */
const HERE = 'https://github.com/cozify-community/node-red-cozify/blob/main/';
const PICTURES = 'https://raw.githubusercontent.com/cozify-community/node-red-cozify/main/';

const read = (path: string): string => readFileSync(join(packageRoot, path), 'utf8');

/** Returns a page without its code blocks, where a # does not start a heading. */
const withoutCode = (path: string): string => read(path).replace(/^```.*?^```$/gms, '');

/** Returns the anchors that GitHub makes from the headings of a page. */
function anchorsOf(path: string): string[] {
  return [...withoutCode(path).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
}

/** Returns the targets of the links and images on a page, exactly as written. */
function linksOf(path: string): string[] {
  const prose = withoutCode(path).replace(/`[^`\n]*`/g, '');
  const found = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/src="([^"]+)"/g)];
  return found.map(([, link = '']) => link);
}

/** Returns the file in this repository that a link points to; undefined for other targets. */
function targetOf(path: string, link: string): string | undefined {
  const isOurs = link.startsWith(HERE) || link.startsWith(PICTURES);
  if (/^[a-z]+:/.test(link) && !isOurs) return undefined;
  const [file = ''] = link.replace(HERE, '/').replace(PICTURES, '/').split('#');
  if (file === '') return path;
  return file.startsWith('/') ? file.slice(1) : join(dirname(path), file);
}

/** Describes the problem with a link, if any. Targets outside the repository are not checked. */
function problemOf(path: string, link: string): string | undefined {
  const target = targetOf(path, link);
  if (target === undefined) return undefined;
  const [, anchor] = link.split('#');
  if (!existsSync(join(packageRoot, target))) return `${path}: ${link} has no target`;
  if (anchor === undefined || anchorsOf(target).includes(anchor)) return undefined;
  return `${path}: ${target} has no ${anchor}`;
}

/** Returns the labels of the boxes in the Mermaid diagrams of a page. */
function boxesOf(path: string): string[] {
  const diagrams = read(path).match(/^```mermaid$.*?^```$/gms) ?? [];
  return diagrams.flatMap((diagram) => diagram.match(/(?<=\[")[^"]+/g) ?? []);
}

/** Returns the headings of docs/dev/rules.md to which the comments in a source refer. */
function rulesIn(source: string): string[] {
  const text = source.replace(/\s+\* /g, ' ');
  return [...text.matchAll(/rules\.md((?:,? "[^"]+")+)/g)].flatMap(([, titles = '']) =>
    [...titles.matchAll(/"([^"]+)"/g)].map(([, title = '']) => title),
  );
}

describe('README and linked pages', () => {
  it('use public addresses for pictures and links in the README', () => {
    const relative = linksOf('README.md').filter((link) => !/^https:/.test(link));
    assert.deepEqual(relative, []);
    const pictures = linksOf('README.md').filter((link) => /\.(png|svg|jpg)$/.test(link));
    assert.ok(pictures.length > 0);
    assert.ok(pictures.every((link) => link.startsWith(PICTURES)));
  });

  it('are all reachable from the README', () => {
    const reached = new Set(['README.md']);
    for (const page of reached) {
      const led = linksOf(page).map((link) => targetOf(page, link));
      for (const path of led) if (path?.endsWith('.md') && existsSync(join(packageRoot, path))) reached.add(path);
    }
    assert.deepEqual(
      PAGES.filter((page) => !reached.has(page)),
      [],
    );
  });

  it('have no broken links', () => {
    const pages = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md', ...PAGES];
    const problems = pages.flatMap((page) => linksOf(page).map((link) => problemOf(page, link)));
    assert.deepEqual(
      problems.filter((problem) => problem !== undefined),
      [],
    );
  });

  it('are linked from the help in the editor without broken links', () => {
    for (const language of ['en-US', 'fi']) {
      const folder = `nodes/locales/${language}`;
      const pages = readdirSync(join(packageRoot, folder)).filter((name) => name.endsWith('.html'));
      const links = pages.flatMap((name) =>
        [...read(`${folder}/${name}`).matchAll(/href="([^"]+)"/g)].map(([, link = '']) => link),
      );
      assert.ok(links.filter((link) => link.startsWith(HERE)).length >= 8, language);
      assert.deepEqual(
        links.map((link) => problemOf(folder, link)).filter((problem) => problem !== undefined),
        [],
      );
    }
  });

  it('name each node as the palette does', () => {
    const labels = readdirSync(join(packageRoot, 'nodes/locales/en-US'))
      .filter((name) => name.endsWith('.json') && name !== 'cozify-account.json')
      .map((name) => (JSON.parse(read(`nodes/locales/en-US/${name}`)) as { label: { palette: string } }).label.palette)
      // The labels have non-breaking hyphens, because the palette would break a line at a plain hyphen.
      .map((label) => label.replace('\u2011', '-'));
    const named = /^(?:\| ([a-z][a-z -]*?) +\||- \*\*([a-z][a-z -]*)\*\* )/gm;
    const rows = [...read('README.md').matchAll(named)].map(([, row, item]) => row ?? item);
    assert.ok(labels.length >= 10);
    assert.deepEqual(
      labels.filter((label) => !rows.includes(label)),
      [],
    );
  });

  it('have a heading for each rule that a comment names', () => {
    const headings = [...read('docs/dev/rules.md').matchAll(/^#+ (.+)$/gm)].map(([, heading]) => heading);
    const named = ['src', 'nodes', 'test'].flatMap((folder) =>
      readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts'))
        .flatMap((name) => rulesIn(read(join(folder, name))).map((rule) => `${name}: ${rule}`)),
    );
    assert.ok(named.length >= 20);
    assert.deepEqual(
      named.filter((one) => !headings.includes(one.slice(one.indexOf(': ') + 2))),
      [],
    );
  });

  it('name only files that exist, in the pages for developers', () => {
    const pages = ['CONTRIBUTING.md', ...PAGES.filter((page) => page.startsWith('docs/dev/'))];
    const quoted = pages.flatMap(
      (page) => read(page).match(/(?<=`)(?:docs|nodes|packages|scripts|src|test)\/[^`]*/g) ?? [],
    );
    const boxes = pages.flatMap((page) => boxesOf(page));
    assert.ok(boxes.length >= 40);
    // Skips the example name cozify-thing, and patterns for several files such as `{a,b}` and `*`.
    const named = [...quoted, ...boxes].filter((path) => !/cozify-thing|[{*]/.test(path));
    assert.ok(named.length >= 20);
    assert.deepEqual(
      named.filter((path) => !existsSync(join(packageRoot, path))),
      [],
    );
  });

  it('describe every error code and every field', () => {
    const errors = read('docs/errors.md');
    assert.deepEqual(
      ERROR_CODES.filter((code) => !errors.includes(`| \`${code}\``)),
      [],
    );
    const fields = read('docs/fields-and-units.md');
    assert.deepEqual(
      FIELDS.map(({ name }) => name).filter((name) => !fields.includes(`\`${name}\``)),
      [],
    );
  });
});
