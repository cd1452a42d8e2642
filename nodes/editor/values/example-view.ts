import type { ExampleRow } from './example.js';

/**
 * Shows an example message; hides it if there is none. Names come from the hub, so that they are inserted as text,
 * never as HTML.
 */
export function showExample(rows: readonly ExampleRow[]): void {
  const $example = $('#cozify-example')
    .attr('role', 'note')
    .toggle(rows.length > 0);
  const isWhole = rows.length > 1 && rows.some(([, text]) => text.startsWith('{ '));
  const parts = rows.map(([property, text]) =>
    $('<span>').append($('<span class="cozify-hint">').text(property), document.createTextNode(` ${text}`)),
  );
  $example.toggleClass('cozify-example-lines', isWhole).empty().append(parts);
}
