// Writes the html of each node beside its compiled code, with the shared rows in place of `<!-- row: name -->`.
// Node-RED's editor loads the html of all nodes when it starts, so shared code occurs only once: the account's html
// contains it in place of `<script src="editor">`, as `cozifyDialogs`; each `<script src="editor/name.ts">` becomes
// lazy stubs for that file's exports, see `nodes/editor/lazy-stub.ts`. The code is inline because Node-RED caches html
// in memory but reads a package's resources from the disk: between an update and the restart, old html would load new
// code. Also bundles the tests of that code for mocha.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path) => readFileSync(at(path), 'utf8');
/** Returns `cozifyPing` for `cozify-ping`. */
const nameIn = (page) => page.replace(/-(\w)/g, (_match, letter) => letter.toUpperCase());

const htmls = readdirSync(at('nodes')).filter((name) => name.endsWith('.html'));
const dialogs = htmls.map((html) => html.replace('.html', ''));

/**
 * Returns the script of a page with code of `nodes/editor/`. The name appears in stack traces, because inline scripts
 * have no file name.
 */
async function script(name, contents, options = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: at('nodes/editor'), loader: 'ts' },
    bundle: true,
    format: 'iife',
    // Minified, because every editor loads it uncompressed; limited lines make the line numbers of errors useful.
    minify: true,
    lineLimit: 120,
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    metafile: true,
    ...options,
  });
  const code = `<script type="text/javascript">\n${outputFiles[0].text}//# sourceURL=${name}.js\n</script>`;
  return { code, exports: Object.values(metafile.outputs)[0].exports };
}

async function allDialogs() {
  const contents = dialogs.map((name) => `export * as ${nameIn(name)} from './${name}.js';`).join('\n');
  const { code } = await script('cozify-dialogs', contents, { globalName: 'cozifyDialogs' });
  return code;
}

async function stubsOf(name) {
  const { exports } = await script(name, `export * from './${name}.js';`, { format: 'esm' });
  const here = JSON.stringify(nameIn(name));
  const contents = `import { lazyStubs } from './lazy-stub.js';
    globalThis[${here}] = lazyStubs(${here}, ${JSON.stringify(exports)});`;
  return (await script(name, contents)).code;
}

async function complete(html) {
  const pieces = html.replace(/^( *)<!-- row: (\w+) -->\n/gm, (_match, indent, name) =>
    read(`nodes/editor/rows/${name}.html`).replace(/^/gm, indent).trimEnd().concat('\n'),
  );
  // Removes indentation, because every editor loads the html.
  const rows = pieces.replace(/^[ \t]+/gm, '');
  const scripts = [...rows.matchAll(/<script src="editor(?:\/([\w-]+)\.ts)?"><\/script>/g)];
  if (scripts.length === 0) throw new Error('There is no script of the editor to put in.');
  const codes = await Promise.all(scripts.map(([, name]) => (name === undefined ? allDialogs() : stubsOf(name))));
  return scripts.reduce((text, [tag], place) => text.replace(tag, () => codes[place]), rows);
}

for (const file of htmls) writeFileSync(at(`dist/nodes/${file}`), await complete(read(`nodes/${file}`)));

mkdirSync(at('dist/test/nodes/editor'), { recursive: true });
const tests = readdirSync(at('test/nodes/editor'), { recursive: true }).filter((name) => name.endsWith('.test.ts'));
await build({
  entryPoints: tests.map((name) => at(`test/nodes/editor/${name}`)),
  outbase: at('test/nodes/editor'),
  outdir: at('dist/test/nodes/editor'),
  bundle: true,
  platform: 'node',
  format: 'cjs',
  sourcemap: 'inline',
});
