import type { AllResolved, Resolved } from '../../../src/devices/steps/resolving.js';
import { callEndpoint } from '../account/api.js';
import { relabel } from '../account/relabel.js';
import type { SavedTarget } from '../picker/target.js';
import { translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import { cloudOfAccount } from '../shared/chosen-account.js';
import { namesOf, noteTarget, type TargetNode } from '../shared/target-checks.js';
import { knownNames } from './node-label.js';

/** Node-RED tells of each node that it loads, and of each change; accounts are asked about all of them together. */
const PAUSE_MS = 500;
/** The endpoint looks no more up at once. */
const MOST = 2_000;

/** After these, what is known may be known no longer; after those, there may be more to know. */
const ANEW = ['flows:loaded', 'deploy'] as const;
const MORE = ['nodes:add', 'nodes:change'] as const;

interface WatchedNode extends TargetNode {
  id?: string;
  rooms?: unknown;
}

const UNKNOWN: Resolved = { is: 'unknown', thing: null };

/** What is asked of one account: things by their ids and by their names, and rooms. */
interface Asked {
  ids: SavedTarget[];
  names: SavedTarget[];
  rooms: string[];
}

/**
 * Finds out, in one request for each account, what the things and rooms are called now that nodes keep by their ids, and
 * what those are that nodes keep by their names.
 */
export class NameWatch {
  readonly #wanted = new Set<string>();
  /** What was asked and answered, by account. */
  readonly #answered = new Map<string, ReadonlySet<string>>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  start(): void {
    knownNames.follow(relabel);
    for (const event of ANEW) RED.events.on(event, this.#noteAll);
    for (const event of MORE) RED.events.on(event, this.#note);
    this.#noteAll();
  }

  stop(): void {
    for (const event of ANEW) RED.events.off(event, this.#noteAll);
    for (const event of MORE) RED.events.off(event, this.#note);
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Asks anew about what nodes of an account name, as after its login. */
  ask(account: string): void {
    this.#wanted.add(account);
    this.#timer ??= setTimeout(() => this.#askAll(), PAUSE_MS);
  }

  /** A node is there, or other than it was. */
  readonly #note = (node: WatchedNode): void => {
    const { account = '' } = node;
    const known = this.#answered.get(account);
    if (isOurs(node) && keysOf(askedOf([node])).some((key) => known?.has(key) !== true)) this.ask(account);
  };

  readonly #noteAll = (): void => {
    RED.nodes.eachNode((node) => {
      const { account = '' } = node as WatchedNode;
      if (isOurs(node) && account !== '') this.ask(account);
      return true;
    });
  };

  #askAll(): void {
    this.#timer = undefined;
    const accounts = [...this.#wanted];
    this.#wanted.clear();
    if (RED.user.hasPermission('cozify.read')) for (const account of accounts) void this.#learn(account);
  }

  async #learn(account: string): Promise<void> {
    const asked = askedOf(nodesOf(account));
    if (await learn(account, asked)) this.#answered.set(account, new Set(keysOf(asked)));
  }
}

/** Asks, and gives whether there was an answer. */
async function learn(account: string, { ids, names, rooms }: Asked): Promise<boolean> {
  const cloudUrl = cloudOfAccount(account);
  if (cloudUrl === undefined || ids.length + names.length + rooms.length === 0) return false;
  const targets = [...names, ...ids].slice(0, MOST);
  const body = { targets, rooms: rooms.slice(0, MOST), lang: translate('locale') };
  const at = cloudUrl === '' ? {} : { cloudUrl };
  const url = `cozify/accounts/${encodeURIComponent(account)}/resolve`;
  const reply = await callEndpoint('POST', url, isResolved, { ...body, ...at });
  if (!reply.isOk) return false;
  const { answer } = reply;
  targets.forEach((target, index) => noteTarget(account, target.hub, target, answer.targets[index] ?? UNKNOWN));
  knownNames.note(
    account,
    [...answer.targets, ...answer.rooms].flatMap(({ thing }) => thing ?? []),
  );
  return true;
}

function isOurs({ type = '' }: WatchedNode): boolean {
  return type.startsWith('cozify-');
}

function nodesOf(account: string): WatchedNode[] {
  const nodes: WatchedNode[] = [];
  RED.nodes.eachNode((node) => {
    if (isOurs(node) && (node as WatchedNode).account === account) nodes.push(node);
    return true;
  });
  return nodes;
}

/** What nodes name, each once. A name is looked for at the hub that its node says, unless the environment says it. */
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

/** What is asked, each as a text. */
function keysOf({ ids, names, rooms }: Asked): string[] {
  return [...ids, ...names, ...rooms].map((one) => JSON.stringify(one));
}

function once(targets: readonly SavedTarget[]): SavedTarget[] {
  return [...new Map(targets.map((target) => [JSON.stringify(target), target])).values()];
}

function isResolved(answer: unknown): answer is AllResolved {
  const { targets, rooms } = (answer ?? {}) as Partial<AllResolved>;
  return Array.isArray(targets) && Array.isArray(rooms);
}
