// The filters above the list of things and above the events.
import { deviceKindsOf } from '../../../src/devices/things/device-kinds.js';
import { choose, fill, type Option } from '../shared/draw.js';
import type { HomeTexts } from './texts.js';

/** Names of the filters above the things. `kind` is a select, the others are checkboxes. */
export const THING_FILTERS = ['unreachable', 'batteryLow', 'used', 'unused', 'kind'] as const;

/** Names of the filters above the events. All of them are selects. */
export const EVENT_FILTERS = ['room', 'device', 'event'] as const;

export type EventFilter = (typeof EVENT_FILTERS)[number];

type FilterName = (typeof THING_FILTERS)[number] | EventFilter;

/** A group of filters at the top of a panel, with a button that clears the filters. Filters are not saved. */
export class FilterBar {
  readonly #texts: HomeTexts;
  readonly #$group = $('<div class="cozify-home-filters" role="group">');
  readonly #$clear = $('<button type="button" class="cozify-home-clear red-ui-button red-ui-button-small">').hide();

  constructor($panel: JQuery, texts: HomeTexts, names: readonly FilterName[], onChange: () => void) {
    const { t } = texts;
    this.#texts = texts;
    for (const name of names) {
      const text = t(`home.filter.${name}`);
      const isSelect = name === 'kind' || names === EVENT_FILTERS;
      const $select = $('<select>').attr({ name, 'aria-label': text });
      const $label = $('<label>').append($('<input type="checkbox">').attr('name', name), ` ${text}`);
      this.#$group.append(isSelect ? $select : $label);
      if (isSelect) this.offer(name, []);
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
    return Object.keys(this.set).length > 0;
  }

  /** The active filters and their values, by name. The value of a checkbox is true. */
  get set(): { [name in FilterName]?: string | true } {
    const all = this.#$group.find<HTMLInputElement>('select, :checked:not(option)').get();
    const chosen = all.filter(({ value }) => value !== '');
    return Object.fromEntries(chosen.map(({ name, type, value }) => [name, type === 'checkbox' || value]));
  }

  clear(): void {
    this.#$group.find('input').prop('checked', false);
    this.#$group.find('select').val('');
    this.#$group.trigger('change');
  }

  /** Sets the options of a select. If the new options lack the chosen option, adds it, so that the choice stays. */
  offer(name: FilterName, options: readonly Option[]): void {
    const { t } = this.#texts;
    const $select = this.#$group.find(`[name=${name}]`);
    const [chosen, text] = [String(this.set[name] ?? ''), $select.find(':checked').text()];
    fill($select, [{ value: '', text: t('home.filter.all', { what: t(`home.filter.${name}`) }) }, ...options], chosen);
    choose($select, chosen, text);
  }

  /**
   * Sets the options of the filter by kind. Offers the kinds of devices that {@link deviceKindsOf} returns, because the
   * server filters by the same function. `capabilities`: the capabilities of all devices in the home.
   */
  offerKinds(capabilities: readonly string[]): void {
    const { t, language } = this.#texts;
    this.offer('kind', [
      ...deviceKindsOf(capabilities).map(({ key, words }) => ({ value: key, text: words[language] })),
      ...(['group', 'scene', 'rule', 'alarm'] as const).map((kind) => ({ value: kind, text: t(`kind.${kind}`) })),
    ]);
  }
}
