import type { Kind } from './sketch';

/** A wall switch with four buttons. */
export const wallSwitch: Kind = (_draw, now) => ({
  type: 'REMOTE_CONTROL',
  manufacturer: 'Friends of Hue',
  model: 'FOHSWITCH',
  capabilities: ['DEVICE', 'HUE_SWITCH', 'REMOTE_CONTROL'],
  buttons: [
    { id: 1, label: 'Vasen ylös' },
    { id: 2, label: 'Vasen alas' },
    { id: 3, label: 'Oikea ylös' },
    { id: 4, label: 'Oikea alas' },
  ],
  state: { type: 'STATE_RC', lastSeen: now, button: null, modifiers: [] },
});

/** A battery-powered remote control with one button. */
export const pushButton: Kind = () => ({
  type: 'REMOTE_CONTROL',
  manufacturer: 'IKEA of Sweden',
  model: 'TRADFRI SHORTCUT Button',
  capabilities: ['BATTERY_U', 'DEVICE', 'IKEA_RC', 'REMOTE_CONTROL'],
  buttons: [{ id: 0, label: 'Painike' }],
  state: { type: 'STATE_RC', button: 0, modifiers: [], batteryV: 2.95, batteryLow: false },
});

/** A phone; `reachable` means that its owner is at home. */
export function phone(owner: string): Kind {
  return (draw) => ({
    type: 'UI_DEVICE',
    manufacturer: 'Cozify',
    model: 'Android',
    capabilities: ['DEVICE', 'PUSH_NOTIFICATION', 'USER_PRESENCE'],
    state: {
      type: 'STATE_UI_DEVICE',
      reachable: draw.chance(0.5),
      session: `session-${Math.floor(draw.next() * 1e9)}`,
      user: `${owner.toLowerCase()}@example.fi`,
    },
  });
}

export const doorbell: Kind = () => ({
  type: 'DOORBELL',
  manufacturer: 'Cozify',
  model: 'Doorbell',
  capabilities: ['ALERT', 'BATTERY_C', 'DEVICE'],
  state: { type: 'STATE_DOORBELL', alert: false, alertAt: 0, battery: 88 },
});

export const siren: Kind = () => ({
  type: 'SIREN',
  manufacturer: 'Heiman',
  model: 'WarningDevice',
  capabilities: ['DEVICE', 'GENERATE_ALERT', 'SIGNAL'],
  state: { type: 'STATE_SIREN', sirenOn: false },
});

/** The siren of a burglar alarm. */
export const alarmDevice: Kind = () => ({
  type: 'ALARM_DEVICE',
  manufacturer: 'Develco',
  model: 'SIRZB-110',
  capabilities: ['ALERT', 'BATTERY_U', 'DEVICE', 'GENERATE_ALERT', 'ON_OFF'],
  state: { type: 'STATE_ALARM', isOn: false, batteryV: 4.1, batteryLow: false },
});

export const camera: Kind = () => ({
  type: 'CAMERA',
  manufacturer: 'Foscam',
  model: 'C2',
  capabilities: ['DEVICE', 'FOSCAM_API', 'LIVE_FEED', 'ON_OFF', 'RECORD_VIDEO'],
  state: { type: 'STATE_CAMERA', isOn: true, recording: false, media: ['rtsp://192.0.2.7/live'], viewerCount: 0 },
});

export const loudspeaker: Kind = (draw) => ({
  type: 'MEDIA_RENDERER',
  manufacturer: 'Sonos',
  model: 'PLAY:1',
  capabilities: [
    'BASS',
    'DEVICE',
    'LOUDNESS',
    'MUTE',
    'NEXT',
    'PAUSE',
    'PLAY',
    'PREVIOUS',
    'SEEK',
    'STOP',
    'TREBLE',
    'VOLUME',
  ],
  state: {
    type: 'STATE_MEDIA_RENDERER',
    isOn: null,
    rcData: { volume: Math.round(draw.between(5, 60)), mute: false, bass: 0, treble: 0, loudness: true },
    avtData: { state: draw.pick(['PLAYING', 'PAUSED_PLAYBACK', 'STOPPED']) },
  },
});
