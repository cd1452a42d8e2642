// Rules of this repository for oxlint, which it loads as a plugin. Each rule reports the nodes that its selectors match.

/** A declaration that lives as long as the module. */
const MODULE = ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration';

const RULES = {
  'no-module-state': {
    // All users of a module would share its state.
    message: 'A module keeps no state: pass it in.',
    selectors: [
      `${MODULE}[kind="let"]`,
      `${MODULE} NewExpression[callee.name=/^(Map|Set|WeakMap|WeakSet|KeyedMutex)$/][arguments.length=0]`,
      `${MODULE} > VariableDeclarator > ArrayExpression[elements.length=0]`,
      `${MODULE} > VariableDeclarator > ObjectExpression[properties.length=0]`,
      'PropertyDefinition[static=true]',
    ],
  },
  'load-by-name': {
    message: 'A module that is loaded late is named in the call, as in load("./file.js"), and is in the same folder.',
    selectors: [
      'VariableDeclarator[init.callee.name="createRequire"]:not([id.name="load"])',
      'CallExpression[callee.name="load"]:not([arguments.0.type="Literal"])',
      'CallExpression[callee.name="load"][arguments.0.value=/\\.\\.\\/.*(?<!\\.json)$/]',
      'CallExpression[callee.callee.name="createRequire"]:not([arguments.0.value=/package\\.json$/])',
    ],
  },
  'no-import-expression': {
    message: 'Import at the head of the file, where the layers are checked.',
    selectors: ['ImportExpression'],
  },
  'no-spread-literal': {
    message: 'A literal in a literal only dodges the formatter: list the properties.',
    selectors: ['ObjectExpression > SpreadElement > ObjectExpression'],
  },
};

function rule({ message, selectors }) {
  return {
    create: (context) =>
      Object.fromEntries(selectors.map((selector) => [selector, (node) => context.report({ node, message })])),
  };
}

export default {
  meta: { name: 'house' },
  rules: Object.fromEntries(Object.entries(RULES).map(([name, one]) => [name, rule(one)])),
};
