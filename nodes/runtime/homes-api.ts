import { createRequire } from 'node:module';
import type * as HomesApi from '../../src/homes-api.js';

const load = createRequire(__filename);

/**
 * Returns the code for homes. It is loaded at the first call, because a Node-RED whose flows have no node for a home does
 * not need it.
 */
export function homesApi(): typeof HomesApi {
  return load('../../src/homes-api.js') as typeof HomesApi;
}
