import type { TargetResult } from '../../../src/devices/steps/command-step.js';
import type { ListedState, ThingPage } from '../../../src/devices/steps/thing-list.js';
import type { AllResolved } from '../../../src/devices/steps/resolving.js';
import { callEndpoint, type Reply } from '../account/api.js';
import { knownNames } from '../labels/node-label.js';
import type { SavedTarget } from './target.js';

/** The endpoint lists no more at once. */
const PAGE_SIZE = 50;

/** A thing as the endpoint lists it, with its state. */
export type Thing = ListedState;

/** Whether a device can be reached, or any device of a group or room. */
export function isThingReachable({ state, members }: Pick<Thing, 'state' | 'members'>): boolean {
  return state['reachable'] !== false && members?.reachable !== false;
}

/** What to look for; what is absent or empty asks for nothing. */
export interface ThingsQuery {
  hub?: string;
  kinds?: readonly string[];
  /** Words as they were typed. */
  q?: string;
  can?: string;
  ids?: readonly string[];
  /** Ids or names, of which any will do. */
  rooms?: readonly string[];
  capabilities?: readonly string[];
  match?: string;
  after?: string;
  /** Whether what the home's devices can do is asked for, too. */
  withCapabilities?: boolean;
}

/** What nodes name; `hub` is the node's. */
export interface NamedByNode {
  targets?: readonly SavedTarget[];
  rooms?: readonly string[];
  hub: string;
}

/** A command to try, in the words of a command node. */
export interface TriedCommand {
  targets: readonly SavedTarget[];
  hub: string;
  command: string;
  field: string;
  value?: unknown;
  transition: string;
}

/** What came of a command, one a target. */
export interface Tried {
  results: TargetResult[];
}

/** Which account is asked, as it is in the editor, and in which language names of the factory are wanted. */
export interface AskedAccount {
  id: string;
  /** As it is in the editor, deployed or not; empty for the deployed one. */
  cloudUrl: string;
  language: string;
}

/** The endpoints that tell what there is at the hubs of an account, and try it out. */
export class ThingsApi {
  readonly #account: AskedAccount;
  readonly #url: string;

  constructor(account: AskedAccount) {
    this.#account = account;
    this.#url = `cozify/accounts/${encodeURIComponent(account.id)}`;
  }

  async list(query: ThingsQuery): Promise<Reply<ThingPage>> {
    const reply = await callEndpoint('GET', `${this.#url}/things?${queryOf(query, this.#account)}`, isPage);
    if (reply.isOk) knownNames.note(this.#account.id, reply.answer.things);
    return reply;
  }

  /** Things by their ids, however many: a page's worth at a time, so that no address is too long. */
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

  /** What a node would find by these, one of each in their order. */
  lookUp(named: NamedByNode): Promise<Reply<AllResolved>> {
    const { language: lang } = this.#account;
    return callEndpoint('POST', `${this.#url}/resolve`, isResolved, { ...named, lang, ...this.#cloud });
  }

  /** Makes a lamp blink. */
  blink({ hub, id }: { hub: string; id: string }): Promise<Reply<Tried>> {
    return callEndpoint('POST', `${this.#url}/identify`, isTried, { hub, id, ...this.#cloud });
  }

  command(command: TriedCommand): Promise<Reply<Tried>> {
    return callEndpoint('POST', `${this.#url}/command`, isTried, { ...command, ...this.#cloud });
  }

  get #cloud(): { cloudUrl?: string } {
    const { cloudUrl } = this.#account;
    return cloudUrl === '' ? {} : { cloudUrl };
  }
}

/** The query of the endpoint, without what asks for nothing. */
export function queryOf(query: ThingsQuery, { cloudUrl, language }: Omit<AskedAccount, 'id'>): string {
  const { hub = '', kinds = [], q = '', can = '', ids = [], after = '' } = query;
  const { rooms = [], capabilities = [], match = '', withCapabilities = false } = query;
  const all = [
    ...[['hub', hub] as const, ['q', q.trim()] as const, ['can', can] as const, ['after', after] as const],
    ...kinds.map((kind) => ['kind', kind] as const),
    ...ids.map((id) => ['ids', id] as const),
    ...rooms.map((room) => ['room', room] as const),
    ...capabilities.map((capability) => ['capability', capability] as const),
    ...[['capabilitiesMatch', match] as const, ['capabilities', withCapabilities ? 'list' : ''] as const],
    ...[['lang', language] as const, ['cloudUrl', cloudUrl] as const],
  ];
  return new URLSearchParams(all.filter(([, value]) => value !== '').map((pair) => [...pair])).toString();
}

function isPage(answer: unknown): answer is ThingPage {
  return typeof answer === 'object' && answer !== null && Array.isArray((answer as Partial<ThingPage>).things);
}

function isResolved(answer: unknown): answer is AllResolved {
  return typeof answer === 'object' && answer !== null && Array.isArray((answer as Partial<AllResolved>).targets);
}

function isTried(answer: unknown): answer is Tried {
  return typeof answer === 'object' && answer !== null && Array.isArray((answer as Partial<Tried>).results);
}
