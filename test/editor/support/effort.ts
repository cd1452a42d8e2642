// Counts the clicks, drags and keys that a person needs for a task.
import type { Page } from 'playwright-core';

/** Number of clicks, drags and key presses that a person needs for a task. */
export interface Effort {
  clicks: number;
  drags: number;
  keys: number;
}

/** Starts counting in the page. Returns a function that reads the counts. */
export async function countEffort(page: Page): Promise<() => Promise<Effort>> {
  await page.evaluate(`(${COUNT})()`);
  return () => page.evaluate<Effort>('window.effort');
}

/** Chooses from a native list. Adds two clicks to the count, because the page gets no events from a native list. */
export async function chooseOf(page: Page, list: string, value: string): Promise<void> {
  await page.locator(list).selectOption(value);
  await page.evaluate('window.effort.clicks += 2');
}

/**
 * Code that counts clicks, drags and key presses in the page. A press and a release within 8 pixels count as a click,
 * otherwise as a drag.
 */
const COUNT = `function () {
  const effort = (window.effort = { clicks: 0, drags: 0, keys: 0 });
  let from = { x: 0, y: 0 };
  const listen = (type, note) => document.addEventListener(type, (event) => event.isTrusted && note(event), true);
  listen('pointerdown', ({ clientX: x, clientY: y }) => (from = { x, y }));
  listen('pointerup', ({ clientX: x, clientY: y }) => {
    effort[Math.hypot(x - from.x, y - from.y) > 8 ? 'drags' : 'clicks'] += 1;
  });
  listen('keydown', () => (effort.keys += 1));
}`;
