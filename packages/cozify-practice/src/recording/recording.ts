import { areThings, type Recording } from '../../../../src/devices/recording/recording';
import { isRecord } from '../checks';

const FORM = 'cozify-recording';

/** Parses a recording. Throws an error with the reason if it is invalid. */
export function parseRecording(text: string): Recording {
  const recording = parse(text);
  if (!isRecord(recording) || recording['form'] !== FORM) {
    throw new Error(`This is no recording of a home: it has no "form": "${FORM}".`);
  }
  const { version, things, polls } = recording;
  if (version !== 1) {
    throw new Error(`This recording has the version ${JSON.stringify(version)}; this program reads version 1.`);
  }
  expectLists(things, 'things');
  if (!Array.isArray(polls)) throw damaged('polls', 'a list');
  for (const [index, poll] of polls.entries()) {
    const at = `polls[${index}]`;
    if (!isRecord(poll)) throw damaged(at, 'an object');
    if (!Number.isFinite(poll['at'])) throw damaged(`${at}.at`, 'a number of milliseconds');
    expectLists(poll['changes'], `${at}.changes`);
  }
  return recording as unknown as Recording;
}

function parse(text: string): unknown {
  try {
    // Removes the byte order mark that some editors add.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    const { message } = error as Error;
    throw new Error(`This is no recording of a home, or not the whole of one: it is not JSON (${message}).`, {
      cause: error,
    });
  }
}

function expectLists(value: unknown, name: string): void {
  if (!isRecord(value)) throw damaged(name, 'an object');
  for (const [listing, list] of Object.entries(value)) {
    if (!areThings(list)) throw damaged(`${name}.${listing}`, 'an object of things by id');
  }
}

function damaged(name: string, expected: string): Error {
  return new Error(`This recording is damaged: "${name}" is not ${expected}.`);
}
