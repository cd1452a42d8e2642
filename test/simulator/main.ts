import { parseArgs } from 'node:util';
import { isCount } from './checks';
import { Simulator } from './simulator';

/** Starts a simulator, prints where it is and runs until SIGINT or SIGTERM: `main.js [--port N]`. */
async function main(): Promise<void> {
  const { values } = parseArgs({ options: { port: { type: 'string', default: '0' } } });
  const port = Number(values.port);
  if (!isCount(port) || port > 65_535) throw new Error(`${values.port} is no port`);
  const simulator = await Simulator.start({ port });
  console.log(`cloud    ${simulator.cloudUrl}`);
  console.log(`mailbox  ${simulator.mailboxUrl}`);
  console.log(`control  ${simulator.controlUrl}`);
  for (const { host, name } of simulator.hubs) console.log(`hub      http://${host}  ${name}`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.stop());
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
