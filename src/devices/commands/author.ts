/** Who asked for a command: a node, by its id in the editor; the editor; or something else in this Node-RED. */
export type Author = { readonly node: string } | 'editor' | 'own';

/** Who is behind several things at once, of which `null` has no known author: one of them, or all of this Node-RED together. */
export function jointAuthor(authors: readonly (Author | null)[]): Author | null {
  const [first = null] = authors;
  if (first === null || authors.includes(null)) return null;
  return authors.every((author) => nameOf(author) === nameOf(first)) ? first : 'own';
}

function nameOf(author: Author | null): string {
  return typeof author === 'object' && author !== null ? `node ${author.node}` : String(author);
}
