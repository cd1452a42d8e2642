import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { keepTrackOf } from '../../test/live/harness/leftovers';

/**
 * Runs the function `task` of a module in this folder in its own process and returns its result. The options and the
 * result are sent as JSON.
 */
export function runInChildProcess<T>(
  module: string,
  task: string,
  options: unknown,
  { env = process.env, execArgv = [] as string[] } = {},
): Promise<T> {
  const child: ChildProcess = fork(join(__dirname, 'worker.js'), [module, task], { env, execArgv });
  keepTrackOf(child);
  child.send(options ?? {});
  return new Promise((resolve, reject) => {
    child.once('message', ({ result }: { result: T }) => resolve(result));
    child.once('exit', (code) => reject(new Error(`${module} ${task} ended with ${code}.`)));
  });
}
