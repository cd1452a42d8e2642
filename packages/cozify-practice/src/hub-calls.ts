import { setTimeout as sleep } from 'node:timers/promises';
import { failure, json, notModified, text, type Answer } from './answers';
import type { HubBehaviour } from './behaviour';
import type { Home } from './home/home';
import { isListing, type Listing } from './home/things';

/** An authorized call of a hub's API. */
export interface HubCall {
  method: string;
  /** Path below `/cc/<version>`, without the query. */
  path: string;
  query: URLSearchParams;
  body: string;
  role: number;
  /** Aborted when the client has disconnected. */
  signal: AbortSignal;
}

/**
 * Answers about the hub itself, by path below `/cc/<version>`. According to python-cozify, `/hub/colors` lists
 * user-defined colors, and `/hub/433devices` lists 433 MHz devices in an unknown form.
 */
const OF_THE_HUB: Readonly<Record<string, (home: Home) => unknown>> = {
  '/hub/tz': () => 'Europe/Helsinki',
  '/hub/colors': () => [],
  '/hub/433devices': (home) => home.radioDevices,
};

/** Answers the calls of a hub's API. */
export class HubCalls {
  readonly #home: Home;
  readonly #behaviour: HubBehaviour;

  constructor(home: Home, behaviour: HubBehaviour) {
    this.#home = home;
    this.#behaviour = behaviour;
  }

  async answer(call: HubCall): Promise<Answer> {
    const { method, path } = call;
    const [, listing = '', action] = /^\/([a-z]+)(?:\/(command|close))?$/.exec(path) ?? [];
    if (action === 'close' && listing === 'alarms') return this.#closeAlarm(call);
    if (isListing(listing) && action === undefined) return method === 'GET' ? this.#list(call, listing) : failure(405);
    if (isListing(listing) && action === 'command')
      return method === 'PUT' ? this.#command(call, listing) : failure(405);
    const answerOf = Object.hasOwn(OF_THE_HUB, path) ? OF_THE_HUB[path] : undefined;
    if (answerOf === undefined && path !== '/hub/poll') return failure(404);
    if (method !== 'GET') return failure(405);
    if (call.role < this.#behaviour.roleToRead) return failure(403);
    return answerOf === undefined ? this.#poll(call) : json(answerOf(this.#home));
  }

  async #list({ role, signal }: HubCall, listing: Listing): Promise<Answer> {
    if (role < this.#behaviour.roleToRead) return failure(403);
    await this.#takeTime(signal);
    return json(this.#home.list(listing));
  }

  async #poll({ query, signal }: HubCall): Promise<Answer> {
    const ts = Number(query.get('ts') ?? 0);
    if (!Number.isFinite(ts)) return failure(400);
    const delta = await this.#home.poll(ts, signal);
    if (delta === undefined) return notModified();
    if (ts === 0 || delta.full) await this.#takeTime(signal);
    return json(this.#behaviour.isPollWrapped ? [delta] : delta);
  }

  #command({ role, body }: HubCall, listing: Listing): Answer {
    const { roleToCommand, roleToManage, refusalStatus } = this.#behaviour;
    if (role < (listing === 'rules' ? roleToManage : roleToCommand)) return failure(403);
    const elements = parse(body);
    if (!Array.isArray(elements)) return failure(400, 'Not an array of commands');
    const outcome = this.#home.execute(listing, elements);
    if (outcome.isRefused) return failure(refusalStatus, outcome.message);
    return listing === 'scenes' || listing === 'rules' ? this.#commanded(listing, outcome.ids) : this.#dispatched();
  }

  /** Returns the scenes or rules for which there were commands, in their new state. */
  #commanded(listing: 'scenes' | 'rules', ids: readonly string[]): Answer {
    const things = [...new Set(ids)].map((id) => this.#home.find(listing, id));
    return json(
      this.#behaviour.commandedAs === 'list' ? things : Object.fromEntries(things.map((thing) => [thing.id, thing])),
    );
  }

  #dispatched(): Answer {
    return this.#behaviour.dispatchAnswer === 'null' ? json(null) : text('');
  }

  #closeAlarm({ method, query, role }: HubCall): Answer {
    if (method !== 'PUT' && method !== 'POST') return failure(405);
    if (role < this.#behaviour.roleToManage) return failure(403);
    try {
      this.#home.closeAlarm(query.get('alarmId') ?? '');
    } catch {
      return failure(404);
    }
    return json(null);
  }

  async #takeTime(signal: AbortSignal): Promise<void> {
    const { slowFullMs } = this.#behaviour;
    if (slowFullMs > 0) await sleep(slowFullMs, undefined, { signal });
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
