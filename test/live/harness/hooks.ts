import { cleanUp } from './leftovers';

// At the root of the run: whatever a failed test has left running must not keep mocha from ending.
after(cleanUp);

// Ending by a signal would skip the clean-up at exit. Mocha itself sees to SIGINT.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
