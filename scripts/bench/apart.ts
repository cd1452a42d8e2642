import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { keepTrackOf } from '../../test/live/harness/leftovers';

/** Does `task` of a module beside this in a process of its own, and gives its result; both travel as JSON. */
export function apart<T>(
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
