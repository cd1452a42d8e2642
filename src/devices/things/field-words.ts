/** Display names of fields and of their enum values. Messages and saved flows keep the original names. */
import { fieldOf, type Words } from './fields.js';
import type { Language } from './names.js';

/** Display names of fields. A field that is missing here is displayed by its own name. Units are in `fields.ts`. */
const NAMES: ReadonlyMap<string, Words> = byName({
  on: ['on or off', 'päällä vai pois'],
  brightness: ['brightness', 'kirkkaus'],
  colorTemperature: ['white, warm to cold', 'valkoinen, lämpimästä kylmään'],
  colorTemperatureRange: ['range of white', 'valkoisen sävyalue'],
  color: ['colour', 'väri'],
  hue: ['hue', 'sävy'],
  saturation: ['saturation', 'värikylläisyys'],
  colorMode: ['colour or white', 'värillinen vai valkoinen'],
  position: ['how far open', 'kuinka auki'],
  tilt: ['slats', 'säleet'],
  temperature: ['temperature', 'lämpötila'],
  targetTemperature: ['target temperature', 'tavoitelämpötila'],
  heatingDemand: ['heating demand', 'lämmitystarve'],
  humidity: ['humidity', 'kosteus'],
  illuminance: ['brightness outside', 'valoisuus'],
  dark: ['dark or light', 'hämärää vai valoisaa'],
  pressure: ['air pressure', 'ilmanpaine'],
  co2: ['carbon dioxide', 'hiilidioksidi'],
  voc: ['air quality (VOC)', 'ilmanlaatu (VOC)'],
  co: ['carbon monoxide', 'häkä'],
  smoke: ['smoke', 'savu'],
  leak: ['leak', 'vuoto'],
  motion: ['motion', 'liike'],
  motionAt: ['time of the last motion', 'viimeisen liikkeen aika'],
  open: ['open or closed', 'auki vai kiinni'],
  ring: ['doorbell', 'ovikello'],
  home: ['at home or away', 'kotona vai poissa'],
  mode: ['mode', 'käyttötila'],
  preset: ['preset', 'esiasetus'],
  fan: ['fan', 'puhallin'],
  power: ['power', 'teho'],
  energy: ['energy', 'energia'],
  energyToday: ['energy today', 'energia tänään'],
  battery: ['battery', 'paristo'],
  batteryVoltage: ['battery', 'paristo'],
  batteryLow: ['battery low', 'paristo vähissä'],
  volume: ['volume', 'äänenvoimakkuus'],
  mute: ['muted', 'mykistys'],
  playback: ['playback', 'toisto'],
  reachable: ['connection', 'yhteys'],
  lastSeen: ['last heard of', 'viimeksi kuultu'],
  rssi: ['signal', 'kuuluvuus'],
  allOn: ['all on', 'kaikki päällä'],
  closed: ['alarm closed', 'hälytys kuitattu'],
  level: ['level', 'vakavuus'],
});

/** Display names of enum values. */
const VALUES: ReadonlyMap<string, Words> = byName({
  off: ['off', 'pois'],
  on: ['on', 'päällä'],
  auto: ['auto', 'automaatti'],
  heat: ['heat', 'lämmitys'],
  cool: ['cool', 'jäähdytys'],
  stopped: ['stopped', 'seis'],
  min: ['min', 'minimi'],
  standard: ['standard', 'normaali'],
  max: ['max', 'maksimi'],
  boost: ['boost', 'tehostus'],
  comfort: ['comfort', 'mukavuus'],
  eco: ['eco', 'eko'],
  fireplace: ['fireplace', 'takka'],
  low: ['low', 'matala'],
  medium: ['medium', 'keskitaso'],
  high: ['high', 'korkea'],
  smart: ['smart', 'älykäs'],
});

/** Display names of enum values that apply to one field only. */
const VALUES_OF: ReadonlyMap<string, ReadonlyMap<string, Words>> = new Map([
  [
    'playback',
    byName({
      playing: ['playing', 'soi'],
      paused: ['paused', 'tauolla'],
      stopped: ['stopped', 'pysäytetty'],
      loading: ['loading', 'latautuu'],
    }),
  ],
  ['colorMode', byName({ color: ['colour', 'värillinen'], temperature: ['white', 'valkoinen'] })],
]);

/** Fields with enum values. */
const FIELDS_OF_WORDS: ReadonlySet<string> = new Set(['mode', 'preset', 'fan', ...VALUES_OF.keys()]);

/** Returns the display name of a field, without the unit: "temperature", "lämpötila". */
export function fieldName(field: string, language: Language): string {
  return NAMES.get(field)?.[language] ?? field;
}

/** Returns a short display name for lists: "open" for "open or closed", "white" for "white, warm to cold". */
export function shortFieldName(field: string, language: Language): string {
  return fieldName(field, language).split(/, | or | vai /)[0] ?? field;
}

/** Returns the display name of a field with its unit: "temperature, °C". */
export function fieldLabel(field: string, language: Language): string {
  const unit = fieldOf(field)?.unit;
  const name = fieldName(field, language);
  return unit === undefined ? name : `${name}, ${unit}`;
}

/** Returns the picker text of a field, with its name in messages if different: "lämpötila, °C (temperature)". */
export function fieldChoice(field: string, language: Language): string {
  const label = fieldLabel(field, language);
  return fieldName(field, language) === field ? label : `${label} (${field})`;
}

/** Returns the display name of an enum value. Returns an unknown value unchanged. */
export function wordText(field: string, word: string, language: Language): string {
  if (!FIELDS_OF_WORDS.has(field)) return word;
  return (VALUES_OF.get(field)?.get(word) ?? VALUES.get(word))?.[language] ?? word;
}

/** Returns the enum values of a field that are the same for all devices; empty if the values depend on the device. */
export function wordsOf(field: string): string[] {
  return [...(VALUES_OF.get(field)?.keys() ?? [])];
}

function byName(table: Readonly<Record<string, readonly [en: string, fi: string]>>): ReadonlyMap<string, Words> {
  return new Map(Object.entries(table).map(([name, [en, fi]]) => [name, { en, fi }]));
}
