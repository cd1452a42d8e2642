import { SECOND } from '../../src/support/fake-clock.js';
import type { Device } from '../../simulator/index.js';
import type { Seeded } from './seeded.js';
import type { Message } from './small-red.js';
import type { Storm } from './storm.js';
import type { End } from './storm-ends.js';
import { NAMED, NODES } from './storm-flows.js';
import type { StormHub } from './storm-hub.js';

/** The actions of people and flows: they switch devices, press buttons, and send messages to nodes. */
export class StormActs {
  /** Number of commands whose result is unknown, for example because the hub did not answer. */
  uncertain = 0;
  readonly #storm: Storm;
  readonly #random: Seeded;
  #lastNumber = 0;

  constructor(storm: Storm, random: Seeded) {
    this.#storm = storm;
    this.#random = random;
  }

  #one({ home }: StormHub, isMeant: (device: Device) => boolean = () => true): Device | undefined {
    const [first, ...others] = home.devices.filter((device) => device.state.reachable && isMeant(device));
    return first && this.#random.pick([first, ...others]);
  }

  /** Changes whether a device is on, open or in motion, as a person at home does. */
  switchByHand(hub: StormHub): string | undefined {
    const device = this.#one(hub, ({ state }) =>
      ['isOn', 'open', 'motion'].some((name) => typeof state[name] === 'boolean'),
    );
    const field = ['isOn', 'open', 'motion'].find((name) => typeof device?.state[name] === 'boolean');
    if (device === undefined || field === undefined) return undefined;
    hub.home.change(device.id, { [field]: device.state[field] !== true });
    return `${device.name} ${field} ${device.state[field] !== true}`;
  }

  /** Makes up to ten random changes of sensor values. */
  wander(hub: StormHub): void {
    hub.home.wander(Math.ceil(this.#random.between(0, 10)));
  }

  /**
   * Presses a button once, because a poll reports two quick presses as one. Returns a function that checks that a node
   * has sent the press.
   */
  press(hub: StormHub): (() => void) | undefined {
    const { home } = hub;
    const device = home.devices.find(({ state }) => 'button' in state && state.reachable);
    if (device === undefined) return undefined;
    const { presses } = this.#storm;
    const button = presses.next();
    const madeAt = this.#storm.now;
    home.press(device.id, button);
    return () => {
      if (hub.fullPollAt < madeAt && !presses.hasReceived(button))
        this.#storm.note(`the press of ${device.name} ${button} was not reported`);
    };
  }

  /**
   * Raises the temperature that a node follows by name. Returns a function that checks that the node sent the new
   * temperature.
   */
  warm(hub: StormHub): (() => void) | undefined {
    const { home } = hub;
    const madeAt = this.#storm.now;
    const device = home.devices.find(({ name, state }) => name === NAMED && state.reachable);
    if (device === undefined || home !== this.#storm.hubs[0].home) return undefined;
    const temperature = Math.round(Number(device.state['temperature']) * 10 + 3) / 10;
    home.change(device.id, { temperature });
    return () => {
      const sent = this.#storm.followers.get(NODES.named)?.last.get(device.id);
      // The node sends no message for a value in the first complete answer, because this is not a change. The first
      // complete answer may come late, because a restarted hub may list no devices at first.
      const wasFirst = sent === undefined && hub.fullPollAt >= madeAt;
      if (sent !== temperature && !wasFirst)
        this.#storm.note(`${NAMED} has ${temperature} °C, but the node sent ${String(sent)}`);
    };
  }

  /** Reads a device by id. Returns a function that checks that the read succeeded with a fresh state. */
  readNow(hub: StormHub): (() => void) | undefined {
    const device = this.#one(hub);
    if (device === undefined) return undefined;
    let end: End | undefined;
    const message: Message = { target: { hub: hub.fake.id, id: device.id } };
    this.#storm.ends.give(NODES.read, message, (one) => (end = one));
    return () => {
      const { stale } = Object(end?.message['cozify']) as { stale?: boolean };
      if (end === undefined || end.code !== undefined || stale === true)
        this.#storm.note(`a read of ${device.name} ended with ${end?.code ?? 'no result'}, stale ${String(stale)}`);
    };
  }

  /** Sends the read node a message with a random target. */
  read(hub: StormHub): void {
    const { id = '' } = this.#one(hub) ?? {};
    const message = this.#random.pick<Message>([
      { target: id },
      { target: { hub: hub.fake.id, id } },
      { target: NAMED },
      {},
      { target: ['Lukuvalo', { name: 'Kattovalo' }] },
      { target: 'Ei mitään' },
    ]);
    this.#storm.ends.give(NODES.read, message, undefined, 45 * SECOND);
  }

  /**
   * Sends a command to a lamp by id. Returns a function that checks that the command has ended, even if other commands
   * still wait for lists of devices.
   */
  commandNow(hub: StormHub): (() => void) | undefined {
    if (!hub.isCommandable) return undefined;
    let end: End | undefined;
    const lamp = this.#sendNumbered(hub, { confirm: 0 }, (one) => (end = one));
    if (lamp === undefined) return undefined;
    return () => {
      if (end === undefined && hub.isConnected('lan')) this.#storm.note(`the command for ${lamp} has not ended`);
    };
  }

  /**
   * Sends a command to a random lamp. The test then compares the result with the number of times that the hub received
   * the command.
   */
  commandLamp(hub: StormHub): string | undefined {
    return this.#sendNumbered(hub, { confirm: this.#random.pick([0, 5]) });
  }

  /**
   * Sends a command with a unique transition time, so that the test can count how often the hub received the command.
   */
  #sendNumbered(
    hub: StormHub,
    { confirm }: { confirm: number },
    onEnd: (end: End) => void = () => undefined,
  ): string | undefined {
    const lamp = this.#one(hub, ({ capabilities }) => JSON.stringify(capabilities).includes('"TRANSITION"'));
    if (lamp === undefined) return undefined;
    const number = ++this.#lastNumber;
    const payload = { on: true, brightness: Math.round(this.#random.between(1, 100)), transition: number / 1000 };
    const target = { hub: hub.fake.id, id: lamp.id };
    this.#storm.ends.give(NODES.command, { payload, target, confirm }, (end) => {
      this.#checkNumbered(hub, number, end);
      onEnd(end);
    });
    return `${number} for ${lamp.name}`;
  }

  #checkNumbered({ commandCounts }: StormHub, number: number, { message, code }: End): void {
    const received = commandCounts.get(number) ?? 0;
    const { results = [] } = Object(message['cozify']) as { results?: { sent: boolean; reason: string | null }[] };
    const result = code ?? results[0]?.reason ?? 'sent';
    if (received > 1) this.#storm.note(`command ${number} reached the hub ${received} times: ${result}`);
    if (result === 'COZIFY_UNREACHABLE' || result === 'COZIFY_HUB_OFFLINE' || result === 'COZIFY_CLOSED')
      this.uncertain += 1;
    else if (received !== (code === undefined && results[0]?.sent === true ? 1 : 0) && result !== 'COZIFY_API')
      this.#storm.note(`command ${number} reached the hub ${received} times: ${result}`);
    commandCounts.delete(number);
  }

  /** Sends a command with a random target and payload. */
  command(hub: StormHub): string {
    const switched = this.#one(hub, ({ state }) => typeof state['isOn'] === 'boolean');
    const target = this.#random.pick<unknown>([
      { hub: hub.fake.id, id: switched?.id ?? '' },
      { hub: hub.fake.id, id: switched?.id ?? '' },
      switched?.id ?? '',
      'Lukuvalo',
      ['Lukuvalo', { name: 'Saunan kiuas' }],
      { kind: 'scene', name: 'Saunailta' },
      { kind: 'room', name: 'Keittiö' },
      { kind: 'group', name: 'Makuuhuone' },
      { kind: 'rule', name: 'Kiuas pois kahden tunnin jälkeen' },
      'Ei mitään',
    ]);
    const payload = this.#random.pick<unknown>([true, false, 'on', 'off', 'toggle', { on: true, brightness: 40 }]);
    this.#storm.ends.give(NODES.command, { target, payload, confirm: this.#random.pick([0, 1, 5]) });
    return JSON.stringify({ target, payload });
  }

  toggle(): void {
    this.#storm.ends.give(NODES.toggle, { payload: 'now' });
  }

  /** Sends a message to the wait node, which holds the message until a lamp is switched or the timeout ends. */
  wait(hub: StormHub): void {
    const lamp = this.#one(hub, ({ type }) => type === 'LIGHT');
    const timeout = this.#random.pick([1, 60, 300]);
    const message = { target: { hub: hub.fake.id, id: lamp?.id ?? '' }, timeout };
    this.#storm.ends.give(NODES.wait, message, undefined, timeout * SECOND + SECOND);
  }
}
