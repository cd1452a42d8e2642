import { cleanUp } from './leftovers';

// A root hook, because processes left by a failed test would keep mocha from ending.
after(cleanUp);

// Without this, a signal would skip the clean-up at exit. Mocha handles SIGINT.
for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));
