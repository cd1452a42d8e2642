// Functions that draw parts of a dialog. DOM elements that need no change are left untouched.
/** An option of a select. */
export interface Option {
  value: string;
  text: string;
}

/** The key under which a select keeps its current options in its jQuery data. */
const OPTIONS = 'cozify-options';

/** Names of the data attributes (without "data-") that identify an element after a redraw. */
const MARKS = ['key', 'id', 'do', 'view', 'node', 'field', 'value', 'capability'] as const;

/** Returns a spinning icon. Screen readers ignore it, so a text beside it must name the running work. */
export function spinner(): JQuery {
  return $('<i class="fa fa-spinner fa-spin" aria-hidden="true">');
}

/**
 * Sets the options of a select, if they have changed, and chooses the value `chosen`. If there is no such option, none
 * is chosen.
 */
export function fill($select: JQuery, options: readonly Option[], chosen: string): void {
  const json = JSON.stringify(options);
  if ($select.data(OPTIONS) !== json) {
    $select.data(OPTIONS, json).empty();
    $select.append(options.map(({ value, text }) => $('<option>').val(value).text(text)));
  }
  if ($select.val() !== chosen) $select.val(chosen);
}

/** Chooses a value of a select. If there is no option for the value, adds one. */
export function choose($select: JQuery, value: string, text = value): void {
  $select.val(value);
  if ($select.val() !== value) $select.append($('<option>').val(value).text(text)).val(value);
}

/**
 * Hides rows, and makes a button show or hide them. Returns a function that shows them (`true`) or hides them
 * (`false`). `onTurn`: called after each change.
 */
export function fold($button: JQuery, $rows: JQuery, onTurn = (): void => undefined): (isOpen: boolean) => void {
  const turn = (isOpen: boolean): void => {
    $button.attr('aria-expanded', String(isOpen));
    $button.find('.fa').toggleClass('fa-angle-right', !isOpen).toggleClass('fa-angle-down', isOpen);
    $rows.toggle(isOpen);
    onTurn();
  };
  $rows.hide();
  $button.on('click', () => turn($button.attr('aria-expanded') !== 'true'));
  return turn;
}

/**
 * Sets the text of a live region. Does nothing if the text is unchanged, because screen readers would read it again.
 */
export function announce($region: JQuery, text: string): void {
  if ($region.text() !== text) $region.text(text);
}

/**
 * Replaces the content of an element, and keeps the focus. Does nothing if the content is unchanged, so that no button
 * disappears under the mouse. Returns whether it has changed. `$old`: the first children of the element, if only they
 * are to be replaced. `$row`: the element that gets the focus if the focused one disappears.
 */
export function replace(
  $place: JQuery,
  children: readonly JQuery<JQuery.Node>[],
  { $old = $place.contents(), $row = $() } = {},
): boolean {
  const [before, after] = [$old.get(), children.flatMap((child) => child.get())];
  const isSame = before.length === after.length && before.every((node, at) => node.isEqualNode(after[at] ?? null));
  if (isSame) return false;
  keepFocus(
    $place,
    () => {
      $old.remove();
      $place.prepend([...children]);
    },
    () => $row[0],
  );
  return true;
}

/**
 * Changes the content of an element, and keeps the focus. If the focused element disappears, the new element with the
 * same data attributes gets the focus; without such an element, the `fallback` or the element in the same position.
 */
export function keepFocus(
  $place: JQuery,
  change: () => void,
  fallback = (): HTMLElement | undefined => undefined,
): void {
  const focused = $place.find(':focus')[0];
  if (focused === undefined) return change();
  const all = (): HTMLElement[] => $place.find(focused.tagName).get();
  const index = all().indexOf(focused);
  const marks = marksOf(focused, $place);
  change();
  if ($place.find(':focus').length > 0) return;
  const same = all().filter((one) => marksOf(one, $place) === marks);
  const next = same.length === 1 ? same[0] : (fallback() ?? all()[index] ?? all().at(-1));
  next?.focus({ preventScroll: true });
}

/**
 * Returns the data attributes that identify an element after a redraw: the attributes of the element and of its
 * ancestors inside `$place`.
 */
function marksOf(element: HTMLElement, $place: JQuery): string {
  const path = $(element).parentsUntil($place).addBack().get();
  return JSON.stringify(path.map(({ dataset }) => MARKS.map((name) => dataset[name] ?? '')));
}
