// Accessibility checks of pages with axe.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { installed } from '../live/harness/cache';

/** The result of axe: rules with the elements that break them. */
interface Result {
  violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
  passed: number;
}

/** The npm package of axe. It is not in the devDependencies, so that `npm ci` is faster. */
const AXE = 'axe-core@4.14.1';

/**
 * Runs axe on a part of a page; returns one line for each problem. `others`: selectors of elements to leave out,
 * because they do not belong to this package.
 */
export async function findViolations(page: Page, part: string, others: readonly string[] = []): Promise<string[]> {
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(await axeScript());
  await page.evaluate(GIVE_BODY_A_HEIGHT);
  const context = JSON.stringify({ include: [part], exclude: others });
  // Omits the details of passed rules, because collecting them takes most of the time.
  const { violations, passed } = await page.evaluate<Result>(
    `axe.run(${context}, { resultTypes: ['violations'], selectors: false }).then(({ violations, passes }) => ({
      violations, passed: passes.length
    }))`,
  );
  if (passed === 0) throw new Error(`axe has checked nothing in ${part}.`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html} ${failureSummary.replace(/\s+/g, ' ')}`),
  );
}

async function axeScript(): Promise<string> {
  return readFile(join(await installed(AXE), 'node_modules', 'axe-core', 'axe.min.js'), 'utf8');
}

/**
 * Code that gives the body of Node-RED's editor a height. It has a height of 0 and hides its overflow, and axe would treat
 * all text as hidden and check no colours.
 */
const GIVE_BODY_A_HEIGHT = `if (document.body.clientHeight === 0) document.body.style.height = '100vh'`;
