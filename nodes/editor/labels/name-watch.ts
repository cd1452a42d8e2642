// Looks up the current names of the things and rooms that the nodes in the editor refer to.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { cloudOfAccount, relabel } from '../account/accounts.js';
import type { SavedTarget } from '../picker/target.js';
import { ThingsApi } from '../picker/things-api.js';
import { translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import { cozifyNodes, onEditorEvents } from '../shared/flows.js';
import { namesOf, noteTarget, type TargetNode } from '../shared/targets-field.js';
import { knownNames } from './names.js';

/**
 * Delay before a request. Node-RED reports each loaded or changed node separately, and one request per account is
 * enough for all of them.
 */
const PAUSE_MS = 500;
/** The maximum number of targets in one request. The maximum number of rooms is the same. */
const MAX_ITEMS = 2_000;

interface WatchedNode extends TargetNode {
  rooms?: unknown;
}

const UNKNOWN: Resolved = { is: 'unknown', thing: null };

/** The targets and rooms to look up. Each is saved by id or by name. */
interface SavedReferences {
  targets: SavedTarget[];
  rooms: string[];
}

/**
 * Looks up the current names of the things and rooms that nodes have saved by id, and checks whether there is a thing
 * for each name that nodes have saved. Sends one request per account.
 */
export class NameWatch {
  readonly #accountsToAsk = new Set<string>();
  /** Keys of the targets and rooms that have been looked up, by account. */
  readonly #answered = new Map<string, ReadonlySet<string>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #end: AbortController | undefined;

  start(): void {
    const { signal } = (this.#end = new AbortController());
    knownNames.onChange = relabel;
    // After the flows were loaded or deployed, all names may be outdated. A node that was added or changed may refer to
    // things that were not looked up yet.
    onEditorEvents(['flows:loaded', 'deploy'], () => this.#noteAll(), signal);
    onEditorEvents(['nodes:add', 'nodes:change'], (node) => this.#note(node), signal);
    this.#noteAll();
  }

  stop(): void {
    this.#end?.abort();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Looks up the targets and rooms of an account's nodes again, after a short delay. Call it after a login. */
  ask(account: string): void {
    this.#accountsToAsk.add(account);
    this.#timer ??= setTimeout(() => this.#askAll(), PAUSE_MS);
  }

  #note(node: WatchedNode): void {
    const { account = '' } = node;
    const known = this.#answered.get(account);
    const isOwn = node.type?.startsWith('cozify-') === true;
    if (isOwn && keysOf(referencesOf([node])).some((key) => known?.has(key) !== true)) this.ask(account);
  }

  #noteAll(): void {
    for (const { account } of cozifyNodes<WatchedNode>()) if (account) this.ask(account);
  }

  #askAll(): void {
    this.#timer = undefined;
    const accounts = [...this.#accountsToAsk];
    this.#accountsToAsk.clear();
    if (RED.user.hasPermission('cozify.read')) for (const account of accounts) void this.#learn(account);
  }

  async #learn(account: string): Promise<void> {
    const cloudUrl = cloudOfAccount(account);
    const asked = referencesOf(cozifyNodes<WatchedNode>().filter((node) => node.account === account));
    if (cloudUrl === undefined || keysOf(asked).length === 0) return;
    const [targets, rooms] = [asked.targets.slice(0, MAX_ITEMS), asked.rooms.slice(0, MAX_ITEMS)];
    const api = new ThingsApi({ id: account, cloudUrl, language: translate('locale') });
    const reply = await api.resolve({ targets, rooms, hub: '' });
    if (!reply.isOk) return;
    const { answer } = reply;
    targets.forEach((target, index) => noteTarget(account, target.hub, target, answer.targets[index] ?? UNKNOWN));
    const things = [...answer.targets, ...answer.rooms].flatMap(({ thing }) => thing ?? []);
    knownNames.note(account, things);
    this.#answered.set(account, new Set(keysOf(asked)));
  }
}

/**
 * Returns the targets and rooms to which nodes refer, without duplicates. A target with only a name is looked up at the
 * hub of its node, and left out if that hub is an environment variable.
 */
function referencesOf(nodes: readonly WatchedNode[]): SavedReferences {
  const names = nodes.flatMap(({ hub = '', targets }) =>
    isFromEnv(hub) ? [] : namesOf(targets).map((target) => ({ ...target, hub: target.hub || hub })),
  );
  const all = nodes.flatMap(({ targets }) => (Array.isArray(targets) ? (targets as SavedTarget[]) : []));
  const ids = all.filter((target) => typeof target?.id === 'string' && target.id !== '');
  const rooms = nodes.flatMap(({ rooms: saved }) => (Array.isArray(saved) ? (saved as string[]) : []));
  const targets = new Map([...names, ...ids].map((target) => [JSON.stringify(target), target]));
  return { targets: [...targets.values()], rooms: [...new Set(rooms)] };
}

/** Returns a key for each target and room, to find out which of them have been looked up. */
function keysOf({ targets, rooms }: SavedReferences): string[] {
  return [...targets, ...rooms].map((one) => JSON.stringify(one));
}
