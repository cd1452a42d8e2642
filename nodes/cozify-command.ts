import type { NodeAPI } from 'node-red';
import { type CommandOutcome, CommandStep, type CommandProperties, parseOrder, SECONDS } from '../src/nodes-api.js';
import { defineActionPerNode } from './runtime/define-action.js';
import { HubStatus, hubStepStatus } from './runtime/hub-status.js';
import { HUB, TARGETS } from './runtime/hub-targets.js';
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
    const step = new CommandStep();
    const status = new HubStatus({ RED, node, account, hub });
    return {
      parameters: PARAMETERS,
      run: async (ofAccount, { targets, hub: ofHub, confirm, properties, payload, value }) => {
        const order = parseOrder(properties, properties.command === 'set' ? value : payload);
        const wishes = { order, targets, hub: ofHub, confirmMs: confirm };
        return { value: await ofAccount.useHomes('command', (homes) => step.run(homes, wishes)), isRefreshed: false };
      },
      output: ({ isDone }) => (isDone ? 1 : 2),
      properties: () => ({}),
      details: ({ results }) => ({ results }),
      status: hubStepStatus<CommandOutcome>(status, (outcome) => show(status, outcome)),
    };
  });
}

/** Where nobody waited for the hub to show it, nobody knows how things are. */
function show(status: HubStatus, { results, things, error }: CommandOutcome): void {
  if (error !== undefined) status.fail(error);
  else if (results.some(({ reason }) => reason === 'timeout')) status.say('yellow', 'ring', 'timed-out');
  else if (results.every(({ confirmed }) => confirmed === null)) status.say('green', 'dot', 'sent');
  else status.show(things);
}
