type Attributes = Record<string, string | number | boolean | undefined>;

/**
 * Creates an element with attributes and content. `true` sets an attribute without a value; `false` and `undefined` set
 * none.
 */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...content: (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== undefined) made.setAttribute(name, value === true ? '' : String(value));
  }
  made.append(...content);
  return made;
}

let named = 0;

/** Returns a new id that is unique in the page. */
export function newId(): string {
  return `e${++named}`;
}
