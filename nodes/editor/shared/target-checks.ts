import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { SavedTarget } from '../picker/target.js';
import { translate } from './catalogue.js';
import { isFromEnv } from './checks.js';

/** A node whose targets may be names, as the editor has it. */
export interface TargetNode {
  type?: string;
  account?: string;
  hub?: string;
  targets?: unknown;
  dirty?: boolean;
}

/** What a name means to a node. */
export type Meaning = Resolved['is'];

const TYPES = ['cozify-command', 'cozify-read', 'cozify-changes', 'cozify-wait', 'cozify-button'];

/** Several names are noted together. */
const PAUSE_MS = 500;

/** What names mean by which nodes look things up, by account and name. */
// eslint-disable-next-line no-restricted-syntax -- A cache: Node-RED checks nodes when it likes, and waits for no answer.
const findings = new Map<string, Meaning>();

/** Notes what a name means. */
export function noteTarget(account: string, hub: string, target: SavedTarget, is: Meaning): void {
  const key = keyOf(account, hub, target);
  if (target.id !== '' || findings.get(key) === is) return;
  findings.set(key, is);
  // A dialog may have been closed, and its node checked, before this was known.
  window.setTimeout(() => nodesWithNames().forEach(checkAgain), PAUSE_MS);
}

/** A node is fine unless it is known that a name is not there, or that several things have it. */
export function checkTargets(this: TargetNode, targets: unknown, _options: object): true | string {
  const { account = '', hub = '' } = this;
  const bad = namesOf(targets).find((target) => isBad(findings.get(keyOf(account, hub, target))));
  if (bad === undefined) return true;
  const is = findings.get(keyOf(account, hub, bad));
  return translate(is === 'gone' ? 'invalid.targetGone' : 'invalid.targetSeveral', { name: bad.name });
}

/** Those of a node's targets that are to be looked up by their names. */
export function namesOf(targets: unknown): SavedTarget[] {
  if (!Array.isArray(targets)) return [];
  const all = targets as Partial<SavedTarget>[];
  return all.filter(
    (one): one is SavedTarget => one?.id === '' && typeof one.name === 'string' && !isFromEnv(one.name),
  );
}

function checkAgain(node: TargetNode): void {
  // Node-RED's types do not know it; all versions have it.
  const editor = RED.editor as unknown as { validateNode?: (node: object) => boolean };
  const before = (node as { valid?: boolean }).valid;
  if (editor.validateNode?.(node) === before) return;
  node.dirty = true;
  RED.view.redraw();
}

function nodesWithNames(): TargetNode[] {
  const named: TargetNode[] = [];
  RED.nodes.eachNode((node) => {
    const one = node as TargetNode;
    if (TYPES.includes(one.type ?? '') && namesOf(one.targets).length > 0) named.push(one);
    return true;
  });
  return named;
}

function isBad(is: Meaning | undefined): boolean {
  return is === 'gone' || is === 'several';
}

function keyOf(account: string, hub: string, { hub: own, kind, name }: SavedTarget): string {
  return JSON.stringify([account, own || hub, kind, name]);
}
