// Takes the screenshots for the recipes in docs/cookbook: each flow in the real editor, on a simulated Cozify.
// Arguments, such as `door-open`, select pages; without arguments, all pages are selected. The HomeKit nodes are not
// installed here, so the screenshot for their page is taken by hand.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { userDirWithDashboard } from '../test/examples/support/dashboard';
import { neededNodes, read } from '../test/examples/support/files';
import { Desk } from '../test/editor/support/desk';
import type { Editor } from '../test/editor/support/editor';
import { closeShared } from '../test/editor/support/shared';
import type { FlowNode } from '../test/live/harness/flow';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';

const PAGES = join(packageRoot, 'docs', 'cookbook');
const FOLDER = join(packageRoot, 'docs', 'pictures', 'cookbook');
const EMAIL = 'aino@example.fi';

const ACCOUNT = 'account';

/** Window size that fits a whole flow, in high resolution. */
const SIZE = { viewport: { width: 2300, height: 900 }, deviceScaleFactor: 1.5 };
/** Hides the grid, because it makes the screenshot harder to read. */
const PLAIN = '.red-ui-workspace-chart-grid { display: none }';

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const desk = await Desk.open({ userDir: await userDirWithDashboard() });
  let isLoggedIn = false;
  for (const [page, example] of recipes()) {
    if (neededNodes(example) === 'homekit-') continue;
    await desk.nodeRed.deploy(read(example).map((node) => inOrder(node, desk.simulator.cloudUrl)));
    if (!isLoggedIn) await desk.logIn({ id: ACCOUNT, email: EMAIL });
    isLoggedIn = true;
    const editor = await desk.editor({ locale: 'en-GB', colorScheme: 'light', ...SIZE });
    writeFileSync(join(FOLDER, `${page}.png`), await pictureOf(editor));
    console.log(`docs/pictures/cookbook/${page}.png`);
    await desk.tidy();
  }
  await desk.close();
  await closeShared();
}

/** Returns the pages of the cookbook that the arguments select, each with the name of the example that it describes. */
function recipes(): [page: string, example: string][] {
  const asked = process.argv.slice(2);
  const names = readdirSync(PAGES).filter(
    (name) => name !== 'README.md' && (asked.length === 0 || asked.includes(name.slice(0, -'.md'.length))),
  );
  return names.map((name) => {
    const [, example] =
      /Import → Examples → ([^_]+)_/.exec(readFileSync(join(PAGES, name), 'utf8').replace(/\s+/g, ' ')) ?? [];
    if (example === undefined) throw new Error(`${name} names no example.`);
    return [name.slice(0, -'.md'.length), example];
  });
}

/** Returns a node of an example, changed so that all examples use the same account at the simulated cloud. */
function inOrder(node: FlowNode, cloudUrl: string): FlowNode {
  if (node.type !== 'cozify-account') return 'account' in node ? { ...node, account: ACCOUNT } : node;
  return { ...node, id: ACCOUNT, name: 'Koti', cloudUrl, credentials: { email: EMAIL } };
}

/** Takes a screenshot of all nodes in the open flow, with a margin. */
async function pictureOf(editor: Editor): Promise<Buffer> {
  const { page } = editor;
  await page.addStyleTag({ content: PLAIN });
  await page.waitForTimeout(1_500);
  const boxes = await Promise.all(
    (await page.locator('.red-ui-flow-node-group, .red-ui-flow-node-status-group').all()).map((node) =>
      node.boundingBox(),
    ),
  );
  const seen = boxes.filter((box) => box !== null && box.width > 0);
  // A wire from the end of one row of nodes to the start of the next extends this far beyond the nodes, in pixels.
  const beside = 36;
  const margin = 12;
  const x = Math.min(...seen.map((box) => box?.x ?? 0)) - beside;
  const y = Math.min(...seen.map((box) => box?.y ?? 0)) - margin;
  const right = Math.max(...seen.map((box) => (box?.x ?? 0) + (box?.width ?? 0))) + beside;
  const bottom = Math.max(...seen.map((box) => (box?.y ?? 0) + (box?.height ?? 0))) + margin;
  return page.screenshot({ clip: { x, y, width: right - x, height: bottom - y } });
}

main().catch((error: unknown) => {
  console.error(error);
  cleanUp();
  process.exit(1);
});
