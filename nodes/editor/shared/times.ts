import type { Translate } from './catalogue.js';

/**
 * The language to write times in: the first that the viewer wants of the one the texts are in, so that someone who
 * reads English in Finland gets dates as they are written there.
 *
 * @param texts the language of the texts, such as `en`
 * @param wanted the viewer's languages, the first being the dearest
 */
export function localeOf(texts: string, wanted: readonly (string | null)[]): string {
  return wanted.find((language) => language?.split('-')[0] === texts) ?? texts;
}

/** What the viewer has chosen in Node-RED, then what the browser says. */
export function viewerLanguages(): (string | null)[] {
  return [localStorage.getItem('editor-language'), ...navigator.languages];
}

/** A day with the time of day, as the viewer writes them. */
export function dateText(iso: string, locale: string): string {
  const text = new Date(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
  // The time of day stays with what is before it: "klo 4.03" on one line.
  return text.replace(/ (?=\d{1,2}[.:]\d\d)/, '\u00a0');
}

/** A time of day, as the viewer writes it. */
export function clockText(iso: string, locale: string): string {
  return new Date(iso).toLocaleTimeString(locale, { timeStyle: 'short' });
}

/** When something was or will be, as it stands in a sentence: "at 12:03 PM", or with the day where that is not today's. */
export function momentText(iso: string, t: Translate, locale: string, now = new Date()): string {
  const isToday = new Date(iso).toDateString() === now.toDateString();
  return isToday
    ? t('when.today', { time: clockText(iso, locale) })
    : t('when.otherDay', { time: dateText(iso, locale) });
}

/** A wait in the largest unit that still tells people how long, rounded up: "90 seconds", "15 minutes". */
export function waitText(seconds: number, locale: string): string {
  const [amount, unit] =
    seconds < 100 ? [seconds, 'second'] : seconds < 6000 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(amount));
}
