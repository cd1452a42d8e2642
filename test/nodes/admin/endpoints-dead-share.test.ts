import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { assertRefused, get, type AdminReply } from '../support/admin-client';
import { ACCOUNT, accountNode, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

/** The files of the package. As a named pipe without a writer, a file keeps each reader waiting, as a dead share does. */
const FILES = [`${ACCOUNT}.json`, 'key', 'codes', 'stores', '+waiting.json'];

/** How long a request waits for files, and what a loaded machine adds to that. */
const PATIENCE_MS = 12_900;

describe('the endpoints on a share that is dead', function () {
  this.timeout(120_000);
  let stage: Stage;

  before(async () => {
    stage = await Stage.open();
  });
  after(() => stage.close());
  afterEach(async () => {
    comeBack();
    await stage.unload();
  });

  const pathOf = (name: string): string => join(stage.userDir, 'cozify', name);

  /** From now on each reader of a file waits. */
  function hang(): void {
    mkdirSync(pathOf(''), { recursive: true });
    for (const name of FILES) {
      rmSync(pathOf(name), { force: true });
      execFileSync('mkfifo', [pathOf(name)]);
    }
  }

  /** Lets the readers that wait read the end of each file. */
  function comeBack(): void {
    for (const name of FILES) {
      try {
        closeSync(openSync(pathOf(name), constants.O_WRONLY | constants.O_NONBLOCK));
      } catch {
        // Nobody waits for this file.
      }
      rmSync(pathOf(name), { force: true });
    }
  }

  /** The answer, which has to come within the 10 s that a request waits for files. */
  async function timed(request: Promise<AdminReply>): Promise<AdminReply> {
    const startedAt = performance.now();
    const reply = await request;
    const ms = performance.now() - startedAt;
    assert.ok(ms < PATIENCE_MS, `the answer took ${Math.round(ms)} ms`);
    return reply;
  }

  for (const [what, id] of [
    ['an account that is deployed', ACCOUNT],
    ['an account that is not deployed yet', 'new'],
  ] as const) {
    it(`answer within 10 s after a start: ${what}`, async () => {
      await stage.load(testFlow(accountNode()));
      await stage.unload();
      hang();
      await stage.load(testFlow(accountNode()), { isKept: true });
      const [snapshot, diagnostics] = await Promise.all([timed(get(id)), timed(get(`${id}/diagnostics`))]);
      assertRefused(snapshot, 503, 'COZIFY_STORE');
      assert.ok([200, 503].includes(diagnostics.status), diagnostics.text);
    });

    it(`answer within 10 s while Node-RED runs: ${what}`, async () => {
      await stage.load(testFlow(accountNode()));
      await stage.logIn();
      hang();
      // The change has to be saved, which hangs as well.
      void stage.account().refresh({ force: true });
      const replies = await Promise.all([timed(get(id)), timed(get(`${id}/diagnostics`))]);
      for (const { status, text } of replies) assert.ok([200, 503].includes(status), text);
    });
  }
});
