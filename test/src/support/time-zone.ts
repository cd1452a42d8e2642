import { apiVersion, type HubRoute } from '../../../src/hub/hub-api.js';
import { expectOk } from '../../../src/http/response.js';

/** Reads a hub's time zone, which needs a key; undefined if the hub refuses the key. */
export async function getTimeZone(route: HubRoute, version: string): Promise<unknown> {
  const answer = await route(`/cc/${apiVersion(version)}/hub/tz`);
  if (answer.status === 401 || answer.status === 403) return undefined;
  expectOk(answer);
  return JSON.parse(answer.body);
}
