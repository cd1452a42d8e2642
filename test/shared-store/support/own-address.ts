import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../live/harness';

/** Loaded before Node-RED: whatever connects to this machine does so from the address in the environment. */
const PRELOAD = `
  const net = require('node:net');
  const { connect } = net.Socket.prototype;
  net.Socket.prototype.connect = function (...args) {
    const options = Array.isArray(args[0]) ? args[0][0] : args[0];
    if (options?.host === '127.0.0.1') options.localAddress ??= process.env.CALLS_FROM;
    return connect.apply(this, args);
  };
`;

/** The loopback address of an instance's own, by its number from 0: a server sees by it who calls. */
export function addressOf(index: number): string {
  return `127.0.0.${index + 11}`;
}

/** The environment of a Node-RED that calls from an address. */
export function callingFrom(address: string): Record<string, string> {
  const preload = join(tempFolder('own-address'), 'preload.js');
  writeFileSync(preload, PRELOAD);
  return { NODE_OPTIONS: `--require ${preload}`, CALLS_FROM: address };
}
