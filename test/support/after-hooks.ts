// Drops failures of `after` hooks if a `before` hook has failed.
import type { AsyncFunc, Context, Hook, RootHookObject, Suite } from 'mocha';

type Kind = 'beforeAll' | 'beforeEach' | 'afterAll' | 'afterEach';

/** A suite with the method that mocha's types lack. */
interface SuiteWithHooks extends Suite {
  getHooks(kind: Kind): Hook[];
}

/**
 * Root hooks, which mocha loads before any test. If a `before` hook fails, the `after` hooks fail too, because there is
 * nothing to close. Their failures are dropped, because they would hide the cause.
 */
export const mochaHooks: RootHookObject = {
  beforeAll(this: Context) {
    const root = this.test?.parent;
    if (root !== undefined) guard(root as SuiteWithHooks);
  },
};

function guard(suite: SuiteWithHooks): void {
  for (const hook of [...suite.getHooks('afterAll'), ...suite.getHooks('afterEach')]) {
    const close = hook.fn as AsyncFunc;
    hook.fn = async function (this: Context) {
      try {
        await close.call(this);
      } catch (error) {
        if (!hasFailed(suite)) throw error;
      }
    };
  }
  for (const inner of suite.suites) guard(inner as SuiteWithHooks);
}

/** Whether a before hook of the suite or of an outer suite has failed. */
function hasFailed(suite: SuiteWithHooks): boolean {
  const hooks = [...suite.getHooks('beforeAll'), ...suite.getHooks('beforeEach')];
  if (hooks.some((hook) => hook.state === 'failed')) return true;
  return suite.parent !== undefined && hasFailed(suite.parent as SuiteWithHooks);
}
