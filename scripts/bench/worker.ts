// Does one piece of the benchmark in a process of its own, so that what others left behind does not count:
// `worker.js <module beside this> <its function>`, with the options by message.
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
