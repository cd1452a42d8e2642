/** Loads the code of the admin endpoints on the first request to them. */
import { createRequire } from 'node:module';
import type { NextFunction, Request, Response } from 'express';
import type { NodeAPI } from 'node-red';
import type { AccountRegistry } from '../accounts/account-registry.js';
import type * as EndpointsModule from './endpoints.js';

const load = createRequire(__filename);

/**
 * The key in `app.locals` under which the routes find the current account registry. Express keeps the routes as long as
 * the process runs, even if the package is reinstalled.
 */
const LOCAL = 'cozify accounts';

/**
 * Serves the admin endpoints for the dialogs. Their routes are added on the first request, because Node-RED can start
 * without them. If the package is reinstalled in the same process, the existing routes use the new registry.
 */
export function serveEndpoints(RED: NodeAPI, registry: AccountRegistry): void {
  const { locals } = RED.httpAdmin as { locals: { [LOCAL]?: AccountRegistry } };
  const isServed = locals[LOCAL] !== undefined;
  locals[LOCAL] = registry;
  if (isServed) return;
  let areRoutesAdded = false;
  const addRoutes = (): void => {
    if (areRoutesAdded) return;
    const { registerEndpoints } = load('./endpoints.js') as typeof EndpointsModule;
    areRoutesAdded = true;
    registerEndpoints(RED, () => locals[LOCAL] ?? registry);
  };
  // `next` continues with the routes that have just been added.
  const pass = (_request: Request, _response: Response, next: NextFunction): void => {
    addRoutes();
    next();
  };
  /** Adds the routes, then passes on an error of an earlier handler, for example of the body parser. */
  const passError = (error: unknown, _request: Request, _response: Response, next: NextFunction): void => {
    addRoutes();
    next(error);
  };
  RED.httpAdmin.use('/cozify', pass, passError);
}
