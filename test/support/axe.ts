import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** The result of axe: rules with the elements that break them. */
interface Result {
  violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
  passes: unknown[];
}

/**
 * Runs axe on a part of a page; returns one line for each problem. `others` are selectors of elements that are not
 * ours.
 */
export async function findBarriers(page: Page, part: string, others: readonly string[] = []): Promise<string[]> {
  await page.evaluate(readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8'));
  await page.evaluate(GIVE_BODY_A_HEIGHT);
  const context = JSON.stringify({ include: [part], exclude: others });
  const { violations, passes } = await page.evaluate<Result>(`axe.run(${context})`);
  if (passes.length === 0) throw new Error(`axe has found nothing to look at in ${part}.`);
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id} (${help}): ${html} ${failureSummary.replace(/\s+/g, ' ')}`),
  );
}

/**
 * The body of Node-RED's editor has a height of 0 and hides its overflow. Without a height axe treats all text as
 * hidden and checks no colours.
 */
const GIVE_BODY_A_HEIGHT = `if (document.body.clientHeight === 0) document.body.style.height = '100vh'`;
