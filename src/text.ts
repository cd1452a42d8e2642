/**
 * Removes the characters that match `off` from the end of a text. A regular expression such as `/x+$/` would take
 * quadratic time for a text with many such characters elsewhere, and a message may contain such a text.
 */
export function withoutEnd(text: string, off: RegExp): string {
  let end = text.length;
  while (end > 0 && off.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/**
 * Matches the combining marks of a letter after its first 30. No language uses that many, and normalization would sort
 * them in quadratic time.
 */
const MARKS_TOO_MANY = /(\p{M}{30})\p{M}+/gu;

/** Length up to which normalization is fast for any text. */
const SHORT = 100;

/** Returns `text.normalize(form)` in linear time. */
export function normalized(text: string, form: 'NFC' | 'NFD'): string {
  return (text.length > SHORT ? text.replace(MARKS_TOO_MANY, '$1') : text).normalize(form);
}

/** Counts the characters of a text. A letter outside the basic plane, such as an emoji, counts as one. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** Shortens a text to a number of characters. A shortened text ends in "…". */
export function shortened(text: string, longest: number): string {
  if (lengthOf(text) <= longest) return text;
  const start = [...text].slice(0, Math.max(0, longest - 1)).join('');
  return `${start.trimEnd()}…`;
}

/** Masks an e-mail address so that only its owner recognizes it: `o…@e….fi`. */
export function maskEmail(email: string): string {
  const [local = '', domain = ''] = email.split('@');
  const dot = domain.lastIndexOf('.');
  return `${local.slice(0, 1)}…@${domain.slice(0, 1)}…${dot > 0 ? domain.slice(dot) : ''}`;
}

/** A text that Node-RED replaces in the properties of nodes: the name of an environment variable, and nothing else. */
const VARIABLE = /^\$(?:\{\S+\}|\(\S+\))$/;

/**
 * Returns a name that comes from a hub, for a property of a node. Node-RED would replace a name such as `${HOME}` with
 * the value of that variable of its environment, and whoever may rename a device could read the environment. A space
 * at the end prevents this: people do not see it, and nodes ignore it when they look up a name.
 */
export function nameForNode(name: string): string {
  return VARIABLE.test(name) ? `${name} ` : name;
}
