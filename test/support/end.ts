import type { RootHookObject } from 'mocha';

/** Longer than a process needs to end by itself once its tests are done, also on a busy machine. */
const GRACE_MS = 60_000;

/** Loaded by mocha before any test. */
export const mochaHooks = endingWithin(GRACE_MS);

/**
 * Ends a run that does not end by itself after its last test, as a failure that names what is still open. A server that
 * a failed test has left behind would keep its process, and whoever waits for it, for ever.
 */
export function endingWithin(graceMs: number): RootHookObject {
  return {
    afterAll() {
      setTimeout(() => {
        const open = process.getActiveResourcesInfo().join(', ');
        process.stderr.write(`\n  Still open ${graceMs / 1000} s after the last test: ${open}\n`);
        // By now mocha has said which status to end with, and it may be that of a run in which all tests passed.
        process.once('exit', () => (process.exitCode = 1));
        process.exit();
      }, graceMs).unref();
    },
  };
}
