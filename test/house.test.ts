import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { packageRoot } from './nodes/support/package-root';

const LONGEST_LINES = 400;

/** The text of each source file, by path in the package. */
const sources = new Map(
  ['src', 'nodes'].flatMap((folder) =>
    readdirSync(join(packageRoot, folder), { recursive: true, encoding: 'utf8' })
      .map((name) => posix.join(folder, ...name.split(/[\\/]/)))
      .filter((path) => path.endsWith('.ts'))
      .map((path): [string, string] => [path, readFileSync(join(packageRoot, path), 'utf8')]),
  ),
);

/** Returns the files that a source imports or re-exports by a relative path, including imports of types. */
function importsOf(path: string): string[] {
  const relative = /^(?:import|export) [^;]*?from '(\.[^']+)';|\bimport\('(\.[^']+)'\)|^import '(\.[^']+)';/gm;
  return [...(sources.get(path) ?? '').matchAll(relative)]
    .map(([, one, other, alone]) => posix.join(path, '..', one ?? other ?? alone ?? '').replace(/\.js$/, '.ts'))
    .filter((imported) => !imported.endsWith('.json'));
}

/**
 * Returns a circular import that can be reached from `path`, if any. `trail`: the imports that led to `path`; `done`:
 * sources from which no cycle can be reached.
 */
function circleFrom(path: string, done: Set<string>, trail: readonly string[] = []): string[] | undefined {
  const start = trail.indexOf(path);
  if (start >= 0) return [...trail.slice(start), path];
  if (done.has(path)) return undefined;
  const circle = importsOf(path).reduce<string[] | undefined>(
    (found, imported) => found ?? circleFrom(imported, done, [...trail, path]),
    undefined,
  );
  done.add(path);
  return circle;
}

describe('The source code', () => {
  it('has no file of more than 400 lines', () => {
    const lines = [...sources].map(([path, text]): [string, number] => [path, text.split('\n').length - 1]);
    assert.deepEqual(
      lines.filter(([, count]) => count > LONGEST_LINES),
      [],
    );
  });

  it('has a doc comment for each export of the library', () => {
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

  it('has a layer in oxlint.config.mjs for each folder of src/, src/devices/ and nodes/', () => {
    const config = readFileSync(join(packageRoot, 'oxlint.config.mjs'), 'utf8');
    const lists = [
      ['src', 'LAYERS', []],
      ['src/devices', 'DEVICE_LAYERS', []],
      ['nodes', 'NODE_LAYERS', ['editor', 'icons', 'locales']],
    ] as const;
    for (const [parent, list, others] of lists) {
      const [, layers = ''] = new RegExp(`const ${list} = (.*);`).exec(config) ?? [];
      const entries = readdirSync(join(packageRoot, parent), { withFileTypes: true });
      const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
      const layered = [...layers.matchAll(/'([^']+)'/g)].map(([, name]) => name);
      assert.deepEqual([...layered, ...others].sort(), folders.sort(), list);
    }
  });

  it('has no circular imports', () => {
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
