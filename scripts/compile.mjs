// Compiles the package, its tests and its scripts to dist/, file by file, so that the tests run the published code. The
// types are only removed; `npm run typecheck` checks them.
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import ts from 'typescript';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Paths of the editor's code and its tests, which build-editor.mjs bundles instead. */
const BUNDLED = /^(test[\\/])?nodes[\\/]editor[\\/]/;

// `src` and `nodes` are compiled with TypeScript, the rest with esbuild. Node-RED loads a hundred of these files when
// it starts. esbuild adds twenty lines for the exports of each file, TypeScript only one or two: with esbuild, a start
// would take a quarter longer.
const compilerOptions = {
  module: ts.ModuleKind.CommonJS,
  target: ts.ScriptTarget.ES2022,
  esModuleInterop: true,
  removeComments: true,
};
for (const fileName of filesIn('src', 'nodes')) {
  const source = readFileSync(root + fileName, 'utf8');
  const options = { compilerOptions, fileName, reportDiagnostics: true };
  const { outputText, diagnostics = [] } = ts.transpileModule(source, options);
  // Throws for syntax errors only, because the types are not checked here.
  if (diagnostics.length > 0)
    throw new Error(ts.formatDiagnostics(diagnostics, ts.createCompilerHost(compilerOptions)));
  const compiled = `${root}dist/${fileName.replace(/ts$/, 'js')}`;
  mkdirSync(dirname(compiled), { recursive: true });
  writeFileSync(compiled, outputText);
}

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

/** Returns the paths of the TypeScript files in some folders, from the root. */
function filesIn(...folders) {
  return folders
    .flatMap((folder) => readdirSync(root + folder, { recursive: true }).map((name) => `${folder}/${name}`))
    .filter((file) => /\.ts$/.test(file) && !file.endsWith('.d.ts') && !BUNDLED.test(file))
    .filter((file) => statSync(root + file).isFile());
}
