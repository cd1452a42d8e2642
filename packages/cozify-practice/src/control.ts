import { failure, json, type Answer } from './answers';
import { isCount, isRecord } from './checks';
import { isFault, isFaultTarget } from './faults';
import { changeBehaviour, changeHome, homeOf } from './home-control';
import { isListing } from './home/things';
import type { SimulatedHub } from './hub';
import { TROUBLES, type Trouble } from './page/troubles';
import type { World } from './world';
import type { Settings } from './types';

type Body = Record<string, unknown>;

const DEFAULT_REQUESTS = 200;

const SETTINGS: Record<keyof Settings, (value: unknown) => boolean> = {
  latencyMs: isCount,
  tokenLifeMs: isCount,
  codeLifeMs: isCount,
  graceRequests: (value) => value === null || isCount(value),
  lanIpForm: (value) => ['bare', 'url', 'empty', 'null', 'error'].includes(value as string),
  lanIpOrder: (value) => value === 'as-listed' || value === 'reversed',
  rejectedCodeStatus: (value) => isCount(value) && value >= 400 && value <= 599,
  hubOfflineStatus: (value) => value === 400 || value === 408,
};

/** Handlers of POST requests under `/control/`. They return undefined for an invalid body. */
const COMMANDS: Record<string, (simulator: World, body: Body) => unknown> = {
  fault: (simulator, { call, fault }) => {
    if (!isFaultTarget(call) || !isFault(fault)) return undefined;
    simulator.fault(call, fault);
    return true;
  },
  'clear-faults': (simulator) => (simulator.clearFaults(), true),
  'clear-requests': (simulator) => (simulator.clearRequests(), true),
  'revoke-all': (simulator) => (simulator.revokeAll(), true),
  revoke: (simulator, { token }) => (typeof token === 'string' ? (simulator.revoke(token), true) : undefined),
  reinstate: (simulator, { token }) => (typeof token === 'string' ? (simulator.reinstate(token), true) : undefined),
  'next-code': (simulator, { code }) => (typeof code === 'string' ? (simulator.nextCode(code), true) : undefined),
  'issue-token': (simulator, { email, iat, exp }) => {
    if (typeof email !== 'string') return undefined;
    return simulator.issueToken(email, { ...(isCount(iat) && { iat }), ...(isCount(exp) && { exp }) });
  },
  settings: (simulator, body) => (changeSettings(simulator, body) ? settingsOf(simulator) : undefined),
  hub: async (simulator, body) => {
    const hub = simulator.hubs.find(({ id }) => id === body['id']);
    return hub && (await changeHub(hub, body)) ? hubOf(hub) : undefined;
  },
  home: (simulator, body) => {
    const hub = simulator.hubs.find(({ id }) => id === body['hub']);
    return hub && changeHome(hub, body);
  },
  command: ({ hubs }, { hub: hubId, listing, elements }) => {
    const hub = hubs.find(({ id }) => id === hubId);
    if (!hub || typeof listing !== 'string' || !isListing(listing) || !Array.isArray(elements)) return undefined;
    const { isRefused } = hub.home.execute(listing, elements);
    return isRefused ? undefined : true;
  },
  trouble: async (simulator, { hub: hubId, trouble, isOn }) => {
    const hub = simulator.hubs.find(({ id }) => id === hubId);
    if (!hub || !TROUBLES.includes(trouble as Trouble) || typeof isOn !== 'boolean') return undefined;
    await simulator.troubles.set(trouble as Trouble, isOn, hub);
    return true;
  },
  behaviour: (simulator, { hub: hubId, ...changes }) => {
    const hub = simulator.hubs.find(({ id }) => id === hubId);
    return hub && changeBehaviour(hub, changes);
  },
};

/**
 * The control interface for other processes: `GET state[?requests=N]`, `GET home?hub=<id>`, and a POST for each of
 * {@link COMMANDS}. A `graceRequests` of null means no limit, because JSON has no Infinity.
 */
export async function control(simulator: World, method: string, url: URL, body: string): Promise<Answer> {
  const name = url.pathname.slice('/control/'.length);
  if (name === 'state' || name === '') {
    if (method !== 'GET') return failure(405);
    return json(stateOf(simulator, Number(url.searchParams.get('requests') ?? DEFAULT_REQUESTS)));
  }
  if (name === 'home' && method === 'GET') {
    const hub = simulator.hubs.find(({ id }) => id === url.searchParams.get('hub'));
    return hub ? json(homeOf(hub)) : failure(404);
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) return failure(404);
  if (method !== 'POST') return failure(405);
  const parsed = parse(body);
  const result = parsed && (await command(simulator, parsed));
  return result === undefined ? failure(400) : json(result);
}

function changeSettings(simulator: World, body: Body): boolean {
  const isKnown = ([name, value]: [string, unknown]) =>
    Object.hasOwn(SETTINGS, name) && SETTINGS[name as keyof Settings](value);
  if (!Object.entries(body).every(isKnown)) return false;
  Object.assign(simulator, body);
  // Null means no limit, because JSON has no Infinity.
  if (body['graceRequests'] === null) simulator.graceRequests = Infinity;
  return true;
}

/**
 * Changes a hub. The body is `{id, action}` and, depending on the action, `name` for rename, `version` for update,
 * `role` for role, `emptyAnswers` for restart, `silent` for leave-lan, and `port` for move.
 */
async function changeHub(hub: SimulatedHub, body: Body): Promise<boolean> {
  const { action, name, version, port, role, emptyAnswers, silent } = body;
  if (action === 'offline') await hub.goOffline();
  else if (action === 'online') await hub.goOnline();
  else if (action === 'rotate-key') hub.rotateKey();
  else if (action === 'revoke-keys') hub.revokeKeys();
  else if (action === 'rename' && typeof name === 'string') hub.rename(name);
  else if (action === 'update' && typeof version === 'string') await hub.update(version);
  else if (action === 'role' && isCount(role)) hub.role = role;
  else if (action === 'restart') await hub.restart(isCount(emptyAnswers) ? emptyAnswers : 0);
  else if (action === 'leave-lan') await hub.leaveLan(silent === true ? 'silent' : 'refused');
  else if (action === 'return-to-lan') await hub.returnToLan();
  else if (action === 'move') await hub.move(isCount(port) ? port : 0);
  else return false;
  return true;
}

function stateOf(simulator: World, requests: number): unknown {
  const { origin, cloudUrl, mailboxUrl, mails } = simulator;
  return {
    origin,
    cloudUrl,
    mailboxUrl,
    mails,
    settings: settingsOf(simulator),
    hubs: simulator.hubs.map(hubOf),
    counts: simulator.counts(),
    requests: requests > 0 ? simulator.requests.slice(-requests) : [],
  };
}

function settingsOf(simulator: World): unknown {
  return Object.fromEntries((Object.keys(SETTINGS) as (keyof Settings)[]).map((name) => [name, simulator[name]]));
}

function hubOf(hub: SimulatedHub): unknown {
  const { id, name, version, host, address, port, onLan, isOnline, connected, role } = hub;
  return { id, name, version, host, address, port, onLan, isOnline, connected, role };
}

function parse(body: string): Body | undefined {
  try {
    const parsed: unknown = JSON.parse(body.trim() || '{}');
    return isRecord(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}
