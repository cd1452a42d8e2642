// Look-up of the current names for all nodes in the editor.
import type { Resolved } from '../../../src/devices/steps/resolving.js';
import { cloudOfAccount, relabel } from '../account/accounts.js';
import type { SavedTarget } from '../picker/target.js';
import { ThingsApi } from '../picker/things-api.js';
import { translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import { cozifyNodes } from '../shared/flows.js';
import { namesOf, noteTarget, type TargetNode } from '../shared/targets-field.js';
import { knownNames } from './names.js';

/**
 * Delay that collects nodes: Node-RED reports each loaded or changed node alone, but an account needs only one request.
 */
const PAUSE_MS = 500;
/** The maximum number of items in one request. */
const MOST_ITEMS = 2_000;

/** Events after which all answers may be outdated, and events after which there may be more to look up. */
const RELOAD_EVENTS = ['flows:loaded', 'deploy'] as const;
const CHANGE_EVENTS = ['nodes:add', 'nodes:change'] as const;

interface WatchedNode extends TargetNode {
  rooms?: unknown;
}

const UNKNOWN: Resolved = { is: 'unknown', thing: null };

/** A request about an account: things by id and by name, and rooms. */
interface Asked {
  ids: SavedTarget[];
  names: SavedTarget[];
  rooms: string[];
}

/**
 * Looks up the current names of things and rooms that nodes store by id, and the things that nodes store by name, in
 * one request for each account.
 */
export class NameWatch {
  readonly #accountsToAsk = new Set<string>();
  /** The items that have been answered, by account. */
  readonly #answered = new Map<string, ReadonlySet<string>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    knownNames.onChange = relabel;
    for (const event of RELOAD_EVENTS) RED.events.on(event, this.#noteAll);
    for (const event of CHANGE_EVENTS) RED.events.on(event, this.#note);
    this.#noteAll();
  }

  stop(): void {
    for (const event of RELOAD_EVENTS) RED.events.off(event, this.#noteAll);
    for (const event of CHANGE_EVENTS) RED.events.off(event, this.#note);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Looks up everything in an account's nodes again, as after a login. */
  ask(account: string): void {
    this.#accountsToAsk.add(account);
    this.#timer ??= setTimeout(() => this.#askAll(), PAUSE_MS);
  }

  readonly #note = (node: WatchedNode): void => {
    const { account = '' } = node;
    const known = this.#answered.get(account);
    const isOwn = node.type?.startsWith('cozify-') === true;
    if (isOwn && keysOf(askedOf([node])).some((key) => known?.has(key) !== true)) this.ask(account);
  };

  readonly #noteAll = (): void => {
    for (const { account = '' } of cozifyNodes<WatchedNode>()) if (account !== '') this.ask(account);
  };

  #askAll(): void {
    this.#timer = undefined;
    const accounts = [...this.#accountsToAsk];
    this.#accountsToAsk.clear();
    if (RED.user.hasPermission('cozify.read')) for (const account of accounts) void this.#learn(account);
  }

  async #learn(account: string): Promise<void> {
    const asked = askedOf(cozifyNodes<WatchedNode>().filter((node) => node.account === account));
    if (await learn(account, asked)) this.#answered.set(account, new Set(keysOf(asked)));
  }
}

/** Sends the request. Returns whether there was an answer. */
async function learn(account: string, { ids, names, rooms }: Asked): Promise<boolean> {
  const cloudUrl = cloudOfAccount(account);
  if (cloudUrl === undefined || ids.length + names.length + rooms.length === 0) return false;
  const targets = [...names, ...ids].slice(0, MOST_ITEMS);
  const api = new ThingsApi({ id: account, cloudUrl, language: translate('locale') });
  const reply = await api.lookUp({ targets, rooms: rooms.slice(0, MOST_ITEMS), hub: '' });
  if (!reply.isOk) return false;
  const { answer } = reply;
  targets.forEach((target, index) => noteTarget(account, target.hub, target, answer.targets[index] ?? UNKNOWN));
  knownNames.note(
    account,
    [...answer.targets, ...answer.rooms].flatMap(({ thing }) => thing ?? []),
  );
  return true;
}

/**
 * Returns the items in nodes, without duplicates. A name is looked up at its node's hub, unless that is an environment
 * variable.
 */
function askedOf(nodes: readonly WatchedNode[]): Asked {
  const names = nodes.flatMap(({ hub = '', targets }) =>
    isFromEnv(hub) ? [] : namesOf(targets).map((target) => ({ ...target, hub: target.hub || hub })),
  );
  const ids = nodes.flatMap(({ targets }) => (Array.isArray(targets) ? (targets as SavedTarget[]) : []));
  const rooms = nodes.flatMap(({ rooms: all }) => (Array.isArray(all) ? (all as string[]) : []));
  return {
    ids: once(ids.filter((target) => typeof target?.id === 'string' && target.id !== '')),
    names: once(names),
    rooms: [...new Set(rooms)],
  };
}

/** Returns a text for each item. */
function keysOf({ ids, names, rooms }: Asked): string[] {
  return [...ids, ...names, ...rooms].map((one) => JSON.stringify(one));
}

function once(targets: readonly SavedTarget[]): SavedTarget[] {
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
}
