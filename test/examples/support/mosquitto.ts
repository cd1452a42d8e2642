import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../live/harness/leftovers';
import type { DebianProgram } from '../../support/debian-program';
import { freePort } from '../../support/ports';
import { ServerProgram } from '../../support/server-program';

const MOSQUITTO: DebianProgram = {
  name: 'the MQTT broker Mosquitto',
  package: 'mosquitto',
  variable: 'MOSQUITTO',
  paths: ['mosquitto', '/usr/sbin/mosquitto'],
  versionFlag: '-h',
};

/** A real Mosquitto on a free port of 127.0.0.1, with its own configuration. Retained messages survive a restart. */
export class Mosquitto extends ServerProgram {
  readonly #folder = tempFolder('mosquitto');

  static async start(): Promise<Mosquitto> {
    const broker = new Mosquitto(MOSQUITTO, await freePort());
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
    await this.run(['-c', config]);
  }
}
