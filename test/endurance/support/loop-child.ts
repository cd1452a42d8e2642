// Child process that measures how long the work of an account blocks the event loop.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openAccount } from './file-account.js';

export interface LoopTask {
  /** The measured work: steps (actions of a flow such as a ping), or logins with all their hubs. */
  what: 'steps' | 'logins';
  times: number;
}

/** Delays of the event loop, in milliseconds. */
export interface LoopDelay {
  longest: number;
  /**
   * The longest turn of the event loop, in milliseconds of processor time. Other load on the machine does not change
   * this value.
   */
  longestTurn: number;
  p99: number;
}

/** Runs `work` and returns how long it blocked the event loop. */
async function measured(work: () => Promise<void>): Promise<LoopDelay> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  let longestTurn = 0;
  let isOver = false;
  let { user, system } = process.cpuUsage();
  const turn = (): void => {
    const now = process.cpuUsage();
    longestTurn = Math.max(longestTurn, (now.user - user + now.system - system) / 1000);
    ({ user, system } = now);
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  delay.enable();
  await work();
  isOver = true;
  delay.disable();
  return { longest: delay.max / 1e6, p99: delay.percentile(99) / 1e6, longestTurn };
}

async function main(folder: string, cloudUrl: string): Promise<void> {
  const { account, start } = openAccount(folder, cloudUrl);
  start();
  await account.ready;

  const step = {
    steps: (place: number) => (place % 10 === 0 ? account.refresh({ force: true }) : account.ping()),
    logins: () => account.authenticate(),
  };
  const load = async (task: LoopTask): Promise<void> => {
    for (let index = 0; index < task.times; index += 10) {
      await Promise.all(Array.from({ length: 10 }, (_, offset) => step[task.what](index + offset)));
    }
  };
  process.on('message', (task: LoopTask) => {
    void measured(() => load(task)).then(
      (result) => process.send?.({ result }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.send?.({ result: 'ready' });
}

const [folder = '', cloudUrl = ''] = process.argv.slice(2);
void main(folder, cloudUrl).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
