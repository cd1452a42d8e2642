// Finds the places in a source file that scripts/mutate.mjs can change. The changes are those that PIT, a tool for Java,
// makes by default: another comparison, a negated condition, other arithmetic, a removed call, a constant result. As
// Stryker does for JavaScript, it also changes `true`, `false`, `''`, `&&` and `||`. Like both tools by default, it does
// not change numbers in the text, because hardly any test can notice a number that is greater by 1.
import ts from 'typescript';

/** The replacements for each operator. */
const SWAPS = new Map([
  ['<', ['<=', '>=']],
  ['<=', ['<', '>']],
  ['>', ['>=', '<=']],
  ['>=', ['>', '<']],
  ['===', ['!==']],
  ['!==', ['===']],
  ['&&', ['||']],
  ['||', ['&&']],
  ['+', ['-']],
  ['-', ['+']],
  ['*', ['/']],
  ['/', ['*']],
  ['%', ['*']],
  ['+=', ['-=']],
  ['-=', ['+=']],
]);

/** The constant results of functions with these types. Functions with other types return `[]` or `undefined`. */
const RESULTS = new Map([
  ['boolean', ['true', 'false']],
  ['number', ['0']],
  ['string', ["''"]],
]);

/**
 * Returns the places in a source text that can be changed: path, line, kind, the range of the old text, the old text
 * and the new text.
 */
export function sitesOf(path, text) {
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
  const sites = [];
  const add = (kind, node, after) => {
    const start = node.getStart(source);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    sites.push({ path, line, kind, start, end: node.end, before: node.getText(source), after });
  };
  const visit = (node) => {
    // Skip types, because they are not compiled.
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
    mutate(node, source, add);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return sites;
}

function mutate(node, source, add) {
  const condition = conditionOf(node);
  if (condition !== undefined) add('condition', condition, `!(${condition.getText(source)})`);
  if (ts.isBinaryExpression(node)) swap(node, source, add);
  if (ts.isStringLiteral(node) && node.text === '' && isValue(node)) add('string', node, "'mutated'");
  if (node.kind === ts.SyntaxKind.TrueKeyword) add('boolean', node, 'false');
  if (node.kind === ts.SyntaxKind.FalseKeyword) add('boolean', node, 'true');
  if (ts.isExpressionStatement(node) && !isSuperCall(node)) add('statement', node, ';');
  if (ts.isReturnStatement(node) && node.expression === undefined) add('statement', node, ';');
  if (returnsNothing(node)) add('body', node.body, '{ return; }');
  if (ts.isPrefixUnaryExpression(node)) changePrefix(node, source, add);
  const result = resultOf(node);
  if (result !== undefined) for (const after of constantsFor(result)) add('result', result, after);
}

function swap(node, source, add) {
  const { left, operatorToken, right } = node;
  if ([left, right].some((side) => ts.isStringLiteralLike(side) || ts.isTemplateExpression(side))) return;
  for (const other of SWAPS.get(operatorToken.getText(source)) ?? []) {
    // Put the operands in parentheses, because the new operator may have another precedence.
    add('operator', node, `(${left.getText(source)}) ${other} (${right.getText(source)})`);
  }
}

/** Removes a `!` or a minus; an increment becomes a decrement and vice versa. */
function changePrefix(node, source, add) {
  const operand = node.operand.getText(source);
  if (node.operator === ts.SyntaxKind.ExclamationToken) add('operator', node, `(${operand})`);
  if (node.operator === ts.SyntaxKind.MinusToken && !ts.isNumericLiteral(node.operand))
    add('operator', node, `(${operand})`);
  if (node.operator === ts.SyntaxKind.PlusPlusToken) add('operator', node, `--${operand}`);
  if (node.operator === ts.SyntaxKind.MinusMinusToken) add('operator', node, `++${operand}`);
}

/** Returns the expression whose value a function returns here; `undefined` for other nodes and for such constants. */
function resultOf(node) {
  const isResult = ts.isReturnStatement(node) || (ts.isArrowFunction(node) && !ts.isBlock(node.body));
  const expression = ts.isReturnStatement(node) ? node.expression : node.body;
  if (!isResult || expression === undefined) return undefined;
  const isLiteral = /^(true|false|null|undefined|''|\[\]|\{\})$/.test(expression.getText());
  return isLiteral ? undefined : expression;
}

/** Returns the constants that can replace the result of the function around an expression. */
function constantsFor(expression) {
  const type = ts.findAncestor(expression.parent, ts.isFunctionLike)?.type?.getText() ?? '';
  if (/\[\]$|^ReadonlyArray</.test(type)) return ['[]'];
  return RESULTS.get(type) ?? ['undefined'];
}

/** Whether a node is a function with a body that returns no value, so that it can be replaced with an empty body. */
function returnsNothing({ body, type }) {
  return body !== undefined && ts.isBlock(body) && /^(void|Promise<void>)$/.test(type?.getText() ?? '');
}

function conditionOf(node) {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node) || ts.isDoStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : undefined;
}

/** Whether a literal is a value, and not the name of a property or the path of an import. */
function isValue(node) {
  const { parent } = node;
  return !(parent.name === node || ts.isImportDeclaration(parent) || ts.isExportDeclaration(parent));
}

function isSuperCall({ expression }) {
  return ts.isCallExpression(expression) && expression.expression.kind === ts.SyntaxKind.SuperKeyword;
}

/** Returns the text with one mutation: `after` in place of the text from `start` to `end`. */
export function withMutation(text, { start, end, after }) {
  return text.slice(0, start) + after + text.slice(end);
}

/**
 * Returns the text with a call inserted at each place. The call records the id of the place when the place is executed.
 */
export function withMarks(text, sites) {
  const inserts = sites.flatMap(({ id, start, end, kind }) => {
    const mark = `globalThis.cozifyReached?.(${id})`;
    const [before, after] = ['statement', 'body'].includes(kind) ? [`{ ${mark}; `, ' }'] : [`(${mark}, `, ')'];
    // Nest the calls like the places. If two places have the same start, the call for the longer place opens first. If
    // they have the same end, the call for the shorter place closes first.
    return [
      { at: start, order: [1, -end], text: before },
      { at: end, order: [0, -start], text: after },
    ];
  });
  inserts.sort((one, other) => one.at - other.at || one.order[0] - other.order[0] || one.order[1] - other.order[1]);
  let result = '';
  let done = 0;
  for (const insert of inserts) {
    result += text.slice(done, insert.at) + insert.text;
    done = insert.at;
  }
  return result + text.slice(done);
}
