// The faults in the storm test: failures of the LAN, the cloud, answers and lists.
import { HOUR, MINUTE, SECOND } from '../../src/support/fake-clock.js';
import type { Reply } from '../../src/support/fake-cloud.js';
import type { Seeded } from './seeded.js';
import type { StormHub, Trouble } from './storm-hub.js';

/** A fault without its end time. */
type Sketch = Omit<Trouble, 'until'>;

const page: Reply = { status: 200, headers: { 'content-type': 'text/html' }, body: '<html>Kirjaudu</html>' };
const nonsense: Reply = { status: 200, body: '{"type":"POLL' };
const wait = (status: number, seconds: number): Reply => ({ status, headers: { 'retry-after': String(seconds) } });

/** Faults on the LAN: connections that fail, and requests that get no usable answer. */
const ON_THE_LAN: readonly [Sketch, ...Sketch[]] = [
  { transport: 'lan', reply: 'refused', share: 1 },
  { transport: 'lan', reply: 'nobody', share: 1 },
  { transport: 'lan', reply: 'hang', share: 1 },
  { transport: 'lan', reply: 'unreachable', share: 1 },
  { transport: 'lan', reply: 'refused', share: 0.3 },
  { transport: 'lan', reply: 'refused', share: 0.02 },
  { transport: 'lan', reply: 'hang', share: 0.1 },
  { transport: 'lan', reply: wait(429, 7), share: 1 },
];

const THROUGH_THE_CLOUD: readonly [Sketch, ...Sketch[]] = [
  { transport: 'cloud', reply: 'unreachable', share: 1 },
  { transport: 'cloud', reply: 'hang', share: 1 },
  { transport: 'cloud', reply: { status: 400 }, share: 1 },
  { transport: 'cloud', reply: { status: 408 }, share: 1 },
  { transport: 'cloud', reply: wait(503, 30), share: 1 },
  { transport: 'cloud', reply: wait(429, 20), share: 1 },
  { transport: 'cloud', reply: page, share: 1 },
];

/** Wrong answers from the hub. */
const ODD_ANSWERS: readonly [Sketch, ...Sketch[]] = [
  { reply: { status: 500 }, share: 1 },
  { reply: { status: 403 }, share: 1 },
  { reply: page, share: 1 },
  { path: '/hub/poll', reply: nonsense, share: 1 },
  { path: '/hub/poll', reply: { status: 404 }, share: 1 },
  { path: '/hub/poll', reply: { status: 500 }, share: 0.5 },
  { path: '/command', reply: 'swallowed', share: 1 },
  { path: '/command', reply: { status: 500 }, share: 0.5 },
];

/** Paths of all lists except the devices. Polls do not need these lists. */
const LISTS: readonly [string, ...string[]] = ['/groups', '/rooms', '/scenes', '/rules', '/alarms'];
const NO_LISTS: readonly [Reply, ...Reply[]] = [
  'hang',
  { status: 404 },
  { status: 500 },
  { status: 403 },
  { body: 'null' },
  page,
];

/** Starts the same random fault at all of these hubs. */
export function bringTrouble(
  hubs: readonly StormHub[],
  kind: 'lan' | 'cloud' | 'answers' | 'list',
  { random, now }: { random: Seeded; now: number },
): void {
  const sketches = { lan: ON_THE_LAN, cloud: THROUGH_THE_CLOUD, answers: ODD_ANSWERS };
  const sketch = kind === 'list' ? listThatFails(random) : random.pick(sketches[kind]);
  const until = now + lengthOf(random);
  for (const hub of hubs) hub.trouble({ ...sketch, until });
}

/** Returns a fault in which requests for a random list fail. */
function listThatFails(random: Seeded): Sketch {
  const reply = random.pick(NO_LISTS);
  // A list that hangs is matched only at the end of a path, because commands (`/groups/command`) must not hang too.
  return { path: random.pick(LISTS), isPathEnd: reply === 'hang', reply, share: 1 };
}

/** Returns a random duration from 0.3 s to hours. Short durations are more frequent. */
export function lengthOf(random: Seeded): number {
  const longest = random.chance(0.03) ? 14 * HOUR : 20 * MINUTE;
  return 0.3 * SECOND * (longest / (0.3 * SECOND)) ** random.next();
}
