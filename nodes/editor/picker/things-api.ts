// Client of the endpoints for the things of an account: lists, names and commands.
import type { TargetResult } from '../../../src/devices/steps/command-step.js';
import type { ListedState, ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { AllResolved, Resolved } from '../../../src/devices/steps/resolving.js';
import { callEndpoint, type Reply, withList } from '../account/api.js';
import { knownNames } from '../labels/names.js';
import type { SavedTarget } from './target.js';

/** The maximum number of things that the server returns in one page. */
const PAGE_SIZE = 50;

/** A thing in a list from the server, with its state. */
export type Thing = ListedState;

/** Whether a thing is reachable; for a group or room, whether any of its devices is. */
export function isThingReachable({ state, members }: Pick<Thing, 'state' | 'members'>): boolean {
  return state['reachable'] !== false && members?.reachable !== false;
}

/** Conditions of a search for things. An absent or empty condition matches everything. */
export interface ThingsQuery {
  hub?: string;
  kinds?: readonly string[];
  /** The words to search for. */
  q?: string;
  can?: string;
  ids?: readonly string[];
  /** Ids or names of rooms. A thing matches if it is in any of them. */
  rooms?: readonly string[];
  capabilities?: readonly string[];
  match?: string;
  after?: string;
  /** Whether the answer should contain the capabilities of all devices in the home. */
  withCapabilities?: boolean;
  /** The filter of the home tab. If it is not empty, the conditions other than `kinds`, `q` and `after` are ignored. */
  filter?: object;
}

/** The things, rooms and hubs that a node refers to. `hub`: the hub at which the node looks up names. */
interface NamedByNode {
  targets?: readonly SavedTarget[];
  rooms?: readonly string[];
  hubs?: readonly string[];
  hub: string;
}

/** A command to try, in the form of a command node's properties. */
export interface TriedCommand {
  targets: readonly SavedTarget[];
  hub: string;
  command: string;
  field: string;
  value?: unknown;
  transition: string;
}

/** The results of a command, in the order of its targets. */
export interface Tried {
  results: TargetResult[];
}

/** The account to ask about, and the language of default names of rooms and scenes, such as "Living room". */
export interface AskedAccount {
  id: string;
  /** The account's cloud address in the editor, which may not be deployed yet; empty for the deployed address. */
  cloudUrl: string;
  language: string;
}

const isPage = withList<ThingPage>('things');
const isResolved = withList<AllResolved & { hubs: Resolved[] }>('targets');
const isTried = withList<Tried>('results');

/** Client of the endpoints that list the things of an account's hubs and try commands. */
export class ThingsApi {
  protected readonly account: AskedAccount;
  protected readonly url: string;

  constructor(account: AskedAccount) {
    this.account = account;
    this.url = `cozify/accounts/${encodeURIComponent(account.id)}`;
  }

  async list(query: ThingsQuery): Promise<Reply<ThingPage>> {
    const { kinds: kind = [], q = '', after = '', filter = {} } = query;
    const url = `${this.url}/things`;
    const body = { kind, q, after, filter, lang: this.account.language, ...this.#cloud };
    const reply = await (Object.keys(filter).length === 0
      ? callEndpoint('GET', `${url}?${queryOf(query, this.account)}`, isPage)
      : callEndpoint('POST', url, isPage, body));
    if (reply.isOk) knownNames.note(this.account.id, reply.answer.things);
    return reply;
  }

  /** Requests things by id, a page at a time, so that no URL becomes too long. */
  async known(ids: readonly string[]): Promise<Reply<ThingPage>> {
    const all: ThingPage = { things: [], total: 0, next: null, asOf: null, away: false };
    for (let start = 0; start < ids.length; start += PAGE_SIZE) {
      const reply = await this.list({ ids: ids.slice(start, start + PAGE_SIZE) });
      if (!reply.isOk) return reply;
      const { things, asOf, away } = reply.answer;
      all.things.push(...things);
      all.total += things.length;
      all.asOf ??= asOf;
      all.away ||= away;
    }
    return { isOk: true, answer: all };
  }

  /** Looks up the things to which the references of a node refer. The results are in the order of the references. */
  resolve(named: NamedByNode): Promise<Reply<AllResolved & { hubs: Resolved[] }>> {
    const { language: lang } = this.account;
    return callEndpoint('POST', `${this.url}/resolve`, isResolved, { ...named, lang, ...this.#cloud });
  }

  blink({ hub, id }: { hub: string; id: string }): Promise<Reply<Tried>> {
    return callEndpoint('POST', `${this.url}/identify`, isTried, { hub, id, ...this.#cloud });
  }

  command(command: TriedCommand): Promise<Reply<Tried>> {
    return callEndpoint('POST', `${this.url}/command`, isTried, { ...command, ...this.#cloud });
  }

  get #cloud(): { cloudUrl?: string } {
    const { cloudUrl } = this.account;
    return cloudUrl === '' ? {} : { cloudUrl };
  }
}

/** Returns the query string for a search. Leaves out empty conditions. */
export function queryOf(query: ThingsQuery, { cloudUrl, language }: Omit<AskedAccount, 'id'>): string {
  const { hub, q = '', can, after, ids, kinds: kind, rooms: room, capabilities: capability } = query;
  const more = { capabilitiesMatch: query.match, capabilities: query.withCapabilities === true ? 'list' : '' };
  const all = { hub, q: q.trim(), can, after, kind, ids, room, capability, ...more, lang: language, cloudUrl };
  const pairs = Object.entries(all).flatMap(([name, values]) => [values ?? []].flat().map((value) => [name, value]));
  return new URLSearchParams(pairs.filter(([, value]) => value !== '')).toString();
}
