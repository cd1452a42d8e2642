import type { ExampleRow } from './example.js';

/** Shows a message as it would leave now; nothing where nobody can say. Names come from the hub: all is put in as text. */
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
