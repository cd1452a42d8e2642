// Formats times and durations as the user is used to them.
import { translate, type Translate } from './catalogue.js';

/**
 * Returns the locale in which to format times: the first preferred locale of the user that has the language of the
 * texts. For example, English texts in a browser with the locale `en-FI` get Finnish date formats.
 *
 * @param texts the language of the texts, such as `en`
 * @param preferred the locales of the user in order of preference
 */
export function localeOf(texts: string, preferred: readonly (string | null)[]): string {
  return preferred.find((language) => language?.split('-')[0] === texts) ?? texts;
}

/** Returns the locale in which to format times for the user. */
export function viewerLocale(): string {
  // The language chosen in Node-RED comes before the browser's languages.
  return localeOf(translate('locale'), [localStorage.getItem('editor-language'), ...navigator.languages]);
}

/** Formats a date and time in a locale. */
export function dateText(iso: string, locale: string): string {
  const text = new Date(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'short' });
  // A no-break space keeps the time of day together with the word before it: "klo 4.03".
  return text.replace(/ (?=\d{1,2}[.:]\d\d)/, '\u00a0');
}

/** Formats a time of day in a locale. */
export function clockText(iso: string, locale: string): string {
  return new Date(iso).toLocaleTimeString(locale, { timeStyle: 'short' });
}

/** Formats a time for use inside a sentence, such as "at 12:03 PM". Adds the date unless it is today. */
export function momentText(iso: string, t: Translate, locale: string, now = new Date()): string {
  const isToday = new Date(iso).toDateString() === now.toDateString();
  return isToday
    ? t('when.today', { time: clockText(iso, locale) })
    : t('when.otherDay', { time: dateText(iso, locale) });
}

/** Formats a duration in seconds, minutes or hours, rounded up: "90 seconds", "15 minutes". */
export function waitText(seconds: number, locale: string): string {
  const [amount, unit] =
    seconds < 100 ? [seconds, 'second'] : seconds < 6000 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour'];
  return new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.ceil(amount));
}
