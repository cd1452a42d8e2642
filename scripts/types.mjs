// Writes the type declarations that the two packages publish. Run it after a build, because a build removes them.
//   dist/src/                            the library: the declarations that its public API reaches
//   packages/cozify-practice/dist/src/   the practice home, with a copy of the recorder's declarations from the library
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const library = at('dist/src/');
const recorder = at('dist/src/devices/recording/');
const practice = at('dist/packages/cozify-practice/src/');
const published = at('packages/cozify-practice/dist/src/');

const { status } = spawnSync(process.execPath, [at('node_modules/typescript-7/bin/tsc'), '-p', 'tsconfig.types.json'], {
  cwd: at('.'),
  stdio: 'inherit',
});
if (status !== 0) process.exit(status ?? 1);
copy(practice, published);
copy(recorder, join(published, 'recorder'));
removeUnreachable();

function declarationsIn(folder) {
  return readdirSync(folder, { recursive: true }).filter((name) => name.endsWith('.d.ts'));
}

/**
 * Copies type declarations. Imports of the library's recorder are changed to refer to its copy in the published
 * package.
 */
function copy(from, to) {
  for (const name of declarationsIn(from)) {
    const file = join(to, name);
    const path = relative(dirname(file), join(published, 'recorder')).replaceAll('\\', '/');
    const types = readFileSync(join(from, name), 'utf8').replace(
      /'(\.\.\/)+src\/devices\/recording\//g,
      `'${path.startsWith('.') ? path : `./${path}`}/`,
    );
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, types);
  }
}

/**
 * Removes the declarations that the public API does not reach. They refer to types of other packages, which a user of
 * the library may not have.
 */
function removeUnreachable() {
  const reached = new Set();
  const pending = [join(library, 'index.d.ts')];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (reached.has(file)) continue;
    reached.add(file);
    for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from |import\()["'](\.[^"']+)\.js["']/g)) {
      pending.push(resolve(dirname(file), `${path}.d.ts`));
    }
  }
  for (const name of declarationsIn(library)) {
    const file = join(library, name);
    if (!reached.has(file)) rmSync(file);
  }
}
