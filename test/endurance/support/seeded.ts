import { Seeded } from '../../../packages/cozify-practice/src/seeded.js';
import { isLong } from '../../support/size.js';

export { Seeded };

/**
 * A test with random numbers. The normal size has the same ones each time, the long one new ones; `SEED=<number>`
 * chooses. A failure names its seed.
 */
export function seeded(work: (random: Seeded) => Promise<void>): () => Promise<void> {
  return async () => {
    const seed = Number(process.env['SEED'] ?? (isLong ? Date.now() % 2 ** 31 : 20261125));
    try {
      await work(new Seeded(seed));
    } catch (error) {
      if (error instanceof Error) error.message = `SEED=${seed}: ${error.message}`;
      throw error;
    }
  };
}
