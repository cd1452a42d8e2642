// Builds the practice home. Its page, with script and style inline, is written next to the compiled code, for the tests
// and the demo. The package to publish is written to its own dist/ folder, bundled so that it has no dependencies.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const sources = at('packages/cozify-practice/page/');
const compiled = at('dist/packages/cozify-practice/');
const published = at('packages/cozify-practice/dist/');
/** Entry files: for programs, for the command line, and for a worker thread. */
const ENTRIES = ['index', 'main', 'black-hole-worker'];

async function bundled(file) {
  const { outputFiles } = await build({
    entryPoints: [sources + file],
    bundle: true,
    minifyWhitespace: true,
    minifySyntax: true,
    lineLimit: 120,
    target: 'es2022',
    charset: 'utf8',
    write: false,
  });
  return outputFiles[0].text;
}

const [code, style] = await Promise.all([bundled('main.ts'), bundled('page.css')]);
const page = readFileSync(`${sources}page.html`, 'utf8')
  .replace('<style></style>', () => `<style>\n${style}</style>`)
  .replace('<script></script>', () => `<script>\n${code}</script>`);
mkdirSync(`${compiled}page`, { recursive: true });
writeFileSync(`${compiled}page/page.html`, page);

rmSync(published, { recursive: true, force: true });
await build({
  entryPoints: ENTRIES.map((name) => `${compiled}src/${name}.js`),
  outdir: `${published}src`,
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  charset: 'utf8',
});
cpSync(`${compiled}page`, `${published}page`, { recursive: true });
