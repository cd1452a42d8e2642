// Runs one function of the benchmark in its own process, so that earlier work does not affect it: `worker.js <module in
// this folder> <function>`. Receives the options as a message.
import { createRequire } from 'node:module';

const load = createRequire(__filename);

type Task = (options: unknown) => Promise<unknown>;

process.once('message', (options) => {
  const [, , file = '', name = ''] = process.argv;
  const tasks = load(`./${file}`) as Record<string, Task>;
  const task = tasks[name];
  if (task === undefined) throw new Error(`${file} has no ${name}.`);
  void task(options).then((result) => process.send?.({ result }, () => process.exit()));
});
