// Compiles the JSON schemas of the package to code: dist/src/validators.js, a map from the text of each schema to its
// check. Node-RED then starts without ajv's compiler. The schemas are found by loading the compiled modules. A schema
// that is not in the map is compiled by `shape` at its first check.
import { readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import standalone from 'ajv/dist/standalone/index.js';

const load = createRequire(import.meta.url);
const dist = fileURLToPath(new URL('../dist/', import.meta.url));

// Modules pass each of their schemas to `shape`. Replace it, for all modules loaded from here on, with a function that
// also records the schema.
const schemaFile = load.resolve(`${dist}src/schema.js`);
const { shape, OPTIONS, ...others } = load(schemaFile);
const texts = new Set();
function recordingShape(schema) {
  texts.add(JSON.stringify(schema));
  return shape(schema);
}
load.cache[schemaFile].exports = { ...others, OPTIONS, shape: recordingShape };
loadAll('src');
loadAll('nodes');

const ajv = new Ajv({ ...OPTIONS, code: { source: true, optimize: 2 } });
const names = [...texts].map((text, place) => {
  ajv.addSchema(JSON.parse(text), `schema${place}`);
  return [text, `v${place}`];
});
const code = standalone.default(ajv, Object.fromEntries(names.map(([, name], place) => [name, `schema${place}`])));
// Inline the only function of ajv that the validators need, because resolving it in node_modules takes longer than
// loading all validators.
const { default: ucs2length } = load('ajv/dist/runtime/ucs2length.js');
const whole = code.replaceAll('require("ajv/dist/runtime/ucs2length").default', () => String(ucs2length));
const entries = names.map(([text, name]) => `[${JSON.stringify(text)}, exports.${name}],\n`).join('');
writeFileSync(`${dist}src/validators.js`, `${whole}\nmodule.exports = new Map([\n${entries}]);\n`);

function loadAll(folder) {
  for (const path of readdirSync(dist + folder, { recursive: true })) {
    if (!path.endsWith('.js') || path.startsWith('editor') || path.endsWith('validators.js')) continue;
    const { default: register } = load(`${dist}${folder}/${path}`);
    // Register the nodes. Skip the files in subfolders, which are no nodes, and the account node, because it creates the
    // account registry. Its schemas are all in src.
    if (folder === 'nodes' && !/[\\/]|account/.test(path)) register(anything());
  }
}

/** Returns a stub of Node-RED that accepts every call and does nothing. */
function anything() {
  return new Proxy(() => undefined, { get: () => anything(), apply: () => undefined });
}
