/** Facts about the simulated home, as the server sends them to the page; see src/page/facts.ts. */
export interface CloudFact {
  cloudUrl: string;
  isAway: boolean;
  isLoginRejected: boolean;
  canRejectLogins: boolean;
  isSlow: boolean;
}

export interface HubFact {
  id: string;
  name: string;
  host: string | null;
  isOff: boolean;
  isLanRefused: boolean;
  rooms: { id: string; name: string }[];
  scenes: SceneFact[];
}

export interface SceneFact {
  id: string;
  name: string;
  isOn: boolean;
}

export interface MailFact {
  to: string;
  code: string;
  sentAt: number;
  state: 'fresh' | 'used' | 'expired';
}

export interface DeviceFact {
  id: string;
  name: string;
  type: string;
  room?: string;
  buttons?: { id: number; label: string }[];
  state: DeviceState;
}

export type DeviceState = { type: string; reachable: boolean } & Record<string, unknown>;

/** The facts about the simulated home that the server sends, by key. */
export class HomeFacts {
  readonly #byKey = new Map<string, unknown>();

  /** Applies changes; `null` deletes a fact. */
  take(changes: Record<string, unknown>): void {
    for (const [key, fact] of Object.entries(changes)) {
      if (fact === null) this.#byKey.delete(key);
      else this.#byKey.set(key, fact);
    }
  }

  /**
   * Deletes all facts. Must be called before each new connection: the server then sends all facts, and they may belong
   * to another home.
   */
  forget(): void {
    this.#byKey.clear();
  }

  get cloud(): CloudFact | undefined {
    return this.#byKey.get('cloud') as CloudFact | undefined;
  }

  get mails(): MailFact[] {
    return (this.#byKey.get('mails') ?? []) as MailFact[];
  }

  get hubs(): HubFact[] {
    return this.#below('hub/') as HubFact[];
  }

  hub(id: string): HubFact | undefined {
    return this.#byKey.get(`hub/${id}`) as HubFact | undefined;
  }

  devices(hubId: string): DeviceFact[] {
    return this.#below(`device/${hubId}/`) as DeviceFact[];
  }

  #below(start: string): unknown[] {
    return [...this.#byKey].filter(([key]) => key.startsWith(start)).map(([, fact]) => fact);
  }
}

/**
 * Event that is sent some time after a user action. All controls then show the current values again, because the action
 * may have changed nothing.
 */
export const DONE = 'done';
const SETTLED_MS = 1200;

/** Sends an action to the server. The result of the action arrives over the live connection. */
export async function act(what: 'home' | 'command' | 'trouble', body: Record<string, unknown>): Promise<void> {
  try {
    const answer = await fetch(`control/${what}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) console.warn(`The home refused it: ${answer.status}`);
  } catch (error) {
    console.warn('The home can’t be reached.', error);
  }
  setTimeout(() => dispatchEvent(new Event(DONE)), SETTLED_MS);
}
