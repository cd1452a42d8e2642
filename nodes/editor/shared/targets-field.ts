// The row of a dialog in which the user chooses targets, and the check of the targets of all nodes.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { type PickerOptions, TargetPicker } from '../picker/picker.js';
import type { SavedTarget } from '../picker/target.js';
import { DEFAULTS } from './action-node.js';
import { translate } from './catalogue.js';
import { isFromEnv } from './checks.js';
import { cozifyNodes } from './flows.js';

/** Sets up the row of the dialog in which the user chooses the targets of the node. */
export function prepareTargets(targets: readonly SavedTarget[] | undefined, options: PickerOptions = {}): TargetPicker {
  // The page contains this long template only once. It is copied into the dialog before Node-RED translates the dialog.
  $('.cozify-targets').html($('#cozify-targets-row').html());
  const picker = new TargetPicker(Array.isArray(targets) ? targets : [], { ...options, onFound: noteTarget });
  holdDone(picker);
  $('#node-input-account').on('change', () => picker.restart());
  $('#node-input-hub').on('change', () => picker.resolveAgain());
  return picker;
}

const DONE = '#node-dialog-ok';

/**
 * Makes the Done button of the dialog wait while the search field contains text. If one thing matches the text, it
 * becomes a target; if several match, the user has to choose first. Node-RED can't keep a dialog open, so the clicks
 * and keys are caught before Node-RED gets them.
 */
function holdDone(picker: TargetPicker): void {
  const end = new AbortController();
  const delay = (event: Event): void => {
    if (!picker.isThere) return end.abort();
    const isOutside = event.target instanceof Element && event.target.closest('.cozify-picker') === null;
    if (event.type === 'mousedown' && isOutside) picker.hide();
    if (!picker.isTyping || !isDone(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void picker.settle().then((isSettled) => {
      if (isSettled && picker.isThere) $(DONE).trigger('click');
    });
  };
  const options = { capture: true, signal: end.signal };
  for (const type of ['click', 'keydown', 'mousedown']) window.addEventListener(type, delay, options);
}

function isDone(event: Event): boolean {
  if (event instanceof KeyboardEvent) return event.key === 'Enter' && (event.ctrlKey || event.metaKey);
  return event.type === 'click' && event.target instanceof Element && event.target.closest(DONE) !== null;
}

/** The properties of all nodes that have targets. */
export const DEFAULTS_OF_THINGS = {
  ...DEFAULTS,
  hub: { value: '' },
  targets: { value: [], validate: checkTargets },
};

/** A node in the editor, with the properties that are needed to check its targets. */
export interface TargetNode {
  type?: string;
  account?: string;
  hub?: string;
  targets?: unknown;
  dirty?: boolean;
}

/** Delay before the nodes are checked again, so that more results can arrive first. */
const PAUSE_MS = 500;

const BUTTON = 'cozify-button';

/** The result of looking up a target on the server, as far as the check of targets needs it. */
type KnownTarget = Pick<Resolved, 'is'> & {
  /** Whether the thing has buttons; `undefined` if the thing is unknown. */
  hasButtons: boolean | undefined;
};

/** The results of looking up targets, by account, hub and target. */
// oxlint-disable-next-line house/no-module-state -- A cache of the page: Node-RED calls the checks without an owner, and they can't wait for a request.
const knownTargets = new Map<string, KnownTarget>();

/** Stores the result of looking up a target. If it differs from the stored one, checks the nodes again. */
export function noteTarget(account: string, hub: string, target: SavedTarget, { is, thing }: Resolved): void {
  const key = knownKey(account, hub, target);
  const known = knownTargets.get(key);
  const hasButtons = thing?.does.includes('buttons');
  if (known?.is === is && known.hasButtons === hasButtons) return;
  knownTargets.set(key, { is, hasButtons });
  // The nodes may have been checked before this result arrived, for example when the dialog closed.
  window.setTimeout(() => nodesToCheck().forEach(checkAgain), PAUSE_MS);
}

/**
 * Returns an error text if no thing or several things have the name of a target, or if a target of a button node has no
 * buttons; otherwise true. A target that was not looked up yet is valid.
 */
export function checkTargets(this: TargetNode, targets: unknown, _options: object): true | string {
  const { account = '', hub = '', type } = this;
  const resultOf = (target: SavedTarget): KnownTarget | undefined => knownTargets.get(knownKey(account, hub, target));
  for (const target of namesOf(targets)) {
    const { name } = target;
    const is = resultOf(target)?.is;
    if (is === 'gone') return translate('invalid.targetGone', { name });
    if (is === 'several') return translate('invalid.targetSeveral', { name });
  }
  const all = type === BUTTON && Array.isArray(targets) ? (targets as SavedTarget[]) : [];
  const mute = all.find((target) => resultOf(target)?.hasButtons === false);
  return mute === undefined || translate('invalid.noButtons', { name: mute.name || mute.id });
}

/** Returns those targets of a node that have only a name, which is looked up when the node runs. */
export function namesOf(targets: unknown): SavedTarget[] {
  if (!Array.isArray(targets)) return [];
  const all = targets as Partial<SavedTarget>[];
  return all.filter(
    (one): one is SavedTarget => one?.id === '' && typeof one.name === 'string' && !isFromEnv(one.name),
  );
}

function checkAgain(node: TargetNode): void {
  // `validateNode` is in all versions of Node-RED, but not in its types.
  const editor = RED.editor as unknown as { validateNode?: (node: object) => boolean };
  const before = (node as { valid?: boolean }).valid;
  if (editor.validateNode?.(node) === before) return;
  node.dirty = true;
  RED.view.redraw();
}

/**
 * Returns the nodes whose validity depends on answers of the server: nodes with targets that have only a name, and
 * button nodes, whose targets must have buttons.
 */
function nodesToCheck(): TargetNode[] {
  return cozifyNodes<TargetNode>().filter(({ type, targets }) => type === BUTTON || namesOf(targets).length > 0);
}

function knownKey(account: string, hub: string, { hub: own = '', kind = '', id = '', name = '' }: SavedTarget): string {
  return JSON.stringify([account, own || hub, kind, id, id === '' ? name : '']);
}
