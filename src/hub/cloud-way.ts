import type { Clock } from '../async/clock.js';
import type { CloudClient } from '../cloud/cloud-client.js';
import { CozifyError } from '../errors.js';
import type { HttpResponse } from '../http/http-client.js';
import type { CloudState } from '../state/cloud-state.js';
import { getHub, type HubCall, type HubInfo } from './hub-api.js';
import type { HubWay } from './hub-way.js';

/** What the way through the cloud needs to know of its hub. */
export interface CloudWayOptions {
  hubId: string;
  state: CloudState;
  client: CloudClient;
  clock: Pick<Clock, 'monotonic'>;
}

/** The way to one hub through the cloud. */
export class CloudWay implements HubWay {
  readonly #options: CloudWayOptions;
  /** Since when (monotonic, ms) the cloud says that the hub is not there. */
  #offSince: number | undefined;

  constructor(options: CloudWayOptions) {
    this.#options = options;
  }

  /** Whether there is a login that the cloud has not rejected. */
  get isOpen(): boolean {
    return this.#options.state.cloud.login?.isRejected === false;
  }

  /** For how many milliseconds the cloud has been saying that the hub is not there; `undefined` while it does not. */
  get offMs(): number | undefined {
    return this.#offSince === undefined ? undefined : this.#options.clock.monotonic() - this.#offSince;
  }

  /** The hub has answered elsewhere: what the cloud said of it is over. */
  noteThere(): void {
    this.#offSince = undefined;
  }

  /** The cloud itself knows where the hub is. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  getHub(hubKey: string): Promise<HubInfo> {
    return getHub((path) => this.send(hubKey, { path }));
  }

  /**
   * Asks the hub. Throws `COZIFY_HUB_OFFLINE` when the cloud says that it is not connected, and otherwise as
   * {@link CloudClient.remote}.
   */
  async send(hubKey: string, call: HubCall): Promise<HttpResponse> {
    const response = await this.#remote(hubKey, call);
    const { status } = response;
    const isOff = status === 408 || (status === 400 && !(await this.#isOfHub(hubKey, call)));
    this.#offSince = isOff ? (this.#offSince ?? this.#options.clock.monotonic()) : undefined;
    if (isOff) throw offline(response, status === 400);
    return response;
  }

  /**
   * A 400 is the gateway's word that the hub is not there, which is believed of what no hub refuses; or it is the hub's own
   * on what somebody wants of it: unless the hub was not there before either, another call tells.
   */
  async #isOfHub(hubKey: string, { signal, isRefusable = false }: HubCall): Promise<boolean> {
    if (!isRefusable || this.#offSince !== undefined) return false;
    try {
      const { hubId } = await getHub((hubPath) => this.#remote(hubKey, { path: hubPath, signal }));
      return hubId === this.#options.hubId;
    } catch {
      return false;
    }
  }

  #remote(hubKey: string, call: HubCall): Promise<HttpResponse> {
    const { state, client } = this.#options;
    const { login } = state.cloud;
    if (login === null) throw new CozifyError('COZIFY_OTP_REQUIRED', 'There is no token: log in with a one-time code.');
    return client.remote(login.token, hubKey, call);
  }
}

/** With 408 the hub may have been asked before the cloud lost patience with it. */
function offline({ status }: HttpResponse, isUnsent: boolean): CozifyError {
  return new CozifyError('COZIFY_HUB_OFFLINE', 'The hub is not connected to the cloud.', {
    statusCode: status,
    isUnsent,
  });
}
