/**
 * A text without the characters at its end that `off` tells of one by one. By an expression such as `/x+$/` it would take
 * the square of the time for a text that holds many of them elsewhere, which anybody may send.
 */
export function withoutEnd(text: string, off: RegExp): string {
  let end = text.length;
  while (end > 0 && off.test(text.charAt(end - 1))) end -= 1;
  return text.slice(0, end);
}

/** So many marks may stand on one letter: more are on none, but make putting them in order take long. */
const MARKS_TOO_MANY = /(\p{M}{30})\p{M}+/gu;

/** What is shorter is quickly put in order, whatever it is. */
const SHORT = 100;

/** As `text.normalize(form)`, in a time that grows no faster than the text. */
export function normalized(text: string, form: 'NFC' | 'NFD'): string {
  return (text.length > SHORT ? text.replace(MARKS_TOO_MANY, '$1') : text).normalize(form);
}
