// Writes the html of each node beside its compiled code, with the rows that dialogs share in place of
// `<!-- row: name -->`. Node-RED's editor loads all html of all nodes when it starts, so that what dialogs share is in
// it once: the code of all of them is in the account's html, in place of `<script src="editor">`, as `cozifyDialogs`;
// each `<script src="editor/name.ts">` becomes stand-ins for what that file exports, see `nodes/editor/stand-in.ts`.
// Inline, because Node-RED keeps html in memory but reads a package's resources from the disk: between an update and
// the restart, old html would meet new code. Bundles the tests of that code as well, so that mocha can run them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path) => readFileSync(at(path), 'utf8');
/** `cozifyPing` for `cozify-ping`. */
const nameIn = (page) => page.replace(/-(\w)/g, (_match, letter) => letter.toUpperCase());

const htmls = readdirSync(at('nodes')).filter((name) => name.endsWith('.html'));
const dialogs = htmls.map((html) => html.replace('.html', ''));

/** What code of `nodes/editor/` is in a page. The name stands in a console's stacks, where inline scripts have none. */
async function script(name, contents, options = {}) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: at('nodes/editor'), loader: 'ts' },
    bundle: true,
    format: 'iife',
    // Every editor loads all of it, uncompressed; the lines tell where in it something happened.
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

async function standIns(name) {
  const { exports } = await script(name, `export * from './${name}.js';`, { format: 'esm' });
  const here = JSON.stringify(nameIn(name));
  const contents = `import { standIn } from './stand-in.js';
    globalThis[${here}] = standIn(${here}, ${JSON.stringify(exports)});`;
  return (await script(name, contents)).code;
}

async function complete(html) {
  const pieces = html.replace(/^( *)<!-- row: (\w+) -->\n/gm, (_match, indent, name) =>
    read(`nodes/editor/rows/${name}.html`).replace(/^/gm, indent).trimEnd().concat('\n'),
  );
  // Every editor loads all of it: what only makes it readable here stays here.
  const rows = pieces.replace(/^[ \t]+/gm, '');
  const scripts = [...rows.matchAll(/<script src="editor(?:\/([\w-]+)\.ts)?"><\/script>/g)];
  if (scripts.length === 0) throw new Error('There is no script of the editor to put in.');
  const codes = await Promise.all(scripts.map(([, name]) => (name === undefined ? allDialogs() : standIns(name))));
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
