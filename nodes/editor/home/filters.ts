// The filters above the list of things and above the events.
import { capabilitiesOf, DEVICE_KINDS } from '../../../src/devices/things/device-kinds.js';
import { fill, type Option } from '../shared/draw.js';
import type { HomeTexts } from './texts.js';

/** Filters that are checkboxes; the others are selects. */
const FLAGS = ['unreachable', 'batteryLow'] as const;

/** Name of a filter. */
export type FilterName = (typeof FLAGS)[number] | 'use' | 'kind' | 'room' | 'device' | 'event';

/** A group of filters at the top of a panel, and a button that clears them. They are not saved. */
export class FilterBar {
  readonly #texts: HomeTexts;
  readonly #$group = $('<div class="cozify-home-filters" role="group">');
  readonly #$clear = $('<button type="button" class="cozify-home-clear red-ui-button red-ui-button-small">').hide();

  constructor($panel: JQuery, texts: HomeTexts, names: readonly FilterName[], onChange: () => void) {
    const { t } = texts;
    this.#texts = texts;
    for (const name of names) {
      const text = t(`home.filter.${name}`);
      const $flag = $('<label>').append($('<input type="checkbox" value="true">').attr('name', name), ` ${text}`);
      this.#$group.append(FLAGS.some((one) => one === name) ? $flag : $('<select>').attr({ name, 'aria-label': text }));
    }
    this.#$group.attr('aria-label', t('home.filter.title')).on('change', () => {
      this.#$clear.toggle(this.isSet);
      onChange();
    });
    this.#$clear.text(t('home.filter.clear')).on('click', () => {
      this.clear();
      $('#cozify-home-filter').trigger('focus');
    });
    $panel.prepend(this.#$group, this.#$clear);
  }

  get isSet(): boolean {
    return this.#$group
      .find('select, :checked')
      .get()
      .some((one) => ($(one).val() ?? '') !== '');
  }

  /** Returns the value of a filter; empty if the filter is not set. */
  value(name: FilterName): string {
    return String(this.#$group.find(`[name=${name}]`).filter('select, :checked').val() ?? '');
  }

  clear(): void {
    this.#$group.find('input').prop('checked', false);
    this.#$group.find('select').val('');
    this.#$group.trigger('change');
  }

  /** Offers the values of a select, and keeps the chosen one. */
  offer(name: FilterName, options: readonly Option[]): void {
    const { t } = this.#texts;
    const $select = this.#$group.find(`[name=${name}]`);
    const chosen = this.value(name);
    const all = { value: '', text: t('home.filter.all', { what: t(`home.filter.${name}`) }) };
    const isOffered = [all, ...options].some(({ value }) => value === chosen);
    const kept = isOffered ? [] : [{ value: chosen, text: $select.find(':checked').text() }];
    fill($select, [all, ...options, ...kept], chosen);
  }

  /** Offers the kinds of devices in a home with these capabilities, and the other kinds of things. */
  offerKinds(capabilities: readonly string[]): void {
    const { t, language } = this.#texts;
    const known = new Set(capabilities);
    const devices = DEVICE_KINDS.filter((kind) => capabilitiesOf(kind, known).length > 0);
    this.offer('kind', [
      ...devices.map(({ key, words }) => ({ value: key, text: words[language] })),
      ...(['group', 'scene', 'rule', 'alarm'] as const).map((kind) => ({ value: kind, text: t(`kind.${kind}`) })),
    ]);
  }
}
