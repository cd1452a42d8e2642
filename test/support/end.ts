import type { RootHookObject } from 'mocha';

/** Longer than a process needs to end by itself once its tests are done, also on a busy machine. */
const GRACE_MS = 60_000;

/** Loaded by mocha before any test. */
export const mochaHooks = endingWithin(GRACE_MS);

/**
 * Returns hooks that end a process which does not end on its own after its last test: a server that a failed test left
 * behind would keep it running. The run then fails and names what is still open.
 */
export function endingWithin(graceMs: number): RootHookObject {
  // A worker of a parallel run waits for other workers after its last file, and mocha ends it.
  if (process.env['MOCHA_WORKER_ID'] !== undefined) return {};
  return {
    afterAll() {
      setTimeout(() => {
        const open = process.getActiveResourcesInfo().join(', ');
        process.stderr.write(`\n  Still open ${graceMs / 1000} s after the last test: ${open}\n`);
        // mocha has set the exit status already, possibly that of a run in which all tests passed.
        process.once('exit', () => (process.exitCode = 1));
        process.exit();
      }, graceMs).unref();
    },
  };
}
