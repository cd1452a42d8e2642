import { createRequire } from 'node:module';
import type * as Mqtt from 'mqtt';
import { until } from '../../support/wait';

/** The MQTT client library that Node-RED uses. */
const { connect } = createRequire(require.resolve('@node-red/nodes/package.json'))('mqtt') as typeof Mqtt;

type Value = string | number | boolean | null | undefined;
type Json = Readonly<Record<string, unknown>>;

/** An entity of Home Assistant: the configuration of a component, with its device. */
export interface Entity {
  /** Topic of the discovery message. */
  topic: string;
  /** Key of the component in the device's discovery message. */
  key: string;
  platform: string;
  config: Json;
  device: Json;
  availability: readonly Json[];
}

/** A simulated Home Assistant, connected to the broker. It keeps the retained messages, and publishes commands. */
export class HomeAssistant {
  /** The last retained message of each topic. */
  readonly topics = new Map<string, string>();
  /** All received messages, in the order of their arrival. */
  readonly messages: { topic: string; text: string }[] = [];
  readonly #client: Mqtt.MqttClient;

  private constructor(client: Mqtt.MqttClient) {
    this.#client = client;
    client.on('message', (topic, payload) => {
      const text = payload.toString();
      this.messages.push({ topic, text });
      if (/\/(set|event)$/.test(topic)) return;
      if (text === '') this.topics.delete(topic);
      else this.topics.set(topic, text);
    });
  }

  static async connect(port: number): Promise<HomeAssistant> {
    const client = connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 100 });
    const homeAssistant = new HomeAssistant(client);
    client.subscribe('#');
    await until('the broker to accept the connection', () => client.connected);
    return homeAssistant;
  }

  close(): void {
    this.#client.end(true);
  }

  publish(topic: string, text: string, retain = false): void {
    this.#client.publish(topic, text, { qos: 1, retain });
  }

  get configs(): [topic: string, text: string][] {
    return [...this.topics].filter(([topic]) => topic.endsWith('/config'));
  }

  /** All entities, as the retained discovery messages describe them. */
  get entities(): Entity[] {
    return this.configs.flatMap(([topic, text]) => {
      const { device, availability, components, ...config } = JSON.parse(text) as {
        device: Json;
        availability: Json[];
        components?: Record<string, Json & { platform: string }>;
      };
      const about = { topic, device, availability };
      if (components === undefined) return [{ ...about, key: '', platform: topic.split('/')[1] ?? '', config }];
      return Object.entries(components).map(([key, { platform, ...rest }]) => ({
        ...about,
        ...{ key, platform, config: rest },
      }));
    });
  }

  entity(device: string, key: string): Entity {
    const found = this.entities.filter((one) => one.key === key && one.device['name'] === device);
    if (found.length !== 1) throw new Error(`${found.length} entities ${key} of ${device}`);
    return found[0] as Entity;
  }

  /** The names of all devices. */
  get names(): string[] {
    return [...new Set(this.entities.map(({ device }) => String(device['name'])))];
  }

  /** Whether Home Assistant shows the entity as available. */
  isAvailable({ availability }: Entity): boolean {
    return availability.every((one) => this.value(one, 'topic', 'value_template') === 'online');
  }

  /** Returns the value that an entity's template reads from a topic, or undefined before the first message. */
  value(config: Json, topicKey = 'state_topic', templateKey = 'value_template'): string | undefined {
    const text = this.topics.get(String(config[topicKey]));
    if (text === undefined) return undefined;
    const template = config[templateKey];
    return typeof template === 'string' ? rendered(template, text) : text;
  }

  /** Returns the retained JSON message of an entity. */
  json({ config }: Entity): Json {
    return JSON.parse(this.topics.get(String(config['state_topic'])) ?? '{}') as Json;
  }

  /** Publishes a payload to the command topic of an entity. */
  command({ config }: Entity, payload: string, topicKey = 'command_topic'): void {
    this.publish(String(config[topicKey]), payload);
  }

  /** Publishes a value through one of the command templates of an entity. */
  commandBy(entity: Entity, key: string, value: unknown): void {
    const template = String(entity.config[`${key}_template`]);
    this.command(entity, template.replace(/\{\{ \w+ \}\}/, String(value)), `${key}_topic`);
  }
}

/** Renders a template as Jinja does. Fails for kinds of templates that the example does not use. */
function rendered(template: string, text: string): string {
  const json = JSON.parse(text) as Readonly<Record<string, Value>>;
  const shown = (value: Value): string =>
    typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value ?? 'None');
  const value = /^\{\{ value_json\.(\w+) \| default\(none\) \}\}$/.exec(template);
  if (value) return shown(json[value[1] ?? '']);
  const choice = /^\{\{ '(\w+)' if value_json\.(\w+) \| default\((\w+)\)( > 0)? else '(\w+)' \}\}$/.exec(template);
  if (choice) {
    const [, yes = '', field = '', otherwise = '', isNumber, no = ''] = choice;
    const found = json[field] ?? (JSON.parse(otherwise) as Value);
    return (isNumber ? Number(found) > 0 : found === true) ? yes : no;
  }
  if (template.includes('{')) throw new Error(`The template ${template} is not one of the bridge.`);
  return template;
}
