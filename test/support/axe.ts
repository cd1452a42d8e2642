import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

/** What axe says of a part of a page: the rule, and the elements that break it. */
interface Result {
  violations: { id: string; help: string; nodes: { html: string; failureSummary: string }[] }[];
  passes: unknown[];
}

/**
 * Lets axe look at a part of a page, and gives what it finds fault with, one line for each element.
 *
 * @param others what in that part is not ours to mend
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
 * The body of Node-RED's editor hides what is over its edges and is 0 px high, since all in it is laid over: to axe all
 * text is hidden then, and no colour is looked at.
 */
const GIVE_BODY_A_HEIGHT = `if (document.body.clientHeight === 0) document.body.style.height = '100vh'`;
