import type { HttpClient, HttpRequest, HttpResponse } from '../../../../src/http/http-client.js';
import type { MixedWorld } from './mixed-world.js';
import { accountsOf, type NodeRed } from './node-red.js';

/**
 * The simulated network between the processes and the clouds. Records a violation if a process requests a code that
 * nobody asked for, or sends two renewals at a time.
 */
export class Wire {
  readonly #world: MixedWorld;

  constructor(world: MixedWorld) {
    this.#world = world;
  }

  /** Returns the HTTP client of one account. */
  open(process: NodeRed): HttpClient {
    const renewing = new Map<string, number>();
    return { send: (request) => this.#send(process, renewing, request), close: () => undefined };
  }

  async #send(process: NodeRed, renewing: Map<string, number>, request: HttpRequest): Promise<HttpResponse> {
    const { cloud, violations } = this.#world;
    const never = new Promise<HttpResponse>(() => undefined);
    if (process.isDead) return never;
    // Skips the checks for a request that was aborted before its start, because the client never sends it.
    if (request.signal?.aborted === true) return cloud.fake.http.send(request);
    const { origin, pathname, searchParams } = new URL(request.url);
    const isRenewal = pathname.endsWith('/refreshsession');
    const email = searchParams.get('email') ?? '';
    if (pathname.endsWith('/requestlogin') && !this.#world.isCodeRequested(process, email)) {
      violations.push(`a code without a request, to ${email}`);
    }
    const count = (renewing.get(origin) ?? 0) + 1;
    if (isRenewal) {
      this.#noteRenewal(process, request.headers?.['Authorization'] ?? '');
      renewing.set(origin, count);
      if (count > 1) violations.push('two renewals at a time');
    }
    try {
      const answer = await cloud.fake.http.send(request);
      return process.isDead ? await never : answer;
    } catch (error) {
      if (process.isDead) return await never;
      throw error;
    } finally {
      if (isRenewal) renewing.set(origin, (renewing.get(origin) ?? 1) - 1);
    }
  }

  /**
   * Marks a login as lost if a process on a shared store renews it after its account has left the flows of the host.
   * The process is about to delete the account, so the new token may reach no store.
   */
  #noteRenewal(process: NodeRed, token: string): void {
    const { cloud, hosts, isShared } = this.#world;
    const family = cloud.familyOf(token);
    const host = hosts.find((one) => one.process === process);
    if (family === undefined || host === undefined || !isShared) return;
    const ids = host.flows.flatMap(accountsOf);
    if (ids.every((id) => !family.email.startsWith(`${id}.`))) family.isOutOfReach = true;
  }
}
