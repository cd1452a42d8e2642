import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createConnection } from 'node:net';
import { keepTrackOf } from '../live/harness/leftovers';
import { debianProgram, howToGet, type DebianProgram } from './debian-program';
import { until } from './wait';

/** A real server on a port of 127.0.0.1, in its own process. */
export class ServerProgram {
  readonly port: number;
  readonly #program: DebianProgram;
  #child: ChildProcess | undefined;

  protected constructor(program: DebianProgram, port: number) {
    this.port = port;
    this.#program = program;
  }

  /** Starts the server. Resolves when the server accepts connections. */
  protected async run(args: readonly string[]): Promise<void> {
    const child = spawn(debianProgram(this.#program), args, { stdio: 'ignore' });
    keepTrackOf(child);
    this.#child = child;
    await until(`${this.#program.name} to answer`, () => {
      if (child.exitCode !== null) throw new Error(`It ended with ${child.exitCode}. ${howToGet(this.#program)}`);
      return this.#isListening();
    });
  }

  protected send(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  /** Kills the server, as a power cut does. */
  async stop(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    await ended;
  }

  async #isListening(): Promise<boolean> {
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
