import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { keepTrackOf } from '../../live/harness/leftovers.js';
import { plainEnv } from '../../live/harness/packed.js';

/** Controls a child process that runs one task after another and answers each task with one message. */
export class Child {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts one of the programs beside this file and waits until it is ready. */
  static async start(program: string, args: string[], execArgv: string[] = []): Promise<Child> {
    const env = { ...plainEnv(), NODE_ENV: 'production' };
    const process = fork(join(__dirname, program), args, {
      env,
      execArgv,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    keepTrackOf(process);
    const child = new Child(process);
    await child.#answer();
    return child;
  }

  /** Sends a task to the process. Returns its answer, or throws its error. */
  async ask<T>(task: object): Promise<T> {
    const answer = this.#answer();
    this.#child.send(task);
    return (await answer) as T;
  }

  /** Kills the process unless it has ended. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const child = this.#child;
      const end = (): void => reject(new Error(`The child process ended (${child.exitCode ?? child.signalCode}).`));
      child.once('exit', end);
      child.once('message', ({ result, error }: { result?: unknown; error?: string }) => {
        child.removeListener('exit', end);
        if (error === undefined) resolve(result);
        else reject(new Error(error));
      });
    });
  }
}
