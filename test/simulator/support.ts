import assert from 'node:assert/strict';
import type { HubBehaviour } from '../../packages/cozify-practice/src/behaviour';
import type { SimulatedHub } from '../../packages/cozify-practice/src/hub';
import type { Device, Things, Listing } from '../../packages/cozify-practice/src/home/things';
import { Simulator } from '../../packages/cozify-practice/src/simulator';
import type { SimulatedHubOptions, SimulatorOptions } from '../../packages/cozify-practice/src/types';

export const EMAIL = 'matti+test@example.fi';

/** The response to a poll, as a client sees it. */
export interface SeenPoll {
  type: string;
  full: boolean;
  timestamp: number;
  polls: ({ type: string; timestamp: number } & { [L in Listing]?: Record<string, Things[L] | null> })[];
}

/** A client of the cloud of a simulator. */
export class Caller {
  #simulator: Simulator | undefined;

  /** Returns a caller for the calling suite, which starts a simulator for each test. */
  static forSuite(options: () => SimulatorOptions = () => ({})): Caller {
    const caller = new Caller();
    beforeEach(async () => {
      caller.#simulator = await Simulator.start(options());
    });
    afterEach(() => caller.#simulator?.stop());
    return caller;
  }

  get simulator(): Simulator {
    assert.ok(this.#simulator, 'no test has started');
    return this.#simulator;
  }

  call(path: string, token?: string, init: RequestInit = {}): Promise<Response> {
    const headers = { ...(token !== undefined && { Authorization: token }), ...(init.headers as object) };
    return fetch(`${this.simulator.cloudUrl}/${path}`, { redirect: 'manual', ...init, headers });
  }

  askForCode(email = EMAIL): Promise<Response> {
    return this.call(`user/requestlogin?email=${encodeURIComponent(email)}`, undefined, { method: 'POST' });
  }

  logIn(password: unknown, email = EMAIL): Promise<Response> {
    return this.call('user/emaillogin', undefined, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password }),
    });
  }

  async hubKeys(token: string): Promise<Record<string, string>> {
    return (await (await this.call('user/hubkeys', token)).json()) as Record<string, string>;
  }
}

/** Returns the first hub of a simulator. */
export function firstHub({ hubs }: Simulator): SimulatedHub {
  const [hub] = hubs;
  assert.ok(hub);
  return hub;
}

/** Returns the claims of a JWT without a check of its signature. */
export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;
}

/** A simulator with one hub, and a client that calls the hub over real sockets. */
export class Visitor {
  #simulator: Simulator | undefined;
  transport: 'lan' | 'cloud' = 'lan';
  /** The `timestamp` of the last poll. */
  ts = 0;

  /** Starts a simulator. By default, its devices carry out commands at once. */
  static come(behaviour: Partial<HubBehaviour> = {}, options: SimulatedHubOptions = {}): Promise<Visitor> {
    return new Visitor().come(behaviour, options);
  }

  /** A visitor for the calling suite, who comes in each test and leaves after it. */
  static forSuite(): Visitor {
    const visitor = new Visitor();
    afterEach(() => visitor.leave());
    return visitor;
  }

  get simulator(): Simulator {
    assert.ok(this.#simulator, 'the visitor has not come');
    return this.#simulator;
  }

  get hub(): SimulatedHub {
    return firstHub(this.simulator);
  }

  async come(behaviour: Partial<HubBehaviour> = {}, options: SimulatedHubOptions = {}): Promise<this> {
    const quick = { settleMinMs: 0, settleMaxMs: 0, ...behaviour };
    this.#simulator = await Simulator.start({ hubs: [{ name: 'Koti', ...options, behaviour: quick }] });
    [this.transport, this.ts] = ['lan', 0];
    return this;
  }

  async leave(): Promise<void> {
    await this.#simulator?.stop();
  }

  /** Sends a request to the hub. `path` is the part after the API version, such as `/hub/tz`. */
  ask(path: string, init: RequestInit = {}, key = this.hub.key(EMAIL)): Promise<Response> {
    const below = `/cc/${this.hub.version.split('.').slice(0, 2).join('.')}${path}`;
    // Uses a new connection, because a restart may have closed a connection that was kept alive.
    const own = { connection: 'close' };
    if (this.transport === 'lan') {
      return fetch(`http://${this.hub.host}${below}`, { ...init, headers: { ...own, Authorization: key } });
    }
    const headers = { ...own, Authorization: this.simulator.issueToken(EMAIL), 'X-Hub-Key': key };
    return fetch(`${this.simulator.cloudUrl}/hub/remote${below}`, { ...init, headers });
  }

  async status(path: string, init: RequestInit = {}): Promise<number> {
    const answer = await this.ask(path, init);
    await answer.text();
    return answer.status;
  }

  async list<L extends Listing>(listing: L): Promise<Things[L][]> {
    return Object.values((await (await this.ask(`/${listing}`)).json()) as Record<string, Things[L]>);
  }

  /** Sends commands with PUT. Returns the status and the JSON of the response, if any. */
  async command(listing: Listing, elements: unknown): Promise<{ status: number; body: unknown }> {
    const answer = await this.ask(`/${listing}/command`, { method: 'PUT', body: JSON.stringify(elements) });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? undefined : (JSON.parse(text) as unknown) };
  }

  /** Sets fields of a device. Throws unless the hub accepts the command. */
  async set(device: Device, state: Record<string, unknown>): Promise<void> {
    const element = { id: device.id, type: 'CMD_DEVICE', state: { type: device.state.type, ...state } };
    const { status } = await this.command('devices', [element]);
    assert.equal(status, 200);
  }

  /** Polls for changes since `ts`, by default since the last poll. Returns `undefined` after a 304. */
  async poll(ts = this.ts): Promise<SeenPoll | undefined> {
    const answer = await this.ask(`/hub/poll?ts=${ts}`);
    if (answer.status === 304) return undefined;
    assert.equal(answer.status, 200);
    const seen = (await answer.json()) as SeenPoll;
    this.ts = seen.timestamp;
    return seen;
  }

  /** Polls, and returns the changed devices by name. A deleted device is null and has its id as the key. */
  async changes(): Promise<Record<string, Device | null>> {
    const { polls = [] } = (await this.poll()) ?? {};
    const devices = Object.entries(polls.find(({ type }) => type === 'DEVICE_DELTA')?.devices ?? {});
    return Object.fromEntries(devices.map(([id, device]) => [device?.name ?? id, device]));
  }
}
