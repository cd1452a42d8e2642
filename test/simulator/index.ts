export { Simulator, TOKEN_LIFE_MS } from './simulator';
export { SimulatedHub } from './hub';
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
