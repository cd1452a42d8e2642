import type { AsyncFunc, Context, Hook, RootHookObject, Suite } from 'mocha';

type Kind = 'beforeAll' | 'beforeEach' | 'afterAll' | 'afterEach';

/** The part of a suite that mocha's types leave out. */
interface SuiteWithHooks extends Suite {
  getHooks(kind: Kind): Hook[];
}

/**
 * Loaded by mocha before any test. What `before` could not open, `after` can't close: when one has failed, a failure of
 * the other says nothing more, and only hides the cause.
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

/** Whether something that comes before the tests of a suite, or around it, has failed. */
function hasFailed(suite: SuiteWithHooks): boolean {
  const hooks = [...suite.getHooks('beforeAll'), ...suite.getHooks('beforeEach')];
  if (hooks.some((hook) => hook.state === 'failed')) return true;
  return suite.parent !== undefined && hasFailed(suite.parent as SuiteWithHooks);
}
