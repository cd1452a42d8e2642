import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Library from '../../src/index.js';
import { runInChildProcess } from './child-process';
import type { BenchCloud } from './cloud';
import { ratioRow, type Section } from './report';
import { type Cost, costOf, interleave } from './rounds';
import { tempFolder } from '../../test/live/harness/leftovers';

interface Options {
  url: string;
  directory: string;
}

const FILES =
  'Nearly all of it is the loading of the files. A bundle would load faster, but the stack traces of errors would name no ' +
  'readable file.';

const load = createRequire(__filename);

/** Loads the library when called, so that the measurement includes the loading. */
function loadLibrary(): typeof Library {
  return load('../../src/index.js') as typeof Library;
}

function open({ url, directory }: Options): Library.Account {
  return loadLibrary().createAccount({ directory, email: 'owner@example.fi', cloudUrl: url });
}

/** Runs in its own process: logs in, and saves the login for the starts to measure. */
export async function save(options: Options): Promise<void> {
  const account = open(options);
  await account.authenticate({ otp: 'ABC123' });
  await account.close();
}

/** Runs in a new process: measures how long axios and ajv take to load. */
export function libraries(): Promise<Cost> {
  return costOf(1, () => {
    load('axios');
    load('ajv');
    return Promise.resolve();
  });
}

/** Runs in a new process: measures the time until a saved account is ready. */
export function awake(options: Options): Promise<Cost> {
  return costOf(1, () => open(options).ready);
}

/** Runs in a new process: measures the time until the first request to the cloud is answered. */
export function firstCall(options: Options): Promise<Cost> {
  return costOf(1, () => open(options).ping());
}

/** Measures a start of the library, relative to loading axios and ajv. */
export async function measureStart(cloud: BenchCloud, rounds: number): Promise<Section> {
  const options = { url: cloud.url, directory: join(tempFolder('bench'), 'cozify') };
  await runInChildProcess('start', 'save', options);
  const anew = (task: string) => () => runInChildProcess<Cost>('start', task, options);
  const costs = await interleave(rounds, {
    libraries: anew('libraries'),
    awake: anew('awake'),
    firstCall: anew('firstCall'),
  });
  return {
    title: 'A start',
    measured: 'library',
    about: 'Each in a new process, from the loading of the first file on, compared with `require` of axios and ajv.',
    rows: [
      ratioRow('until a saved account is loaded', 0.4, costs.awake, costs.libraries, FILES),
      ratioRow('until it has made its first call', 0.5, costs.firstCall, costs.libraries, FILES),
    ],
  };
}
