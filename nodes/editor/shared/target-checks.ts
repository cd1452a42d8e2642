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

const BUTTON = 'cozify-button';

/** The result of looking up a target. */
interface Finding {
  is: Meaning;
  /** False if presses of the thing can't be heard; undefined if the thing is not known. */
  hasButtons: boolean | undefined;
}

/** Findings by account and target. */
// eslint-disable-next-line no-restricted-syntax -- A cache: Node-RED checks nodes when it likes, and waits for no answer.
const findings = new Map<string, Finding>();

/** Stores the result of looking up a target, and checks the nodes again that it may concern. */
export function noteTarget(account: string, hub: string, target: SavedTarget, { is, thing }: Resolved): void {
  const key = keyOf(account, hub, target);
  const known = findings.get(key);
  const hasButtons = thing?.does.includes('buttons');
  if (known?.is === is && known.hasButtons === hasButtons) return;
  findings.set(key, { is, hasButtons });
  // A dialog may have been closed, and its node checked, before this was known.
  window.setTimeout(() => nodesToCheck().forEach(checkAgain), PAUSE_MS);
}

/**
 * Finds a target whose name nothing or several things have, and a target of a button node that has no buttons. A target
 * that was not looked up is fine.
 */
export function checkTargets(this: TargetNode, targets: unknown, _options: object): true | string {
  const { account = '', hub = '', type } = this;
  const findingOf = (target: SavedTarget): Finding | undefined => findings.get(keyOf(account, hub, target));
  const bad = namesOf(targets).find((target) => isBad(findingOf(target)?.is));
  if (bad !== undefined) {
    return translate(findingOf(bad)?.is === 'gone' ? 'invalid.targetGone' : 'invalid.targetSeveral', {
      name: bad.name,
    });
  }
  const all = type === BUTTON && Array.isArray(targets) ? (targets as SavedTarget[]) : [];
  const mute = all.find((target) => findingOf(target)?.hasButtons === false);
  return mute === undefined || translate('invalid.noButtons', { name: mute.name || mute.id });
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

function nodesToCheck(): TargetNode[] {
  const found: TargetNode[] = [];
  RED.nodes.eachNode((node) => {
    const one = node as TargetNode;
    if (one.type === BUTTON || (TYPES.includes(one.type ?? '') && namesOf(one.targets).length > 0)) found.push(one);
    return true;
  });
  return found;
}

function isBad(is: Meaning | undefined): boolean {
  return is === 'gone' || is === 'several';
}

function keyOf(account: string, hub: string, { hub: own = '', kind = '', id = '', name = '' }: SavedTarget): string {
  return JSON.stringify([account, own || hub, kind, id, id === '' ? name : '']);
}
