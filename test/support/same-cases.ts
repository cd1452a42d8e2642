import fc from 'fast-check';
import { isLong } from './size';

// Property tests use the same cases each time, so that a failure is due to the code; with `LONG=1`
// they use other cases, and fast-check prints the seed.
if (!isLong) fc.configureGlobal({ seed: 20_261_128 });
