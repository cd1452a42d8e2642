import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../live/harness';

/** A module that is preloaded into Node-RED. Connections to this machine then come from the address in `CALLS_FROM`. */
const PRELOAD = `
  const net = require('node:net');
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...args) {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (options?.host === '127.0.0.1') options.localAddress ??= process.env.CALLS_FROM;
    return connect.apply(this, args);
  };
`;

/** Returns the loopback address of an instance, by its number from 0. Servers identify the instance by this address. */
export function addressOf(index: number): string {
  return `127.0.0.${index + 11}`;
}

/** Returns the environment for a Node-RED that connects from an address. */
export function callingFrom(address: string): Record<string, string> {
  const preload = join(tempFolder('own-address'), 'preload.js');
  writeFileSync(preload, PRELOAD);
  return { NODE_OPTIONS: `--require ${preload}`, CALLS_FROM: address };
}
