import { CozifyError, toCozifyError } from '../../errors.js';
import { isSilence } from '../../hub/hub-client.js';
import type { Kind } from '../things/kinds.js';
import type { LiveHome } from './live-home.js';

/** Makes sure that what is known of these kinds is good enough to go by; throws what keeps the hub from telling. */
export type Ensure = (live: LiveHome, kinds: readonly Kind[], maxAgeMs: number) => Promise<void>;

/** Goes by nothing that is older than asked for. */
export const ensureFresh: Ensure = (live, kinds, maxAgeMs) => live.ensure(kinds, maxAgeMs);

/**
 * Goes by memory, however old, where the hub is away. Throws `COZIFY_HUB_OFFLINE` where memory has nothing, where what
 * is known is not good enough for whatever is looked for (0 ms), and with `isFresh` always. A hub that is away is tried
 * once by all who ask through one of these.
 */
export function createRecall({ isFresh = false } = {}): Ensure {
  const away = new Map<LiveHome, CozifyError>();
  return async (live, kinds, maxAgeMs) => {
    const isKnown = kinds.some((kind) => live.home.asOf(kind) !== null);
    const silence = away.get(live) ?? (await silenceOf(live, kinds, maxAgeMs));
    if (silence === undefined) return;
    away.set(live, silence);
    if (isFresh || maxAgeMs === 0 || !isKnown) throw asOffline(silence);
  };
}

/** What the hub's silence looked like; `undefined` where it has told all. Throws what is no silence. */
async function silenceOf(live: LiveHome, kinds: readonly Kind[], maxAgeMs: number): Promise<CozifyError | undefined> {
  try {
    await live.ensure(kinds, maxAgeMs);
    return undefined;
  } catch (thrown) {
    const error = toCozifyError(thrown);
    if (isSilence(error)) return error;
    throw error;
  }
}

/** What a hub that does not answer means to somebody who asked for something of it. */
export function asOffline(silence: CozifyError): CozifyError {
  if (silence.code !== 'COZIFY_UNREACHABLE') return silence;
  return new CozifyError('COZIFY_HUB_OFFLINE', silence.message, { cause: silence });
}
