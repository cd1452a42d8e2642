// Writes the html of each node beside its compiled code, with the rows that dialogs share in place of
// `<!-- row: name -->`, and its script, bundled, in place of `<script src="editor/name.ts">`. Inline, because Node-RED
// keeps html in memory but reads a package's resources from the disk: between an update and the restart, old html would
// meet new code. Bundles the tests of that code as well, so that mocha can run them.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path) => readFileSync(at(path), 'utf8');

/** The code behind a dialog as a script that defines one name: `cozifyPing` for `cozify-ping.ts`. */
async function bundle(name) {
  const globalName = name.replace(/-(\w)/g, (_match, letter) => letter.toUpperCase());
  const { outputFiles } = await build({
    entryPoints: [at(`nodes/editor/${name}.ts`)],
    bundle: true,
    format: 'iife',
    globalName,
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
  });
  return outputFiles[0].text;
}

async function complete(html) {
  const rows = html.replace(/^( *)<!-- row: (\w+) -->\n/gm, (_match, indent, name) =>
    read(`nodes/editor/rows/${name}.html`).replace(/^/gm, indent).trimEnd().concat('\n'),
  );
  const [tag, name] = /<script src="editor\/([\w-]+)\.ts"><\/script>/.exec(rows) ?? [];
  if (tag === undefined) throw new Error('There is no script of the editor to put in.');
  const script = `<script type="text/javascript">\n${await bundle(name)}</script>`;
  return rows.replace(tag, () => script);
}

for (const file of readdirSync(at('nodes')).filter((name) => name.endsWith('.html'))) {
  writeFileSync(at(`dist/nodes/${file}`), await complete(read(`nodes/${file}`)));
}

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
