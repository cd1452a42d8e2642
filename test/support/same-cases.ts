import fc from 'fast-check';
import { isLong } from './size';

// Properties are tried with the same cases each time, so that a run of all tests speaks of the code alone; with `LONG=1`
// with other ones each time, of which fast-check prints the seed.
if (!isLong) fc.configureGlobal({ seed: 20_261_128 });
