import { Readable } from 'node:stream';
import type { RecordingOptions, RecordingState } from '../../src/homes-api.js';
import { type Account, badInput, CozifyError, kindOf } from '../../src/nodes-api.js';
import type { AccountRegistry } from '../accounts/account-registry.js';
import type { GuardedRoutes } from './guard.js';

/** The longest duration of a recording, in minutes. */
const MAX_MINUTES = 1440;

/**
 * Registers the endpoints for the recording of a home. Works for deployed accounts only, because a Deploy closes a
 * pending login. Reading the state needs permission to read. Reading the file needs permission to write, because the
 * file contains the events of a whole day.
 */
export function registerRecordingEndpoints(
  { read, readPrivate, write }: GuardedRoutes,
  accounts: () => AccountRegistry,
): void {
  const recordingOf = async (id: string) => (await deployed(accounts(), id)).recording();
  read('/recording', async (id): Promise<RecordingState> => (await recordingOf(id)).state);
  write('/recording', 202, async (id, body) => {
    const options = parseRecordingOptions(body);
    return (await recordingOf(id)).start(options);
  });
  write('/recording/stop', 200, async (id, { forget = false }) => {
    if (typeof forget !== 'boolean') throw badInput(`forget should be true or false, but was ${kindOf(forget)}.`);
    const recording = await recordingOf(id);
    return forget ? recording.forget() : recording.stop();
  });
  readPrivate('/recording/file', async (id) => Readable.from((await recordingOf(id)).pieces()));
}

async function deployed(accounts: AccountRegistry, id: string): Promise<Account> {
  const account = await accounts.findInCloud(id, undefined);
  if (account !== undefined) return account;
  const problem = accounts.misconfigured(id)?.problem;
  throw problem ?? new CozifyError('COZIFY_NO_ACCOUNT', 'There is no such account in the flows: press Deploy first.');
}

/** Parses the options of a recording from the body of a request. Throws `COZIFY_BAD_INPUT`. */
function parseRecordingOptions(body: Record<string, unknown>): RecordingOptions {
  const { hub = '', names = 'replaced', minutes = 60 } = body;
  if (typeof hub !== 'string') throw badInput(`hub should be the id of a hub, but was ${kindOf(hub)}.`);
  if (names !== 'kept' && names !== 'replaced') throw badInput('names should be "kept" or "replaced".');
  if (!Number.isInteger(minutes) || Number(minutes) < 1 || Number(minutes) > MAX_MINUTES) {
    throw badInput(`minutes should be a whole number from 1 to ${MAX_MINUTES}.`);
  }
  return { hub: hub.trim(), names, minutes: Number(minutes) };
}
