/**
 * A Cozify over real sockets: its cloud, its hubs with the homes behind them, and the mailbox of their owner.
 *
 * ```ts
 * const simulator = await Simulator.start({ hubs: [{ name: 'Koti', home: { devices: 1000 } }] });
 * const [hub] = simulator.hubs;
 * ```
 *
 * What a test does with a hub, while it runs; another process does the same by the control interface:
 * - `hub.behaviour.pollHoldMs = 12_000`: how it behaves from now on, see {@link HubBehaviour}. {@link UNKNOWNS} has what
 *   no source knows, each with all it may turn out to be.
 * - `hub.home.press('Eteisen seinäkytkin', 2, ['longpress'])`, `change`, `setReachable`, `setTraits`, `reportBattery`,
 *   `checkIn`, `rename`, `moveTo`, `addLike`, `put`, `remove`, `raiseAlarm`, `wander`, `sendFull`, `loseChanges`,
 *   `shiftClock`: what happens at home, see {@link Home}.
 * - `hub.home.device('Kattovalo', '$BEDROOM').state`, `hub.home.find('scenes', 'Saunailta').isOn`: how it is now. Devices
 *   do what they were told 200 ms later (`settleMinMs`, `settleMaxMs`).
 * - `hub.log.count({ method: 'PUT', path: '/devices/command' })`, `mostAtOnce('PUT')`, `commands`, `visits`: what was asked
 *   of it by either way, see {@link HubLog}.
 * - `hub.restart()`, `update('1.15.0.1')`, `move()`, `leaveLan('silent')`, `returnToLan()`, `goOffline()`, `rotateKey()`,
 *   `role = ROLES.guest`: what happens to the hub itself, see {@link SimulatedHub}.
 * - `simulator.fault('hub', { hubId: hub.id, path: '/hub/poll', status: 429, headers: { 'Retry-After': '7' } })`: trouble
 *   on the LAN; the same for `remote` is trouble through the cloud. See {@link Fault}.
 * - `hub.home.execute('scenes', [{ id, type: 'CMD_SCENE_ON' }])`: what somebody does in the app.
 * - `simulator.troubles.set('hub-off', true, hub)`: what the page has as switches, see {@link Troubles}.
 * - `home: { recording: parseRecording(text), speed: 60 }` of a hub: a recorded home; `hub.home.isReplayed` at its end.
 * - `const held = simulator.hold('hub', { path: '/devices/command' })`, then `held.isAsked` and `held.release()`: an answer
 *   that comes when the test says so, in place of one that comes late. See {@link World.hold}.
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
