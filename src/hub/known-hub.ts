import type { Clock, TimerHandle } from '../async/clock.js';
import { CozifyError } from '../errors.js';
import type { HubRecord } from '../state/account-record.js';
import type { CloudState } from '../state/cloud-state.js';
import { apiVersion, type HubInfo } from './hub-api.js';
import { roleOf } from '../cloud/token.js';

/**
 * How long a new address or transport must stay the same before it is saved. A short failure of the LAN is not worth a
 * write.
 */
const LASTING_MS = 60_000;

/** The fields that are saved only after their value has stayed the same for {@link LASTING_MS}. */
type Route = Pick<HubRecord, 'host' | 'isRemote'>;

/** The saved record of a hub, and newer data from the hub itself. */
export class KnownHub {
  readonly id: string;
  readonly #state: CloudState;
  readonly #clock: Clock;
  /** Values that are not saved yet, each with the timer that saves it. */
  readonly #unsaved = new Map<keyof Route, { value: Route[keyof Route]; timer: TimerHandle }>();
  /** The API version that the hub reported last. */
  #reportedVersion: string | undefined;
  /** The API version that the hub has refused since it last reported its version, if any. */
  #refusedVersion: string | undefined;

  constructor(id: string, state: CloudState, clock: Clock) {
    this.id = id;
    this.#state = state;
    this.#clock = clock;
  }

  /** The saved record; `undefined` if the hub was removed from the account. */
  get saved(): HubRecord | undefined {
    return this.#state.cloud.hubs.find(({ id }) => id === this.id);
  }

  /** The saved record. Throws `COZIFY_NOT_FOUND` if the hub was removed from the account. */
  get record(): HubRecord {
    const record = this.saved;
    if (record === undefined) throw new CozifyError('COZIFY_NOT_FOUND', `The account has no hub ${this.id} any more.`);
    return record;
  }

  /** The version in API paths, such as `1.14`; `undefined` if it has to be read from the hub. */
  get version(): string | undefined {
    const { version } = this.record;
    const known = [this.#reportedVersion, version === null ? undefined : apiVersion(version)];
    return known.find((one) => one !== undefined && one !== this.#refusedVersion);
  }

  /** Records that the hub no longer serves this version. */
  refuseVersion(version: string | undefined): void {
    this.#refusedVersion = version;
  }

  /** Saves the name and version that the hub reported. Reported values take precedence over those in the hub's key. */
  noteInfo({ hubId, name, version }: HubInfo): void {
    if (hubId !== this.id) throw new CozifyError('COZIFY_BAD_ANSWER', `Another hub answered for ${this.record.name}.`);
    if (version !== null) {
      this.#reportedVersion = apiVersion(version);
      this.#refusedVersion = undefined;
    }
    this.note({ ...(name === '' ? {} : { name }), ...(version === null ? {} : { version }) });
  }

  /** Saves the address of the hub or its transport once the value has stayed the same for a minute. */
  noteRoute<Field extends keyof Route>(field: Field, value: Route[Field]): void {
    const { saved } = this;
    const unsaved = this.#unsaved.get(field);
    if (unsaved?.value === value) return;
    this.#cancelSave(field);
    if (saved === undefined || saved[field] === value) return;
    const keep = (): void => {
      this.#unsaved.delete(field);
      // Do not overwrite a value that was saved while the timer ran.
      if (this.saved?.[field] === saved[field]) this.note({ [field]: value });
    };
    this.#unsaved.set(field, { value, timer: this.#clock.setTimeout(keep, LASTING_MS) });
  }

  /** Cancels all pending saves. */
  close(): void {
    for (const field of [...this.#unsaved.keys()]) this.#cancelSave(field);
  }

  /**
   * Saves changed fields in the background. A failed save does no harm, because the hub will report the values again.
   */
  note(changes: Partial<Omit<HubRecord, 'id' | 'key'>>): void {
    const isChanged = (hub: HubRecord): boolean =>
      hub.id === this.id && Object.entries(changes).some(([field, value]) => hub[field as keyof HubRecord] !== value);
    if (!this.#state.cloud.hubs.some(isChanged)) return;
    void this.#state.changeCloud((cloud) => {
      if (!cloud.hubs.some(isChanged)) return undefined;
      return { ...cloud, hubs: cloud.hubs.map((hub) => (hub.id === this.id ? { ...hub, ...changes } : hub)) };
    });
  }

  #cancelSave(field: keyof Route): void {
    const unsaved = this.#unsaved.get(field);
    if (unsaved !== undefined) this.#clock.clearTimeout(unsaved.timer);
    this.#unsaved.delete(field);
  }

  /** Returns the error for a refused key that has no replacement. */
  refusal(statusCode?: number): CozifyError {
    const { name, key } = this.record;
    if (key === null) return new CozifyError('COZIFY_FORBIDDEN', `The cloud gives no key for the hub ${name}.`);
    const role = roleOf(key);
    const roleText = role === null ? 'has no role' : `has the role ${typeof role === 'number' ? role : `"${role}"`}`;
    return new CozifyError('COZIFY_FORBIDDEN', `The hub ${name} does not allow this: its key ${roleText}.`, {
      statusCode,
    });
  }
}
