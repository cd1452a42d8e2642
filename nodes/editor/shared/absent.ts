/** As much of a node's type as tells what its settings are where nothing is said of them. */
interface Defined {
  _def?: { defaults?: Record<string, { value?: unknown }> };
}

/**
 * Shows settings that a flow does not name, since it was written by hand or is older than they are, as what they count
 * as. Node-RED leaves their fields empty, so that a look at the dialog would have turned them all off.
 */
export function showDefaults(node: object, prefix: 'node-input' | 'node-config-input' = 'node-input'): void {
  for (const [name, { value }] of Object.entries((node as Defined)._def?.defaults ?? {})) {
    if ((node as Record<string, unknown>)[name] !== undefined) continue;
    const $field = $(`#${prefix}-${name}`);
    if (typeof value === 'boolean') $field.prop('checked', value);
    else if (typeof value === 'number' || (typeof value === 'string' && value !== '')) $field.val(value);
  }
}
