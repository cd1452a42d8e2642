import type { CloudClient } from '../cloud/cloud-client.js';
import { CozifyError } from '../errors.js';
import type { HttpResponse } from '../http/http-client.js';
import type { CloudState } from '../state/cloud-state.js';
import { getHub, type HubCall, type HubInfo, type HubTransport } from './hub-api.js';

/** The dependencies of the cloud transport of one hub. */
export interface CloudTransportOptions {
  hubId: string;
  state: CloudState;
  client: CloudClient;
}

/** The cloud transport of one hub. */
export class CloudTransport implements HubTransport {
  readonly name = 'cloud';
  readonly #options: CloudTransportOptions;
  /** Whether the cloud last answered that the hub is not connected. */
  #isOff = false;

  constructor(options: CloudTransportOptions) {
    this.#options = options;
  }

  /** Whether there is a login that the cloud has not rejected. */
  get isOpen(): boolean {
    return this.#options.state.cloud.login?.isRejected === false;
  }

  /**
   * Records that the hub has answered on the LAN, so that an earlier "not connected" from the cloud no longer counts.
   */
  noteHubAnswered(): void {
    this.#isOff = false;
  }

  /** Resolves at once, because the cloud itself knows where the hub is. */
  prepare(): Promise<void> {
    return Promise.resolve();
  }

  getHub(hubKey: string): Promise<HubInfo> {
    return getHub((path) => this.send(hubKey, { path }));
  }

  /**
   * Sends a request to the hub. Throws `COZIFY_HUB_OFFLINE` if the cloud says that the hub is not connected, and the
   * errors of {@link CloudClient.remote}.
   */
  async send(hubKey: string, call: HubCall): Promise<HttpResponse> {
    const response = await this.#remote(hubKey, call);
    const { status } = response;
    this.#isOff = status === 408 || (status === 400 && !(await this.#isOfHub(hubKey, call)));
    if (this.#isOff) throw offline(response, status === 400);
    return response;
  }

  /**
   * Returns whether a 400 came from the hub itself. The cloud also answers 400 for a hub that is not connected. The
   * cloud is taken to be the sender if no hub refuses such a request, or if the hub was not connected before. Otherwise
   * a second request asks the hub for its id.
   */
  async #isOfHub(hubKey: string, { signal, isRefusable = false }: HubCall): Promise<boolean> {
    if (!isRefusable || this.#isOff) return false;
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

/**
 * Returns the error for a hub that is not connected. `isUnsent` is `false` after a 408, because the hub may have
 * received the request before the cloud gave up.
 */
function offline({ status }: HttpResponse, isUnsent: boolean): CozifyError {
  return new CozifyError('COZIFY_HUB_OFFLINE', 'The hub is not connected to the cloud.', {
    statusCode: status,
    isUnsent,
  });
}
