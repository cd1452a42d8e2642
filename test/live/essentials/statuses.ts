import assert from 'node:assert/strict';
import { changed, Stage, STANDARD_ACTIONS, until, type NodeRedVersion } from '../harness';

/** Ids of the nodes that show the state of their account. */
const NODES = [...Object.keys(STANDARD_ACTIONS), 'event'];

/** Fill and shape of statuses. */
const RED_DOT = ['red', 'dot'];
const YELLOW_DOT = ['yellow', 'dot'];
const GREEN_DOT = ['green', 'dot'];
const GREY_RING = ['grey', 'ring'];

export function statusTests(version: NodeRedVersion): void {
  describe('Statuses', () => {
    let stage: Stage;

    before(async () => {
      stage = await Stage.onSharedNodeRed(version);
    });
    after(() => stage.close());

    const shownBy = (id: string) => stage.statuses().findLast(({ source }) => source === id);

    /** Waits for this fill and shape on all nodes; returns their common text. */
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
      assert.ok(text.length > 0 && text.length <= 40 && !text.includes('status.'), `short words: ${text}`);
      return text;
    }

    it('show the state of the account on every node, from no login to the expiry date', async () => {
      await stage.newAccount();
      const loggedOut = await textOfAll(RED_DOT);
      await stage.ask('authenticate');
      assert.notEqual(await textOfAll(YELLOW_DOT), loggedOut);
      const { cozify } = await stage.ask('authenticate', { otp: stage.code() });
      assert.match(await textOfAll(GREEN_DOT), untilDay(cozify.expiresAt));
      await stage.ask('reset');
      assert.equal(await textOfAll(RED_DOT), loggedOut);
    });

    it('show that the cloud is unreachable, and reachable again', async () => {
      await stage.newLogin();
      const loggedIn = await textOfAll(GREEN_DOT);
      stage.simulator.fault('hubkeys', { reset: true });
      await stage.ask('ping');
      assert.notEqual(await textOfAll(GREY_RING), loggedIn);
      stage.simulator.clearFaults();
      await stage.ask('ping');
      assert.equal(await textOfAll(GREEN_DOT), loggedIn);
    });

    it('show that the cloud has ended the login', async () => {
      await stage.newLogin();
      await textOfAll(GREEN_DOT);
      stage.simulator.revokeAll();
      await stage.ask('ping');
      await textOfAll(RED_DOT);
    });

    it('are shown again after a restart and each kind of Deploy', async () => {
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

/** Matches "valid until 26 Dec" or "voimassa 26.12. asti", because Node-RED uses the language of the machine. */
function untilDay(expiresAt: string | null): RegExp {
  const date = new Date(String(expiresAt));
  const month = date.toLocaleString('en-GB', { month: 'short' });
  return new RegExp(
    `^valid until ${date.getDate()} ${month}$|^voimassa ${date.getDate()}\\.${date.getMonth() + 1}\\. asti$`,
  );
}
