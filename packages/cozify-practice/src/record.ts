import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import type { HomeRecorder } from '../../../src/devices/recording/home-recorder';
import type { Recording } from '../../../src/devices/recording/recording';
import { Owner, type OwnHub } from './recording/owner';
import { record as recordFrom } from './recording/recorder';
import { Terminal } from './recording/terminal';

const CLOUD = 'https://api.cozify.fi/ui/0.2';
const EVERY_MS = 2000;
/** Options for a new file: only its owner may read it, and an existing file is not overwritten. */
const NEW_FILE = { mode: 0o600, flag: 'wx' } as const;

/** Options of the command line. */
interface RecordOptions {
  cloud: string;
  email: string | undefined;
  /** The name of the hub to record. */
  hub: string | undefined;
  minutes: number;
  names: Recording['names'];
  out: string;
}

/**
 * Runs `record`: logs in with a code, records the user's own home to a file, and logs out. Ctrl-C ends the recording
 * and saves it.
 */
export async function record(args: string[]): Promise<void> {
  const options = parseOptions(args);
  await mustBeWritable(options.out);
  const terminal = new Terminal();
  try {
    const owner = new Owner(options.cloud, options.email ?? (await terminal.ask('Your e-mail address at Cozify: ')));
    await owner.requestCode();
    await owner.logIn(await terminal.ask('The code that was e-mailed: '));
    try {
      await recordHub(owner, terminal, options);
    } finally {
      await logOut(owner);
    }
  } finally {
    terminal.close();
  }
}

function parseOptions(args: string[]): RecordOptions {
  const { values } = parseArgs({
    args,
    options: {
      cloud: { type: 'string', default: CLOUD },
      email: { type: 'string' },
      hub: { type: 'string' },
      minutes: { type: 'string', default: '60' },
      names: { type: 'string', default: 'replaced' },
      out: { type: 'string', default: 'my-home.json' },
    },
  });
  const { cloud, email, hub, names, out } = values;
  const minutes = Number(values.minutes);
  if (names !== 'kept' && names !== 'replaced') throw new Error('--names is kept or replaced.');
  if (!(minutes > 0)) throw new Error('--minutes is a number above 0.');
  return { cloud, email, hub, minutes, names, out };
}

/**
 * Checks that the file can be created and does not exist. Otherwise a failure at the end would lose a long recording.
 */
async function mustBeWritable(file: string): Promise<void> {
  try {
    await (await open(file, NEW_FILE.flag, NEW_FILE.mode)).close();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') throw new Error(`${file} is there already: choose another with --out.`, { cause: error });
    throw new Error(`${file} can't be written: ${message}`, { cause: error });
  }
  await rm(file);
}

async function recordHub(owner: Owner, terminal: Terminal, options: RecordOptions): Promise<void> {
  const { minutes, names, out } = options;
  const { name, version: hubVersion, ask } = await choose(await owner.hubs(), options.hub, terminal);
  terminal.throwIfInterrupted();
  const recorder = await recordFrom({
    ask,
    names,
    hubVersion,
    lastsMs: minutes * 60_000,
    everyMs: EVERY_MS,
    onBegin: () => console.log(`Recording ${name} for ${minutes} minutes; Ctrl-C ends it with what there is by then.`),
    onContactChange: (isAnswering) => console.log(contactMessage(name, isAnswering, new Date())),
    signal: terminal.interrupted,
  });
  await save(recorder, out);
}

/** Returns the hub with the given name, or asks the user to choose a hub by name or number. */
async function choose(hubs: readonly OwnHub[], given: string | undefined, terminal: Terminal): Promise<OwnHub> {
  const [first] = hubs;
  if (first === undefined) throw new Error('None of your hubs can be reached.');
  if (hubs.length === 1 && given === undefined) return first;
  const named = hubs.map(({ name }, index) => `${index + 1} ${name}`).join(', ');
  for (let answer = given; ; answer = await terminal.ask(`Which hub: ${named}? `)) {
    const hub = hubs.find(({ name }) => name === answer) ?? hubs[Number(answer) - 1];
    if (hub !== undefined) return hub;
    if (answer !== undefined) console.log(`No hub that can be reached is called ${answer}.`);
  }
}

/** Writes the recording to the file. If that fails, writes it to a temporary folder, so that it is not lost. */
async function save(recorder: HomeRecorder, file: string): Promise<void> {
  try {
    await writeFile(file, recorder.pieces(), NEW_FILE);
    console.log(summary(file, recorder));
  } catch (error) {
    const elsewhere = join(await mkdtemp(join(tmpdir(), 'cozify-practice-')), basename(file));
    await writeFile(elsewhere, recorder.pieces(), NEW_FILE);
    console.log(summary(elsewhere, recorder));
    throw new Error(`${file} can't be written: ${(error as Error).message}`, { cause: error });
  }
}

/** Logs out. Prints a failure but does not throw, because a failed logout does not affect the recording. */
async function logOut(owner: Owner): Promise<void> {
  try {
    await owner.logOut();
  } catch (error) {
    console.error(`The login could not be ended: ${(error as Error).message} It ends by itself within a month.`);
  }
}

/** Returns the message for a hub that stops answering or answers again. */
function contactMessage(name: string, isAnswering: boolean, at: Date): string {
  const time = at.toLocaleTimeString();
  return isAnswering
    ? `${time}  ${name} answers again.`
    : `${time}  No answer from ${name} since now: looking for it again.`;
}

/** Returns the final message about the file. */
export function summary(file: string, { count, isTooLarge }: Pick<HomeRecorder, 'count' | 'isTooLarge'>): string {
  const end = isTooLarge ? ' It grew too large, and ended before its time.' : '';
  return `${file} has it: ${count} moments.${end} Read it before you give it to anybody.`;
}
