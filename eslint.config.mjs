import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import regexp from 'eslint-plugin-regexp';
import globals from 'globals';
import tseslint from 'typescript-eslint';

/** The folders of src/, the highest layer first. A folder may import from lower layers only. */
const FLOORS = [['account'], ['login', 'devices'], ['hub'], ['cloud'], ['state'], ['store', 'http'], ['async']];

/** The folders of src/devices/, the highest layer first. */
const DEVICE_FLOORS = ['steps', 'across-hubs', 'home', 'command-queue', 'targets', 'recording', 'commands', 'things'];

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

function forbid(files, rooms, message, others = [...outside, exported]) {
  const above = rooms.map((room) => ({ group: [`**/${room}/*`], message: message(room) }));
  return { files, rules: { 'no-restricted-imports': ['error', { patterns: [...others, ...above] }] } };
}

/** The folders of nodes/, the highest layer first, without the editor's. */
const NODE_FLOORS = ['admin', 'accounts', 'store', 'runtime'];

/** The editor's code runs in browsers only. */
const dialogs = { group: ['**/editor/**'], message: 'The dialogs run in a browser: move shared code to src/.' };

/** Nodes import the library through three files only. */
const doors = {
  regex: '/src/(?!(index|nodes-api|homes-api)\\.js$)',
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
  forbid(['src/{index,nodes-api,homes-api}.ts'], [], () => '', outside),
  forbid(
    ['src/!(index|nodes-api|homes-api).ts'],
    FLOORS.flat(),
    (room) => `A file beside the folders is below all of them: move it to ${room}/.`,
  ),
  ...FLOORS.flatMap((rooms, floor) =>
    rooms.map((room) => forbid([`src/${room}/**/*.ts`], closedTo(room, floor), apart(room))),
  ),
  ...DEVICE_FLOORS.map((room, floor) =>
    forbid(
      [`src/devices/${room}/**/*.ts`],
      [...closedTo('devices', 1), ...DEVICE_FLOORS.slice(0, floor)],
      apart(`devices/${room}`),
    ),
  ),
  forbid(['nodes/*.ts'], [], () => '', [doors, dialogs]),
  ...NODE_FLOORS.map((room, floor) =>
    forbid([`nodes/${room}/**/*.ts`], NODE_FLOORS.slice(0, floor), apart(room), [doors, nodesThemselves, dialogs]),
  ),
];

/** Declarations that live as long as the module. */
const MODULE = ':matches(Program, Program > ExportNamedDeclaration)';

/** The errors of axios contain the token. */
const client = { regex: '^axios(/|$)', message: 'axios appears in src/http/axios-request.ts alone.' };

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

export default tseslint.config(
  { ignores: ['**/dist/', 'coverage/', 'node_modules/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    // The rules that need types are in .oxlintrc.json.
    extends: [...tseslint.configs.recommended],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      eqeqeq: 'error',
    },
  },
  ...layers,
  {
    files: ['src/**/*.ts', 'nodes/**/*.ts'],
    ignores: ['src/http/axios-request.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [client, ...lazy] }] },
  },
  {
    // Names, answers and messages may be as long as anybody likes: no expression takes the square of their length.
    files: ['src/**/*.ts', 'nodes/**/*.ts', 'packages/**/*.ts'],
    plugins: { regexp },
    rules: {
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
    },
  },
  {
    // What a module keeps is shared by all who use it, and nobody hands it on.
    files: ['src/**/*.ts', 'nodes/**/*.ts'],
    rules: {
      '@typescript-eslint/no-shadow': 'error',
      'no-restricted-syntax': [
        'error',
        ...[
          `${MODULE} > VariableDeclaration[kind="let"]`,
          `${MODULE} > VariableDeclaration NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet|KeyedMutex)$/][arguments.length=0]`,
          `${MODULE} > VariableDeclaration > VariableDeclarator > ArrayExpression[elements.length=0]`,
          `${MODULE} > VariableDeclaration > VariableDeclarator > ObjectExpression[properties.length=0]`,
          'PropertyDefinition[static=true]',
        ].map((selector) => ({ selector, message: 'A module keeps no state: pass it in.' })),
        ...[
          'VariableDeclarator[init.callee.name="createRequire"]:not([id.name="load"])',
          'CallExpression[callee.name="load"]:not([arguments.0.type="Literal"])',
          'CallExpression[callee.name="load"][arguments.0.value=/\\.\\.\\/.*(?<!\\.json)$/]',
          'CallExpression[callee.callee.name="createRequire"]:not([arguments.0.value=/package\\.json$/])',
        ].map((selector) => ({
          selector,
          message:
            'A module that is loaded late is named in the call, as in load("./file.js"), and is in the same folder.',
        })),
        { selector: 'ImportExpression', message: 'Import at the head of the file, where the layers are checked.' },
        {
          selector: 'ObjectExpression > SpreadElement > ObjectExpression',
          message: 'A literal in a literal only dodges the formatter: list the properties.',
        },
      ],
    },
  },
  {
    // What runs in the editor's page.
    files: ['nodes/editor/**/*.ts', 'test/nodes/editor/**/*.ts'],
    // Node-RED goes by how many parameters a check has.
    rules: { '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }] },
  },
  {
    // Bundled for browsers: of the library only what needs no Node.js.
    files: ['nodes/editor/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            client,
            { group: ['node:*'], message: 'The editor runs in a browser.' },
            {
              group: ['**/runtime/**', '**/store/**', '**/accounts/**', '**/admin/**', '**/cozify-*.js'],
              allowTypeImports: true,
              message: 'The editor runs in a browser: it may import only types from the rest of nodes/.',
            },
            {
              regex:
                '/src/(?!(input|errors|text|state/account-topics|hub/hub-path|devices/things/(codecs|color|condition|device-kinds|fields|field-words|kinds|live-value|names|presses|shades))\\.js$)',
              allowTypeImports: true,
              message:
                'The editor may import only types of the library, and the files that need no Node.js: input, errors, text, topics, paths, numbers, colors, conditions, fields and their words, kinds, names, live values.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: { globals: globals.node },
  },
  prettier,
);
