import type { Target } from '../../src/homes-api.js';
import { homesApi } from '../../src/nodes-api.js';
import { composed, type Sources } from './parameters.js';

/**
 * The targets of a step: the node's own targets or, if the node has none, the targets in `msg.target`; `undefined` if
 * there are neither. A node with its own targets ignores `msg.target`.
 */
export const TARGETS = composed<readonly Target[] | undefined>((sources) => {
  const { parseMessageTargets, parseNodeTargets } = homesApi();
  const own = parseNodeTargets(filledIn(sources.def['targets'], sources));
  if (own.length > 0) return own;
  const given = sources.message.read('target');
  return given === undefined ? undefined : parseMessageTargets(given);
});

/** The hub of a step: the node's hub, or `msg.hub` if the node has none; empty if there is neither. */
export const HUB = composed<string>((sources) => {
  const { parseHub } = homesApi();
  return parseHub(filledIn(sources.def['hub'], sources)) || parseHub(sources.message.read('hub'));
});

/** Returns the message property that is ignored because the node has its own setting. */
export function ignoredOf({ def, message }: Sources): 'target' | 'hub' | undefined {
  const { targets, hub } = def;
  if (Array.isArray(targets) && targets.length > 0 && isGiven(message, 'target')) return 'target';
  return typeof hub === 'string' && hub.trim() !== '' && isGiven(message, 'hub') ? 'hub' : undefined;
}

/** Whether a message has a property. True if the property can't be read. */
export function isGiven(message: Sources['message'], name: string): boolean {
  try {
    return message.read(name) !== undefined;
  } catch {
    return true;
  }
}

/** Replaces each `${NAME}` in a node's property with the current value of the environment variable. */
export function filledIn(value: unknown, sources: Pick<Sources, 'RED' | 'node'>): unknown {
  const { RED, node } = sources;
  if (typeof value === 'string') {
    return value.includes('${') ? String(RED.util.evaluateNodeProperty(value, 'env', node, {}) ?? '') : value;
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, sources));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledIn(item, sources)]));
}
