import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** The agents for connections without TLS and with TLS. */
export interface Agents {
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

/**
 * How long an idle connection is kept, because each new connection to the cloud costs a TLS handshake. Longer than the
 * longest usual pause between calls, which is 75 s.
 */
const IDLE_MS = 90_000;

/**
 * How long an idle connection is kept for calls that must not be sent twice. Shorter than any server's idle limit, so
 * that the server has not closed the connection when the next call is sent.
 */
const BRIEF_IDLE_MS = 2_000;

/**
 * At most this many idle connections are kept for each host: enough for the calls that run at once in a busy moment.
 */
const MAX_FREE_SOCKETS = 16;

/** Keeps connections open for the next calls. */
export class KeptConnections {
  /** Agents for requests that may be sent twice, if a kept connection turns out to be dead. */
  readonly lasting = keepingAgents(IDLE_MS);
  /**
   * Agents for requests that must not be sent twice. They keep connections only briefly, so that no server has closed
   * them.
   */
  readonly brief = keepingAgents(BRIEF_IDLE_MS);
  #usedAt = Date.now();

  /** Must be called before each request. After a pause longer than the idle limit, closes the idle connections. */
  noteUse(): void {
    const now = Date.now();
    // The agents' timers do not run while the machine sleeps, so the idle connections are dead after a sleep.
    if (now - this.#usedAt > IDLE_MS) endIdle(this.lasting);
    this.#usedAt = now;
  }

  /** Closes all connections, including those in use. */
  close(): void {
    for (const { httpAgent, httpsAgent } of [this.lasting, this.brief]) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }
}

/** Creates agents for one call. The connection closes when the call ends. */
export function freshAgents(tls: { signal?: AbortSignal } = {}): Agents {
  return { httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent({ rejectUnauthorized: true, ...tls }) };
}

function keepingAgents(idleMs: number): Agents {
  const kept = { keepAlive: true, timeout: idleMs, maxFreeSockets: MAX_FREE_SOCKETS };
  return { httpAgent: new HttpAgent(kept), httpsAgent: new HttpsAgent({ ...kept, rejectUnauthorized: true }) };
}

function endIdle({ httpAgent, httpsAgent }: Agents): void {
  const idle = [...Object.values(httpAgent.freeSockets), ...Object.values(httpsAgent.freeSockets)].flat();
  for (const socket of idle) socket?.destroy();
}
