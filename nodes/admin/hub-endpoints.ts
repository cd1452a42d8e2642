import type {
  CommandStep,
  Kind,
  ListQuery,
  Resolved,
  ResolveQuery,
  ThingFilter,
  ThingPage,
} from '../../src/homes-api.js';
import {
  type Account,
  badInput,
  CozifyError,
  expectFew,
  homesApi,
  kindOf,
  parseText,
  languageOf,
  parseCloudUrl,
  systemClock,
} from '../../src/nodes-api.js';
import type { AccountRegistry } from '../accounts/account-registry.js';
import type { GuardedRoutes } from './guard.js';

/** How long a command from the dialog waits for its confirmation, in milliseconds. */
const CONFIRM_MS = 3_000;

/** The result of a command that can't be confirmed. */
const SENT = { sent: true, confirmed: null, reason: null, state: null, ignored: [], clamped: [] };

/** Limit on each list of a `resolve` request. The sidebar resolves all that the flows use at once. */
const MAX_RESOLVED = 2000;

/** Limit on the words of a search. A person types fewer. */
const MAX_WORDS = 50;

/**
 * Registers the endpoints of the dialogs' device picker: list things, resolve targets, identify a lamp, send a command.
 */
export function registerHubEndpoints({ read, ask, write }: GuardedRoutes, accounts: () => AccountRegistry): void {
  let commands: CommandStep | undefined;
  const list = async (id: string, given: Record<string, unknown>, filter?: ThingFilter): Promise<ThingPage> => {
    const listQuery = { ...parseListQuery(given), filter };
    const account = await accountOf(accounts(), id, given['cloudUrl']);
    return account.useHomes('things', (homes) => homesApi().listThings(homes, listQuery, systemClock));
  };
  read('/things', (id, _body, query) => list(id, query));
  // Use POST, because a filter may contain more ids than fit into a URL.
  ask('/things', (id, body) => list(id, { ...body, ids: undefined }, parseFilter(body['filter'])));
  ask('/resolve', async (id, body) => {
    const resolveQuery = parseResolve(body);
    const hubs = textList(body['hubs'], 'hubs', MAX_RESOLVED);
    const account = await accountOf(accounts(), id, body['cloudUrl']);
    const { hubs: known } = await account.readSnapshot();
    const found = await account.useHomes('resolve', (homes) => homesApi().resolveAll(homes, resolveQuery));
    return { ...found, hubs: hubs.map((hub) => resolveHub(hub, known)) };
  });
  write('/identify', 200, async (id, body) => {
    const { blink, parseNodeTargets } = homesApi();
    const lamps = parseNodeTargets([{ kind: 'device', hub: body['hub'], id: body['id'] }]);
    const account = await accountOf(accounts(), id, body['cloudUrl']);
    const blinking = await account.useHomes('identify', (homes) =>
      Promise.all(lamps.map((lamp) => blink(homes, lamp))),
    );
    return { results: blinking.map((target) => ({ target, ...SENT })) };
  });
  write('/command', 200, async (id, body) => {
    const { CommandStep: Step, parseCommand, parseNodeTargets } = homesApi();
    const targets = parseNodeTargets(body['targets']);
    const command = parseCommand(body, body['value']);
    const hub = parseText(body['hub'], 'hub');
    const account = await accountOf(accounts(), id, body['cloudUrl']);
    const request = {
      command,
      targets: targets.length > 0 ? targets : undefined,
      hub,
      confirmMs: CONFIRM_MS,
      author: 'editor',
      listsDone: true,
    } as const;
    const step = (commands ??= new Step());
    const { results } = await account.useHomes('command', (homes) => step.run(homes, request));
    return { results };
  });
}

/** Returns the account, or its pending login. If there is neither, throws the reason. */
export async function accountOf(accounts: AccountRegistry, id: string, asked: unknown): Promise<Account> {
  const cloudUrl = asked === undefined ? undefined : parseCloudUrl(asked);
  const account = await accounts.usable(id, cloudUrl);
  if (account !== undefined) return account;
  const problem = accounts.misconfigured(id)?.problem;
  throw problem ?? new CozifyError('COZIFY_OTP_REQUIRED', 'No hub is known yet: log in with a one-time code.');
}

/**
 * Resolves a hub id among the hubs of the account. An id that is not found is `gone`, or `unknown` if the account has
 * no hubs yet or the id contains an environment variable.
 */
function resolveHub(id: string, known: readonly { id: string; name: string }[]): Resolved | ResolvedHub {
  const hub = known.find((one) => one.id === id);
  if (hub !== undefined) return { is: 'found', thing: { hub: id, kind: 'hub', id, name: hub.name } };
  return { is: known.length === 0 || id.includes('${') ? 'unknown' : 'gone', thing: null };
}

interface ResolvedHub {
  is: 'found';
  thing: { hub: string; kind: 'hub'; id: string; name: string };
}

function parseResolve(body: Record<string, unknown>): ResolveQuery {
  const { targets = [], lang } = body;
  if (!Array.isArray(targets)) throw badInput(`targets should be a list, but was ${kindOf(targets)}.`);
  expectFew(targets, 'targets', MAX_RESOLVED);
  const wrong = targets.findIndex((target) => typeof target !== 'object' || target === null || Array.isArray(target));
  if (wrong >= 0) throw badInput(`targets[${wrong}] should be an object, but was ${kindOf(targets[wrong])}.`);
  return {
    targets: targets as unknown[],
    rooms: textList(body['rooms'], 'rooms', MAX_RESOLVED),
    hub: parseText(body['hub'], 'hub'),
    language: lang === undefined ? undefined : languageOf(parseText(lang, 'lang')),
  };
}

/**
 * Parses a list of texts in a body; a missing list is empty. Throws `COZIFY_BAD_INPUT` if it is not a list of texts.
 */
export function textList(value: unknown, name: string, max?: number): string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
    throw badInput(`${name} should be a list of texts.`);
  }
  expectFew(value, name, max);
  return value.map((item) => item.trim());
}

function parseFilter(value: unknown): ThingFilter {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw badInput(`filter should be an object, but was ${kindOf(value)}.`);
  }
  const { kind, unreachable = false, batteryLow = false, used, unused } = value as Record<string, unknown>;
  const ofKind = parseText(kind, 'filter.kind');
  if (ofKind !== '' && !homesApi().FILTER_KINDS.includes(ofKind)) {
    throw badInput(`filter.kind should be one of ${homesApi().FILTER_KINDS.join(', ')}.`);
  }
  return {
    kind: ofKind,
    isUnreachable: parseFlag(unreachable, 'filter.unreachable'),
    isBatteryLow: parseFlag(batteryLow, 'filter.batteryLow'),
    only: used === undefined ? undefined : new Set(textList(used, 'filter.used')),
    except: unused === undefined ? undefined : new Set(textList(unused, 'filter.unused')),
  };
}

function parseFlag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw badInput(`${name} should be true or false, but was ${kindOf(value)}.`);
}

function parseListQuery(query: Record<string, unknown>): ListQuery {
  const ids = textsOf(query['ids'], 'ids');
  return {
    hub: parseText(query['hub'], 'hub'),
    kinds: textsOf(query['kind'], 'kind').map(parseKind),
    text: parseSearch(query['q']),
    rooms: textsOf(query['room'], 'room'),
    capabilities: textsOf(query['capability'], 'capability').map((name) => name.toUpperCase()),
    match: parseMatch(query['capabilitiesMatch']),
    can: parseText(query['can'], 'can'),
    ids: query['ids'] === undefined ? undefined : ids,
    after: parseText(query['after'], 'after'),
    language: query['lang'] === undefined ? undefined : languageOf(parseText(query['lang'], 'lang')),
    withCapabilities: query['capabilities'] !== undefined,
  };
}

function parseSearch(value: unknown): string {
  const text = parseText(value, 'q');
  expectFew(text.split(/\s+/), 'q', MAX_WORDS);
  return text;
}

function parseMatch(value: unknown): 'all' | 'any' {
  const match = parseText(value, 'capabilitiesMatch');
  if (match === '' || match === 'all' || match === 'any') return match === 'any' ? 'any' : 'all';
  throw badInput('capabilitiesMatch should be "all" or "any".');
}

function parseKind(text: string): Kind {
  const { KINDS } = homesApi();
  const kind = KINDS.find((one) => one === text);
  if (kind !== undefined) return kind;
  throw badInput(`kind should be one of ${KINDS.join(', ')}.`);
}

/**
 * Returns the values of a parameter that may occur several times in a query. Express parses a long list into an object
 * with the indexes as keys.
 */
function textsOf(value: unknown, name: string): string[] {
  if (value === undefined) return [];
  const list: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  expectFew(list, name);
  if (list.every((item) => typeof item === 'string')) return list.map((item) => item.trim()).filter(Boolean);
  throw badInput(`${name} should be texts.`);
}
