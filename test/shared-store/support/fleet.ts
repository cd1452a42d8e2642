import assert from 'node:assert/strict';
import { Simulator, type SimulatorOptions } from '../../simulator';
import { accountNode, NodeRed, recorded, testFlow, until, type Answer, type CozifyReport } from '../../live/harness';
import { ask } from '../../live/harness/ask';
import { addressOf, callingFrom } from './own-address';
import { type SharedPlace, SECRET, tokenIn } from './shared-places';

/** The id of the shared account. It has no dash, so that the key of the state in the store contains it unchanged. */
export const ACCOUNT = 'shared_account';
export const OWNER = 'owner@example.fi';

/** Files of core nodes that the test flow does not use. Instances start faster without them. */
const UNUSED = [
  ...['21-debug.js', '90-exec.js', '89-trigger.js', '15-change.js', '10-switch.js', '80-template.js', '89-delay.js'],
  ...['05-tls.js', '10-mqtt.js', '21-httprequest.js', '22-websocket.js', '31-tcpin.js', '32-udp.js', '17-split.js'],
  ...['70-CSV.js', '70-HTML.js', '70-JSON.js', '70-XML.js', '70-YAML.js', '10-file.js', '23-watch.js', '19-batch.js'],
];

/** Returns the name of an instance, by its number from 0. */
export function nameOf(index: number): string {
  return `instance-${index + 1}`;
}

export interface FleetOptions {
  place: SharedPlace;
  instances: number;
  /** Ports of proxies to Redis, by instance number. An instance without a proxy uses the port of Redis. */
  ports?: number[];
  simulator?: SimulatorOptions;
  /** The account's `expiry` in seconds. Defaults to a day. */
  expirySeconds?: number;
}

/** Several Node-RED instances that share the login of one account. They have the same flow, secret and store. */
export class Fleet {
  readonly simulator: Simulator;
  readonly place: SharedPlace;
  readonly instances: readonly NodeRed[];

  private constructor(simulator: Simulator, place: SharedPlace, instances: NodeRed[]) {
    this.simulator = simulator;
    this.place = place;
    this.instances = instances;
  }

  static async open({ place, instances, ports, simulator, expirySeconds }: FleetOptions): Promise<Fleet> {
    const cloud = await Simulator.start(simulator);
    const expiry = expirySeconds === undefined ? {} : { expiry: String(expirySeconds), expiryUnit: 'seconds' };
    const account = accountNode({
      id: ACCOUNT,
      email: OWNER,
      cloudUrl: cloud.cloudUrl,
      store: 'shared',
      ...expiry,
    });
    const members: NodeRed[] = [];
    for (let index = 0; index < instances; index += 1) {
      const contextStorage = {
        default: { module: 'memory' },
        shared: place.storage(nameOf(index), ports?.[index]),
      };
      const extra = { nodesExcludes: UNUSED };
      const nodeRed = await NodeRed.start({
        settings: { credentialSecret: SECRET, contextStorage, extra },
        env: callingFrom(addressOf(index)),
      });
      await nodeRed.deploy(testFlow(account));
      // The answer comes after the account has read its state and saved its configured address, so no save is running.
      assert.equal((await ask(nodeRed, 'email')).payload, OWNER);
      members.push(nodeRed);
    }
    return new Fleet(cloud, place, members);
  }

  /** Returns an instance by its number, from 0. */
  at(index: number): NodeRed {
    const instance = this.instances[index];
    assert.ok(instance);
    return instance;
  }

  ask(index: number, action: string, msg: Record<string, unknown> = {}): Promise<Answer> {
    return ask(this.at(index), action, msg);
  }

  /** Logs in on one instance with a code. */
  async logIn(index: number): Promise<void> {
    const asked = await this.ask(index, 'authenticate', { trustCloud: false });
    assert.equal(asked.output, 2, JSON.stringify(asked));
    const answer = await this.ask(index, 'authenticate', { otp: this.simulator.latestCode(OWNER) });
    assert.deepEqual([answer.output, answer.cozify.saved], [1, true], JSON.stringify(answer));
  }

  /** Logs in on the first instance, and asserts that all instances have the login. */
  async logInEverywhere(): Promise<void> {
    await this.logIn(0);
    for (const index of this.instances.keys()) {
      const answer = await this.ask(index, 'ping');
      assert.equal(answer.output, 1, `instance ${index + 1}: ${JSON.stringify(answer)}`);
    }
  }

  async token(index: number): Promise<string> {
    return String((await this.ask(index, 'token')).payload);
  }

  async snapshot(index: number): Promise<CozifyReport> {
    const reply = await this.at(index).admin('GET', `/cozify/accounts/${ACCOUNT}`);
    assert.equal(reply.status, 200, reply.text);
    return reply.body as CozifyReport;
  }

  /** Waits for an event in the log of an instance, without sending it a message. */
  async untilTopic(index: number, topic: string, from: number): Promise<void> {
    await until(`the event ${topic} of instance ${index + 1}`, () => this.topics(index, from).includes(topic)).catch(
      (error: unknown) => {
        throw new Error(`${String(error)} Seen: ${this.topics(index, from).join(', ')}`);
      },
    );
  }

  topics(index: number, from = 0): string[] {
    return recorded(this.at(index), 'event', from).map(({ topic }) => topic);
  }

  /** Returns the token in the shared store. */
  async storedToken(): Promise<string | null> {
    return tokenIn(await this.place.sealed(ACCOUNT), ACCOUNT);
  }

  async close(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.dispose()));
    await this.simulator.stop();
    for (const { log } of this.instances) {
      assert.doesNotMatch(log, /Uncaught Exception|UnhandledPromise|MaxListenersExceeded|Error stopping/);
    }
  }
}
