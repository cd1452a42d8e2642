// Demonstrates the main use of the package on a simulated Cozify and a real Node-RED: `npm run demo`. It stays up until
// Ctrl-C; `npm run demo -- --once` ends after the last step.
import { parseArgs } from 'node:util';
import { accountNode } from '../test/live/harness/flow';
import { cleanUp } from '../test/live/harness/leftovers';
import { NodeRed } from '../test/live/harness/node-red';
import { installedUserDir } from '../test/live/harness/packed';
import { Simulator } from '../test/simulator';
import { demoFlow, LOGIN_PATH } from './demo/flow';
import { hubOf, JETTY } from './demo/home';
import { HUB_STEPS } from './demo/hub-steps';
import { LAST_STEPS, LOG_IN_AGAIN, LOGIN_STEPS, type Demo, type Step } from './demo/steps';

/** How long a step may take before the demo says that it is waiting. */
const NOTICE_MS = 3000;

const EMAIL = 'owner@example.fi';

/** The steps of the demo, in the order in which a new user does them. */
const STEPS: Step[] = [...LOGIN_STEPS, ...HUB_STEPS, ...LAST_STEPS];

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { once: { type: 'boolean', default: false } } });
  const leave = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
  });
  let isUp = false;
  // Until the demo is up, Ctrl-C exits at once. The programs that the demo has started end with this process.
  void leave.then(() => isUp || process.exit(130));
  const demo = await setUp();
  const steps = values.once ? STEPS : [...STEPS, LOG_IN_AGAIN];
  const isGood = await runAll(steps, demo);
  if (isGood && !values.once) {
    sayWhereItIs(demo);
    isUp = true;
    await leave;
  }
  await demo.nodeRed.dispose();
  await demo.simulator.stop();
  process.exitCode = isGood ? 0 : 1;
}

async function setUp(): Promise<Demo> {
  console.log('Starting a simulated Cozify cloud with two hubs ...');
  const simulator = await Simulator.start();
  console.log(`\nThe home  ${simulator.pageUrl}   see it there, and let things happen\n`);
  console.log('Packing the package and installing it into a new Node-RED user directory ...');
  const userDir = await installedUserDir();
  console.log('Starting Node-RED ...');
  const nodeRed = await NodeRed.start({ userDir });
  console.log(
    `Node-RED ${/Node-RED version: v(\S+)/.exec(nodeRed.log)?.[1] ?? ''} runs; deploying the demo flow ...\n`,
  );
  const account = accountNode({ id: 'demo-account', name: 'Koti', email: EMAIL, cloudUrl: simulator.cloudUrl });
  await nodeRed.deploy(demoFlow(account, hubOf(simulator, JETTY).id));
  return { simulator, nodeRed, email: EMAIL };
}

/** Runs one step after the other and prints a line for each. Stops at the first step without the expected result. */
async function runAll(steps: Step[], demo: Demo): Promise<boolean> {
  for (const [index, { title, run }] of steps.entries()) {
    const label = `${String(index + 1).padStart(2)}  ${title.padEnd(20)}`;
    try {
      console.log(`${label}  ${await withNotice(label, run(demo))}`);
    } catch (error) {
      console.log(`${label}  FAILED`);
      console.error(error instanceof Error ? error.message : error);
      return false;
    }
  }
  console.log(`\nAll ${steps.length} steps gave the expected result.`);
  return true;
}

/** Prints a line if the step takes longer than 3 s, so that the demo does not seem to hang. */
async function withNotice(label: string, step: Promise<string>): Promise<string> {
  const timer = setTimeout(() => console.log(`${label}  waiting ...`), NOTICE_MS);
  try {
    return await step;
  } finally {
    clearTimeout(timer);
  }
}

function sayWhereItIs({ simulator, nodeRed }: Demo): void {
  console.log(`
The home  ${simulator.pageUrl}
Editor    ${nodeRed.url}/
Mailbox   ${simulator.mailboxUrl}
A flow's own login page  ${nodeRed.url}${LOGIN_PATH}

It stays up until Ctrl-C.`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  cleanUp();
  process.exit(1);
});
