import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { changed, Stage, STANDARD_ACTIONS, until, type NodeRedVersion } from '../harness';

/** The ids of the nodes that show how their account stands. */
const NODES = [...Object.keys(STANDARD_ACTIONS), 'event'];

const PACKAGE = '@cozify-community/node-red-cozify';

/** What a status can look like. */
const RED_DOT = ['red', 'dot'];
const YELLOW_DOT = ['yellow', 'dot'];
const GREEN_DOT = ['green', 'dot'];
const GREY_RING = ['grey', 'ring'];

export function statusTests(version: NodeRedVersion): void {
  describe('statuses', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.open({ version });
    });
    after(() => stage.close());

    const shownBy = (id: string) => stage.statuses().findLast(({ source }) => source === id);

    /** Waits until all nodes look like that, and gives the text that they agree on, as an English viewer reads it. */
    async function textOfAll([fill, shape]: string[]): Promise<string> {
      await until(`${fill} ${shape} on all nodes`, () =>
        NODES.every((id) => shownBy(id)?.fill === fill && shownBy(id)?.shape === shape),
      ).catch((error: unknown) => {
        const shown = NODES.map((id) => `${id}: ${JSON.stringify(shownBy(id))}`);
        throw new Error([String(error), ...shown].join('\n'));
      });
      const texts = new Set(NODES.map((id) => shownBy(id)?.text ?? ''));
      assert.equal(texts.size, 1, [...texts].join(', '));
      const [text = ''] = texts;
      const inWords = text.startsWith(`${PACKAGE}/`) ? translated(text) : text;
      assert.ok(inWords.length > 0 && inWords.length < 20, `short enough for Node-RED: ${inWords}`);
      return inWords;
    }

    /** The text behind `<package>/<node file>:<key>`, from the catalogue that is installed. */
    function translated(text: string): string {
      const [, file, keys] = /\/([\w-]+):([\w.-]+)$/.exec(text) ?? [];
      const folder = join(stage.nodeRed.userDir, 'node_modules', PACKAGE, 'dist', 'nodes', 'locales', 'en-US');
      const catalogue: unknown = JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8'));
      const found = keys?.split('.').reduce((part, key) => (part as Record<string, unknown>)[key], catalogue);
      assert.equal(typeof found, 'string', `${text} is in the catalogue`);
      return found as string;
    }

    it('follow the account on every node, from no login to the date until when it holds', async () => {
      await stage.newAccount();
      const loggedOut = await textOfAll(RED_DOT);
      await stage.ask('authenticate');
      assert.notEqual(await textOfAll(YELLOW_DOT), loggedOut);
      const { cozify } = await stage.ask('authenticate', { otp: stage.code() });
      assert.equal(await textOfAll(GREEN_DOT), cozify.expiresAt?.slice(0, 10));
      await stage.ask('reset');
      assert.equal(await textOfAll(RED_DOT), loggedOut);
    });

    it('tell that the cloud can not be reached, and that it can again', async () => {
      await stage.newLogin();
      const loggedIn = await textOfAll(GREEN_DOT);
      stage.simulator.fault('hubkeys', { reset: true });
      await stage.ask('ping');
      assert.notEqual(await textOfAll(GREY_RING), loggedIn);
      stage.simulator.clearFaults();
      await stage.ask('ping');
      assert.equal(await textOfAll(GREEN_DOT), loggedIn);
    });

    it('tell that the cloud has ended the login', async () => {
      await stage.newLogin();
      await textOfAll(GREEN_DOT);
      stage.simulator.revokeAll();
      await stage.ask('ping');
      await textOfAll(RED_DOT);
    });

    it('are there again after a restart and each kind of deploy', async () => {
      await stage.newLogin();
      const loggedIn = await textOfAll(GREEN_DOT);
      const renamed = changed(stage.flows, stage.accountId, { name: 'Renamed' });
      for (const again of [
        () => stage.nodeRed.restart('SIGKILL'),
        () => stage.deploy(stage.flows, 'full'),
        () => stage.deploy(stage.flows, 'reload'),
        () => stage.deploy(renamed, 'nodes'),
      ]) {
        const from = stage.statuses().length;
        await again();
        await until('new statuses', () => {
          const sources = stage
            .statuses()
            .slice(from)
            .map(({ source }) => source);
          return NODES.every((id) => sources.includes(id));
        });
        assert.equal(await textOfAll(GREEN_DOT), loggedIn);
      }
    });
  });
}
