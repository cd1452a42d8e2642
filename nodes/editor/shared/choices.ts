import { showTags } from './tags.js';

const rowOf = (name: string): JQuery => $(`#node-input-${name}-list`);

/** Fills a group of checkboxes, one for each value. `more`: an element after the text. */
export function prepareChoices(
  name: string,
  values: readonly string[],
  chosen: unknown,
  textOf: (value: string) => string,
  more: (value: string) => JQuery = () => $(),
): void {
  const rows = values.map((value) => {
    const id = `node-input-${name}-${value}`;
    const $box = $('<input type="checkbox">').attr('id', id).css({ width: 'auto', margin: '-2px 6px 0 0' });
    $box.val(value).prop('checked', textsOf(chosen).includes(value));
    const $label = $('<label>').attr('for', id).css({ display: 'block', width: 'auto' });
    return $label.append($box, document.createTextNode(textOf(value)), more(value));
  });
  rowOf(name).prepend(rows);
}

/** Returns the ticked values. */
export function readChoices(name: string): string[] {
  return rowOf(name)
    .find<HTMLInputElement>('input:checked')
    .get()
    .map(({ value }) => value);
}

/** Fills a group of tags: one for each value, and for each chosen value outside the list. */
export function prepareTags(
  name: string,
  values: readonly string[],
  chosen: unknown,
  textOf: (value: string) => string,
): void {
  const pressed = new Set(textsOf(chosen));
  const all = [...new Set([...values, ...pressed])];
  const show = (): void => {
    const tags = all.map((value) => {
      const text = values.includes(value) ? textOf(value) : value;
      return { value, text, isPressed: pressed.has(value) };
    });
    showTags(rowOf(name), TAG, tags, (value) => {
      if (!pressed.delete(value)) pressed.add(value);
      show();
      rowOf(name).trigger('change');
    });
  };
  show();
}

/** Returns the values of the pressed tags. */
export function readTags(name: string): string[] {
  const $pressed = rowOf(name).children('[aria-pressed=true]');
  return $pressed.get().map((tag) => tag.getAttribute(TAG) ?? '');
}

const TAG = 'data-value';

function textsOf(chosen: unknown): string[] {
  return Array.isArray(chosen) ? chosen.filter((one) => typeof one === 'string') : [];
}
