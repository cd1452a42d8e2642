// Helpers for Node-RED's dialogs, which Node-RED calls trays.
import assert from 'node:assert/strict';
import type { Locator, Page } from 'playwright-core';
import { until } from '../../support/wait';

export type Box = { x: number; y: number; width: number; height: number };

/** Returns the dialog that contains a form. In Node-RED, a dialog is called a tray. */
export function trayWith(page: Page, form: string): Locator {
  return page.locator('.red-ui-tray').filter({ has: page.locator(form) });
}

/** Waits until a tray has stopped moving, because a click may miss a moving element. */
export async function untilSettled(tray: Locator): Promise<void> {
  const page = tray.page();
  const right = page.viewportSize()?.width ?? Infinity;
  await tray.waitFor();
  await until('the open dialog', async () => {
    const before = await boxOf(tray);
    await page.waitForTimeout(60);
    return before.x < right && (await boxOf(tray)).x === before.x;
  });
}

export async function boxOf(locator: Locator): Promise<Box> {
  const box = await locator.boundingBox();
  assert.ok(box, `${String(locator)} is not visible`);
  return box;
}
