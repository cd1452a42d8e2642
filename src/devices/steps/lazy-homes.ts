import { createRequire } from 'node:module';
import type { HubClients } from '../../hub/hub-clients.js';
import type { CloudState } from '../../state/cloud-state.js';
import type { Homes } from '../homes/homes.js';
import type { LiveHome } from '../home/live-home.js';
import type * as HomeStepsModule from './home-steps.js';

const load = createRequire(__filename);

/**
 * The homes behind the hubs of an account. They are made, and their code is loaded, when somebody first asks for them: an
 * account that only stays logged in has none.
 */
export class LazyHomes {
  readonly #options: HomeStepsModule.HomeStepsOptions;
  readonly #state: CloudState;
  readonly #hubClients: HubClients;
  #steps: HomeStepsModule.HomeSteps | undefined;
  #isClosed = false;
  /** Homes of runs that are over, which nobody has gone on with. */
  readonly #left = new Map<string, LiveHome>();

  constructor(options: HomeStepsModule.HomeStepsOptions, state: CloudState, hubClients: HubClients) {
    this.#options = options;
    this.#state = state;
    this.#hubClients = hubClients;
  }

  /** What can be done there. */
  get steps(): HomeStepsModule.HomeSteps {
    if (this.#steps !== undefined) return this.#steps;
    const { HomeSteps } = load('./home-steps.js') as typeof HomeStepsModule;
    this.#steps = new HomeSteps(this.#options, this.#state, this.#hubClients, this.#left);
    if (this.#isClosed) this.#steps.close();
    return this.#steps;
  }

  get homes(): Homes {
    return this.steps.homes;
  }

  /** Goes on with what is known of the homes of a run at the same cloud that is over. */
  goOnFrom(before: LazyHomes): void {
    const open = before.#steps?.homes.open ?? [];
    for (const live of [...before.#left.values(), ...open]) this.#left.set(live.home.hub, live);
  }

  noteHubs(): void {
    this.#steps?.homes.noteHubs();
  }

  noteSettings(): void {
    this.#steps?.homes.noteLanguage();
  }

  /** A hub may be away, or back. */
  noteReach(): void {
    this.#steps?.feed.noteReach();
  }

  noteLogOut(): void {
    this.#steps?.homes.noteLogOut();
  }

  wake(): void {
    this.#steps?.homes.wake();
  }

  /** Somebody has sent a request of their own to a hub, which may have changed anything there. */
  noteRequest(hub: string): void {
    this.#steps?.homes.open.find(({ home }) => home.hub === hub)?.noteForeign();
  }

  /** Whether commands wait, or are on their way. */
  get isSending(): boolean {
    return this.#steps?.homes.isSending === true;
  }

  /** Resolves when no command waits any more, nor is on its way. */
  async drain(): Promise<void> {
    await this.#steps?.homes.drain();
  }

  close(): void {
    this.#isClosed = true;
    this.#steps?.close();
  }
}
