// The lint rules of oxlint. The imports between folders are restricted here, from the lists of layers; the rules of this
// repository are in scripts/lint-rules.mjs.
import { defineConfig } from 'oxlint';

/** The folders of src/, the highest layer first. A folder may import from lower layers only. */
const LAYERS = [['account'], ['login', 'devices'], ['hub'], ['cloud'], ['state'], ['store', 'http'], ['async']];

/** The folders of src/devices/, the highest layer first. */
const DEVICE_LAYERS = ['steps', 'across-hubs', 'home', 'command-queue', 'targets', 'recording', 'commands', 'things'];

/** The folders of nodes/, the highest layer first. The editor's code is bundled, and has its own rule. */
const NODE_LAYERS = ['admin', 'dashboard', 'accounts', 'store', 'runtime'];

/** The errors of axios contain the token. */
const axios = { regex: '^axios(/|$)', message: 'axios appears in src/http/axios-request.ts alone.' };

/** Imports that no file of src/ may have, besides axios. */
const notInLibrary = [
  { group: ['node-red', 'node-red/*', '@node-red/*'], message: 'src/ is usable without Node-RED.' },
  { group: ['**/nodes/**'], message: 'The library does not import the nodes: pass the value in.' },
];

/** The entry points only export. */
const entryPoints = {
  group: ['**/index.js', '**/nodes-api.js', '**/homes-api.js'],
  message: 'index.ts, nodes-api.ts and homes-api.ts are entry points: import from the file itself.',
};

/** Imports that no file of nodes/ may have, besides the editor's code. */
const notInNodes = [
  axios,
  { group: ['**/editor/**'], message: 'The dialogs run in a browser: move shared code to src/.' },
  {
    regex: '/src/homes-api\\.js$',
    allowTypeImports: true,
    message: 'Import types only, and take values from homesApi(), so that a start of Node-RED loads less.',
  },
  {
    regex: '/src/index\\.js$',
    allowTypeImports: true,
    message: 'Import types only, and values from src/nodes-api.ts, so that a start of Node-RED loads less.',
  },
  // After the others: oxlint checks no further pattern once one that begins with `!` has matched.
  {
    group: ['**/src/**', '!**/src/{index,nodes-api,homes-api}.js'],
    message: 'Nodes import only src/index.ts, src/nodes-api.ts and src/homes-api.ts.',
  },
];

const nodeFiles = {
  group: ['**/cozify-*.js'],
  message: 'Shared code does not import nodes: move the code to a folder.',
};

/** Imports that the editor's code may not have. */
const notInEditor = [
  axios,
  { group: ['node:*'], message: 'The editor runs in a browser.' },
  {
    group: [...NODE_LAYERS.map((folder) => `**/../${folder}/**`), '**/cozify-*.js'],
    allowTypeImports: true,
    message: 'The editor runs in a browser: it may import only types from the rest of nodes/.',
  },
  {
    group: [
      '**/src/**',
      '!**/src/{input,errors,text}.js',
      '!**/src/{state/account-topics,hub/hub-path}.js',
      '!**/src/devices/things/{codecs,color,condition,device-kinds,fields,field-words}.js',
      '!**/src/devices/things/{kinds,live-value,names,presses,shades}.js',
    ],
    allowTypeImports: true,
    message:
      'The editor runs in a browser: it may import only types of the library, and the few files that need no Node.js.',
  },
];

/** Returns the rule for the imports of some files. Of several rules for a file, the last one counts. */
function forbid(files, patterns) {
  return { files, rules: { 'no-restricted-imports': ['error', { patterns }] } };
}

/** Returns the patterns that forbid `folder` to import from `others`. */
function foldersClosedTo(folder, others) {
  return others.map((other) => ({
    group: [`**/${other}/*`],
    message: `${folder}/ must not import ${other}/: move the code there or above, or pass the value in.`,
  }));
}

/** Returns the folders of src/ that one of them may not import: those of higher layers, and the others of its own. */
function closedTo(folder) {
  const layer = LAYERS.findIndex((folders) => folders.includes(folder));
  return LAYERS.slice(0, layer + 1)
    .flat()
    .filter((other) => other !== folder);
}

/** Imports that no file in a folder of src/ may have. */
const notInSrc = [axios, ...notInLibrary, entryPoints];

const imports = [
  forbid(['src/*.ts'], [...notInSrc, ...foldersClosedTo('src', LAYERS.flat())]),
  forbid(['src/{index,nodes-api,homes-api}.ts'], [axios, ...notInLibrary]),
  ...LAYERS.flat().map((folder) =>
    forbid([`src/${folder}/**/*.ts`], [...notInSrc, ...foldersClosedTo(folder, closedTo(folder))]),
  ),
  forbid(['src/http/axios-request.ts'], [...notInLibrary, entryPoints, ...foldersClosedTo('http', closedTo('http'))]),
  ...DEVICE_LAYERS.map((folder, layer) =>
    forbid(
      [`src/devices/${folder}/**/*.ts`],
      [...notInSrc, ...foldersClosedTo(folder, [...closedTo('devices'), ...DEVICE_LAYERS.slice(0, layer)])],
    ),
  ),
  forbid(['nodes/*.ts'], notInNodes),
  ...NODE_LAYERS.map((folder, layer) =>
    forbid(
      [`nodes/${folder}/**/*.ts`],
      [...notInNodes, nodeFiles, ...foldersClosedTo(folder, NODE_LAYERS.slice(0, layer))],
    ),
  ),
  forbid(['nodes/editor/**/*.ts'], notInEditor),
];

export default defineConfig({
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  plugins: ['eslint', 'typescript', 'oxc'],
  jsPlugins: ['./scripts/lint-rules.mjs'],
  ignorePatterns: ['**/dist/', 'coverage/'],
  env: { builtin: true, node: true, browser: true },
  categories: { correctness: 'error' },
  rules: {
    'no-case-declarations': 'error',
    'no-empty': 'error',
    'no-fallthrough': 'error',
    'no-prototype-builtins': 'error',
    'no-regex-spaces': 'error',
    'no-undef': 'error',
    'no-unexpected-multiline': 'error',
    'no-useless-assignment': 'error',
    'preserve-caught-error': 'error',
  },
  overrides: [
    {
      files: ['**/*.ts'],
      rules: {
        eqeqeq: 'error',
        // TypeScript reports names that are not defined, and values that may be undefined.
        'no-undef': 'off',
        'no-unsafe-optional-chaining': 'off',
        'no-array-constructor': 'error',
        'no-var': 'error',
        'prefer-const': 'error',
        'prefer-rest-params': 'error',
        'prefer-spread': 'error',
        'typescript/ban-ts-comment': 'error',
        'typescript/consistent-type-imports': 'error',
        'typescript/no-empty-object-type': 'error',
        'typescript/no-explicit-any': 'error',
        'typescript/no-meaningless-void-operator': 'off',
        'typescript/no-misused-promises': 'error',
        'typescript/no-misused-spread': 'off',
        'typescript/no-namespace': 'error',
        'typescript/no-require-imports': 'error',
        'typescript/no-unnecessary-type-assertion': 'error',
        'typescript/no-unnecessary-type-constraint': 'error',
        'typescript/no-unsafe-argument': 'error',
        'typescript/no-unsafe-assignment': 'error',
        'typescript/no-unsafe-call': 'error',
        'typescript/no-unsafe-enum-comparison': 'error',
        'typescript/no-unsafe-function-type': 'error',
        'typescript/no-unsafe-member-access': 'error',
        'typescript/no-unsafe-return': 'error',
        'typescript/no-useless-default-assignment': 'off',
        'typescript/only-throw-error': 'error',
        'typescript/prefer-promise-reject-errors': 'error',
        'typescript/require-array-sort-compare': 'off',
        'typescript/require-await': 'error',
        'typescript/restrict-plus-operands': 'error',
        'typescript/switch-exhaustiveness-check': 'error',
      },
    },
    ...imports,
    {
      files: ['src/**/*.ts', 'nodes/**/*.ts'],
      rules: {
        'no-shadow': 'error',
        'house/no-module-state': 'error',
        'house/load-by-name': 'error',
        'house/no-import-expression': 'error',
        'house/no-spread-literal': 'error',
      },
    },
  ],
});
