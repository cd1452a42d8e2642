// Writes the html file of each node type: the template of its dialog, and a script that registers the type. Shared rows
// replace `<!-- row: name -->` in the template. A type `cozify-thing` is defined by `cozifyThing` in
// `nodes/editor/forms/`, or by `nodes/editor/cozify-thing.ts` with the template `nodes/cozify-thing.html`.
// Node-RED's editor loads the html of all nodes when it starts. So the code of all dialogs is only in the account's
// html, as `cozifyDialogs`; the other html files call it through lazy stubs (`nodes/editor/lazy-stub.ts`).
// The code is inline, because Node-RED caches html in memory but reads other files of a package from the disk. After an
// update, old html would otherwise load new code until Node-RED restarts.
// Also bundles the tests of the editor's code for mocha.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInNewContext } from 'node:vm';
import { build, transform } from 'esbuild';
import { formHtml, registration, withStubs } from './form-html.mjs';

const ACCOUNT = 'cozify-account';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const read = (path) => readFileSync(at(path), 'utf8');
/** Returns `cozifyPing` for `cozify-ping`. */
const nameIn = (type) => type.replace(/-(\w)/g, (_match, letter) => letter.toUpperCase());

const types = Object.keys(JSON.parse(read('package.json'))['node-red'].nodes);

/**
 * Returns code that imports from `nodes/editor/`, bundled. `name` appears in stack traces, because inline scripts have
 * no file name.
 */
async function bundle(name, contents, options = {}) {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: at('nodes/editor'), loader: 'ts' },
    bundle: true,
    format: 'iife',
    // Minify the code, because every editor loads it uncompressed. The line limit keeps the line numbers of errors
    // useful.
    minify: true,
    lineLimit: 120,
    target: 'es2022',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
    ...options,
  });
  return `${latin1(outputFiles[0].text)}//# sourceURL=${name}.js\n`;
}

/**
 * Escapes the few characters beyond Latin-1 in a script. Node-RED keeps the html in memory, and a single such character
 * would make every character of the html take two bytes.
 */
function latin1(code) {
  return code.replace(/[^\0-\xff]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Returns html in the form that every editor loads: without comments, without white space that has no effect, and with
 * minified styles.
 */
async function minifyHtml(html) {
  let text = html;
  for (const [style, css] of html.matchAll(/<style>(.*?)<\/style>/gs)) {
    const { code } = await transform(css, { loader: 'css', minify: true });
    text = text.replace(style, () => `<style>${code.trim()}</style>`);
  }
  return (
    text
      .replace(/<!--.*?-->/gs, '')
      // Not \s, which would also replace no-break spaces.
      .replace(/[ \n]+/g, ' ')
      .replace(/<[^>]+>/g, (tag) => tag.replace(/ ?\/?>$/, '>'))
      .replace(/(<(?:div|select|script)\b[^>]*>) /g, '$1')
      .replace(/ (<\/(?:div|select|script)>)/g, '$1')
      .replace(/ ?(<\/?(?:option|style)\b[^>]*>) ?/g, '$1')
      .replace(/(<\/(?:div|script)>) (?=<(?:div|script|style)\b)/g, '$1')
      .trim()
  );
}

function withRows(html) {
  return html.replace(/<!-- row: ([\w-]+) -->/g, (_match, name) => read(`nodes/editor/rows/${name}.html`).trim());
}

const own = types.filter((type) => existsSync(at(`nodes/editor/${type}.ts`)));
const dialogs = await bundle(
  'cozify-dialogs',
  [`export * from './forms/simple.js';`, ...own.map((type) => `export * as ${nameIn(type)} from './${type}.js';`)].join(
    '\n',
  ),
  { globalName: 'cozifyDialogs' },
);
const definitions = runInNewContext(`${dialogs};cozifyDialogs`);

async function scriptsOf(type, definition) {
  const name = nameIn(type);
  if (type === ACCOUNT) {
    // Node-RED's flow library reads definitions from the html. It does not understand spread syntax, and needs the
    // category as a literal.
    const properties = Object.entries(definition).map(
      ([key, value]) => `${key}: ${typeof value === 'string' ? JSON.stringify(value) : `cozifyDialogs.${name}.${key}`}`,
    );
    return [dialogs, registration(type, properties.join(', '))];
  }
  const contents = `import { stubsOf } from './lazy-stub.js';
    const stub = stubsOf('${name}');
    ${registration(type, withStubs(definition))}`;
  return [await bundle(type, contents)];
}

for (const type of types) {
  const { [nameIn(type)]: found } = definitions;
  if (found === undefined)
    throw new Error(`There is no ${nameIn(type)} in nodes/editor/forms/, and no nodes/editor/${type}.ts.`);
  const { layout, ...definition } = found;
  const template = layout === undefined ? read(`nodes/${type}.html`) : formHtml(type, layout);
  const scripts = await scriptsOf(type, definition);
  const html = [
    await minifyHtml(withRows(template)),
    ...scripts.map((code) => `<script type="text/javascript">\n${code}</script>`),
  ];
  writeFileSync(at(`dist/nodes/${type}.html`), html.join('\n'));
}

for (const language of readdirSync(at('dist/nodes/locales'))) {
  for (const type of types) {
    const help = `dist/nodes/locales/${language}/${type}.html`;
    writeFileSync(at(help), await minifyHtml(read(help)));
  }
}

mkdirSync(at('dist/test/nodes/editor'), { recursive: true });
const tests = readdirSync(at('test/nodes/editor'), { recursive: true }).filter((name) => name.endsWith('.test.ts'));
await build({
  entryPoints: tests.map((name) => at(`test/nodes/editor/${name}`)),
  outbase: at('test/nodes/editor'),
  outdir: at('dist/test/nodes/editor'),
  bundle: true,
  platform: 'node',
  // Mocha loads Sinon, so that not every test contains its own copy.
  packages: 'external',
  format: 'cjs',
  sourcemap: 'inline',
});
