// The visible content of a part of the page, as a person sees it.
import type { Locator } from 'playwright-core';

/**
 * Returns the visible content of an element, one line per text or control: `Button = any button` for a select or an input,
 * `[x]` or `(x)` for a ticked box, `<OK>` for a button. Marks say whether a control is pressed, disabled, invalid or
 * focused, and whether a text is beside a spinning icon.
 */
export function outline(place: Locator): Promise<string[]> {
  return place.evaluate((root) => {
    const lines: string[] = [];
    const textOf = (node: Node): string => (node.textContent ?? '').replace(/\s+/g, ' ').trim();
    // An element without a box of its own, whose children can be visible.
    const isBoxless = (element: Element): boolean => getComputedStyle(element).display === 'contents';
    const marksOf = (element: Element): string => {
      const has = (name: string): boolean => element.getAttribute(`aria-${name}`) === 'true';
      const marks = ['pressed', 'expanded', 'invalid'].filter(has);
      if (element.matches(':disabled')) marks.push('disabled');
      if (element === document.activeElement) marks.push('focused');
      return marks.map((mark) => ` ${mark}`).join('');
    };
    const controlOf = (element: Element): string | undefined => {
      const name = element.getAttribute('aria-label') ?? '';
      if (element instanceof HTMLSelectElement) return `${name} = ${element.selectedOptions[0]?.text ?? ''}`;
      if (element instanceof HTMLInputElement) {
        if (element.type === 'range') {
          const { min, max, value, ariaValueText } = element;
          return `${name} = ${value}, from ${min} to ${max} (${ariaValueText ?? ''})`;
        }
        const tick = element.checked ? 'x' : ' ';
        if (element.type === 'checkbox') return `[${tick}]`;
        return element.type === 'radio' ? `(${tick})` : `${name} = ${element.value}`;
      }
      return element.matches('button, a') ? `<${name || textOf(element)}>` : undefined;
    };
    const visit = (node: Node): void => {
      if (node instanceof Text && textOf(node) !== '') lines.push(textOf(node));
      if (!(node instanceof HTMLElement) || !(node.checkVisibility() || isBoxless(node))) return;
      if (node.matches('.fa-spin')) lines.push('spinning');
      const control = controlOf(node);
      if (control === undefined) node.childNodes.forEach(visit);
      else lines.push(control + marksOf(node));
    };
    visit(root);
    return lines;
  });
}
