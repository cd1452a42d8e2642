import { existsSync } from 'node:fs';
import { access, constants, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import type { HomeRecorder } from '../../../src/devices/recording/home-recorder';
import { Owner, type OwnHub } from './recording/owner';
import { record as recordFrom } from './recording/recorder';

const CLOUD = 'https://api.cozify.fi/ui/0.2';
const EVERY_MS = 2000;

/** `record`: logs in with a code, and writes a file of one's own home. Ctrl-C ends it with what there is by then. */
export async function record(args: string[]): Promise<void> {
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
  const { names } = values;
  const minutes = Number(values.minutes);
  if (names !== 'kept' && names !== 'replaced') throw new Error('--names is kept or replaced.');
  if (!(minutes > 0)) throw new Error('--minutes is a number.');
  await mustBeFree(values.out);
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new AbortController();
  for (const source of [process, terminal]) source.once('SIGINT', () => ended.abort());
  try {
    const owner = new Owner(values.cloud, values.email ?? (await terminal.question('Your e-mail address at Cozify: ')));
    const hub = await logIn(owner, terminal, values.hub);
    console.log(`Recording ${hub.name} for ${minutes} minutes; Ctrl-C ends it with what there is by then.`);
    const { ask, version: hubVersion } = hub;
    const options = { ask, names, hubVersion, lastsMs: minutes * 60_000, everyMs: EVERY_MS } as const;
    const onHearing = (isHeard: boolean): void => console.log(hearing(hub.name, isHeard, new Date()));
    const recorder = await recordFrom({ ...options, onHearing, signal: ended.signal });
    await writeFile(values.out, recorder.pieces(), { mode: 0o600 });
    console.log(summary(values.out, recorder));
    await owner.logOut();
  } finally {
    terminal.close();
  }
}

/** What is said when a hub stops answering or answers again. */
export function hearing(name: string, isHeard: boolean, at: Date): string {
  const time = at.toLocaleTimeString();
  return isHeard
    ? `${time}  ${name} answers again.`
    : `${time}  No answer from ${name} since now: looking for it again.`;
}

/** What is said of a file at the end. */
export function summary(file: string, { count, isTooLarge }: Pick<HomeRecorder, 'count' | 'isTooLarge'>): string {
  const end = isTooLarge ? ' It grew too large, and ended before its time.' : '';
  return `${file} has it: ${count} moments.${end} Read it before you give it to anybody.`;
}

/** A day of recording is not to end without its file, nor with an older one lost. */
async function mustBeFree(file: string): Promise<void> {
  if (existsSync(file)) throw new Error(`${file} is there already: choose another with --out.`);
  await access(dirname(resolve(file)), constants.W_OK);
}

async function logIn(owner: Owner, terminal: Interface, wanted: string | undefined): Promise<OwnHub> {
  await owner.requestCode();
  await owner.logIn(await terminal.question('The code that was e-mailed: '));
  const hubs = await owner.hubs();
  const hub = wanted === undefined ? hubs[0] : hubs.find(({ name }) => name === wanted);
  const named = hubs.map(({ name }) => name).join(', ');
  if (hub === undefined) throw new Error(`No such hub can be reached; there are: ${named || 'none'}.`);
  if (wanted === undefined && hubs.length > 1) throw new Error(`Which hub? Choose with --hub: ${named}`);
  return hub;
}
