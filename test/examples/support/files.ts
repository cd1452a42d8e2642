import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowNode } from '../../live/harness/flow';
import { packageRoot } from '../../live/harness/packed';

const FOLDER = join(packageRoot, 'examples');

/** Names of the examples, as in the editor's menu. */
export const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

export const DASHBOARD = 'Log in again from a dashboard (FlowFuse dashboard 2)';
export const LAMP = 'Dashboard switch and slider (FlowFuse dashboard 2)';
export const CHART = 'Chart of all thermometers (FlowFuse dashboard 2)';
export const PAGE = 'Log in again from a page (http)';
export const HOME_ASSISTANT = 'Home Assistant through MQTT';
export const HOMEKIT = 'HomeKit for two rooms (homekit-bridged)';

/**
 * Complete solutions, each with a page in docs/cookbook. They are tested together in one Node-RED. The wall switch, the
 * dashboard and the bridges have tests of their own.
 */
export const RECIPES = [
  'Alert with lamps, then restore them',
  'Door open for 10 minutes',
  'Sauna ready, and off after 2 hours',
  'Good night, and what is open',
  'Water heater in the cheapest hours',
  'Home and away by phones',
  'Leak and smoke alarm',
  'Batteries and unreachable devices once a week',
  'Hub offline and back',
  'Motion light with manual override',
];

/** Small examples, without a web page or a page in docs/cookbook. They use inject nodes and debug messages. */
export const SMALL = NAMES.filter(
  (name) => ![DASHBOARD, CHART, LAMP, PAGE, HOME_ASSISTANT, HOMEKIT, ...RECIPES].includes(name),
);

/**
 * Returns the prefix of the node types that an example needs from another package, according to its name. Returns
 * `undefined` if the example needs none.
 */
export function neededNodes(name: string): 'ui-' | 'homekit-' | undefined {
  if (name.endsWith('(FlowFuse dashboard 2)')) return 'ui-';
  return name.endsWith('(homekit-bridged)') ? 'homekit-' : undefined;
}

/** Returns the nodes of an example, unchanged. */
export function read(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as FlowNode[];
}
