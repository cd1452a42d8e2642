import type { Node, NodeAPI } from 'node-red';
import type { CommandOutcome, CommandProperties } from '../src/homes-api.js';
import { homesApi, SECONDS, systemClock } from '../src/nodes-api.js';
import { defineActionPerNode, type StepStatus } from './runtime/define-action.js';
import { HubStatus, hubStepStatus } from './runtime/hub-status.js';
import { HUB, TARGETS } from './runtime/hub-targets.js';
import { statusOf } from './runtime/status.js';
import { composed, parameter, seconds } from './runtime/parameters.js';

const PARAMETERS = {
  targets: TARGETS,
  hub: HUB,
  /** Time to wait for the confirmation, in milliseconds. */
  confirm: seconds(SECONDS.confirm, 0),
  /** The command's properties, checked together with its value. */
  properties: composed<CommandProperties>(({ def: { command, field, transition } }) => ({
    command,
    field,
    transition,
  })),
  payload: parameter<unknown>({ description: 'anything' }, { source: 'message' }),
  value: parameter<unknown>({ description: 'anything' }, { source: 'typed input', when: { command: ['set'] } }),
};

/** Registers the node that sends commands to devices and outputs the results. */
export default function register(RED: NodeAPI): void {
  defineActionPerNode<typeof PARAMETERS, CommandOutcome>(RED, 'command', (node, { account, hub }) => {
    const { CommandStep, parseCommand } = homesApi();
    const author = { node: idInEditor(node) };
    const step = new CommandStep();
    const status = new HubStatus({ RED, node, account, hub });
    return {
      parameters: PARAMETERS,
      takeTicket: (ofAccount) => ofAccount.homes.commandGate.takeTicket(),
      run: async (ofAccount, { targets, hub: ofHub, confirm, properties, payload, value }, ticket) => {
        const command = parseCommand(properties, properties.command === 'set' ? value : payload);
        const request = { command, targets, hub: ofHub, confirmMs: confirm, author };
        const outcome = await ofAccount.useHomes('command', (homes) => step.run(homes, request, ticket));
        return { value: outcome, isRefreshed: false };
      },
      output: ({ isDone }) => (isDone ? 1 : 2),
      properties: () => ({}),
      details: ({ results }) => ({ results }),
      status: commandStatus(status),
    };
  });
}

/** Returns the id of the node in the editor. For a node in a subflow, this is its id in the subflow's template. */
function idInEditor(node: Node): string {
  return (node as Node & { _alias?: string })._alias ?? node.id;
}

/** Delay in milliseconds after which the status shows the state at the hub, if no confirmation was requested. */
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
    const now = await homesApi().lookAgain(things);
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
    start: (sources) => {
      cancel();
      return shown.start(sources);
    },
    stop: () => {
      cancel();
      shown.stop();
    },
  };
}

/**
 * Shows the outcome of a command. Returns "sent" if the step did not wait for a confirmation, so that the state at the
 * hub is unknown.
 */
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
