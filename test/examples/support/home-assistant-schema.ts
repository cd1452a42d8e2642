// Checks MQTT discovery messages against Home Assistant's documentation of each component
// (home-assistant.io/integrations/<component>.mqtt) and of the device classes
// (home-assistant.io/integrations/<component>). Home Assistant drops unknown keys silently. The check reports them,
// because they are mistakes. The lists have only the documented keys, classes and units that the bridge uses.

interface Component {
  required: readonly string[];
  optional?: readonly string[];
  classes?: readonly string[];
}

type Config = Readonly<Record<string, unknown>> & {
  readonly device_class?: string;
  readonly unit_of_measurement?: string;
  readonly state_class?: string;
};

/** Keys that every component may have, except the keys that the whole discovery message shares. */
const COMMON = ['platform', 'unique_id', 'name', 'entity_category'];
const AVAILABILITY = ['availability', 'availability_mode'];
const STATE = ['state_topic', 'value_template'];

/** Returns the keys for the topics and templates of one setting of the climate component. */
const climate = (key: string): string[] => [
  ...[`${key}_command_topic`, `${key}_command_template`, `${key}_state_topic`, `${key}_state_template`],
];

const COMPONENTS: Readonly<Record<string, Component>> = {
  light: {
    required: ['schema', 'command_topic', 'supported_color_modes'],
    optional: ['state_topic', 'brightness', 'brightness_scale', 'color_temp_kelvin', 'min_kelvin', 'max_kelvin'],
  },
  switch: {
    required: ['command_topic'],
    optional: ['device_class', ...STATE, 'payload_on', 'payload_off', 'state_on', 'state_off'],
    classes: ['outlet', 'switch'],
  },
  sensor: {
    required: ['state_topic'],
    optional: ['device_class', 'value_template', 'unit_of_measurement', 'state_class', 'options'],
  },
  binary_sensor: {
    required: ['state_topic'],
    optional: ['device_class', 'value_template', 'payload_on', 'payload_off'],
    classes: ['battery', 'carbon_monoxide', 'connectivity', 'moisture', 'motion', 'opening', 'presence', 'smoke'],
  },
  climate: {
    required: ['temperature_command_topic', 'temperature_state_topic', 'mode_state_topic', 'modes'],
    optional: [
      ...['action_topic', 'action_template', 'current_temperature_topic', 'current_temperature_template'],
      ...['max_temp', 'min_temp', 'precision', 'temp_step', 'temperature_unit', 'fan_modes', 'preset_modes'],
      ...['preset_mode_command_topic', 'preset_mode_command_template', 'preset_mode_state_topic'],
      ...['preset_mode_value_template', ...climate('temperature'), ...climate('mode'), ...climate('fan_mode')],
    ],
  },
  cover: {
    required: ['command_topic', 'position_topic', 'set_position_topic'],
    optional: [
      ...['device_class', 'payload_open', 'payload_close', 'payload_stop'],
      ...['position_template', 'set_position_template'],
      ...['tilt_command_topic', 'tilt_command_template', 'tilt_status_topic', 'tilt_status_template'],
    ],
    classes: ['blind', 'shutter'],
  },
  // Home Assistant refuses payload_open, payload_close, state_open and state_closed of a valve that has a position.
  valve: {
    required: ['command_topic', 'state_topic', 'reports_position'],
    optional: ['device_class', 'value_template', 'command_template'],
    classes: ['water'],
  },
  event: {
    required: ['event_types', 'state_topic'],
    optional: ['device_class'],
    classes: ['button', 'doorbell'],
  },
  select: { required: ['command_topic', 'options'], optional: [...STATE, 'command_template'] },
  number: {
    required: ['command_topic'],
    optional: [...STATE, 'command_template', 'min', 'max', 'step', 'unit_of_measurement'],
  },
  scene: { required: ['command_topic'], optional: ['payload_on'] },
};

/** Unit and state class of each device class of a sensor. */
const SENSORS: Readonly<Record<string, [unit?: string, stateClass?: string]>> = {
  atmospheric_pressure: ['hPa', 'measurement'],
  battery: ['%', 'measurement'],
  carbon_dioxide: ['ppm', 'measurement'],
  energy: ['kWh', 'total_increasing'],
  enum: [],
  humidity: ['%', 'measurement'],
  illuminance: ['lx', 'measurement'],
  power: ['W', 'measurement'],
  signal_strength: ['dBm', 'measurement'],
  temperature: ['°C', 'measurement'],
  volatile_organic_compounds_parts: ['ppm', 'measurement'],
  voltage: ['V', 'measurement'],
  volume_flow_rate: ['L/h', 'measurement'],
  water: ['L', 'total_increasing'],
};

const DEVICE = ['identifiers', 'name', 'manufacturer', 'model', 'suggested_area', 'via_device'];
const ORIGIN = ['name', 'support_url'];
const MODES = ['auto', 'off', 'cool', 'heat'];

/**
 * Matches a discovery topic `<prefix>/<component>/<node id>/<object id>/config`, with the characters allowed in ids.
 */
const TOPIC = /^homeassistant\/(?<kind>\w+)\/[\w-]+\/[\w-]+\/config$/;

/** Returns a description of each part of a discovery message that Home Assistant does not accept. */
export function problemsOf(topic: string, text: string): string[] {
  const kind = TOPIC.exec(topic)?.groups?.['kind'];
  if (kind === undefined) return [`${topic} is no discovery topic`];
  const { device, origin, components, ...rest } = JSON.parse(text) as Config;
  const shared = [
    ...unknown('the device', device as Config, DEVICE),
    ...unknown('the origin', origin as Config, ORIGIN),
    ...((device as Config)['identifiers'] instanceof Array ? [] : ['the device has no identifiers']),
    ...(typeof (origin as Config)['name'] === 'string' ? [] : ['the origin has no name']),
    ...availabilityProblems(rest['availability']),
  ];
  if (kind !== 'device') return [...shared, ...componentProblems(kind, { ...rest, platform: kind }, AVAILABILITY)];
  return [
    ...shared,
    ...unknown('the message', rest, AVAILABILITY),
    ...Object.entries(components as Record<string, Config>).flatMap(([key, component]) =>
      componentProblems(String(component['platform']), component).map((problem) => `${key}: ${problem}`),
    ),
  ];
}

function componentProblems(platform: string, config: Config, more: readonly string[] = []): string[] {
  const component = COMPONENTS[platform];
  if (component === undefined) return [`${platform} is no component`];
  const { device_class: type } = config;
  return [
    ...unknown(platform, config, [...COMMON, ...component.required, ...(component.optional ?? []), ...more]),
    ...['unique_id', ...component.required].filter((key) => !(key in config)).map((key) => `${key} is missing`),
    ...(type !== undefined && component.classes && !component.classes.includes(type) ? [`class ${type}`] : []),
    ...(platform === 'sensor' ? sensorProblems(config) : []),
    ...(platform === 'light' ? lightProblems(config) : []),
    ...(platform === 'climate' ? climateProblems(config) : []),
    ...(['diagnostic', undefined].includes(config['entity_category'] as string) ? [] : ['entity_category']),
  ];
}

function sensorProblems(config: Config): string[] {
  const { device_class: type, unit_of_measurement: unit, state_class: stateClass, options } = config;
  if (type === undefined) return stateClass === undefined && unit !== undefined ? ['a unit without state_class'] : [];
  const known = SENSORS[type];
  if (known === undefined) return [`class ${type}`];
  return [
    ...(unit === known[0] ? [] : [`unit ${String(unit)}`]),
    ...(stateClass === known[1] ? [] : [`state class ${String(stateClass)}`]),
    ...((type === 'enum') === Array.isArray(options) ? [] : ['options are those of an enum']),
  ];
}

function lightProblems({ schema, supported_color_modes: modes, brightness }: Config): string[] {
  const list = modes as string[];
  const isAlone = !(list.includes('onoff') || list.includes('brightness')) || list.length === 1;
  const known = ['onoff', 'brightness', 'color_temp', 'hs'];
  return [
    ...(schema === 'json' ? [] : [`schema ${String(schema)}`]),
    ...list.filter((mode) => !known.includes(mode)),
    ...(isAlone ? [] : ['onoff or brightness beside other colour modes']),
    ...(list.includes('onoff') === (brightness === undefined) ? [] : ['brightness of a lamp that has none']),
  ];
}

function climateProblems({ modes, precision, temperature_unit: unit, preset_modes: presets }: Config): string[] {
  return [
    ...(modes as string[]).filter((mode) => !MODES.includes(mode)),
    ...(precision === 0.1 ? [] : [`precision ${String(precision)}`]),
    ...(unit === 'C' ? [] : [`unit ${String(unit)}`]),
    ...((presets as string[] | undefined)?.includes('none') ? ['the preset none'] : []),
  ];
}

function availabilityProblems(availability: unknown): string[] {
  if (!Array.isArray(availability) || availability.length === 0) return ['no availability'];
  return (availability as Config[]).flatMap((one) => [
    ...unknown('availability', one, ['topic', 'value_template']),
    ...(typeof one['topic'] === 'string' ? [] : ['availability without a topic']),
  ]);
}

function unknown(what: string, config: Config, allowed: readonly string[]): string[] {
  return Object.keys(config)
    .filter((key) => !allowed.includes(key))
    .map((key) => `${what} has no ${key}`);
}
