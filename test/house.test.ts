import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { packageRoot } from './nodes/support/package-root';

const LONGEST_LINES = 400;
const MEDIAN_LINES = 90;

/** The text of each source, by its path in the package. */
const sources = new Map(
  ['src', 'nodes'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, ...name.split(/[\\/]/)))
      .filter((path) => path.endsWith('.ts'))
      .map((path): [string, string] => [path, readFileSync(join(packageRoot, path), 'utf8')]),
  ),
);

/** What a source imports or exports from others of these, types included. */
function importsOf(path: string): string[] {
  const relative = /^(?:import|export) [^;]*?from '(\.[^']+)';|\bimport\('(\.[^']+)'\)|^import '(\.[^']+)';/gm;
  return [...(sources.get(path) ?? '').matchAll(relative)]
    .map(([, one, other, alone]) => posix.join(path, '..', one ?? other ?? alone ?? '').replace(/\.js$/, '.ts'))
    .filter((imported) => !imported.endsWith('.json'));
}

/** A way along imports from a source to one on the way already, if there is one. What was looked at is in `done`. */
function circleFrom(path: string, done: Set<string>, way: readonly string[] = []): string[] | undefined {
  const start = way.indexOf(path);
  if (start >= 0) return [...way.slice(start), path];
  if (done.has(path)) return undefined;
  const circle = importsOf(path).reduce<string[] | undefined>(
    (found, imported) => found ?? circleFrom(imported, done, [...way, path]),
    undefined,
  );
  done.add(path);
  return circle;
}

describe('the house', () => {
  it('has no file that is too long to be read at once, and most are short', () => {
    const lines = [...sources].map(([path, text]): [string, number] => [path, text.split('\n').length - 1]);
    assert.deepEqual(
      lines.filter(([, count]) => count > LONGEST_LINES),
      [],
    );
    const counts = lines.map(([, count]) => count).sort((one, other) => one - other);
    assert.ok((counts[Math.floor(counts.length / 2)] ?? Infinity) <= MEDIAN_LINES);
  });

  it('says of all that programs may import what it is', () => {
    const exports = [
      ...(sources.get('src/index.ts') ?? '').matchAll(/^export (?:type )?\{([^}]*)\} from '(.+)\.js';$/gm),
    ];
    const named = exports.flatMap(([, names = '', from = '']) =>
      (names.match(/\w+/g) ?? []).map((name) => [name, from] as const),
    );
    assert.ok(named.length >= 20);
    for (const [name, from] of named) {
      const text = sources.get(posix.join('src', `${from}.ts`)) ?? '';
      const kinds = 'class|interface|type|const|function';
      assert.match(text, new RegExp(`\\*/\\nexport (?:${kinds}) ${name}\\b`), `${name} has a doc comment`);
    }
  });

  it('knows the floor of each room of src/', () => {
    const config = readFileSync(join(packageRoot, 'eslint.config.mjs'), 'utf8');
    const [, floors = ''] = /const FLOORS = (.*);/.exec(config) ?? [];
    const rooms = readdirSync(join(packageRoot, 'src'), { withFileTypes: true }).filter((one) => one.isDirectory());
    assert.ok(rooms.length > 5);
    for (const { name } of rooms)
      assert.ok(floors.includes(`'${name}'`), `eslint.config.mjs has no floor for src/${name}`);
  });

  it('has no circle of imports', () => {
    const paths = [...sources.keys()];
    assert.ok(importsOf('src/index.ts').length > 10);
    for (const path of paths) {
      for (const imported of importsOf(path))
        assert.ok(existsSync(join(packageRoot, imported)), `${path}: ${imported}`);
    }
    const done = new Set<string>();
    assert.deepEqual(
      paths.flatMap((path) => circleFrom(path, done)?.join(' -> ') ?? []),
      [],
    );
  });
});
