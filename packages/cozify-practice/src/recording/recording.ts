import { areThings, type Recording } from '../../../../src/devices/recording/recording';
import { isRecord } from '../checks';

/** Reads a recording; throws what is wrong with it. */
export function parseRecording(text: string): Recording {
  const parsed: unknown = JSON.parse(text);
  if (!isRecord(parsed) || parsed['form'] !== 'cozify-recording') throw new Error('This is no recording of a home.');
  if (parsed['version'] !== 1) throw new Error('The recording was made by another version of cozify-practice.');
  const { things, polls } = parsed;
  const isPoll = (poll: unknown) => isRecord(poll) && Number.isFinite(poll['at']) && areLists(poll['changes']);
  if (!areLists(things) || !Array.isArray(polls) || !polls.every(isPoll)) throw new Error('The recording is damaged.');
  return parsed as unknown as Recording;
}

function areLists(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(areThings);
}
