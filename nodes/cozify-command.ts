import type { Node, NodeAPI } from 'node-red';
import {
  type CommandOutcome,
  type CommandProperties,
  CommandStep,
  lookAgain,
  parseOrder,
  SECONDS,
  systemClock,
} from '../src/nodes-api.js';
import { defineActionPerNode, type StepStatus } from './runtime/define-action.js';
import { HubStatus, hubStepStatus } from './runtime/hub-status.js';
import { HUB, TARGETS } from './runtime/hub-targets.js';
import { statusOf } from './runtime/status.js';
import { composed, parameter, seconds } from './runtime/parameters.js';

const PARAMETERS = {
  targets: TARGETS,
  hub: HUB,
  /** In milliseconds. */
  confirm: seconds(SECONDS.confirm, 0),
  /** What is ordered; checked together with the value. */
  properties: composed<CommandProperties>(({ def: { command, field, transition } }) => ({
    command,
    field,
    transition,
  })),
  payload: parameter<unknown>({ description: 'anything' }, { source: 'message' }),
  value: parameter<unknown>({ description: 'anything' }, { source: 'typed input', when: { command: ['set'] } }),
};

/** Has things at home switched and set, and says what came of it. */
export default function register(RED: NodeAPI): void {
  defineActionPerNode<typeof PARAMETERS, CommandOutcome>(RED, 'command', (node, { account, hub }) => {
    const author = { node: idInEditor(node) };
    const step = new CommandStep();
    const status = new HubStatus({ RED, node, account, hub });
    return {
      parameters: PARAMETERS,
      arrive: (ofAccount) => ofAccount.homes.arrivals.come(),
      run: async (ofAccount, { targets, hub: ofHub, confirm, properties, payload, value }, arrival) => {
        const order = parseOrder(properties, properties.command === 'set' ? value : payload);
        const wishes = { order, targets, hub: ofHub, confirmMs: confirm, author };
        const outcome = await ofAccount.useHomes('command', (homes) => step.run(homes, wishes, arrival));
        return { value: outcome, isRefreshed: false };
      },
      output: ({ isDone }) => (isDone ? 1 : 2),
      properties: () => ({}),
      details: ({ results }) => ({ results }),
      status: commandStatus(status),
    };
  });
}

/** In a subflow that of its template: instances have ids that no editor knows. */
function idInEditor(node: Node): string {
  return (node as Node & { _alias?: string })._alias ?? node.id;
}

/** Somebody who did not wait for the hub to show it sees a moment later what it shows. */
const LOOK_AFTER_MS = 1_000;

function commandStatus(status: HubStatus): StepStatus<CommandOutcome> {
  let timer: ReturnType<typeof systemClock.setTimeout> | undefined;
  let looks = 0;
  const cancel = (): void => {
    looks += 1;
    if (timer !== undefined) systemClock.clearTimeout(timer);
    timer = undefined;
  };
  const look = async ({ things }: CommandOutcome, mine: number): Promise<void> => {
    const now = await lookAgain(things);
    if (mine === looks) status.show(now);
  };
  const shown = hubStepStatus<CommandOutcome>(
    status,
    (outcome) => {
      if (show(status, outcome) !== 'sent' || outcome.things.length === 0) return;
      cancel();
      timer = systemClock.setTimeout(() => void look(outcome, looks), LOOK_AFTER_MS);
    },
    (language) => statusOf(language, 'yellow', 'dot', 'sending'),
  );
  return {
    begin: (sources) => {
      cancel();
      return shown.begin(sources);
    },
    stop: () => {
      cancel();
      shown.stop();
    },
  };
}

/** Where nobody waited for the hub to show it, nobody knows how things are. */
function show(status: HubStatus, { results, things, error }: CommandOutcome): 'sent' | undefined {
  if (error !== undefined) status.showError(error);
  else if (results.some(({ reason }) => reason === 'unreachable')) status.showNotice('grey', 'ring', 'no-contact');
  else if (results.some(({ reason }) => reason === 'timeout')) status.showNotice('yellow', 'ring', 'timed-out');
  else if (results.every(({ confirmed }) => confirmed === null)) {
    status.showNotice('green', 'dot', 'sent');
    return 'sent';
  } else status.show(things);
  return undefined;
}
