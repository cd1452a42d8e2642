// Checks MQTT discovery messages against Home Assistant's documentation of each component
// (home-assistant.io/integrations/<component>.mqtt) and of the device classes
// (home-assistant.io/integrations/<component>). Home Assistant drops unknown keys silently. The check reports them,
// because they are mistakes.

interface Component {
  required: readonly string[];
  allowed: readonly string[];
  classes?: readonly string[];
}

type Config = Readonly<Record<string, unknown>> & {
  readonly device_class?: string;
  readonly unit_of_measurement?: string;
  readonly state_class?: string;
};

/** Keys that every component may have, except the keys that the whole discovery message shares. */
const COMMON = [
  ...['platform', 'unique_id', 'name', 'icon', 'entity_category', 'entity_picture', 'enabled_by_default', 'qos'],
  ...['default_entity_id', 'encoding', 'json_attributes_topic', 'json_attributes_template'],
];
const AVAILABILITY = [
  ...['availability', 'availability_mode', 'availability_topic', 'availability_template'],
  ...['payload_available', 'payload_not_available'],
];
const SETTABLE = ['command_topic', 'optimistic', 'retain'];

/** Returns the keys for the topics and templates of one setting of the climate component. */
const climate = (key: string): string[] => [
  ...[`${key}_command_topic`, `${key}_command_template`, `${key}_state_topic`, `${key}_state_template`],
];

const COMPONENTS: Readonly<Record<string, Component>> = {
  light: {
    required: ['schema', 'command_topic'],
    allowed: [
      ...['schema', 'state_topic', 'brightness', 'brightness_scale', 'color_temp_kelvin', 'effect', 'effect_list'],
      ...['flash', 'flash_time_long', 'flash_time_short', 'max_kelvin', 'min_kelvin', 'max_mireds', 'min_mireds'],
      ...['supported_color_modes', 'transition', 'white_scale', ...SETTABLE],
    ],
  },
  switch: {
    required: ['command_topic'],
    allowed: [
      ...['device_class', 'state_topic', 'value_template', 'payload_on', 'payload_off', 'state_on', 'state_off'],
      ...['command_template', ...SETTABLE],
    ],
    classes: ['outlet', 'switch'],
  },
  sensor: {
    required: ['state_topic'],
    allowed: [
      ...['device_class', 'state_topic', 'value_template', 'unit_of_measurement', 'state_class', 'options'],
      ...['expire_after', 'force_update', 'last_reset_value_template', 'suggested_display_precision'],
    ],
  },
  binary_sensor: {
    required: ['state_topic'],
    allowed: [
      ...['device_class', 'state_topic', 'value_template', 'payload_on', 'payload_off'],
      ...['expire_after', 'force_update', 'off_delay'],
    ],
    classes: [
      ...['battery', 'battery_charging', 'carbon_monoxide', 'cold', 'connectivity', 'door', 'garage_door', 'gas'],
      ...['heat', 'light', 'lock', 'moisture', 'motion', 'moving', 'occupancy', 'opening', 'plug', 'power'],
      ...['presence', 'problem', 'running', 'safety', 'smoke', 'sound', 'tamper', 'update', 'vibration', 'window'],
    ],
  },
  climate: {
    required: ['temperature_command_topic', 'temperature_state_topic', 'mode_state_topic', 'modes'],
    allowed: [
      ...['action_topic', 'action_template', 'current_humidity_topic', 'current_humidity_template'],
      ...['current_temperature_topic', 'current_temperature_template', 'initial', 'max_temp', 'min_temp', 'modes'],
      ...['precision', 'temp_step', 'temperature_unit', 'fan_modes', 'preset_modes', 'swing_modes', 'optimistic'],
      ...['preset_mode_command_topic', 'preset_mode_command_template', 'preset_mode_state_topic'],
      ...['preset_mode_value_template', 'retain', ...climate('temperature'), ...climate('mode')],
      ...[...climate('fan_mode'), ...climate('swing_mode'), 'power_command_topic', 'power_command_template'],
    ],
  },
  cover: {
    required: ['command_topic', 'position_topic', 'set_position_topic'],
    allowed: [
      ...['device_class', 'state_topic', 'value_template', 'payload_open', 'payload_close', 'payload_stop'],
      ...['position_topic', 'position_template', 'position_open', 'position_closed', 'set_position_topic'],
      ...['set_position_template', 'state_open', 'state_closed', 'state_opening', 'state_closing', 'state_stopped'],
      ...['tilt_command_topic', 'tilt_command_template', 'tilt_status_topic', 'tilt_status_template', 'tilt_min'],
      ...['tilt_max', 'tilt_opened_value', 'tilt_closed_value', 'tilt_optimistic', ...SETTABLE],
    ],
    classes: ['awning', 'blind', 'curtain', 'damper', 'door', 'garage', 'gate', 'shade', 'shutter', 'window'],
  },
  valve: {
    required: ['command_topic', 'state_topic', 'reports_position'],
    // Home Assistant refuses payload_open, payload_close, state_open and state_closed of a valve that has a position.
    allowed: [
      ...['device_class', 'state_topic', 'value_template', 'command_template', 'reports_position', 'payload_stop'],
      ...['position_open', 'position_closed', 'state_opening', 'state_closing', ...SETTABLE],
    ],
    classes: ['gas', 'water'],
  },
  event: {
    required: ['event_types', 'state_topic'],
    allowed: ['device_class', 'event_types', 'state_topic', 'value_template'],
    classes: ['button', 'doorbell', 'motion'],
  },
  select: {
    required: ['command_topic', 'options'],
    allowed: ['state_topic', 'value_template', 'command_template', 'options', ...SETTABLE],
  },
  number: {
    required: ['command_topic'],
    allowed: [
      ...['device_class', 'state_topic', 'value_template', 'command_template', 'min', 'max', 'step', 'mode'],
      ...['unit_of_measurement', 'payload_reset', ...SETTABLE],
    ],
  },
  scene: { required: ['command_topic'], allowed: ['command_topic', 'payload_on', 'retain'] },
};

/** Allowed units and state classes of each device class of a sensor. */
const SENSORS: Readonly<Record<string, { units: readonly string[]; stateClasses: readonly string[] }>> = {
  atmospheric_pressure: {
    units: ['cbar', 'bar', 'hPa', 'mmHg', 'inHg', 'inH₂O', 'kPa', 'mbar', 'Pa', 'psi'],
    stateClasses: ['measurement'],
  },
  battery: { units: ['%'], stateClasses: ['measurement'] },
  carbon_dioxide: { units: ['ppm'], stateClasses: ['measurement'] },
  energy: {
    units: ['J', 'kJ', 'MJ', 'GJ', 'mWh', 'Wh', 'kWh', 'MWh', 'GWh', 'TWh', 'cal', 'kcal', 'Mcal', 'Gcal'],
    stateClasses: ['total', 'total_increasing'],
  },
  enum: { units: [], stateClasses: [] },
  humidity: { units: ['%'], stateClasses: ['measurement'] },
  illuminance: { units: ['lx'], stateClasses: ['measurement'] },
  power: { units: ['mW', 'W', 'kW', 'MW', 'GW', 'TW'], stateClasses: ['measurement'] },
  signal_strength: { units: ['dB', 'dBm'], stateClasses: ['measurement'] },
  temperature: { units: ['°C', '°F', 'K'], stateClasses: ['measurement'] },
  volatile_organic_compounds_parts: { units: ['ppm', 'ppb'], stateClasses: ['measurement'] },
  voltage: { units: ['V', 'mV', 'µV', 'kV', 'MV'], stateClasses: ['measurement'] },
  volume_flow_rate: {
    units: ['m³/h', 'm³/min', 'm³/s', 'ft³/min', 'L/h', 'L/min', 'L/s', 'gal/d', 'gal/h', 'gal/min', 'mL/s'],
    stateClasses: ['measurement'],
  },
  water: { units: ['L', 'gal', 'm³', 'ft³', 'CCF'], stateClasses: ['total', 'total_increasing'] },
};

const DEVICE = [
  ...['identifiers', 'connections', 'name', 'manufacturer', 'model', 'model_id', 'hw_version', 'sw_version'],
  ...['serial_number', 'suggested_area', 'via_device', 'configuration_url'],
];
const ORIGIN = ['name', 'sw_version', 'support_url'];
const MODES = ['auto', 'off', 'cool', 'heat', 'dry', 'fan_only', 'heat_cool'];

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
    ...unknown(platform, config, [...COMMON, ...component.allowed, ...more]),
    ...['unique_id', ...component.required].filter((key) => !(key in config)).map((key) => `${key} is missing`),
    ...(type !== undefined && component.classes && !component.classes.includes(type) ? [`class ${type}`] : []),
    ...(platform === 'sensor' ? sensorProblems(config) : []),
    ...(platform === 'light' ? lightProblems(config) : []),
    ...(platform === 'climate' ? climateProblems(config) : []),
    ...(['diagnostic', 'config', undefined].includes(config['entity_category'] as string) ? [] : ['entity_category']),
  ];
}

function sensorProblems(config: Config): string[] {
  const { device_class: type, unit_of_measurement: unit, state_class: stateClass, options } = config;
  if (type === undefined) return stateClass === undefined && unit !== undefined ? ['a unit without state_class'] : [];
  const known = SENSORS[type];
  if (known === undefined) return [`class ${type}`];
  return [
    ...((known.units.length === 0 ? unit === undefined : known.units.includes(unit ?? ''))
      ? []
      : [`unit ${String(unit)}`]),
    ...(stateClass === undefined || known.stateClasses.includes(stateClass) ? [] : [`state class ${stateClass}`]),
    ...((type === 'enum') === Array.isArray(options) ? [] : ['options are those of an enum']),
  ];
}

function lightProblems({ schema, supported_color_modes: modes, brightness }: Config): string[] {
  const list = modes as string[];
  const isAlone = !(list.includes('onoff') || list.includes('brightness')) || list.length === 1;
  const known = ['onoff', 'brightness', 'color_temp', 'hs', 'xy', 'rgb', 'rgbw', 'rgbww', 'white'];
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
    ...([0.1, 0.5, 1].includes(Number(precision)) ? [] : [`precision ${String(precision)}`]),
    ...(['C', 'F'].includes(String(unit)) ? [] : [`unit ${String(unit)}`]),
    ...((presets as string[] | undefined)?.includes('none') ? ['the preset none'] : []),
  ];
}

function availabilityProblems(availability: unknown): string[] {
  if (!Array.isArray(availability) || availability.length === 0) return ['no availability'];
  const keys = ['topic', 'payload_available', 'payload_not_available', 'value_template'];
  return (availability as Config[]).flatMap((one) => [
    ...unknown('availability', one, keys),
    ...(typeof one['topic'] === 'string' ? [] : ['availability without a topic']),
  ]);
}

function unknown(what: string, config: Config, allowed: readonly string[]): string[] {
  return Object.keys(config)
    .filter((key) => !allowed.includes(key))
    .map((key) => `${what} has no ${key}`);
}
