import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FlowNode } from '../../live/harness/flow';
import { packageRoot } from '../../live/harness/packed';

const FOLDER = join(packageRoot, 'examples');

/** The examples as the editor's menu names them. */
export const NAMES = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length));

export const DASHBOARD = 'Log in again from a dashboard (FlowFuse dashboard 2)';
export const CHART = 'Chart of all thermometers (FlowFuse dashboard 2)';
export const PAGE = 'Log in again from a page (http)';

/** Those that need no page of their own to be used: buttons in the editor, debug messages. */
export const SMALL = NAMES.filter((name) => ![DASHBOARD, CHART, PAGE].includes(name));

/** Whether the name says that an example needs the dashboard's nodes. */
export const isForDashboard = (name: string): boolean => /dashboard/i.test(name);

/** The nodes of an example, as they are shipped. */
export function read(name: string): FlowNode[] {
  return JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8')) as FlowNode[];
}
