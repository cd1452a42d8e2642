import type { Request } from 'express';
import { CozifyError } from '../../src/index.js';
import {
  type Account,
  badInput,
  blink,
  CommandStep,
  type Kind,
  kindOf,
  KINDS,
  languageOf,
  listThings,
  type ListWishes,
  parseCloudUrl,
  parseNodeTargets,
  parseOrder,
  systemClock,
} from '../../src/nodes-api.js';
import type { AccountRegistry } from '../accounts/account-registry.js';
import type { GuardedRoutes } from './guard.js';

type Query = Request['query'];

/** How long a command of the dialog waits for the hub to show it, in milliseconds. */
const CONFIRM_MS = 3_000;

/** What comes of a command that nobody can see the end of. */
const SENT = { sent: true, confirmed: null, reason: null, state: null, ignored: [], clamped: [] };

/** The endpoints of the picker: what there is at the hubs of an account, and trying it out. */
export function registerHubEndpoints({ read, write }: GuardedRoutes, accounts: () => AccountRegistry): void {
  const commands = new CommandStep();
  read('/things', async (id, _body, query) => {
    const wishes = parseWishes(query);
    const account = await accountOf(accounts(), id, query['cloudUrl']);
    return account.useHomes('things', (homes) => listThings(homes, wishes, systemClock));
  });
  write('/identify', 200, async (id, body) => {
    const lamps = parseNodeTargets([{ kind: 'device', hub: body['hub'], id: body['id'] }]);
    const account = await accountOf(accounts(), id, body['cloudUrl']);
    const blinking = await account.useHomes('identify', (homes) =>
      Promise.all(lamps.map((lamp) => blink(homes, lamp))),
    );
    return { results: blinking.map((target) => ({ target, ...SENT })) };
  });
  write('/command', 200, async (id, body) => {
    const targets = parseNodeTargets(body['targets']);
    const order = parseOrder(body, body['value']);
    const hub = parseText(body['hub'], 'hub');
    const account = await accountOf(accounts(), id, body['cloudUrl']);
    const wishes = { order, targets: targets.length > 0 ? targets : undefined, hub, confirmMs: CONFIRM_MS };
    const { results } = await account.useHomes('command', (homes) => commands.run(homes, wishes));
    return { results };
  });
}

/** The account, or its login that waits for a Deploy. Throws why there is none. */
async function accountOf(accounts: AccountRegistry, id: string, asked: unknown): Promise<Account> {
  const cloudUrl = asked === undefined ? undefined : parseCloudUrl(asked);
  const account = await accounts.usable(id, cloudUrl);
  if (account !== undefined) return account;
  const problem = accounts.misconfigured(id)?.problem;
  throw problem ?? new CozifyError('COZIFY_OTP_REQUIRED', 'No hub is known yet: log in with a one-time code.');
}

function parseWishes(query: Query): ListWishes {
  const ids = textsOf(query['ids'], 'ids');
  return {
    hub: parseText(query['hub'], 'hub'),
    kinds: textsOf(query['kind'], 'kind').map(parseKind),
    text: parseText(query['q'], 'q'),
    room: parseText(query['room'], 'room'),
    capabilities: textsOf(query['capability'], 'capability'),
    can: parseText(query['can'], 'can'),
    ids: query['ids'] === undefined ? undefined : ids,
    after: parseText(query['after'], 'after'),
    language: query['lang'] === undefined ? undefined : languageOf(parseText(query['lang'], 'lang')),
  };
}

function parseKind(text: string): Kind {
  const kind = KINDS.find((one) => one === text);
  if (kind !== undefined) return kind;
  throw badInput(`kind should be one of ${KINDS.join(', ')}.`);
}

function parseText(value: unknown, name: string): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return value.trim();
  throw badInput(`${name} should be one text, but was ${kindOf(value)}.`);
}

/** What is said several times. Of many Express makes an object, with their places as its keys. */
function textsOf(value: unknown, name: string): string[] {
  if (value === undefined) return [];
  const list: unknown[] = typeof value === 'object' && value !== null ? Object.values(value) : [value];
  if (list.every((item) => typeof item === 'string')) return list.map((item) => item.trim()).filter(Boolean);
  throw badInput(`${name} should be texts.`);
}
