import * as climate from './devices/climate';
import * as controls from './devices/controls';
import * as lights from './devices/lights';
import * as power from './devices/power';
import * as sensors from './devices/sensors';
import type { Kind } from './devices/sketch';

/** A device in the plan of a house: its name, room and kind. */
export interface PlannedDevice {
  name: string;
  /** Name of the room, if any. */
  room?: string;
  kind: Kind;
}

/** The plan of a house: its rooms in the app's order, its devices, groups, scenes, rules and alarms. */
export interface HousePlan {
  rooms: readonly string[];
  devices: readonly PlannedDevice[];
  /** Groups by name, with the names of their members; an empty list means all lamps. */
  groups: Readonly<Record<string, readonly string[]>>;
  /** User scenes by name, each with the states that it sets, by device name. */
  scenes: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
  /** Rules by name, with the scenes that they are tied to. */
  rules: Readonly<Record<string, readonly string[]>>;
  /** Alarms by name, with their source device, level and whether they are closed. */
  alarms: Readonly<Record<string, { source: string; level: string; isClosed: boolean }>>;
}

const ON = { isOn: true };
const OFF = { isOn: false };

/** The plan of the house. The most useful devices come first, so that a small home has them. */
export const HOUSE: HousePlan = {
  rooms: [
    '$LIVINGROOM',
    '$KITCHEN',
    '$BEDROOM',
    '$HALLWAY',
    '$BATHROOM',
    'Sauna',
    'Kodinhoitohuone',
    'Lastenhuone',
    'Terassi',
    'Autotalli',
    'Tekninen tila',
    'Mökki',
  ],
  devices: [
    { name: 'Olohuoneen lamppu', room: '$LIVINGROOM', kind: lights.colorLamp },
    { name: 'Ulkolämpötila', room: 'Terassi', kind: sensors.weatherStation },
    { name: 'Saunan kiuas', room: 'Sauna', kind: power.measuringSocket(6000) },
    { name: 'Eteisen seinäkytkin', room: '$HALLWAY', kind: controls.wallSwitch },
    { name: 'Keittiön kattovalo', room: '$KITCHEN', kind: lights.dimmableLamp },
    { name: 'Kattovalo', room: '$BEDROOM', kind: lights.dimmableLamp },
    { name: 'Ulko-ovi', room: '$HALLWAY', kind: sensors.contactSensor },
    { name: 'Eteisen liiketunnistin', room: '$HALLWAY', kind: sensors.motionSensor },
    { name: 'Saunan lämpömittari', room: 'Sauna', kind: sensors.bareThermometer(20, 95) },
    { name: 'Kylpyhuoneen lattialämmitys', room: '$BATHROOM', kind: climate.floorHeating('targetTemp') },
    { name: 'Eteisen lattialämmitys', room: '$HALLWAY', kind: climate.floorHeating('targetTemperature') },
    { name: 'Lukuvalo', room: '$BEDROOM', kind: lights.whiteLamp },
    { name: 'Astianpesukoneen vuotovahti', room: '$KITCHEN', kind: sensors.leakSensor },
    { name: 'Matin puhelin', kind: controls.phone('Matti') },
    { name: 'Liisan puhelin', kind: controls.phone('Liisa') },
    { name: 'Lämminvesivaraaja', room: 'Tekninen tila', kind: power.countingSocket(3000) },
    { name: 'Eteisen valo', room: '$HALLWAY', kind: lights.sensingLamp },
    { name: 'Yöpöydän painike', room: '$BEDROOM', kind: controls.pushButton },
    { name: 'Palovaroitin', room: '$HALLWAY', kind: sensors.smokeAlarm },
    { name: 'Rullaverho', room: '$LIVINGROOM', kind: climate.blinds },
    { name: 'Ilmalämpöpumppu', room: '$LIVINGROOM', kind: climate.heatPump },
    { name: 'Ilmanvaihto', room: 'Tekninen tila', kind: climate.ventilation },
    { name: 'Mökin lämpömittari', room: 'Mökki', kind: sensors.thermometer(2, 20) },
    { name: 'Mökin patteri', room: 'Mökki', kind: power.radioSocket },
    { name: 'Jouluvalot', room: 'Terassi', kind: power.radioDimmer },
    { name: 'Terassin valot', room: 'Terassi', kind: lights.relayLamp },
    { name: 'Yövalo', room: 'Lastenhuone', kind: lights.colorLamp },
    { name: 'Makuuhuoneen patteri', room: '$BEDROOM', kind: climate.radiator },
    { name: 'Makuuhuoneen ilma', room: '$BEDROOM', kind: sensors.airSensor },
    { name: 'Hämäräkytkin', kind: sensors.twilightSwitch },
    { name: 'Pyykinpesukoneen vuotovahti', room: 'Kodinhoitohuone', kind: sensors.leakSensor },
    { name: 'Häkävaroitin', room: 'Mökki', kind: sensors.coAlarm },
    { name: 'Ovikello', room: '$HALLWAY', kind: controls.doorbell },
    { name: 'Sireeni', room: '$HALLWAY', kind: controls.siren },
    { name: 'Sähkömittari', room: 'Tekninen tila', kind: power.powerMeter },
    { name: 'Vesimittari', room: 'Tekninen tila', kind: power.waterMeter },
    { name: 'Kaiutin', room: '$LIVINGROOM', kind: controls.loudspeaker },
    { name: 'Pääventtiili', room: 'Tekninen tila', kind: power.waterValve },
    { name: 'Pihakamera', room: 'Terassi', kind: controls.camera },
    { name: 'Hälytin', room: 'Autotalli', kind: controls.alarmDevice },
  ],
  groups: {
    'Kaikki valot': [],
    Makuuhuone: ['Kattovalo', 'Lukuvalo'],
    Lattialämmitys: ['Kylpyhuoneen lattialämmitys', 'Eteisen lattialämmitys'],
    Mökki: ['Mökin patteri', 'Mökin lämpömittari'],
  },
  scenes: {
    Saunailta: { 'Saunan kiuas': ON, 'Terassin valot': ON, 'Olohuoneen lamppu': { isOn: true, brightness: 0.25 } },
    Elokuva: {
      'Olohuoneen lamppu': { isOn: true, brightness: 0.1 },
      'Keittiön kattovalo': OFF,
      Rullaverho: { position: 0 },
    },
  },
  rules: { 'Kiuas pois kahden tunnin jälkeen': [], 'Elokuvavalot himmeinä': ['Elokuva'] },
  alarms: {
    'Kiuas on ollut päällä pitkään': { source: 'Saunan kiuas', level: 'warn', isClosed: false },
    'Vettä astianpesukoneen alla': { source: 'Astianpesukoneen vuotovahti', level: 'err', isClosed: true },
  },
};

/** The plan of a small cottage. */
export const COTTAGE: HousePlan = {
  rooms: ['Tupa', 'Rantasauna', 'Laituri'],
  devices: [
    { name: 'Tuvan lamppu', room: 'Tupa', kind: lights.dimmableLamp },
    { name: 'Tuvan lämpötila', room: 'Tupa', kind: sensors.thermometer(2, 20) },
    { name: 'Peruslämpö', room: 'Tupa', kind: power.measuringSocket(2000) },
    { name: 'Tuvan palovaroitin', room: 'Tupa', kind: sensors.smokeAlarm },
    { name: 'Rantasaunan lämpötila', room: 'Rantasauna', kind: sensors.bareThermometer(0, 90) },
    { name: 'Laiturin valo', room: 'Laituri', kind: lights.relayLamp },
    { name: 'Järviveden lämpötila', room: 'Laituri', kind: sensors.bareThermometer(0, 24) },
    { name: 'Mökin ovi', room: 'Tupa', kind: sensors.contactSensor },
  ],
  groups: { 'Mökin valot': [] },
  scenes: { 'Tulossa mökille': { Peruslämpö: ON } },
  rules: { 'Pakkasella lämpö päälle': [] },
  alarms: {},
};

export const PLANS = { house: HOUSE, cottage: COTTAGE } as const;
