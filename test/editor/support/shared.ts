// The browser and the Node-RED that all editor tests share.
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { removeBusyFolder } from '../../live/harness/leftovers';
import { NodeRed } from '../../live/harness/node-red';
import { launchBrowser } from './chromium';

let browser: Promise<Browser> | undefined;
let nodeRed: NodeRed | undefined;

/** Returns the browser that all tests of the process share. */
export function sharedBrowser(): Promise<Browser> {
  browser ??= launchBrowser();
  return browser;
}

/**
 * Returns a Node-RED 4.1 without flows. All tests without special settings share it, so that windows keep the editor
 * loaded. Removes the state files of earlier tests.
 */
export async function emptiedNodeRed(): Promise<NodeRed> {
  if (nodeRed === undefined) return (nodeRed = await NodeRed.start());
  await nodeRed.deploy([]);
  await removeBusyFolder(join(nodeRed.userDir, 'cozify'));
  // A window of the size of a phone hides the palette and the sidebar. Node-RED saves that for later windows.
  await nodeRed.admin('POST', '/settings/user', { 'menu-menu-item-palette': true, 'menu-menu-item-sidebar': true });
  return nodeRed;
}

/** Closes the shared browser and Node-RED. Call it after the last test, because they keep the process running. */
export async function closeShared(): Promise<void> {
  const opened = await browser;
  browser = undefined;
  await opened?.close();
  await nodeRed?.dispose();
  nodeRed = undefined;
}
