// Compiles the package, its tests and its scripts to dist/, file by file, so that the tests run the published code.
// esbuild only strips the types; `npm run typecheck` checks them.
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** The editor's code and its tests, which are bundled instead (build-editor.mjs). */
const BUNDLED = /^(test[\\/])?nodes[\\/]editor[\\/]/;

const folders = ['src', 'nodes', 'test', 'scripts', 'packages/cozify-practice/src'];
const files = folders
  .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => `${folder}/${name}`))
  .filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts') && !BUNDLED.test(file))
  .filter((file) => statSync(root + file).isFile());

await build({
  absWorkingDir: root,
  entryPoints: files,
  outbase: '.',
  outdir: 'dist',
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  charset: 'utf8',
  tsconfig: 'tsconfig.json',
});
