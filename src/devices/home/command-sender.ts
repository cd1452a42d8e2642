import { CozifyError, toCozifyError } from '../../errors.js';
import { expectOk, isHtml } from '../../http/response.js';
import { type HubAnswer, type HubRequest, isSilence } from '../../hub/hub-client.js';
import type { Plan } from '../commands/commands.js';
import type { Kind } from '../things/kinds.js';
import type { HomeCache } from './home-cache.js';

/** More elements than this don't go in one request. */
export const MOST_ELEMENTS = 50;

/** What a command may change: a scene switches devices, and perhaps other scenes and the rules tied to them. */
const TOUCHED: Readonly<Record<Plan['endpoint'], readonly Kind[]>> = {
  devices: ['device', 'group'],
  groups: ['device', 'group'],
  scenes: ['scene', 'rule', 'device', 'group'],
  rules: ['rule', 'scene', 'device', 'group'],
  alarms: ['alarm'],
};

/** Asks the hub, while nobody else changes anything there. */
export type Ask = (request: HubRequest) => Promise<HubAnswer>;

/** The home that hears of what was sent. */
export interface SenderHome {
  readonly home: Pick<HomeCache, 'touch'>;
  noteSwitched(kind: Kind, body: string): void;
}

/** What the devices of a group made of what was sent to each of them. */
export interface MembersTaken {
  readonly taken: readonly Plan[];
  readonly missed: readonly { readonly plan: Plan; readonly error: CozifyError }[];
}

/** Puts plans to a hub, and has its home know that things may be otherwise now. */
export class CommandSender {
  readonly #live: SenderHome;
  readonly #doubt: () => void;

  /** `doubt` is called when things may have been switched in a way of which nothing is expected. */
  constructor(live: SenderHome, doubt: () => void) {
    this.#live = live;
    this.#doubt = doubt;
  }

  /**
   * A PUT of plans of one endpoint; more elements than fit go one after another. Gives the first refusal, or the last
   * answer; throws for what is neither.
   */
  async put(ask: Ask, plans: readonly Plan[]): Promise<HubAnswer> {
    const [first] = plans;
    const endpoint = first?.endpoint ?? 'devices';
    const kind = endpoint === 'scenes' ? 'scene' : endpoint === 'rules' ? 'rule' : undefined;
    try {
      const answer = await (first?.endpoint === 'alarms' ? closeAlarm(ask, first) : putElements(ask, endpoint, plans));
      if (kind !== undefined && !isRefused(answer)) this.#live.noteSwitched(kind, answer.body);
      return answer;
    } finally {
      // It may have been done whatever came back.
      this.#live.home.touch(TOUCHED[endpoint]);
      if (kind !== undefined) this.#doubt();
    }
  }

  /** Puts to each device of a group by itself what the group did not take; none to those after a hub that fell silent. */
  async putToMembers(ask: Ask, members: readonly Plan[]): Promise<MembersTaken> {
    const taken: Plan[] = [];
    const missed: { plan: Plan; error: CozifyError }[] = [];
    let silence: CozifyError | undefined;
    for (const plan of members) {
      try {
        if (silence !== undefined) throw silence;
        const answer = await this.put(ask, [plan]);
        if (isRefused(answer)) throw refused(answer);
        taken.push(plan);
      } catch (thrown) {
        const error = toCozifyError(thrown);
        missed.push({ plan, error });
        silence ??= this.silenceAfter(error);
      }
    }
    return { taken, missed };
  }

  /** Why nothing more is sent after a failure: the hub is silent. `undefined` where it may well take the next. */
  silenceAfter(failure: CozifyError): CozifyError | undefined {
    if (failure.code === 'COZIFY_CLOSED') return failure;
    if (!isSilence(failure) || failure.code === 'COZIFY_API') return undefined;
    return new CozifyError(
      'COZIFY_HUB_OFFLINE',
      'The hub did not answer the command before this one: nothing was sent.',
    );
  }
}

async function putElements(ask: Ask, endpoint: Plan['endpoint'], plans: readonly Plan[]): Promise<HubAnswer> {
  const elements = plans.flatMap((plan) => plan.elements);
  let answer: HubAnswer = { status: 200, body: '' };
  for (let start = 0; start < elements.length; start += MOST_ELEMENTS) {
    const body = JSON.stringify(elements.slice(start, start + MOST_ELEMENTS));
    answer = expectVerdict(await ask({ method: 'PUT', path: `/${endpoint}/command`, body }));
    if (isRefused(answer)) return answer;
  }
  return answer;
}

async function closeAlarm(ask: Ask, { entry }: Plan): Promise<HubAnswer> {
  const path = `/alarms/close?alarmId=${encodeURIComponent(entry.id)}`;
  return expectVerdict(await ask({ method: 'PUT', path }));
}

/** Throws for an answer that neither takes nor refuses a command, such as the page of somebody else's network. */
function expectVerdict(answer: HubAnswer): HubAnswer {
  if (isRefused(answer)) return answer;
  expectOk(answer);
  if (!isHtml(answer.body)) return answer;
  throw new CozifyError('COZIFY_BAD_ANSWER', 'The hub should have confirmed the command, but a web page came instead.');
}

/** The hub understood, and would not do it. */
export function isRefused({ status }: HubAnswer): boolean {
  return status === 400 || status === 404 || status === 422;
}

/** What a refusal means to who sent the command. */
export function refused({ status }: HubAnswer): CozifyError {
  return new CozifyError('COZIFY_API', `The hub refused the command (status ${status}).`, { statusCode: status });
}
