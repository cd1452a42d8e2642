// Ends a test process that keeps running after its last test, and lists its open resources.
import type { RootHookObject } from 'mocha';

/** Time in milliseconds, longer than a process on a busy machine needs to end after its tests. */
const GRACE_MS = 60_000;

/** Root hooks, which mocha loads before any test. */
export const mochaHooks = endAfter(GRACE_MS);

/**
 * Returns hooks that end the test process if it is still running after its last test, for example because a failed test
 * has left a server open. The run then fails and lists the open resources.
 */
export function endAfter(graceMs: number): RootHookObject {
  // A worker of a parallel run waits for other workers after its last file, and mocha ends it.
  if (process.env['MOCHA_WORKER_ID'] !== undefined) return {};
  return {
    afterAll() {
      setTimeout(() => {
        const open = process.getActiveResourcesInfo().join(', ');
        process.stderr.write(`\n  Still open ${graceMs / 1000} s after the last test: ${open}\n`);
        // Overrides the exit status, which mocha has already set, possibly for a passed run.
        process.once('exit', () => (process.exitCode = 1));
        process.exit();
      }, graceMs).unref();
    },
  };
}
