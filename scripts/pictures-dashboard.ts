// Takes the README's screenshot of the dashboard example, in a real Node-RED on a simulated Cozify.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Bench } from '../test/examples/support/bench';
import { userDirWithDashboard } from '../test/examples/support/dashboard';
import { DASHBOARD } from '../test/examples/support/files';
import { Visit } from '../test/examples/support/visit';
import { launchBrowser } from '../test/editor/support/chromium';
import { cleanUp } from '../test/live/harness/leftovers';
import { packageRoot } from '../test/live/harness/packed';

const FOLDER = join(packageRoot, 'docs', 'pictures');
const FILE = 'dashboard.png';

/** Window size, as wide as the example's widgets, in high resolution. */
const SIZE = { viewport: { width: 620, height: 700 }, deviceScaleFactor: 2 };

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const bench = await Bench.open({ userDir: await userDirWithDashboard() });
  const browser = await launchBrowser();
  await bench.deploy([DASHBOARD], 'aino@example.fi');
  const visit = await Visit.open(browser, `${bench.nodeRed.url}/dashboard/cozify`, SIZE);
  writeFileSync(join(FOLDER, FILE), await codeTyped(visit, bench));
  console.log(`docs/pictures/${FILE}`);
  await visit.close();
  await browser.close();
  await bench.close();
}

/** Takes a screenshot of the page after a login code has been sent and typed in. */
async function codeTyped(visit: Visit, bench: Bench): Promise<Buffer> {
  const { page } = visit;
  await visit.button('Send code').click();
  await page.getByLabel('Code from the e-mail').click();
  await visit.untilText(/Check your mail/);
  await page.keyboard.type(bench.code());
  // Move the mouse away from the buttons, which look different under the mouse, and wait until they have faded in.
  await page.mouse.move(5, 5);
  await page.waitForTimeout(800);
  const last = await visit.button('Send a new code').boundingBox();
  if (last === null) throw new Error('The last button is not to be seen.');
  const clip = { x: 0, y: 0, width: SIZE.viewport.width, height: last.y + last.height + 28 };
  return page.screenshot({ clip, caret: 'initial' });
}

main().catch((error: unknown) => {
  console.error(error);
  cleanUp();
  process.exit(1);
});
