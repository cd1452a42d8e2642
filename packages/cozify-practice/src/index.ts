/**
 * A simulated Cozify on real sockets: the cloud, the hubs with their homes, and the user's mailbox.
 *
 * ```ts
 * const simulator = await Simulator.start({ hubs: [{ name: 'Koti', home: { devices: 1000 } }] });
 * const [hub] = simulator.hubs;
 * ```
 *
 * A test controls a running hub as follows; another process uses the control interface:
 * - `hub.behaviour.pollHoldMs = 12_000`: changes the behaviour, see {@link HubBehaviour}. {@link UNKNOWNS} lists the
 *   variants of each unknown behaviour.
 * - `hub.home.press('Eteisen seinäkytkin', 2, ['longpress'])`, `change`, `setReachable`, `setTraits`, `reportBattery`,
 *   `checkIn`, `rename`, `moveTo`, `addLike`, `put`, `remove`, `raiseAlarm`, `wander`, `sendFull`, `loseChanges`,
 *   `shiftClock`: events at home, see {@link Home}.
 * - `hub.home.device('Kattovalo', '$BEDROOM').state`, `hub.home.find('scenes', 'Saunailta').isOn`: the current state.
 *   Devices carry out commands after 200 ms (`settleMinMs`, `settleMaxMs`).
 * - `hub.log.count({ method: 'PUT', path: '/devices/command' })`, `mostAtOnce('PUT')`, `commands`, `visits`: the
 *   requests to the hub, see {@link HubLog}.
 * - `hub.restart()`, `update('1.15.0.1')`, `move()`, `leaveLan('silent')`, `returnToLan()`, `goOffline()`,
 *   `rotateKey()`, `role = ROLES.guest`: changes of the hub itself, see {@link SimulatedHub}.
 * - `simulator.fault('hub', { hubId: hub.id, path: '/hub/poll', status: 429, headers: { 'Retry-After': '7' } })`: a
 *   fault on the LAN; with `remote` instead of `hub`, a fault through the cloud. See {@link Fault}.
 * - `hub.home.execute('scenes', [{ id, type: 'CMD_SCENE_ON' }])`: a command from the app.
 * - `simulator.troubles.set('hub-off', true, hub)`: the switches on the page, see {@link Troubles}.
 * - `home: { recording: parseRecording(text), speed: 60 }` in the options of a hub: a recorded home.
 *   `hub.home.isReplayed` is true at its end.
 * - `const held = simulator.hold('hub', { path: '/devices/command' })`, then `held.isAsked` and `held.release()`: an
 *   answer that is held until the test releases it. See {@link World.hold}.
 */
export { Simulator } from './simulator';
export { TOKEN_LIFE_MS } from './world';
export { SimulatedHub } from './hub';
export { DEFAULT_BEHAVIOUR, UNKNOWNS, type HubBehaviour } from './behaviour';
export { Home } from './home/home';
export { parseRecording } from './recording/recording';
export type { Recording } from '../../../src/devices/recording/recording';
export { recordHome } from './recording/recorder';
export type { Device, DeviceState, Listing, Things } from './home/things';
export { ROLES } from './hub-keys';
export type { HubLog, HubVisit, ReceivedCommand } from './hub-log';
export type { HeldAnswer } from './held-answer';
export { signJwt } from './tokens';
export type {
  CloudCall,
  Fault,
  FaultTarget,
  LanIpForm,
  LoggedRequest,
  Settings,
  SimulatedHubOptions,
  SimulatedMail,
  SimulatorOptions,
} from './types';
