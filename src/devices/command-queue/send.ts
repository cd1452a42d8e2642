/** Sends the PUT requests for commands to the hub. */
import { CozifyError, toCozifyError } from '../../errors.js';
import { expectOk, isHtml } from '../../http/response.js';
import { type HubAnswer, type HubRequest, isNoAnswer } from '../../hub/hub-client.js';
import type { Plan } from '../commands/plan.js';
import type { Kind } from '../things/kinds.js';
import type { CommandedHome } from './commanded-home.js';

/** The maximum number of elements in one PUT. */
export const MAX_ELEMENTS = 50;

/**
 * The kinds that a command to each endpoint may change. A scene switches devices, and perhaps other scenes and the
 * rules tied to them.
 */
const AFFECTED: Readonly<Record<Plan['endpoint'], readonly Kind[]>> = {
  devices: ['device', 'group'],
  groups: ['device', 'group'],
  scenes: ['scene', 'rule', 'device', 'group'],
  rules: ['rule', 'scene', 'device', 'group'],
  alarms: ['alarm'],
};

/** Sends a request of the current segment of the queue. The requests of request nodes wait until that segment ends. */
export type Ask = (request: HubRequest) => Promise<HubAnswer>;

/** The commands that were sent to each device of a group: the accepted commands, and the failed ones. */
interface SentToMembers {
  readonly taken: Plan[];
  readonly missed: { readonly plan: Plan; readonly error: CozifyError }[];
}

/**
 * Sends plans of one endpoint. Uses several PUTs if there are too many elements for one. Returns the first refusal,
 * otherwise the last answer. Throws for an answer that neither accepts nor refuses the command.
 */
export async function put(ask: Ask, plans: readonly Plan[], live: CommandedHome): Promise<HubAnswer> {
  const [first] = plans;
  const endpoint = first?.endpoint ?? 'devices';
  // Scenes and rules switch devices, but the hub does not say which.
  const switchingKind = endpoint === 'scenes' ? 'scene' : endpoint === 'rules' ? 'rule' : undefined;
  try {
    const answer = await (first?.endpoint === 'alarms' ? closeAlarm(ask, first) : putElements(ask, endpoint, plans));
    if (switchingKind !== undefined && !isRefused(answer)) live.noteSwitched(switchingKind, answer.body);
    return answer;
  } finally {
    // The hub may have executed the command even if the request failed.
    live.cache.noteCommand(AFFECTED[endpoint]);
    if (switchingKind !== undefined) live.cache.own.noteUncertain();
  }
}

/** Sends the command for a group to each of its devices, because the hub refused it for the whole group. */
export async function putToMembers(ask: Ask, members: readonly Plan[], live: CommandedHome): Promise<SentToMembers> {
  const sent: SentToMembers = { taken: [], missed: [] };
  const send = async (plan: Plan): Promise<void> => {
    const answer = await put(ask, [plan], live);
    if (isRefused(answer)) throw refused(answer);
    sent.taken.push(plan);
  };
  await oneByOne(members, send, (plan, error) => sent.missed.push({ plan, error }));
  return sent;
}

/** Sends commands one after another. If the hub does not answer one, the remaining commands fail without being sent. */
export async function oneByOne<T>(
  all: readonly T[],
  send: (one: T) => Promise<void>,
  onFailure: (one: T, error: CozifyError) => void,
): Promise<void> {
  let silence: CozifyError | undefined;
  for (const one of all) {
    try {
      if (silence !== undefined) throw silence;
      await send(one);
    } catch (thrown) {
      const error = toCozifyError(thrown);
      onFailure(one, error);
      silence ??= failureAfter(error);
    }
  }
}

/**
 * Returns the error for the commands after a failed one, which are then not sent; `undefined` if the hub may still
 * accept them.
 */
function failureAfter(failure: CozifyError): CozifyError | undefined {
  if (failure.code === 'COZIFY_CLOSED') return failure;
  if (!isNoAnswer(failure) || failure.code === 'COZIFY_API') return undefined;
  return new CozifyError('COZIFY_HUB_OFFLINE', 'The hub did not answer the command before this one: nothing was sent.');
}

async function putElements(ask: Ask, endpoint: Plan['endpoint'], plans: readonly Plan[]): Promise<HubAnswer> {
  const elements = plans.flatMap((plan) => plan.elements);
  let answer: HubAnswer = { status: 200, body: '' };
  for (let start = 0; start < elements.length; start += MAX_ELEMENTS) {
    const body = JSON.stringify(elements.slice(start, start + MAX_ELEMENTS));
    answer = expectVerdict(await ask({ method: 'PUT', path: `/${endpoint}/command`, body }));
    if (isRefused(answer)) return answer;
  }
  return answer;
}

async function closeAlarm(ask: Ask, { entry }: Plan): Promise<HubAnswer> {
  const path = `/alarms/close?alarmId=${encodeURIComponent(entry.id)}`;
  return expectVerdict(await ask({ method: 'PUT', path }));
}

/** Throws for an answer that neither accepts nor refuses a command, such as the web page of a proxy. */
function expectVerdict(answer: HubAnswer): HubAnswer {
  if (isRefused(answer)) return answer;
  expectOk(answer);
  if (!isHtml(answer.body)) return answer;
  throw new CozifyError('COZIFY_BAD_ANSWER', 'The hub should have confirmed the command, but a web page came instead.');
}

/** Whether the hub refused a command. */
export function isRefused({ status }: HubAnswer): boolean {
  return [400, 404, 422].includes(status);
}

/** Returns the error for a refused command. */
export function refused({ status }: HubAnswer): CozifyError {
  return new CozifyError('COZIFY_API', `The hub refused the command (status ${status}).`, { statusCode: status });
}
