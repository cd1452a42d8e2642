import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';

/** What opens connections, without TLS and with it. */
export interface Agents {
  httpAgent: HttpAgent;
  httpsAgent: HttpsAgent;
}

/**
 * How long a connection is kept open for the next call: longer than the longest of the usual pauses, which is a minute and a
 * quarter. Each new one through the cloud is a handshake.
 */
const IDLE_MS = 90_000;

/** How long for one that must not be sent twice: no server closes a connection so soon. */
const BRIEF_IDLE_MS = 2_000;

/** As many calls as go on side by side in a busy moment find a connection in the next. */
const MOST_FREE = 16;

/** The connections that are kept open for the next call. */
export class KeptConnections {
  /** For calls that may be sent once more. */
  readonly lasting = keepingAgents(IDLE_MS);
  /** For those that may not. */
  readonly brief = keepingAgents(BRIEF_IDLE_MS);
  #usedAt = Date.now();

  /** Something is about to be sent. */
  noteUse(): void {
    const now = Date.now();
    // Timers stand still while a machine sleeps: what was kept before is dead, and would not say so.
    if (now - this.#usedAt > IDLE_MS) endIdle(this.lasting);
    this.#usedAt = now;
  }

  /** Ends them all, those in use included. */
  close(): void {
    for (const { httpAgent, httpsAgent } of [this.lasting, this.brief]) {
      httpAgent.destroy();
      httpsAgent.destroy();
    }
  }
}

/** Agents for one call, whose connection ends with it. */
export function freshAgents(tls: { signal?: AbortSignal } = {}): Agents {
  return { httpAgent: new HttpAgent(), httpsAgent: new HttpsAgent({ rejectUnauthorized: true, ...tls }) };
}

function keepingAgents(idleMs: number): Agents {
  const kept = { keepAlive: true, timeout: idleMs, maxFreeSockets: MOST_FREE };
  return { httpAgent: new HttpAgent(kept), httpsAgent: new HttpsAgent({ ...kept, rejectUnauthorized: true }) };
}

function endIdle({ httpAgent, httpsAgent }: Agents): void {
  const idle = [...Object.values(httpAgent.freeSockets), ...Object.values(httpsAgent.freeSockets)].flat();
  for (const socket of idle) socket?.destroy();
}
