import assert from 'node:assert/strict';
import { ask, recorded, type Answer } from '../../test/live/harness/ask';
import { until } from '../../test/support/wait';
import { DOOR, hubOf, JETTY, LAMP, SWITCH, THERMOMETER } from './home';
import type { Demo, Step } from './steps';

/**
 * The steps for the hub's nodes: read, command, receive changes, and continue when a hub moves to another address. The
 * cottage's hub moves first, so that the other steps run while the package looks for its new address.
 */
export const HUB_STEPS: Step[] = [
  { title: 'cottage hub moves', run: move },
  { title: 'read a thermometer', run: read },
  { title: 'command a lamp', run: command },
  { title: 'request the devices', run: request },
  { title: 'a change arrives', run: change },
  { title: 'a press arrives', run: press },
  { title: 'wait for a door', run: waitForDoor },
  { title: 'cottage hub is found', run: find },
];

async function move(demo: Demo): Promise<string> {
  const hub = hubOf(demo.simulator, JETTY);
  const from = hub.host;
  const before = await whileListening(demo, JETTY);
  await hub.move();
  expectConfirmed(await ask(demo.nodeRed, 'cottage', { payload: 'on' }));
  assert.equal(hub.home.device(JETTY).state['isOn'], true);
  const { payload } = await received(demo, 'changes', JETTY, before);
  assert.equal((payload as { on: boolean }).on, true);
  return `${hub.name} from ${from} to ${hub.host}; ${JETTY} was switched on through the cloud`;
}

/** Waits until the package polls the cottage's hub over the LAN again. */
async function find(demo: Demo): Promise<string> {
  const hub = hubOf(demo.simulator, JETTY);
  // After the move, the package tries the LAN again after 5 s, and after 15 s more. With the second failure, it asks the
  // cloud for the hub's address.
  const polls = () => hub.log.count({ transport: 'lan', path: '/hub/poll' });
  const before = polls();
  await until('a poll over the LAN at the new address', () => polls() > before);
  return `${hub.name} is polled at ${hub.host}`;
}

async function read(demo: Demo): Promise<string> {
  const { temperature } = hubOf(demo.simulator, LAMP).home.device(THERMOMETER).state;
  const { payload } = await ask(demo.nodeRed, 'read');
  assert.equal(payload, Math.round(Number(temperature) * 10) / 10);
  return `${String(payload)} °C at ${THERMOMETER}`;
}

async function command(demo: Demo): Promise<string> {
  const { home } = hubOf(demo.simulator, LAMP);
  const answer = await ask(demo.nodeRed, 'command', { payload: { on: true, brightness: 60 } });
  expectConfirmed(answer);
  assert.equal(home.device(LAMP).state['isOn'], true);
  assert.equal(Math.round(Number(home.device(LAMP).state['brightness']) * 100), 60);
  return `${LAMP} is on at 60 %, confirmed by the hub`;
}

async function request(demo: Demo): Promise<string> {
  const { payload, statusCode } = await ask(demo.nodeRed, 'request');
  const { length } = Object.keys(payload as object);
  assert.deepEqual([statusCode, length], [200, hubOf(demo.simulator, LAMP).home.devices.length]);
  return `${length} devices, status 200`;
}

async function change(demo: Demo): Promise<string> {
  const before = await whileListening(demo);
  hubOf(demo.simulator, LAMP).home.change(THERMOMETER, { temperature: 78.24 });
  const { payload, device } = await received(demo, 'changes', THERMOMETER, before);
  const { temperature } = payload as { temperature: number };
  assert.equal(temperature, 78.2);
  return `${THERMOMETER}: ${temperature} °C, in the room ${(device as { room: string }).room}`;
}

async function press(demo: Demo): Promise<string> {
  const before = await whileListening(demo);
  hubOf(demo.simulator, LAMP).home.press(SWITCH, 1, ['longpress']);
  const { payload } = await received(demo, 'button', SWITCH, before);
  const { button, press: how } = payload as { button: number; press: string };
  assert.deepEqual([button, how], [1, 'long']);
  return `${SWITCH}: button ${button}, ${how}`;
}

async function waitForDoor(demo: Demo): Promise<string> {
  const { home } = hubOf(demo.simulator, LAMP);
  const before = await whileListening(demo);
  home.change(DOOR, { open: true });
  await received(demo, 'changes', DOOR, before);
  let isOver = false;
  const waiting = ask(demo.nodeRed, 'wait', { payload: 'goes on' }).finally(() => (isOver = true));
  await nextPoll(demo);
  assert.equal(isOver, false, 'expected the message to wait while the door is open');
  home.change(DOOR, { open: false });
  const { output, payload, device } = await waiting;
  assert.deepEqual([output, payload, (device as { name: string }).name], [1, 'goes on', DOOR]);
  return `the message waited while ${DOOR} was open, and left when it was closed`;
}

/**
 * Waits for the hub's first two answers to polls, so that everything reported after them is a change. Returns the
 * length of Node-RED's log; `received` searches the log from there on.
 */
async function whileListening(demo: Demo, name = LAMP): Promise<number> {
  await until('two answers to polls', () => answeredPolls(demo, name) >= 2);
  return demo.nodeRed.log.length;
}

async function nextPoll(demo: Demo): Promise<void> {
  const before = answeredPolls(demo);
  await until('the next poll', () => answeredPolls(demo) > before);
}

function answeredPolls(demo: Demo, name = LAMP): number {
  return hubOf(demo.simulator, name).log.visits.filter(
    ({ path, status }) => path.includes('/hub/poll') && status === 200,
  ).length;
}

/**
 * Waits until Node-RED's log, from position `from` on, contains a message of the node `by` about the thing `topic`.
 * Returns the message.
 */
async function received({ nodeRed }: Demo, by: string, topic: string, from: number): Promise<Record<string, unknown>> {
  const { msg } = await until(`a message of ${by} about ${topic}`, () =>
    recorded(nodeRed, 'received', from).find((one) => one.by === by && one.msg['topic'] === topic),
  );
  return msg;
}

function expectConfirmed(answer: Answer): void {
  const { results } = answer.cozify as unknown as { results?: { confirmed: boolean | null }[] };
  const isRight = answer.output === 1 && results?.every(({ confirmed }) => confirmed === true) === true;
  assert.ok(isRight, `expected it to be confirmed on output 1, got ${JSON.stringify(answer.cozify)}`);
}
