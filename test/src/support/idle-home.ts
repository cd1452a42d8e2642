import type { Account } from '../../../src/account/account.js';
import type { HttpRequest } from '../../../src/http/http-client.js';
import { signJwt } from '../../simulator/index.js';
import { type FakeCall, FakeCloud, type Reply } from './fake-cloud.js';
import { FakeClock } from './fake-clock.js';
import { MemoryStore } from './memory-store.js';
import { makeToken } from './tokens.js';
import { emptyAccount, type AccountRecord, cloudOf, newLogin, withCloud } from '../../../src/state/account-record.js';
import { createAccount } from '../../../src/account/create-account.js';

const URL_OF_CLOUD = 'https://cloud.example/ui/0.2';

/** An account with hubs, on a fake clock. The cloud is simulated in memory, without network connections. */
export class IdleHome {
  readonly clock = new FakeClock();
  readonly cloud = new FakeCloud(this.clock);
  readonly store = new MemoryStore<AccountRecord>();
  /** The hubs' reply to each path except /hub; 404 by default. */
  answer: (path: string) => Reply = () => ({ status: 404 });
  #account: Account | undefined;

  constructor(hubs: number, isOnLan: boolean) {
    let random = 1;
    // Jitter as on a real clock, but the same in each run.
    this.clock.chance = () => (random = (random * 16_807) % 2_147_483_647) / 2_147_483_647;
    const ids = Array.from({ length: hubs }, (_, index) => `hub-${index}`);
    const host = (place: number): string => `192.168.1.${place + 1}`;
    const keys = ids.map((id) => signJwt({ hub_id: id, hub_name: id, role: 32 }, 'secret'));
    const hub = (place: number, path: string): Reply =>
      path === '/hub'
        ? { body: JSON.stringify({ hubId: ids[place], name: `Hub ${place}`, version: '1.14.9.124' }) }
        : this.answer(path);
    this.cloud.reply('hubkeys', {
      body: JSON.stringify(Object.fromEntries(ids.map((id, index) => [id, keys[index]]))),
    });
    this.cloud.reply('lan_ip', { body: JSON.stringify(isOnLan ? ids.map((_, index) => host(index)) : []) });
    this.cloud.reply('lan', ({ url }) => {
      const { hostname, pathname } = new URL(url);
      const place = ids.findIndex((_, at) => hostname === host(at));
      return place < 0 ? 'refused' : hub(place, pathname);
    });
    this.cloud.reply('remote', ({ headers, url }: HttpRequest) => {
      const [, path = ''] = new URL(url).pathname.split('/hub/remote');
      return hub(keys.indexOf(headers?.['X-Hub-Key'] ?? ''), path);
    });
  }

  /** Starts an account that logged in half an hour ago. */
  async start(): Promise<void> {
    const { origin } = new URL(URL_OF_CLOUD);
    const at = this.clock.now() - 1_800_000;
    const login = newLogin(makeToken(at), at, 'owner@example.fi');
    this.store.put(withCloud(emptyAccount, { ...cloudOf(emptyAccount, origin), login, revision: 1 }));
    const { clock, store, cloud } = this;
    this.#account = createAccount({ clock, store, http: cloud.http, cloudUrl: URL_OF_CLOUD });
    await this.#account.ready;
  }

  /** The account. Throws until {@link start} has been called. */
  get account(): Account {
    if (this.#account === undefined) throw new Error('start() was not called.');
    return this.#account;
  }

  get calls(): { call: FakeCall; at: number }[] {
    return this.cloud.requests;
  }

  /** The largest number of calls in any period of `ms`. */
  mostWithin(ms: number): number {
    const times = this.calls.map(({ at }) => at);
    return Math.max(0, ...times.map((from) => times.filter((at) => at >= from && at < from + ms).length));
  }

  /** Describes how often each call was made, not counting the first `before` calls. */
  inWords(before: number): string {
    const counts = new Map<string, number>();
    for (const { call } of this.calls.slice(before)) counts.set(call, (counts.get(call) ?? 0) + 1);
    return `in three days ${[...counts].map(([call, count]) => `${count} ${call}`).join(', ')}`;
  }

  async end(): Promise<void> {
    const closing = this.#account?.close();
    await this.clock.advance(4_000);
    await closing;
  }
}
