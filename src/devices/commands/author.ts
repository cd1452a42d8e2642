/** The sender of a command: a node (by its id in the editor), the editor, or another part of this Node-RED. */
export type Author = { readonly node: string } | 'editor' | 'own';

/** Returns the common author of several changes: `own` for different authors, `null` if any author is unknown. */
export function jointAuthor(authors: readonly (Author | null)[]): Author | null {
  const [first = null] = authors;
  if (first === null || authors.includes(null)) return null;
  return authors.every((author) => nameOf(author) === nameOf(first)) ? first : 'own';
}

function nameOf(author: Author | null): string {
  return typeof author === 'object' && author !== null ? `node ${author.node}` : String(author);
}
