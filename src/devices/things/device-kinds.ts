import type { Language } from './names.js';

/** A category of devices for pickers, such as lamps, defined by capabilities. */
export interface DeviceKind {
  readonly key: string;
  /** A device is of this kind if it has at least one of these capabilities. See also {@link DeviceKind.isFirstOnly}. */
  readonly capabilities: readonly [string, ...string[]];
  /** The plural name. */
  readonly words: Readonly<Record<Language, string>>;
  /** The plural name for use in a sentence, if `words` reads badly there ("doors" instead of "doors and windows"). */
  readonly inSentence?: Readonly<Record<Language, string>>;
  /** Further search words. */
  readonly also: string;
  /**
   * Whether only one of the capabilities selects the devices of a home: the first that any of its devices has. For
   * example, if a home has sockets with `CONTROL_POWER`, `ON_OFF` is not used, because other kinds of devices have it
   * too.
   */
  readonly isFirstOnly?: boolean;
}

/** All kinds of devices, the most common first. */
export const DEVICE_KINDS: readonly DeviceKind[] = [
  kind('lamps', ['CONTROL_LIGHT'], 'lamps', 'lamput', 'lights lamppu valot valo valaisin'),
  {
    ...kind('sockets', ['CONTROL_POWER', 'ON_OFF'], 'sockets', 'pistorasiat', 'outlets plugs pistorasia'),
    isFirstOnly: true,
  },
  kind('motion', ['MOTION'], 'motion sensors', 'liikeanturit', 'liikeanturi liiketunnistin'),
  {
    ...kind('doors', ['CONTACT'], 'doors and windows', 'ovet ja ikkunat', 'contact ovi ikkuna ovianturi'),
    inSentence: { en: 'doors', fi: 'ovet' },
  },
  kind('thermometers', ['TEMPERATURE'], 'thermometers', 'lämpömittarit', 'temperature lämpömittari lämpötila'),
  {
    ...kind('humidity', ['HUMIDITY'], 'humidity', 'kosteusmittarit', 'kosteusmittari'),
    inSentence: { en: 'humidity sensors', fi: 'kosteusmittarit' },
  },
  {
    ...kind(
      'remotes',
      ['REMOTE_CONTROL'],
      'remotes and switches',
      'kytkimet ja ohjaimet',
      'button kytkin ohjain kaukosäädin',
    ),
    inSentence: { en: 'switches and remotes', fi: 'kytkimet ja ohjaimet' },
  },
  kind('thermostats', ['CONTROL_TEMPERATURE'], 'thermostats', 'termostaatit', 'heating termostaatti lämmitys'),
  kind('heatPumps', ['AIRCON', 'HVAC'], 'heat pumps', 'ilmalämpöpumput', 'heatpump ilmalämpöpumppu'),
  {
    ...kind('ventilation', ['VU'], 'ventilation', 'ilmanvaihto', ''),
    inSentence: { en: 'ventilation units', fi: 'ilmanvaihtokoneet' },
  },
  kind('blinds', ['BLINDS', 'LIFT'], 'blinds', 'kaihtimet', 'curtains kaihdin verhot'),
  kind('leaks', ['MOISTURE'], 'leak sensors', 'vuotovahdit', 'water vuotovahti vesi'),
  kind('smoke', ['SMOKE'], 'smoke alarms', 'palovaroittimet', 'fire palovaroitin savu'),
  {
    ...kind('co2', ['CO2'], 'carbon dioxide', 'hiilidioksidimittarit', 'co2 hiilidioksidimittari'),
    inSentence: { en: 'carbon dioxide meters', fi: 'hiilidioksidimittarit' },
  },
  kind('light', ['LUX', 'TWILIGHT'], 'light sensors', 'valoisuusanturit', 'valoisuusanturi hämärä'),
  kind('meters', ['MEASURE_POWER', 'ACTIVE_POWER', 'POWER_METER'], 'meters', 'mittarit', 'power mittari sähkömittari'),
  {
    ...kind('phones', ['USER_PRESENCE'], 'phones (at home)', 'puhelimet (kotona)', 'phone puhelin'),
    inSentence: { en: 'phones', fi: 'puhelimet' },
  },
  {
    ...kind('batteries', ['BATTERY_U', 'BATTERY_C'], 'on batteries', 'paristokäyttöiset', 'battery paristo'),
    inSentence: { en: 'devices on batteries', fi: 'paristokäyttöiset laitteet' },
  },
];

/** Returns the capabilities that select the devices of a kind. `known`: the capabilities of all devices of the home. */
export function capabilitiesOf({ capabilities, isFirstOnly }: DeviceKind, known: ReadonlySet<string>): string[] {
  const there = capabilities.filter((capability) => known.has(capability));
  return isFirstOnly === true ? there.slice(0, 1) : there;
}

/**
 * Returns the kinds of a device with these capabilities. For a kind with {@link DeviceKind.isFirstOnly}, only the first
 * capability of the kind counts.
 */
export function deviceKindsOf(capabilities: readonly string[]): DeviceKind[] {
  return DEVICE_KINDS.filter((one) => {
    const deciding = one.isFirstOnly === true ? one.capabilities.slice(0, 1) : one.capabilities;
    return deciding.some((capability) => capabilities.includes(capability));
  });
}

function kind(key: string, capabilities: [string, ...string[]], en: string, fi: string, also: string): DeviceKind {
  return { key, capabilities, words: { en, fi }, also };
}
