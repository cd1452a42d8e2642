import assert from 'node:assert/strict';
import { ask, recorded, type Answer } from '../../test/live/harness/ask';
import { until } from '../../test/support/wait';
import { DOOR, LAMP, SWITCH, THERMOMETER } from './home';
import type { Demo, Step } from './steps';

/**
 * The steps for the hub's nodes: read, command, receive changes, and continue when the hub moves to another address.
 */
export const HUB_STEPS: Step[] = [
  { title: 'read a thermometer', run: read },
  { title: 'command a lamp', run: command },
  { title: 'any other request', run: request },
  { title: 'a change arrives', run: change },
  { title: 'a press arrives', run: press },
  { title: 'wait for a door', run: waitForDoor },
  { title: 'the hub moves', run: move },
];

/** Returns the hub that has the lamp. */
function hubOf({ simulator }: Demo) {
  const hub = simulator.hubs.find(({ home }) => home.devices.some(({ name }) => name === LAMP));
  assert.ok(hub, `expected a hub with ${LAMP}`);
  return hub;
}

async function read(demo: Demo): Promise<string> {
  const { temperature } = hubOf(demo).home.device(THERMOMETER).state;
  const { payload } = await ask(demo.nodeRed, 'read');
  assert.equal(payload, Math.round(Number(temperature) * 10) / 10);
  return `${String(payload)} °C at ${THERMOMETER}`;
}

async function command(demo: Demo): Promise<string> {
  const { home } = hubOf(demo);
  const answer = await ask(demo.nodeRed, 'command', { payload: { on: true, brightness: 60 } });
  expectConfirmed(answer);
  assert.equal(home.device(LAMP).state['isOn'], true);
  assert.equal(Math.round(Number(home.device(LAMP).state['brightness']) * 100), 60);
  return `${LAMP} is on at 60 %, confirmed by the hub`;
}

async function request(demo: Demo): Promise<string> {
  const { payload, statusCode } = await ask(demo.nodeRed, 'request');
  const { length } = Object.keys(payload as object);
  assert.deepEqual([statusCode, length], [200, hubOf(demo).home.devices.length]);
  return `${length} devices, status 200`;
}

async function change(demo: Demo): Promise<string> {
  const before = await whileListening(demo);
  hubOf(demo).home.change(THERMOMETER, { temperature: 78.24 });
  const { payload, device } = await received(demo, 'changes', THERMOMETER, before);
  const { temperature } = payload as { temperature: number };
  assert.equal(temperature, 78.2);
  return `${THERMOMETER}: ${temperature} °C, in the room ${(device as { room: string }).room}`;
}

async function press(demo: Demo): Promise<string> {
  const before = await whileListening(demo);
  hubOf(demo).home.press(SWITCH, 1, ['longpress']);
  const { payload } = await received(demo, 'button', SWITCH, before);
  const { button, press: how } = payload as { button: number; press: string };
  assert.deepEqual([button, how], [1, 'long']);
  return `${SWITCH}: button ${button}, ${how}`;
}

async function waitForDoor(demo: Demo): Promise<string> {
  const { home } = hubOf(demo);
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

async function move(demo: Demo): Promise<string> {
  const hub = hubOf(demo);
  const from = hub.host;
  const before = demo.nodeRed.log.length;
  await hub.move();
  expectConfirmed(await ask(demo.nodeRed, 'command', { payload: 'off' }));
  assert.equal(hub.home.device(LAMP).state['isOn'], false);
  const { payload } = await received(demo, 'changes', LAMP, before);
  assert.equal((payload as { on: boolean }).on, false);
  // The package tries the LAN again after 5 and 15 s. After the second failure, it asks the cloud for the hub's
  // address.
  const polledOnLan = () => hub.log.count({ transport: 'lan', path: '/hub/poll' });
  const polledBefore = polledOnLan();
  await until('a poll over the LAN at the new address', () => polledOnLan() > polledBefore);
  return `from ${from} to ${hub.host}: switched off through the cloud, and polled at the new address again`;
}

/**
 * Waits for the hub's first two answers to polls, so that everything reported after them is a change. Returns the
 * length of Node-RED's log; `received` searches the log from there on.
 */
async function whileListening(demo: Demo): Promise<number> {
  await until('two answers to polls', () => answeredPolls(demo) >= 2);
  return demo.nodeRed.log.length;
}

async function nextPoll(demo: Demo): Promise<void> {
  const before = answeredPolls(demo);
  await until('the next poll', () => answeredPolls(demo) > before);
}

function answeredPolls(demo: Demo): number {
  return hubOf(demo).log.visits.filter(({ path, status }) => path.includes('/hub/poll') && status === 200).length;
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
