import { isRecord } from '../checks';
import type { Ask } from './recorder';

const TIMEOUT_MS = 15_000;
const NOTHING_NEW = 304;
/** Statuses for a wrong or expired code. */
const REJECTED = [400, 401, 403];

/** A hub that can be recorded. */
export interface OwnHub {
  name: string;
  version: string;
  ask: Ask;
}

/** The hub keys by hub id, and the LAN addresses, as listed by the cloud. */
interface Known {
  keys: ReadonlyMap<string, string>;
  hosts: readonly string[];
}

/**
 * The user's login at Cozify's cloud. The token is not saved, so the login can't be used after the program has ended.
 */
export class Owner {
  readonly #cloudUrl: string;
  readonly #email: string;
  #token = '';

  constructor(cloudUrl: string, email: string) {
    this.#cloudUrl = cloudUrl.replace(/\/$/, '');
    this.#email = email;
  }

  /** Requests a code by e-mail. */
  async requestCode(): Promise<void> {
    await this.#call(`user/requestlogin?email=${encodeURIComponent(this.#email)}`, { method: 'POST' });
  }

  async logIn(code: string): Promise<void> {
    const body = JSON.stringify({ email: this.#email, password: code });
    const headers = { 'Content-Type': 'application/json' };
    const answer = await this.#call('user/emaillogin', { method: 'POST', body, headers }).catch((error: unknown) => {
      if (!(error instanceof Refusal) || !REJECTED.includes(error.status)) throw error;
      throw new Error('Cozify does not accept this code: start again to get another one.', { cause: error });
    });
    this.#token = (await answer.text()).trim();
  }

  async logOut(): Promise<void> {
    await this.#call('user/logout', { method: 'PUT' });
  }

  /** Returns the hubs that can be reached, on the LAN if possible. */
  async hubs(): Promise<OwnHub[]> {
    const known = await this.#known();
    const found = await Promise.all([...known.keys].map(([id]) => this.#hub(id, known)));
    return found.filter((hub) => hub !== undefined);
  }

  async #hub(id: string, known: Known): Promise<OwnHub | undefined> {
    const found = await this.#find(id, known);
    return found && { ...found, ask: this.#followed(id, found.ask) };
  }

  /**
   * Returns a function that sends requests to a hub. After a failure, the next request looks up the hub's key, address
   * and version again.
   */
  #followed(id: string, first: Ask): Ask {
    let ask: Ask | undefined = first;
    return async (path) => {
      ask ??= (await this.#find(id, await this.#known()))?.ask;
      if (ask === undefined) throw new Error('The hub does not answer.');
      try {
        return await ask(path);
      } catch (error) {
        ask = undefined;
        throw error;
      }
    };
  }

  async #known(): Promise<Known> {
    const keys: unknown = await (await this.#call('user/hubkeys')).json();
    const addresses: unknown = await (await this.#call('hub/lan_ip')).json().catch(() => []);
    const entries = isRecord(keys) ? Object.entries(keys) : [];
    return {
      keys: new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
      hosts: Array.isArray(addresses) ? addresses.filter((one) => typeof one === 'string') : [],
    };
  }

  async #find(id: string, { keys, hosts }: Known): Promise<OwnHub | undefined> {
    const key = keys.get(id);
    if (key === undefined) return undefined;
    const senders = [...hosts.map((host) => lanSender(host, key)), this.#cloudSender(key)];
    for (const send of senders) {
      const about = await send('/hub').catch(() => undefined);
      if (!isRecord(about) || about['hubId'] !== id) continue;
      const [name, version] = [String(about['name']), String(about['version'])];
      const api = version.split('.').slice(0, 2).join('.');
      return { name, version, ask: (path) => send(`/cc/${api}${path}`) };
    }
    return undefined;
  }

  #cloudSender(key: string): Ask {
    return async (path) => answerOf(await this.#call(`hub/remote${path}`, { headers: { 'X-Hub-Key': key } }));
  }

  async #call(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(this.#token !== '' && { Authorization: this.#token }), ...(init.headers as object) };
    const options = { ...init, headers, redirect: 'error' as const, signal: AbortSignal.timeout(TIMEOUT_MS) };
    const answer = await reach('Cozify', `${this.#cloudUrl}/${path}`, options);
    // Leave out the query, because it contains an e-mail address.
    if (!answer.ok && answer.status !== NOTHING_NEW) throw new Refusal(path.split('?')[0] ?? '', answer.status);
    return answer;
  }
}

/** An error response from the cloud. */
class Refusal extends Error {
  readonly status: number;

  constructor(call: string, status: number) {
    super(`${call}: Cozify answered ${status}.`);
    this.status = status;
  }
}

/** Calls fetch. If that fails, throws an error with a readable reason. */
async function reach(whom: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const { cause, message } = error as Error;
    const reason = cause instanceof Error && cause.message !== '' ? cause.message : message;
    throw new Error(`${whom} can't be reached: ${reason}.`, { cause: error });
  }
}

function lanSender(address: string, key: string): Ask {
  const origin = address.includes('://') ? address : `http://${address}:8893`;
  return async (path) => {
    const options = { headers: { Authorization: key }, signal: AbortSignal.timeout(TIMEOUT_MS) };
    return answerOf(await reach('The hub', origin + path, options));
  };
}

async function answerOf(answer: Response): Promise<unknown> {
  if (answer.status === NOTHING_NEW) return undefined;
  if (!answer.ok) throw new Error(`The hub answered ${answer.status}.`);
  return answer.json();
}
