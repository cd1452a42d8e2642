import type { Clock, Timer } from '../async/clock.js';
import { CozifyError } from '../errors.js';
import type { HubRecord } from '../state/account-record.js';
import type { CloudState } from '../state/cloud-state.js';
import { apiVersion, type HubInfo } from './hub-api.js';
import { roleOf } from './hub-role.js';

/** Where a hub is, or by which way it is reached, is kept once it has been so for this long: a LAN that hiccups is no news. */
const LASTING_MS = 60_000;

/** What may change for moments only. */
type Place = Pick<HubRecord, 'host' | 'isRemote'>;

/** What is known of one hub: what is kept with the account, and what the hub itself has said since. */
export class KnownHub {
  readonly id: string;
  readonly #state: CloudState;
  readonly #clock: Clock;
  /** What has to last before it is kept. */
  readonly #fresh = new Map<keyof Place, { value: Place[keyof Place]; timer: Timer }>();
  /** The version in paths: as the hub said it last, and that which it has refused since. */
  #saidVersion: string | undefined;
  #refusedVersion: string | undefined;

  constructor(id: string, state: CloudState, clock: Clock) {
    this.id = id;
    this.#state = state;
    this.#clock = clock;
  }

  /** As it is kept; `undefined` when the hub is gone. */
  get kept(): HubRecord | undefined {
    return this.#state.cloud.hubs.find(({ id }) => id === this.id);
  }

  /** As it is kept. Throws `COZIFY_NOT_FOUND` when the hub is gone. */
  get record(): HubRecord {
    const record = this.kept;
    if (record === undefined) throw new CozifyError('COZIFY_NOT_FOUND', `The account has no hub ${this.id} any more.`);
    return record;
  }

  /** The version in paths, such as `1.14`; `undefined` when the hub has to be asked. */
  get version(): string | undefined {
    const { version } = this.record;
    const known = [this.#saidVersion, version === null ? undefined : apiVersion(version)];
    return known.find((one) => one !== undefined && one !== this.#refusedVersion);
  }

  /** The hub does not serve this version any more. */
  refuseVersion(version: string | undefined): void {
    this.#refusedVersion = version;
  }

  /** Takes over what the hub says of itself, which counts for more than what its key says. */
  noteInfo({ hubId, name, version }: HubInfo): void {
    if (hubId !== this.id) throw new CozifyError('COZIFY_BAD_ANSWER', `Another hub answered for ${this.record.name}.`);
    if (version !== null) {
      this.#saidVersion = apiVersion(version);
      this.#refusedVersion = undefined;
    }
    this.note({ ...(name === '' ? {} : { name }), ...(version === null ? {} : { version }) });
  }

  /** Keeps where the hub is, or by which way it is reached, once that has lasted a minute. */
  notePlace<Field extends keyof Place>(field: Field, value: Place[Field]): void {
    const { kept } = this;
    const fresh = this.#fresh.get(field);
    if (fresh?.value === value) return;
    this.#forget(field);
    if (kept === undefined || kept[field] === value) return;
    const keep = (): void => {
      this.#fresh.delete(field);
      // Whoever has kept another one since knows better.
      if (this.kept?.[field] === kept[field]) this.note({ [field]: value });
    };
    this.#fresh.set(field, { value, timer: this.#clock.setTimeout(keep, LASTING_MS) });
  }

  /** Keeps nothing more. */
  close(): void {
    for (const field of [...this.#fresh.keys()]) this.#forget(field);
  }

  /** Keeps what is new. Nobody waits for that: what is in the store can be found out again. */
  note(news: Partial<Omit<HubRecord, 'id' | 'key'>>): void {
    const isNews = (hub: HubRecord): boolean =>
      hub.id === this.id && Object.entries(news).some(([field, value]) => hub[field as keyof HubRecord] !== value);
    if (!this.#state.cloud.hubs.some(isNews)) return;
    void this.#state.changeCloud((cloud) => {
      if (!cloud.hubs.some(isNews)) return undefined;
      return { ...cloud, hubs: cloud.hubs.map((hub) => (hub.id === this.id ? { ...hub, ...news } : hub)) };
    });
  }

  #forget(field: keyof Place): void {
    const fresh = this.#fresh.get(field);
    if (fresh !== undefined) this.#clock.clearTimeout(fresh.timer);
    this.#fresh.delete(field);
  }

  /** What a refused key means when there is no other. */
  refusal(statusCode?: number): CozifyError {
    const { name, key } = this.record;
    if (key === null) return new CozifyError('COZIFY_FORBIDDEN', `The cloud gives no key for the hub ${name}.`);
    const role = roleOf(key);
    const said = role === null ? 'has no role' : `has the role ${typeof role === 'number' ? role : `"${role}"`}`;
    return new CozifyError('COZIFY_FORBIDDEN', `The hub ${name} does not allow this: its key ${said}.`, { statusCode });
  }
}
