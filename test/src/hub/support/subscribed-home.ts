import assert from 'node:assert/strict';
import type { Account } from '../../../../src/account/account.js';
import type { ChangeMessage } from '../../../../src/devices/steps/change-feed.js';
import type { LiveHome } from '../../../../src/devices/home/live-home.js';
import { ChangeFeed } from '../../../../src/devices/steps/change-feed.js';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { PressFeed } from '../../../../src/devices/steps/press-feed.js';
import { parsePressConfig } from '../../../../src/devices/steps/press-feed.js';
import type { HttpRequest } from '../../../../src/http/http-client.js';
import { DEFAULT_BEHAVIOUR, Home as SimulatedHome, type HubBehaviour } from '../../../simulator/index.js';
import { SECOND } from '../../support/fake-clock.js';
import type { Reply } from '../../support/fake-cloud.js';
import { HubStage } from './hub-stage.js';

/** A simulated home with subscribers, on a fake clock. */
export class SubscribedHome {
  readonly stage = new HubStage();
  readonly house: SimulatedHome;
  readonly changes: ChangeMessage[] = [];
  presses = 0;
  /** The reply to all polls. If undefined, the simulated home replies. */
  pollReply: Reply | undefined;
  live: LiveHome | undefined;
  readonly #stops: (() => void)[] = [];

  constructor(of: Partial<HubBehaviour> = {}) {
    const behaviour = { ...DEFAULT_BEHAVIOUR, settleMinMs: 0, settleMaxMs: 0, ...of };
    this.house = new SimulatedHome('koti', behaviour, () => this.stage.clock.now());
    this.stage.hub.serve = (request, path) => this.#serve(request, path);
  }

  /** Opens the account, subscribes to changes and presses, and waits for the first poll. */
  async start(known = {}): Promise<void> {
    const { clock } = this.stage;
    await this.stage.client(known);
    await clock.advance(0);
    this.subscribe();
    await clock.advance(2 * SECOND);
    [this.live] = this.account.homes.open;
    this.stage.take();
  }

  /** Subscribes to changes and presses. */
  subscribe(): void {
    const { clock } = this.stage;
    const { homes } = this.account;
    const config = parseChangeConfig({ fields: ['on'] });
    const feed = new ChangeFeed({ id: 'n1', homes, clock, config, send: (message) => this.changes.push(message) });
    const presses = new PressFeed({ homes, clock, config: parsePressConfig({}), send: () => (this.presses += 1) });
    this.#stops.push(
      () => feed.stop(),
      () => presses.stop(),
    );
  }

  get account(): Account {
    return this.stage.fixture?.account ?? assert.fail('start() was not called');
  }

  get poller(): LiveHome['loop'] {
    return this.live?.loop ?? assert.fail('no subscriber');
  }

  get reachable(): boolean | null | undefined {
    return this.account.snapshot().hubs[0]?.reachable;
  }

  get lamp(): string {
    return this.house.devices.find(({ type }) => type === 'LIGHT')?.id ?? assert.fail('no lamp');
  }

  get remote(): string {
    return this.house.devices.find(({ state }) => 'button' in state)?.id ?? assert.fail('no remote control');
  }

  /** Sends a request that is not a poll. */
  async ask(): Promise<void> {
    const client = await this.account.hub();
    await client.request({ method: 'GET', path: '/scenes' });
  }

  /** Toggles the lamp, as a person in the home would. */
  switch(): void {
    this.house.change(this.lamp, { isOn: this.house.device(this.lamp).state['isOn'] !== true });
  }

  /** Returns the polls since the last call, optionally only those of one transport. */
  polls(transport = ''): string[] {
    return this.stage.take().filter((line) => line.startsWith(transport) && line.includes('/hub/poll'));
  }

  /** Advances the clock until a condition holds, and returns the milliseconds that passed; fails after `mostMs`. */
  async advanceUntil(condition: () => boolean, mostMs: number): Promise<number> {
    const { clock } = this.stage;
    const from = clock.monotonic();
    while (!condition() && clock.monotonic() - from < mostMs) await clock.advance(100);
    assert.ok(condition(), `the condition does not hold within ${mostMs / 1000} s`);
    return clock.monotonic() - from;
  }

  /** Ends all subscriptions. */
  leave(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  async end(): Promise<void> {
    this.leave();
    await this.stage.end();
  }

  async #serve({ body = '[]' }: HttpRequest, path: string): Promise<Reply> {
    const [, commanded] = /^\/(devices|groups)\/command$/.exec(path) ?? [];
    if (commanded !== undefined) {
      this.house.execute(commanded as 'devices', JSON.parse(body) as unknown[]);
      return { body: 'null' };
    }
    const ts = /^\/hub\/poll\?ts=(\d+)$/.exec(path)?.[1];
    if (ts === undefined) {
      const [, list] = /^\/(devices|groups|scenes|rules|rooms|alarms)$/.exec(path) ?? [];
      return { body: JSON.stringify(list === undefined ? {} : this.house.list(list as 'devices')) };
    }
    if (this.pollReply !== undefined) return this.pollReply;
    const changes = await this.house.poll(Number(ts), AbortSignal.abort());
    return changes === undefined ? { status: 304 } : { body: JSON.stringify(changes) };
  }
}
