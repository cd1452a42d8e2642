// Compiles the package, its tests, its scripts and the practice home to dist/, file by file, so that the tests run the published code. The
// types are only removed; `npm run typecheck` checks them.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Paths of the editor's code and its tests, which build-editor.mjs bundles instead. */
const BUNDLED = /^(test[\\/])?nodes[\\/]editor[\\/]/;

// `src` and `nodes` are compiled with TypeScript, the rest with esbuild. Node-RED loads a hundred of these files when
// it starts. esbuild adds twenty lines for the exports of each file, TypeScript only one or two: with esbuild, a start
// would take a quarter longer.
const tsc = spawn(process.execPath, ['node_modules/typescript-7/bin/tsc', '-p', 'tsconfig.build.json'], {
  cwd: root,
  stdio: 'inherit',
});
const closed = once(tsc, 'close');

await build({
  absWorkingDir: root,
  entryPoints: filesIn('test', 'scripts', 'packages/cozify-practice/src'),
  outbase: '.',
  outdir: 'dist',
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  charset: 'utf8',
  tsconfig: 'tsconfig.json',
});
// tsc reports syntax errors only, because it does not check types here.
const [status] = await closed;
if (status !== 0) process.exit(status ?? 1);

/** Returns the paths of the TypeScript files in some folders, from the root. */
function filesIn(...folders) {
  return folders
    .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts') && !BUNDLED.test(file))
    .filter((file) => statSync(root + file).isFile());
}
