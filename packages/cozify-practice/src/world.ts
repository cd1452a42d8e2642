import type { IncomingMessage, ServerResponse } from 'node:http';
import { API_PATH, Cloud, routeOf } from './cloud';
import { Faults } from './faults';
import { HeldAnswer } from './held-answer';
import { SimulatedHub } from './hub';
import { Listener } from './listener';
import { Troubles } from './page/troubles';
import { Mails } from './mails';
import { RequestLog } from './request-log';
import { CloudTokens } from './tokens';
import type {
  Fault,
  FaultTarget,
  LanIpForm,
  LoggedRequest,
  Settings,
  SimulatedHubOptions,
  SimulatedMail,
  SimulatorOptions,
} from './types';
import { Wire } from './wire';

const MINUTE_MS = 60_000;

/** Lifetime of a real cloud token: 28 days and 10 minutes. */
export const TOKEN_LIFE_MS = (28 * 24 * 60 + 10) * MINUTE_MS;

const DEFAULT_HUBS: SimulatedHubOptions[] = [{ name: 'Koti' }, { name: 'Mökki 100 %', home: { plan: 'cottage' } }];

/**
 * A simulated Cozify cloud with its hubs, on loopback sockets only. {@link Simulator} adds the page and the control
 * interface.
 */
export abstract class World implements Settings {
  latencyMs: number;
  tokenLifeMs: number;
  codeLifeMs: number;
  graceRequests: number;
  lanIpForm: LanIpForm;
  lanIpOrder: 'as-listed' | 'reversed';
  rejectedCodeStatus: number;
  hubOfflineStatus: 400 | 408;
  readonly #now: () => number;
  readonly #log: RequestLog;
  /** Simulated troubles, such as an offline hub. The user switches them on and off on the page. */
  readonly troubles: Troubles;
  readonly #faults = new Faults();
  readonly #wire: Wire;
  readonly #tokens: CloudTokens;
  readonly #mails: Mails;
  readonly #hubs: SimulatedHub[] = [];
  readonly #cloud: Cloud;
  readonly #listener: Listener;
  #hubsMade = 0;

  protected constructor(options: SimulatorOptions) {
    this.latencyMs = options.latencyMs ?? 0;
    this.tokenLifeMs = options.tokenLifeMs ?? TOKEN_LIFE_MS;
    this.codeLifeMs = options.codeLifeMs ?? 10 * MINUTE_MS;
    this.graceRequests = options.graceRequests ?? 100;
    this.lanIpForm = options.lanIpForm ?? 'url';
    this.lanIpOrder = options.lanIpOrder ?? 'as-listed';
    this.rejectedCodeStatus = options.rejectedCodeStatus ?? 401;
    this.hubOfflineStatus = options.hubOfflineStatus ?? 400;
    this.#now = options.now ?? Date.now;
    this.#log = new RequestLog(this.#now);
    this.#wire = new Wire(this.#log, this.#faults, this);
    this.#tokens = new CloudTokens(this, this.#now);
    this.#mails = new Mails(this, this.#now);
    this.troubles = new Troubles(this.#faults, this.#tokens, this);
    this.#cloud = new Cloud(this, this.#tokens, this.#mails, this.#hubs);
    this.#listener = new Listener('127.0.0.1', options.port ?? 0, (...exchange) => this.#answer(...exchange));
  }

  /** Opens the cloud and the LAN servers of its hubs. If a port is taken, stops everything and rejects. */
  protected async open(hubs: readonly SimulatedHubOptions[] = DEFAULT_HUBS): Promise<void> {
    try {
      await this.#listener.open();
      for (const hub of hubs) await this.addHub(hub);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  get origin(): string {
    return `http://127.0.0.1:${this.#listener.port}`;
  }

  /** Base URL of the cloud's API, for the settings of an account. */
  get cloudUrl(): string {
    return this.origin + API_PATH;
  }

  /** URL of the web page that shows the simulated home. */
  get pageUrl(): string {
    return `${this.origin}/`;
  }

  /** URL of the page with the e-mailed codes. */
  get mailboxUrl(): string {
    return `${this.origin}/mailbox`;
  }

  /** Base URL of the control interface. The state is at `${controlUrl}/state`. */
  get controlUrl(): string {
    return `${this.origin}/control`;
  }

  /** Sent e-mails, oldest first. */
  get mails(): readonly SimulatedMail[] {
    return this.#mails.sent;
  }

  /** Returns the state of an e-mail's code. */
  stateOf(mail: SimulatedMail): 'fresh' | 'used' | 'expired' {
    if (mail.used) return 'used';
    return this.#mails.isUsable(mail) ? 'fresh' : 'expired';
  }

  /** Returns the last code for an address. Throws if there is none. */
  latestCode(email: string): string {
    return this.#mails.latestCode(email);
  }

  /** Sets the code of the next e-mail. */
  nextCode(code: string): void {
    this.#mails.nextCode(code);
  }

  /** The last 20 000 requests to the cloud and the hubs, oldest first. */
  get requests(): readonly LoggedRequest[] {
    return this.#log.entries;
  }

  /** Returns the number of requests of a call since the start or {@link clearRequests}; `*` counts all. */
  count(call: string): number {
    return this.#log.count(call);
  }

  /** Returns the number of requests of each API call, by the name of the call. */
  counts(): Record<string, number> {
    return this.#log.counts();
  }

  clearRequests(): void {
    this.#log.clear();
  }

  /** Plans a fault; see {@link Faults.add} for the order. */
  fault(call: FaultTarget, fault: Fault): void {
    this.#faults.add(call, fault);
  }

  /**
   * Holds the next answer of a call until the test releases it, so that the order of events does not depend on the
   * speed of the machine. `fault` may also change the answer.
   */
  hold(call: FaultTarget, fault: Omit<Fault, 'times'> = {}): HeldAnswer {
    const held = new HeldAnswer();
    this.#faults.add(call, { ...fault, times: 1, held });
    return held;
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Issues a valid token without a code. `times` are in seconds. */
  issueToken(email: string, times?: { iat?: number; exp?: number }): string {
    return this.#tokens.issue(email, times);
  }

  /** Makes any string a valid token of a user, for tests of unusual tokens. */
  acceptToken(token: string, email: string): void {
    this.#tokens.accept(token, email);
  }

  revoke(token: string): void {
    this.#tokens.revoke(token);
  }

  revokeAll(): void {
    this.#tokens.revokeAll();
  }

  /** Undoes a revocation. */
  reinstate(token: string): void {
    this.#tokens.reinstate(token);
  }

  isValid(token: string): boolean {
    return this.#tokens.isValid(token);
  }

  /** The hubs in the order of the cloud's list. */
  get hubs(): readonly SimulatedHub[] {
    return this.#hubs;
  }

  async addHub(options: SimulatedHubOptions = {}): Promise<SimulatedHub> {
    const hub = new SimulatedHub(options, this.#hubsMade++, this.#wire, this.#now);
    await hub.goOnline();
    this.#hubs.push(hub);
    return hub;
  }

  async removeHub(id: string): Promise<void> {
    const index = this.#hubs.findIndex((hub) => hub.id === id);
    if (index < 0) throw new Error(`No hub ${id}`);
    const [hub] = this.#hubs.splice(index, 1);
    await hub?.goOffline();
  }

  /**
   * Closes the cloud's port, which the page, the mailbox and the control interface share. Connections are refused until
   * {@link goOnline}.
   */
  async goOffline(): Promise<void> {
    await this.#listener.close();
  }

  /** Opens the cloud again on the same port, with the same state. */
  async goOnline(): Promise<void> {
    await this.#listener.open();
  }

  /** Closes all sockets and aborts the answers that are still delayed. */
  async stop(): Promise<void> {
    await Promise.all([this.#listener.close(), ...this.#hubs.map((hub) => hub.goOffline())]);
  }

  /**
   * Answers requests for the page, the mailbox and the control interface. Such requests are never logged, delayed or
   * changed by a fault. Returns whether the request was for one of the three.
   */
  protected abstract answerPeople(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
    closing: AbortSignal,
  ): Promise<boolean>;

  async #answer(request: IncomingMessage, response: ServerResponse, closing: AbortSignal): Promise<void> {
    const route = routeOf(request.url ?? '/');
    if (await this.answerPeople(route.url, request, response, closing)) return;
    await this.#wire.carry({
      request,
      response,
      closing,
      call: route.call,
      visited: this.#cloud.visitedBy(route, request),
      handle: (body, signal) => this.#cloud.answer(route, request, body, signal),
    });
  }
}
