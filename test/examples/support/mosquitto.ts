import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { keepTrackOf, tempFolder } from '../../live/harness/leftovers';
import { debianProgram, howToGet, type DebianProgram } from '../../support/debian-program';
import { freePort } from '../../support/ports';
import { until } from '../../support/wait';

const MOSQUITTO: DebianProgram = {
  name: 'the MQTT broker Mosquitto',
  package: 'mosquitto',
  variable: 'MOSQUITTO',
  paths: ['mosquitto', '/usr/sbin/mosquitto'],
  versionFlag: '-h',
};

/** A real Mosquitto on a free port of 127.0.0.1, with its own configuration. Retained messages survive a restart. */
export class Mosquitto {
  readonly port: number;
  readonly #folder = tempFolder('mosquitto');
  #child: ChildProcess | undefined;

  private constructor(port: number) {
    this.port = port;
  }

  static async start(): Promise<Mosquitto> {
    const broker = new Mosquitto(await freePort());
    await broker.launch();
    return broker;
  }

  /** Starts the broker on the same port: with its retained messages, or without any. */
  async launch(data: 'kept' | 'lost' = 'kept'): Promise<void> {
    const config = join(this.#folder, 'mosquitto.conf');
    const lines = [
      `listener ${this.port} 127.0.0.1`,
      'allow_anonymous true',
      `persistence ${data === 'kept'}`,
      `persistence_location ${this.#folder}/`,
      // Save retained messages once per second, so that few are lost when the broker is killed.
      'autosave_interval 1',
      ...(process.getuid?.() === 0 ? ['user root'] : []),
    ];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const child = spawn(debianProgram(MOSQUITTO), ['-c', config], { stdio: 'ignore' });
    keepTrackOf(child);
    this.#child = child;
    await until('Mosquitto to answer', () => this.#answers(child));
  }

  /** Ends the broker with SIGTERM, or with SIGKILL as in a power cut. */
  async stop(signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async #answers(child: ChildProcess): Promise<boolean> {
    if (child.exitCode !== null) throw new Error(`Mosquitto ended with ${child.exitCode}. ${howToGet(MOSQUITTO)}`);
    const socket = createConnection({ port: this.port, host: '127.0.0.1' });
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  }
}
