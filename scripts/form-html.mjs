// Creates the html of a dialog that is a list of fields (nodes/editor/forms/), and the code that registers a node type.

/** Functions that return the html of a field's input elements, by the kind of the field. */
const CONTROLS = {
  typed: ({ name, placeholder }) =>
    `<input type="text" id="node-input-${name}" style="width: 70%"${placeholder ? ` data-i18n="[placeholder]${placeholder}"` : ''} />
    <input type="hidden" id="node-input-${name}Type" />`,
  select: ({ name, options }) =>
    `<select id="node-input-${name}" style="width: 70%">${Object.entries(options).map(optionHtml).join('')}</select>`,
  seconds: ({ name }) =>
    `<input type="text" id="node-input-${name}" inputmode="decimal" style="width: 80px" /> <span>s</span>`,
};

function optionHtml([value, key]) {
  return key === ''
    ? `<option value="${value}">${value}</option>`
    : `<option value="${value}" data-i18n="${key}"></option>`;
}

function rowHtml(field) {
  const { kind, name, icon, label = `label.${name}` } = field;
  if (kind === 'row') return `<!-- row: ${name} -->\n`;
  const text = `<span data-i18n="${label}"></span>`;
  const row =
    kind === 'check'
      ? `<label for="node-input-${name}" class="cozify-option"><input type="checkbox" id="node-input-${name}" /> ${text}</label>`
      : `<label for="node-input-${name}"><i class="fa fa-${icon}"></i> ${text}</label> ${CONTROLS[kind](field)}`;
  return `<div class="form-row">${row}</div>\n`;
}

/** Returns the template of a dialog, in which `<!-- row: name -->` marks a shared row. */
export function formHtml(type, { className, fields }) {
  const account = { kind: 'row', name: 'account' };
  const name = { kind: 'row', name: 'name' };
  return `<script type="text/html" data-template-name="${type}">
<div class="${`cozify-dialog ${className}`.trim()}">
${[account, ...fields, name].map(rowHtml).join('')}</div>
</script>
`;
}

/** Returns the code that registers a node type. `definition`: its properties as code. */
export function registration(type, definition) {
  return `RED.nodes.registerType('${type}', { category: 'cozify', color: '#6fb5aa', icon: '${type}.svg', ${definition} });`;
}

/**
 * Returns the definition of a node type as code, with `stub('path')` in place of each function; see
 * `nodes/editor/lazy-stub.ts`.
 */
export function withStubs(definition, path = '') {
  return Object.entries(definition)
    .map(([name, value]) => {
      if (typeof value === 'function') return `${name}: stub('${path}${name}')`;
      const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
      return `${name}: ${isObject ? `{ ${withStubs(value, `${path}${name}.`)} }` : JSON.stringify(value)}`;
    })
    .join(', ');
}
