import type { Resolved } from '../../../src/devices/steps/resolving.js';
import type { SavedTarget } from '../picker/target.js';
import { translate } from './catalogue.js';
import { isFromEnv } from './checks.js';

/** A node in the editor whose targets may be names. */
export interface TargetNode {
  type?: string;
  account?: string;
  hub?: string;
  targets?: unknown;
  dirty?: boolean;
}

/** The result of looking up a name. */
export type Meaning = Resolved['is'];

const TYPES = ['cozify-command', 'cozify-read', 'cozify-changes', 'cozify-wait', 'cozify-button'];

/** Delay after which several results are applied together. */
const PAUSE_MS = 500;

const BUTTON = 'cozify-button';

/** The result of looking up a target. */
interface LookupResult {
  is: Meaning;
  /** False if the thing has no buttons; undefined if the thing is unknown. */
  hasButtons: boolean | undefined;
}

/** Lookup results by account and target. */
// eslint-disable-next-line no-restricted-syntax -- A cache of the page: Node-RED calls the checks without an owner, and they can't wait for a request.
const lookupResults = new Map<string, LookupResult>();

/** Stores the result of looking up a target, and checks the nodes again that it may concern. */
export function noteTarget(account: string, hub: string, target: SavedTarget, { is, thing }: Resolved): void {
  const key = keyOf(account, hub, target);
  const known = lookupResults.get(key);
  const hasButtons = thing?.does.includes('buttons');
  if (known?.is === is && known.hasButtons === hasButtons) return;
  lookupResults.set(key, { is, hasButtons });
  // The dialog may have closed, and the node been checked, before the result arrived.
  window.setTimeout(() => nodesToCheck().forEach(checkAgain), PAUSE_MS);
}

/**
 * Returns an error for a name that no thing or several things have, and for a button node's target without buttons. A
 * target that has not been looked up passes.
 */
export function checkTargets(this: TargetNode, targets: unknown, _options: object): true | string {
  const { account = '', hub = '', type } = this;
  const lookupResultOf = (target: SavedTarget): LookupResult | undefined =>
    lookupResults.get(keyOf(account, hub, target));
  const bad = namesOf(targets).find((target) => isBad(lookupResultOf(target)?.is));
  if (bad !== undefined) {
    return translate(lookupResultOf(bad)?.is === 'gone' ? 'invalid.targetGone' : 'invalid.targetSeveral', {
      name: bad.name,
    });
  }
  const all = type === BUTTON && Array.isArray(targets) ? (targets as SavedTarget[]) : [];
  const mute = all.find((target) => lookupResultOf(target)?.hasButtons === false);
  return mute === undefined || translate('invalid.noButtons', { name: mute.name || mute.id });
}

/** Returns a node's targets that are looked up by name. */
export function namesOf(targets: unknown): SavedTarget[] {
  if (!Array.isArray(targets)) return [];
  const all = targets as Partial<SavedTarget>[];
  return all.filter(
    (one): one is SavedTarget => one?.id === '' && typeof one.name === 'string' && !isFromEnv(one.name),
  );
}

function checkAgain(node: TargetNode): void {
  // The function is in all versions of Node-RED, but not in its types.
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
