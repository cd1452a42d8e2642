import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { awakeStopwatch } from '../../support/awake';
import { assertRefused, get, type AdminReply } from '../support/admin-client';
import { ACCOUNT, accountNode, testFlow } from '../support/flow';
import { Stage } from '../support/stage';

/**
 * Names of the files of the package. Tests replace the files with named pipes that have no writer, which block each
 * reader as a dead share does.
 */
const FILES = [`${ACCOUNT}.json`, 'key', 'codes', 'stores', '+pending.json'];

/** The 10 s for which a request waits for files, and a margin, in milliseconds while the process runs. */
const TIMEOUT_MS = 12_900;

describe('Admin endpoints with files on a dead share', () => {
  const stage = Stage.forSuite();
  afterEach(async () => {
    comeBack();
    await stage.unload();
  });

  const pathOf = (name: string): string => join(stage.userDir, 'cozify', name);

  /** Replaces the files with named pipes, so that each reader waits. */
  function hang(): void {
    mkdirSync(pathOf(''), { recursive: true });
    for (const name of FILES) {
      rmSync(pathOf(name), { force: true });
      execFileSync('mkfifo', [pathOf(name)]);
    }
  }

  /** Opens and closes each pipe for writing, so that waiting readers continue. Then removes the pipe. */
  function comeBack(): void {
    for (const name of FILES) {
      try {
        closeSync(openSync(pathOf(name), constants.O_WRONLY | constants.O_NONBLOCK));
      } catch {
        // Ignores the error of a pipe without a reader.
      }
      rmSync(pathOf(name), { force: true });
    }
  }

  /** Waits for the reply to a request, and asserts that the reply came within {@link TIMEOUT_MS}. */
  async function timed(request: Promise<AdminReply>): Promise<AdminReply> {
    const stopwatch = awakeStopwatch();
    const reply = await request;
    const ms = stopwatch();
    assert.ok(ms < TIMEOUT_MS, `the answer took ${Math.round(ms)} ms`);
    return reply;
  }

  for (const [kind, id] of [
    ['an account that is deployed', ACCOUNT],
    ['an account that is not deployed', 'new'],
  ] as const) {
    it(`answer within 10 s after a start: ${kind}`, async () => {
      await stage.load(testFlow(accountNode()));
      await stage.unload();
      hang();
      await stage.load(testFlow(accountNode()), { isKept: true });
      const [snapshot, diagnostics] = await Promise.all([timed(get(id)), timed(get(`${id}/diagnostics`))]);
      assertRefused(snapshot, 503, 'COZIFY_STORE');
      assert.ok([200, 503].includes(diagnostics.status), diagnostics.text);
    });

    it(`answer within 10 s while Node-RED runs: ${kind}`, async () => {
      await stage.load(testFlow(accountNode()));
      await stage.logIn();
      hang();
      // Causes a change that must be saved. The save hangs too.
      void stage.account().refresh({ force: true });
      const replies = await Promise.all([timed(get(id)), timed(get(`${id}/diagnostics`))]);
      for (const { status, text } of replies) assert.ok([200, 503].includes(status), text);
    });
  }
});
