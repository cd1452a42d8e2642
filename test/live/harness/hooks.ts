import { cleanUp } from './leftovers';

// Runs after all tests, because processes that a failed test has left would keep mocha from ending.
after(cleanUp);

// Exits on a signal, because the process would otherwise end without the clean-up. Mocha handles SIGINT itself.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
