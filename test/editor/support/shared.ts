// The browser and the Node-RED that all editor tests share.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { removeFolder } from '../../live/harness/leftovers';
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
 * Restarts Node-RED 4.1 with an empty user directory. All tests without special settings share this Node-RED. Its
 * address stays the same, so that browsers can load the editor from their cache.
 */
export async function restartedNodeRed(): Promise<NodeRed> {
  if (nodeRed === undefined) return (nodeRed = await NodeRed.start());
  await nodeRed.stop();
  for (const name of readdirSync(nodeRed.userDir)) {
    if (!INSTALLED.includes(name)) removeFolder(join(nodeRed.userDir, name));
  }
  await nodeRed.launch();
  return nodeRed;
}

const INSTALLED = ['node_modules', 'package.json'];

/** Closes the shared browser and Node-RED. Call it after the last test, because they keep the process running. */
export async function closeShared(): Promise<void> {
  const opened = await browser;
  browser = undefined;
  await opened?.close();
  await nodeRed?.dispose();
  nodeRed = undefined;
}
