import { apiVersion } from '../../../src/hub/hub-api.js';
import type { HttpResponse } from '../../../src/http/http-client.js';
import type { Home } from '../../../test/simulator/index';
import { signJwt, uuidOf } from '../../../packages/cozify-practice/src/tokens';

/** An answer from the cloud or a hub. */
export type Answer = Omit<HttpResponse, 'headers'> & Partial<HttpResponse>;

/**
 * The devices that a hub without a simulated home (see {@link FleetHub.home}) reports, so that the cache has some
 * content.
 */
const DEVICES = Object.fromEntries(
  ['Kattolamppu', 'Jalkalamppu', 'Pistorasia'].map((name) => [
    name,
    { id: name, name, type: 'LIGHT', capabilities: ['ON_OFF'], room: [], state: { isOn: false, reachable: true } },
  ]),
);

/** The hub of one home. */
export class FleetHub {
  readonly id: string;
  readonly key: string;
  readonly host = '192.168.1.5';
  version = '1.14.9.124';
  /** Whether the hub is on and connected to the cloud. */
  isOn = true;
  /** Whether the hub is on the LAN. */
  isOnLan: boolean;
  /** A complete simulated home. If omitted, the hub has only a few lamps. */
  home: Home | undefined;
  readonly #now: () => number;
  #bootedAt: number;

  constructor(id: string, { isOnLan, now }: { isOnLan: boolean; now: () => number }) {
    this.id = id;
    const owner = 'owner@example.fi';
    const exp = Math.round(now() / 1000) + 28 * 86_400;
    this.key = signJwt(
      { hub_id: uuidOf(id), hub_name: 'Koti', owner, role: 32, email: owner, exp, kid: '1' },
      'secret',
    );
    this.isOnLan = isOnLan;
    this.#now = now;
    this.#bootedAt = now() - 1;
  }

  /** Whether the hub can be reached on the LAN, so that the cloud lists its LAN address. */
  get isReachableOnLan(): boolean {
    return this.isOn && this.isOnLan;
  }

  /** Restarts the hub, perhaps with another version. */
  boot(version = this.version): void {
    this.isOn = true;
    this.version = version;
    this.#bootedAt = this.#now();
  }

  /** Answers a GET request for this path. */
  async answer(path: string): Promise<Answer> {
    if (path === '/hub') return jsonAnswer({ hubId: this.id, name: 'Koti', version: this.version });
    if (!path.startsWith(`/cc/${apiVersion(this.version)}/`)) return { status: 410, body: '{"message":"Gone"}' };
    const [, ts] = path.split('/hub/poll?ts=');
    if (this.home === undefined) return ts === undefined ? jsonAnswer({}) : this.#poll(Number(ts));
    if (ts === undefined) return jsonAnswer(this.home.list(path.split('/').at(-1) as 'devices'));
    return jsonAnswer((await this.home.poll(Number(ts), AbortSignal.abort())) ?? {});
  }

  /** Whether an answer comes from a poll and reports no changes. */
  isUnchanged({ body }: Answer): boolean {
    return body.endsWith(QUIET_END);
  }

  #poll(ts: number): Answer {
    const timestamp = this.#now();
    const isFull = ts < this.#bootedAt;
    const polls = isFull ? [{ type: 'DEVICE_DELTA', timestamp, devices: DEVICES }] : [];
    return jsonAnswer({ type: 'POLL_DELTA', full: isFull, timestamp, polls });
  }
}

const QUIET_END = '"polls":[]}';

function jsonAnswer(content: object): Answer {
  return { status: 200, body: JSON.stringify(content) };
}
