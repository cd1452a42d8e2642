import assert from 'node:assert/strict';
import Mocha, { type Suite } from 'mocha';
import { mochaHooks } from './after-hooks';

const fail = (): Promise<void> => Promise.reject(new TypeError('the stage is undefined'));
const succeed = (): Promise<void> => Promise.resolve();

/** Runs nested suites with one test in a separate mocha. Returns the names of the hooks that failed. */
async function failuresOf(addHooks: (outer: Suite, inner: Suite) => void): Promise<string[]> {
  const mocha = new Mocha({ reporter: Mocha.reporters.Base });
  mocha.rootHooks(mochaHooks);
  const outer = Mocha.Suite.create(mocha.suite, 'outer');
  const inner = Mocha.Suite.create(outer, 'inner');
  inner.addTest(new Mocha.Test('a test', () => undefined));
  addHooks(outer, inner);
  const failures: string[] = [];
  await new Promise((resolve) => {
    mocha
      .run(resolve)
      .on('fail', ({ title }: { title: string }) => failures.push(/"(.+)" hook/.exec(title)?.[1] ?? ''));
  });
  return failures;
}

describe('After hook when a hook before the tests has failed', () => {
  it('reports no failure of its own', async () => {
    const failures = await failuresOf((_outer, inner) => {
      inner.beforeAll(fail);
      inner.afterAll(fail);
    });
    assert.deepEqual(failures, ['before all']);
  });

  it('reports no failure of its own after a failed beforeEach or outer hook', async () => {
    const failures = await failuresOf((outer, inner) => {
      outer.beforeEach(fail);
      outer.afterEach(fail);
      outer.afterAll(fail);
      inner.afterAll(fail);
    });
    assert.deepEqual(failures, ['before each']);
  });

  it('is still run', async () => {
    let isRun = false;
    await failuresOf((_outer, inner) => {
      inner.beforeAll(fail);
      inner.afterAll(() => void (isRun = true));
    });
    assert.ok(isRun);
  });

  it('reports its failure if no other hook failed', async () => {
    const failures = await failuresOf((outer, inner) => {
      inner.beforeAll(succeed);
      inner.afterEach(fail);
      outer.afterAll(fail);
    });
    assert.deepEqual(failures, ['after each', 'after all']);
  });
});
