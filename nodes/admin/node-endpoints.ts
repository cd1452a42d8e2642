import type { NodeAPI } from 'node-red';
import { sendTest } from '../runtime/by-hand.js';
import { guardRoutes, refuseUnreadable } from './guard.js';

/** Registers the endpoint for the buttons of nodes on the canvas. */
export function registerNodeEndpoints(RED: NodeAPI): void {
  guardRoutes(RED, '/cozify/nodes/:id').write('/test', 200, (id) => {
    sendTest(RED, id);
    return Promise.resolve({ sent: true });
  });
  RED.httpAdmin.use('/cozify/nodes', refuseUnreadable);
}
