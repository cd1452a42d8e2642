import type { Page } from 'playwright-core';

/** What a person does with the hands. */
export interface Effort {
  clicks: number;
  drags: number;
  keys: number;
}

/** Begins to count in the page of an editor, and gives what tells how much it is by then. */
export async function countEffort(page: Page): Promise<() => Promise<Effort>> {
  await page.evaluate(`(${COUNT})()`);
  return () => page.evaluate<Effort>('window.effort');
}

/** Chooses from a list that the browser shows: to open it and to choose are two clicks, which the page does not see. */
export async function chooseOf(page: Page, list: string, value: string): Promise<void> {
  await page.locator(list).selectOption(value);
  await page.evaluate('window.effort.clicks += 2');
}

/** A press and a release are a click where they are in one place, else a drag. */
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
