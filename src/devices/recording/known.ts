/** The field names and texts that recordings keep, because they identify nobody. */
import { FIELDS } from '../things/fields.js';

/** Fields that hold the name of a thing. */
export const NAMES: ReadonlySet<string> = new Set(['name', 'title', 'label']);

/** Fields that hold ids of things: a single id, a list, a set, or an object with ids as its keys. */
export const REFERENCES: ReadonlySet<string> = new Set([
  'id',
  'room',
  'groups',
  'zones',
  'members',
  'sourceId',
  'targetIds',
  'excludedIds',
  'scenes',
]);

const FURTHER_FIELDS = `type manufacturer model session user media message capabilities minCapabilities maxCapabilities
values timestamp state buttons button modifiers presets config category icon order is_on closed level minTemperature
maxTemperature transitionMsec bass treble loudness rssi flow volume flowTemp freshTemperature supplyTemperature
extractTemperature recording viewerCount lowTemp lastChange moistureAt alert alertAt alertStartAt coAt coStartAt
twilightStart twilightStop createdAtMs`;

/**
 * Fields that recordings keep under their own names. Their booleans, numbers and known texts are kept too, except
 * numbers that could identify the home.
 */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  // All keys that this package converts to fields of messages: `isOn`, `brightness`, `temperature` and so on.
  ...FIELDS.flatMap(({ sources }) =>
    sources.flatMap(({ key, within }) => (within === undefined ? key : [key, within])),
  ),
  ...FURTHER_FIELDS.split(/\s+/),
]);

const TYPES = `LIGHT POWER_SOCKET MULTI_SENSOR MOTION CONTACT MOISTURE SMOKE_ALARM CO CO2_SENSOR TWILIGHT REMOTE_CONTROL
UI_DEVICE CAMERA MEDIA_RENDERER THERMOSTAT BLINDS HVAC AIRCON VU VALVE POWER_METER WATER_METER SIREN ALARM_DEVICE DOORBELL
RELAY DIMMER SWITCH USER_ALARM SET MR_RC_DATA MR_AVT_DATA`;

const STATES = `STATE_LIGHT STATE_SOCKET STATE_MULTI_SENSOR STATE_MOTION STATE_CONTACT STATE_MOISTURE STATE_SMOKE_ALARM
STATE_CO_SENSOR STATE_CO2_SENSOR STATE_TWILIGHT STATE_RC STATE_UI_DEVICE STATE_CAMERA STATE_MEDIA_RENDERER STATE_THERMOSTAT
STATE_BLINDS STATE_HVAC STATE_AIRCON STATE_VU STATE_VALVE STATE_POWER_METER STATE_FLOW_METER STATE_SIREN STATE_ALARM
STATE_DOORBELL`;

const CAPABILITIES = `ACTIVE_POWER AIRCON ALERT BASS BATTERY_C BATTERY_U BLINDS BRIGHTNESS CO CO2 COLOR_HS COLOR_LOOP
COLOR_TEMP CONFIGURABLE CONTACT CONTROL_LIGHT CONTROL_MODE CONTROL_POWER CONTROL_PRESET CONTROL_TEMPERATURE DEVICE
DIMMER_CONTROL FAN_MODE FLOW FLOW_TEMPERATURE FLOW_VOLUME FOSCAM_API GENERATE_ALERT HIGH_TEMP HUE_SWITCH HUMIDITY HVAC
IDENTIFY IKEA_RC LIFT LIVE_FEED LOUDNESS LOW_TEMP LUX MEASURE_POWER MOISTURE MOTION MUTE NEXT ONVIF_API ON_OFF PAUSE PLAY
POWER_METER PRESSURE PREVIOUS PUSH_NOTIFICATION RECORD_AUDIO RECORD_VIDEO REMOTE_CONTROL RSSI SEEK SELF_MOTION SHUTTER
SIGNAL SMOKE STOP TEMPERATURE THERMOSTAT TILT TRANSITION TREBLE TWILIGHT UPGRADE USER_PRESENCE VALVE VOC VOLUME VU
VU_FN_FIREPLACE`;

const OTHERS = `hs ct longpress stop full_on toggle PLAYING PAUSED_PLAYBACK STOPPED TRANSITIONING FACTORY USER HOME AWAY
err error warn warning info`;

/** Known makers of devices. Other makers and all model names are replaced, because somebody may have typed them. */
const MAKERS = `Airam, Aqara, Axioma, Cozify, Danfoss, Develco, Foscam, Friends of Hue, frient A/S, Heiman, IKEA of Sweden,
LUMI, Mitsubishi Electric, Nexa, OSRAM, Philips, Proove, Schneider Electric, Signify Netherlands B.V., Sonos, Vallox`;

/** Texts that recordings keep: Cozify's own constants, such as types and capabilities, and makers of devices. */
export const KNOWN_WORDS: ReadonlySet<string> = new Set([
  ...[TYPES, STATES, CAPABILITIES, OTHERS].flatMap((words) => words.split(/\s+/)),
  ...MAKERS.split(/,\s+/),
]);
