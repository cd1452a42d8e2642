import type { ListedState } from '../../src/homes-api.js';
import { homesApi, type Language, nameForNode } from '../../src/nodes-api.js';
import DEFAULTS from './node-defaults.json';
import type { DashboardTexts } from './texts.js';
import type { Widget } from './widgets.js';

/** The properties of a node, without its id and position. */
export type Properties = Record<string, unknown> & { type: NodeType };

/** The node types of a dashboard. `node-defaults.json` has the properties that all nodes of a type share. */
export type NodeType = keyof typeof DEFAULTS;

/**
 * Returns the properties of a node: the defaults of its type, overridden by its own. Its own texts may be names from a
 * hub.
 */
export function nodeOf(type: NodeType, own: Record<string, unknown> = {}): Properties {
  const safe = Object.entries(own).map(([key, value]) => [key, typeof value === 'string' ? nameForNode(value) : value]);
  return { type, ...structuredClone(DEFAULTS[type]), ...(Object.fromEntries(safe) as typeof own) };
}

/**
 * Returns a `cozify-changes` node that sends the value of a field of these things, at the start and after each change.
 */
export function changesNode(things: readonly ListedState[], field: string, account: string, name = ''): Properties {
  return nodeOf('cozify-changes', {
    name,
    account,
    targets: things.map(targetOf),
    fields: [field],
    payload: field,
  });
}

/** Returns a `cozify-command` node. If `field` is empty, the node accepts true, false or a number as the payload. */
export function commandNode(thing: ListedState, field: string, account: string): Properties {
  const forDevice = field === '' ? 'payload' : 'set';
  const command = thing.kind === 'scene' ? 'on' : forDevice;
  return nodeOf('cozify-command', { account, targets: [targetOf(thing)], command, field });
}

/**
 * Returns the node of a widget. An incoming value only updates the widget and is not passed on, because `passthru` is
 * off. Otherwise the value would return as a command, in an endless loop.
 */
export function widgetNode(widget: Widget, group: string, order: number, language: Language): Properties {
  const { kind, unit, min = 0, max = 100, options = [] } = widget;
  // Escape the label, because Dashboard 2.0 renders labels as HTML.
  const label = widget.label.replaceAll('<', '&lt;');
  const place = { group, order, label };
  const withUnit = { ...place, label: unit === '' ? label : `${label}, ${unit}` };
  const range = { min, max };
  switch (kind) {
    case 'switch':
      // The defaults set `decouple`, so the switch shows the state that arrives, never a state that was only requested.
      return nodeOf('ui-switch', place);
    case 'slider':
      return nodeOf('ui-slider', { ...withUnit, ...range });
    case 'target':
      return nodeOf('ui-number-input', { ...withUnit, ...range });
    case 'choice':
      return nodeOf('ui-dropdown', { ...place, options: options.map((option) => ({ ...option, type: 'str' })) });
    case 'state':
    case 'value':
      return nodeOf('ui-text', { ...place, value: wordsOf(widget, language), valueType: 'jsonata' });
    case 'chart':
      return nodeOf('ui-chart', withUnit);
    case 'button':
      return nodeOf('ui-button', place);
  }
}

/** Returns the `change` node that produces the text about a failed command. */
export function reasonNode(texts: DashboardTexts): Properties {
  const to = `(
  $words := ${JSON.stringify(texts.failures, undefined, 2)};
  $say := function($reason, $other) { $exists($lookup($words, $reason)) ? $lookup($words, $reason) : $other };
  error
    ? (topic ? topic & ": ") & $say(cozify.error.code, error.message)
    : $join(cozify.results[reason].(target.name & ": " & $say(reason, reason)), ", ")
)`;
  return nodeOf('change', { name: texts.reason, rules: [{ t: 'set', p: 'payload', pt: 'msg', to, tot: 'jsonata' }] });
}

/** Returns the JSONata expression for the text that shows a value or state. */
function wordsOf({ kind, field, unit }: Widget, language: Language): string {
  if (kind === 'state') {
    const [yes, no] = [true, false].map((value) => JSON.stringify(homesApi().valueText(field, value, language)));
    return `payload ? ${yes} : ${no}`;
  }
  const number = language === 'fi' ? '$replace($string(payload), ".", ",")' : 'payload';
  return `${number} & ${JSON.stringify(` ${unit}`)}`;
}

/** Whether a widget sends commands. */
export function isControl({ kind }: Widget): boolean {
  return ['switch', 'slider', 'target', 'choice', 'button'].includes(kind);
}

function targetOf({ hub, kind, id, name }: ListedState): object {
  return { hub, kind, id, name: nameForNode(name) };
}
