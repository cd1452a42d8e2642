import { Seeded } from '../../../packages/cozify-practice/src/seeded.js';
import { isLong } from '../../support/size.js';

export { Seeded };

/**
 * Returns the body of a test that uses random numbers. Their seed is the same in each normal run and new in each long
 * run; `SEED=<number>` sets it. A failure names its seed.
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
