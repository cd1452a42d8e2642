#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Recording } from '../../../src/devices/recording/recording';
import type { HomeOptions } from './home/furnish';
import { record } from './record';
import { parseRecording } from './recording/recording';
import { Interrupted } from './recording/terminal';
import { Simulator } from './simulator';

/** Default port. It is fixed, so that an account keeps working after a restart of the practice home. */
const DEFAULT_PORT = '18930';
/** Highest allowed port. Lower than 65535, because the hubs use the ports after the given port. */
const MAX_PORT = 65_000;
/** Exit code after Ctrl-C. */
const INTERRUPTED = 130;
const HELP_OPTIONS = ['--help', '-h'];

const HELP = `A home to practise in: a simulated Cozify with its cloud, hubs and devices.

  cozify-practice [--port <number>] [--recording <file> [--speed <number>]]
  cozify-practice record [--minutes 60] [--names replaced|kept] [--out my-home.json] [--email <address>] [--hub <name>]

  --port   where the page and the cloud are; default ${DEFAULT_PORT}, 0 for any free port. The hubs take the next ones.
  --recording, --speed   a recorded home in place of the usual ones, and how many times as fast: 1 to 1000.

record asks for the code that Cozify e-mails, and writes a file of your own home: what there is in it, and what happens
in an hour. Ids, keys, addresses and e-mail addresses are never in it, names only with --names kept.

It is there for programs of this machine only, and forgets everything when it ends.`;

async function main(): Promise<void> {
  const [first, ...others] = process.argv.slice(2);
  if (process.argv.some((argument) => HELP_OPTIONS.includes(argument))) return console.log(HELP);
  if (first === 'record') return record(others);
  const { values } = parseArgs({
    options: {
      port: { type: 'string', default: DEFAULT_PORT },
      recording: { type: 'string' },
      speed: { type: 'string' },
    },
  });
  const { recording, speed } = values;
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > MAX_PORT) {
    throw new Error(`--port: ${values.port} is no port, which is a whole number from 0 to ${MAX_PORT}.`);
  }
  if (speed !== undefined && recording === undefined) throw new Error('--speed needs a --recording.');
  const simulator = await start(port, recording === undefined ? undefined : recordedHome(recording, speed));
  console.log(`The home   ${simulator.pageUrl}`);
  console.log(`cloudUrl   ${simulator.cloudUrl}   for the account's field "Cloud"`);
  for (const { host, name } of simulator.hubs) console.log(`hub        http://${host}   ${name}`);
  console.log('\nIt stays up until Ctrl-C.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void simulator.stop());
}

function recordedHome(file: string, speed = '1'): HomeOptions {
  const times = Number(speed);
  if (!(times >= 1 && times <= 1000)) throw new Error('--speed is a number from 1 to 1000.');
  return { recording: readRecording(file), speed: times };
}

function readRecording(file: string): Recording {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new Error(`${file} can't be read: ${(error as Error).message}`, { cause: error });
  }
  try {
    return parseRecording(text);
  } catch (error) {
    throw new Error(`${file}: ${(error as Error).message}`, { cause: error });
  }
}

async function start(port: number, recorded?: HomeOptions): Promise<Simulator> {
  const beside = (index: number) => (port === 0 ? 0 : port + index);
  const usual = [
    { name: 'Koti', port: beside(1) },
    { name: 'Mökki 100 %', port: beside(2), home: { plan: 'cottage' as const } },
  ];
  const hubs = recorded === undefined ? usual : [{ name: 'Recorded home', port: beside(1), home: recorded }];
  try {
    return await Simulator.start({ port, hubs });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(`A port of ${port} to ${port + 2} is taken: choose others with --port, or --port 0.`, {
      cause: error,
    });
  }
}

main().catch((error: unknown) => {
  const isInterrupted = error instanceof Interrupted;
  if (!isInterrupted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = isInterrupted ? INTERRUPTED : 1;
});
