/** The part of a node's type that holds the defaults of its properties. */
interface Defined {
  _def?: { defaults?: Record<string, { value?: unknown }> };
}

/**
 * Shows absent properties with their defaults. Flows that are written by hand, or older than a property, lack it;
 * Node-RED leaves its field empty, and opening the dialog would change the property to "off".
 */
export function showDefaults(node: object, prefix: 'node-input' | 'node-config-input' = 'node-input'): void {
  for (const [name, { value }] of Object.entries((node as Defined)._def?.defaults ?? {})) {
    if ((node as Record<string, unknown>)[name] !== undefined) continue;
    const $field = $(`#${prefix}-${name}`);
    if (typeof value === 'boolean') $field.prop('checked', value);
    else if (typeof value === 'number' || (typeof value === 'string' && value !== '')) $field.val(value);
  }
}
