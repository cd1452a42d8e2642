/** What the server sends of the cloud, of a hub, of an e-mail and of a device; see src/page/facts.ts there. */
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

/** Everything the page knows, by the keys of the server. */
export class Home {
  readonly #facts = new Map<string, unknown>();

  /** Takes what has changed in; null is what is no more. */
  take(changes: Record<string, unknown>): void {
    for (const [key, fact] of Object.entries(changes)) {
      if (fact === null) this.#facts.delete(key);
      else this.#facts.set(key, fact);
    }
  }

  /** Forgets everything: whoever connects is sent all there is, by a home that may be another one than before. */
  forget(): void {
    this.#facts.clear();
  }

  get cloud(): CloudFact | undefined {
    return this.#facts.get('cloud') as CloudFact | undefined;
  }

  get mails(): MailFact[] {
    return (this.#facts.get('mails') ?? []) as MailFact[];
  }

  get hubs(): HubFact[] {
    return this.#below('hub/') as HubFact[];
  }

  hub(id: string): HubFact | undefined {
    return this.#facts.get(`hub/${id}`) as HubFact | undefined;
  }

  devices(hubId: string): DeviceFact[] {
    return this.#below(`device/${hubId}/`) as DeviceFact[];
  }

  #below(start: string): unknown[] {
    return [...this.#facts].filter(([key]) => key.startsWith(start)).map(([, fact]) => fact);
  }
}

/** What the page hears once something was done: whatever a person has moved then shows how it is, moved or not. */
export const DONE = 'done';
const SETTLED_MS = 1200;

/** Does something at the simulated home; what comes of it is told by the live connection. */
export async function act(what: 'home' | 'command' | 'trouble', body: Record<string, unknown>): Promise<void> {
  try {
    const answer = await fetch(`control/${what}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) console.warn(`The home refused it: ${answer.status}`);
  } catch (error) {
    console.warn('The home can’t be reached.', error);
  }
  setTimeout(() => dispatchEvent(new Event(DONE)), SETTLED_MS);
}
