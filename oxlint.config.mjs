import { defineConfig } from 'oxlint';

/** The folders of src/, the highest layer first. A folder may import from lower layers only. */
const FLOORS = [['account'], ['login', 'devices'], ['hub'], ['cloud'], ['state'], ['store', 'http'], ['async']];

/** The folders of src/devices/, the highest layer first. */
const DEVICE_FLOORS = ['steps', 'across-hubs', 'home', 'command-queue', 'targets', 'recording', 'commands', 'things'];

/** The errors of axios contain the token. */
const client = { regex: '^axios(/|$)', message: 'axios appears in src/http/axios-request.ts alone.' };

/** Imports that no file of src/ may have. */
const outside = [
  { group: ['node-red', 'node-red/*', '@node-red/*'], message: 'src/ is usable without Node-RED.' },
  { group: ['**/nodes/**'], message: 'The library does not import the nodes: pass the value in.' },
];

/** The files that only export are not for the library itself. */
const exported = {
  group: ['**/index.js', '**/nodes-api.js', '**/homes-api.js'],
  message: 'index.ts, nodes-api.ts and homes-api.ts are for users of the library: import from the file itself.',
};

/**
 * Returns the rule for imports of some files. `rooms`: the folders that they must not import; `message`: a function that
 * returns the text for such a folder. Of several rules for a file, the last one counts.
 */
function forbid(files, rooms, message, others = [client, ...outside, exported]) {
  const above = rooms.map((room) => ({ group: [`**/${room}/*`], message: message(room) }));
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [...others, ...above] }] } };
}

/** The folders of nodes/, the highest layer first, without the editor's. */
const NODE_FLOORS = ['admin', 'accounts', 'store', 'runtime'];

/** The editor's code runs in browsers only. */
const dialogs = { group: ['**/editor/**'], message: 'The dialogs run in a browser: move shared code to src/.' };

/** A start of Node-RED loads the imports of the nodes. */
const lazy = [
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
];

/** Nodes import the library through three files only. */
const doors = {
  group: ['**/src/**', '!**/src/{index,nodes-api,homes-api}.js'],
  message: 'Nodes import only src/index.ts, src/nodes-api.ts and src/homes-api.ts.',
};
const nodesThemselves = {
  group: ['**/cozify-*.js'],
  message: 'Shared code does not import nodes: move the code to a folder.',
};

/** The folders that a folder of src/ may not import: those of higher layers, and the others of its own. */
function closedTo(room, floor) {
  return FLOORS.slice(0, floor + 1)
    .flat()
    .filter((other) => other !== room);
}

const apart = (room) => (other) =>
  `${room}/ must not import ${other}/: move the code there or above, or pass the value in.`;

const layers = [
  forbid(['src/*.ts'], FLOORS.flat(), (room) => `A file beside the folders is below all of them: move it to ${room}/.`),
  forbid(['src/{index,nodes-api,homes-api}.ts'], [], () => '', [client, ...outside]),
  ...FLOORS.flatMap((rooms, floor) =>
    rooms.map((room) => forbid([`src/${room}/**/*.ts`], closedTo(room, floor), apart(room))),
  ),
  forbid(['src/http/axios-request.ts'], closedTo('http', 5), apart('http'), [...outside, exported]),
  ...DEVICE_FLOORS.map((room, floor) =>
    forbid(
      [`src/devices/${room}/**/*.ts`],
      [...closedTo('devices', 1), ...DEVICE_FLOORS.slice(0, floor)],
      apart(`devices/${room}`),
    ),
  ),
  forbid(['nodes/*.ts'], [], () => '', [client, ...lazy, doors, dialogs]),
  ...NODE_FLOORS.map((room, floor) =>
    forbid([`nodes/${room}/**/*.ts`], NODE_FLOORS.slice(0, floor), apart(room), [
      client,
      ...lazy,
      doors,
      nodesThemselves,
      dialogs,
    ]),
  ),
];

/** The editor's code is bundled for browsers: of the library it imports only what needs no Node.js. */
const browser = [
  client,
  { group: ['node:*'], message: 'The editor runs in a browser.' },
  {
    group: ['**/runtime/**', '**/store/**', '**/accounts/**', '**/admin/**', '**/cozify-*.js'],
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
      'The editor may import only types of the library, and the files that need no Node.js: input, errors, text, topics, paths, numbers, colors, conditions, fields and their words, kinds, names, live values.',
  },
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
    ...layers,
    { files: ['nodes/editor/**/*.ts'], rules: { 'no-restricted-imports': ['error', { patterns: browser }] } },
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
    {
      // What runs in the editor's page. Node-RED goes by how many parameters a check has.
      files: ['nodes/editor/**/*.ts', 'test/nodes/editor/**/*.ts'],
      rules: { 'no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
    },
  ],
});
