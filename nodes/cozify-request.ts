import type { NodeAPI } from 'node-red';
import type { FreeAnswer } from '../src/index.js';
import { parseRequestBody, SECONDS } from '../src/nodes-api.js';
import { defineActionPerNode } from './runtime/define-action.js';
import { HubStatus, hubStepStatus } from './runtime/hub-status.js';
import { HUB } from './runtime/hub-targets.js';
import { parameter, seconds } from './runtime/parameters.js';

type Method = 'GET' | 'PUT' | 'POST' | 'DELETE';

const PARAMETERS = {
  hub: HUB,
  method: parameter<Method>(
    { enum: ['GET', 'PUT', 'POST', 'DELETE'], default: 'GET', description: '"GET", "PUT", "POST" or "DELETE"' },
    { source: 'node' },
  ),
  path: parameter<string>(
    { type: 'string', minLength: 1, description: `a path of the hub's API such as "devices"` },
    { source: 'typed input', typed: ['', 'str'] },
  ),
  body: parameter<string | undefined>(
    { description: 'a value that JSON allows' },
    { source: 'typed input', when: { method: ['PUT', 'POST'] }, parse: parseRequestBody },
  ),
  /** Time limit for the step, in milliseconds. */
  timeout: seconds(SECONDS.request, 15),
};

/** Registers the node that sends any HTTP request to a hub's API. */
export default function register(RED: NodeAPI): void {
  defineActionPerNode<typeof PARAMETERS, FreeAnswer>(RED, 'request', (node, { account, hub }) => {
    const status = new HubStatus({ RED, node, account, hub });
    return {
      parameters: PARAMETERS,
      takeTicket: (ofAccount) => ofAccount.homes.commandGate.takeTicket(),
      run: async (ofAccount, { hub: ofHub, timeout: timeoutMs, ...request }, ticket) => {
        // A request that may change something waits for its turn among the commands, in the order of the messages.
        if (request.method !== 'GET') await ticket?.untilFirst();
        const answer = ofAccount.request(ofHub, { ...request, timeoutMs });
        ticket?.release();
        return answer;
      },
      properties: ({ payload, statusCode }) => ({ payload, statusCode }),
      status: hubStepStatus<FreeAnswer>(status, ({ statusCode }) => status.showText(() => String(statusCode))),
    };
  });
}
