import { randomBytes } from 'node:crypto';
import type { ListedState, ListQuery } from '../../src/homes-api.js';
import {
  type Account,
  badInput,
  expectFew,
  homesApi,
  kindOf,
  type Language,
  languageOf,
  parseText,
  systemClock,
} from '../../src/nodes-api.js';
import type { AccountRegistry } from '../accounts/account-registry.js';
import { planDashboard } from '../dashboard/lazy-dashboard.js';
import type { FlowNode } from '../dashboard/existing.js';
import type { GuardedRoutes } from './guard.js';
import { accountOf, textList } from './hub-endpoints.js';

/** The number of things for which a dashboard is made at most. Nobody finds a thing on a page with more. */
const MAX_THINGS = 1000;
/** The number of nodes that flows with widgets have at most. */
const MAX_NODES = 5000;

/** Registers the endpoint that plans a dashboard page for the home and responds with the nodes of the page. */
export function registerDashboardEndpoint({ ask }: Pick<GuardedRoutes, 'ask'>, accounts: () => AccountRegistry): void {
  ask('/dashboard', async (id, body) => {
    const rooms = body['rooms'] === undefined ? undefined : textList(body['rooms'], 'rooms');
    const flows = parseFlows(body['flows']);
    const language = languageOf(parseText(body['lang'], 'lang'));
    const account = await accountOf(accounts(), id, body['cloudUrl']);
    const things = await listAll(account, language);
    const { hubs } = await account.readSnapshot();
    const names = new Map(hubs.map((hub) => [hub.id, hub.name]));
    return planDashboard({ account: id, things, hubs: names, rooms, flows, language, newId });
  });
}

/** Lists the devices and scenes of all hubs, with the fields that can be set on them. */
async function listAll(account: Account, language: Language): Promise<ListedState[]> {
  const query: Omit<ListQuery, 'after'> = {
    hub: '',
    kinds: ['device', 'scene'],
    text: '',
    rooms: [],
    capabilities: [],
    match: 'all',
    can: '',
    ids: undefined,
    language,
    withCapabilities: false,
    withAbilities: true,
  };
  const things: ListedState[] = [];
  for (let after: string | null = ''; after !== null;) {
    const from: string = after;
    const page = await account.useHomes('dashboard', (homes) =>
      homesApi().listThings(homes, { ...query, after: from }, systemClock),
    );
    if (page.total > MAX_THINGS) {
      throw badInput(`A dashboard can show at most ${MAX_THINGS} devices and scenes, but there are ${page.total}.`);
    }
    things.push(...page.things);
    after = page.next;
  }
  return things;
}

/** Parses nodes that the editor has exported. */
function parseFlows(value: unknown): FlowNode[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badInput(`flows should be a list of nodes, but was ${kindOf(value)}.`);
  const nodes: unknown[] = value;
  expectFew(nodes, 'flows', MAX_NODES);
  const wrong = nodes.findIndex((node) => !isNode(node));
  if (wrong >= 0)
    throw badInput(
      `flows[${wrong}] should be a node with the texts id and type, and with a text as its path if it has one.`,
    );
  return nodes.filter(isNode);
}

function isNode(value: unknown): value is FlowNode {
  const { id, type, path = '' } = (value ?? {}) as Record<string, unknown>;
  return [id, type, path].every((text) => typeof text === 'string');
}

/** Returns a new node id in the form that Node-RED uses. */
function newId(): string {
  return randomBytes(8).toString('hex');
}
