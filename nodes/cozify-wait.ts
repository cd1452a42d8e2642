import type { NodeAPI } from 'node-red';
import type { Condition, WaitEnd, WaitOptions } from '../src/homes-api.js';
import { homesApi, SECONDS, systemClock } from '../src/nodes-api.js';
import { defineActionPerNode, type StepStatus } from './runtime/define-action.js';
import { HubStatus, hubStepStatus } from './runtime/hub-status.js';
import { HUB, isGiven, TARGETS } from './runtime/hub-targets.js';
import { flag, parameter, seconds } from './runtime/parameters.js';
import { statusOf } from './runtime/status.js';
import { clockText } from './runtime/status-words.js';

const PARAMETERS = {
  targets: TARGETS,
  hub: HUB,
  condition: parameter<Condition | null>(
    { default: null, description: 'a condition' },
    { source: 'node', parse: (condition) => homesApi().parseCondition(condition, { canChange: true }) },
  ),
  match: parameter<WaitOptions['match']>(
    { enum: ['any', 'all'], default: 'any', description: '"any" or "all"' },
    { source: 'node' },
  ),
  checkNow: flag(true, { source: 'node' }),
  /** Timeout in milliseconds. */
  timeout: seconds(SECONDS.wait, 60),
  reset: parameter<unknown>({ description: 'anything' }, { source: 'message', isSole: true }),
};

/** Registers the node that holds messages until a device meets a condition. */
export default function register(RED: NodeAPI): void {
  defineActionPerNode<typeof PARAMETERS, WaitEnd>(RED, 'wait', (node, { account, hub }) => {
    const { showThing, WaitStep } = homesApi();
    const step = new WaitStep(systemClock);
    const status = new HubStatus({ RED, node, account, hub });
    return {
      parameters: PARAMETERS,
      run: async (ofAccount, { timeout: timeoutMs, reset, ...options }) => {
        if (reset !== undefined) {
          step.cancel();
          return { value: { reason: 'cancelled' }, isRefreshed: false };
        }
        const value = await step.run(ofAccount, { ...options, timeoutMs });
        return { value, isRefreshed: false };
      },
      output: ({ reason }) => ({ met: 1, timeout: 2, cancelled: 0 })[reason],
      properties: (end) => (end.reason === 'met' && end.thing !== undefined ? { device: showThing(end.thing) } : {}),
      status: waitStatus(status),
      stop: () => {
        const count = step.close();
        if (count > 0)
          node.log(`Cancelled ${count} waiting ${count === 1 ? 'message' : 'messages'}: the node was closed.`);
      },
    };
  });
}

/** Shows how many messages are waiting and since when, then the result. */
function waitStatus(status: HubStatus): StepStatus<WaitEnd> {
  /** The arrival times of the waiting messages, oldest first. */
  const pending = new Set<{ at: number }>();
  const shown = hubStepStatus<WaitEnd>(
    status,
    (end) => {
      if (end.reason === 'met') status.show(end.thing === undefined ? [] : [end.thing]);
      else if (end.reason === 'timeout') status.showNotice('yellow', 'ring', 'timed-out');
      else status.showNotice('grey', 'ring', 'let-go');
    },
    (language) => {
      const [oldest] = pending;
      if (oldest === undefined) return undefined;
      const time = clockText(oldest.at, language);
      return statusOf(language, 'yellow', 'dot', 'waiting', { count: String(pending.size), time });
    },
  );
  return {
    start: (sources) => {
      const entry = { at: systemClock.now() };
      // A message with `reset` does not wait.
      if (!isGiven(sources.message, 'reset')) pending.add(entry);
      const { end, fail } = shown.start(sources);
      return {
        end: (value) => {
          pending.delete(entry);
          end(value);
        },
        fail: (error) => {
          pending.delete(entry);
          fail(error);
        },
      };
    },
    stop: () => shown.stop(),
  };
}
