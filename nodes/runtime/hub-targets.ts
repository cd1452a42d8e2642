import { parseHub, parseMessageTargets, parseNodeTargets, type Target } from '../../src/nodes-api.js';
import { composed, type Sources } from './parameters.js';

/**
 * The targets of a step: those of the node, or of `msg.target` where the node has none; `undefined` where neither says
 * any. A node that was set to something is never redirected.
 */
export const TARGETS = composed<readonly Target[] | undefined>((sources) => {
  const own = parseNodeTargets(filledIn(sources.def['targets'], sources));
  if (own.length > 0) return own;
  const given = sources.message.read('target');
  return given === undefined ? undefined : parseMessageTargets(given);
});

/** The hub of a step: that of the node, or of `msg.hub` where the node has none; empty where neither says one. */
export const HUB = composed<string>(
  (sources) => parseHub(filledIn(sources.def['hub'], sources)) || parseHub(sources.message.read('hub')),
);

/** What a message says in vain, because the node was set to something else. */
export function ignoredOf({ def, message }: Sources): 'target' | 'hub' | undefined {
  const { targets, hub } = def;
  if (Array.isArray(targets) && targets.length > 0 && isGiven(message, 'target')) return 'target';
  return typeof hub === 'string' && hub.trim() !== '' && isGiven(message, 'hub') ? 'hub' : undefined;
}

/** Whether a message has a property, even one that can't be read. */
export function isGiven(message: Sources['message'], name: string): boolean {
  try {
    return message.read(name) !== undefined;
  } catch {
    return true;
  }
}

/** A node's property with the environment's values in place of `${NAME}`, as they are now. */
export function filledIn(value: unknown, sources: Pick<Sources, 'RED' | 'node'>): unknown {
  const { RED, node } = sources;
  if (typeof value === 'string') {
    return value.includes('${') ? String(RED.util.evaluateNodeProperty(value, 'env', node, {}) ?? '') : value;
  }
  if (Array.isArray(value)) return value.map((item) => filledIn(item, sources));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, filledIn(item, sources)]));
}
