// The opened row of the home tab: the details of a thing, forms that set its fields, and its events.
import type { Ability } from '../../../src/devices/things/abilities.js';
import { numberIn } from '../../../src/devices/things/codecs.js';
import { fieldLabel, shortFieldName } from '../../../src/devices/things/field-words.js';
import { fullText } from '../../../src/devices/things/live-value.js';
import { controlOf, firstValue, valueProblem } from '../command/value.js';
import type { Thing } from '../picker/things-api.js';
import { replace } from '../shared/draw.js';
import { hasPermission } from './flow.js';
import type { HomeParts } from './home.js';
import type { HomeTexts } from './texts.js';
import type { TreeRow } from './tree.js';

/** Fields that can be set in an opened row. */
const SET_HERE = ['brightness', 'colorTemperature', 'targetTemperature', 'position', 'tilt'];

/** The opened row and its details. At most one row is open. */
export class OpenedRow {
  readonly #page: HomeParts;
  #key = '';
  #thing: Thing | undefined;

  constructor(page: HomeParts) {
    this.#page = page;
  }

  /** Opens a row, and closes the one that was open before. If the row is already open, closes it. */
  async turn({ key, target }: TreeRow): Promise<void> {
    const { home, line, texts, tree } = this.#page;
    const isOpening = key !== this.#key;
    this.#key = isOpening ? key : '';
    this.#thing = undefined;
    if (isOpening) {
      const { hub, kind, id } = target;
      const reply = await home?.api.list({ hub, kinds: [kind], ids: [id] });
      if (reply?.isOk === false) line.result(texts.tryFailure(reply.failure));
      if (this.#key !== key) return;
      this.#thing = reply?.isOk === true ? reply.answer.things[0] : undefined;
      if (this.#thing === undefined) this.#key = '';
    }
    tree.refresh();
  }

  /** Draws the details of a row if it is open, otherwise removes them. */
  draw(row: TreeRow, $row: JQuery): void {
    const thing = this.#thing;
    const $old = $row.children('.cozify-home-details');
    if (thing === undefined || row.key !== this.#key) return void $old.remove();
    // `row.thing` has the newest state but no abilities, so it is merged into the loaded thing.
    Object.assign(thing, row.thing);
    const $details = $old.length > 0 ? $old : this.#create(row, thing).appendTo($row);
    replace($details.children('dl'), this.#facts(thing));
    replace($details.children('.cozify-home-own'), this.#page.log.eventsOf(row.key));
    for (const form of $details.find<HTMLElement>('form').get()) {
      // Skips a form that has the focus, because the user may be setting its number.
      if (form.contains(document.activeElement)) continue;
      const field = $(form).attr('data-field') ?? '';
      const control = controlOf(field, [thing]);
      if (control !== undefined) showNumber($(form), firstValue(control, field, [thing]), this.#page.texts);
    }
  }

  #create(row: TreeRow, thing: Thing): JQuery {
    const { line, texts } = this.#page;
    const { t } = texts;
    const $copy = $('<button type="button" class="cozify-home-copy red-ui-button red-ui-button-small">')
      .text(t('home.copy'))
      .attr('aria-label', t('home.doOf', { what: t('home.copy'), name: thing.id }))
      .on('click', () => {
        // Node-RED's types declare a DOM element, but its code needs a jQuery object.
        RED.clipboard.copyText(thing.id, $copy as unknown as HTMLElement, t('home.copied'));
        line.result(t('home.copied'));
      });
    const abilities = hasPermission('cozify.write') ? (thing.abilities ?? []) : [];
    return $('<div class="cozify-home-details">').append(
      abilities.filter(({ field }) => SET_HERE.includes(field)).map((ability) => this.#form(row, thing, ability)),
      $('<dl>'),
      $('<div class="cozify-home-id">').append($('<span>').text(`${t('home.id')} ${thing.id}`), $copy),
      $('<div class="cozify-home-own" role="group" tabindex="0">').attr('aria-label', t('home.events')),
    );
  }

  #facts(thing: Thing): JQuery[] {
    const { texts } = this.#page;
    const { t } = texts;
    const { changedAt, manufacturer, model, groups } = thing;
    const facts = [
      ...texts.fields(thing.state),
      [t('home.changedAt'), changedAt === undefined ? '' : texts.date(changedAt)] as const,
      [t('home.manufacturer'), manufacturer ?? ''] as const,
      [t('home.model'), model ?? ''] as const,
      [t('picker.group'), groups.join(', ')] as const,
    ];
    return facts
      .filter(([, value]) => value !== '')
      .map(([name, value]) => $('<div>').append($('<dt>').text(name), $('<dd>').text(value)));
  }

  /** Returns a form that sets a field: an input for the number and, if the field has a range, a slider. */
  #form(row: TreeRow, thing: Thing, { field }: Ability): JQuery {
    const { texts } = this.#page;
    const control = controlOf(field, [thing]);
    const label = fieldLabel(field, texts.language);
    const set = texts.t('home.set');
    const $slider =
      control?.as === 'slider' || control?.as === 'white'
        ? $('<input type="range">').attr({ min: control.min, max: control.max, 'aria-label': label })
        : $();
    const $number = $('<input type="text" inputmode="decimal">').attr('aria-label', label);
    const $form = $('<form class="cozify-home-set">').attr('data-field', field);
    $slider.on('input', () => showNumber($form, String($slider.val()), texts));
    $number.on('input', () => $slider.val(numberIn(String($number.val())) ?? ''));
    return $form
      .on('submit', (event) => {
        event.preventDefault();
        void this.#set(row, field, $number);
      })
      .append(
        $('<span>').text(label),
        $slider,
        $number,
        $('<button type="submit" class="red-ui-button red-ui-button-small">')
          .attr('aria-label', texts.t('home.doOf', { what: set, name: label }))
          .text(set),
      );
  }

  async #set({ target }: TreeRow, field: string, $number: JQuery): Promise<void> {
    const { home, line, texts } = this.#page;
    const { language, t } = texts;
    const number = numberIn(String($number.val()));
    const typed = { value: number === undefined ? '' : String(number), type: 'num' };
    const problem = valueProblem(field, typed, t, language);
    $number.attr('aria-invalid', String(problem !== ''));
    if (problem !== '' || number === undefined)
      return line.result(t('home.doOf', { what: fieldLabel(field, language), name: problem }));
    const command = { targets: [target], hub: '', command: 'set', field, value: number, transition: '' };
    const reply = await home?.api.command(command);
    if (reply === undefined) return;
    if (!reply.isOk) return line.result(texts.tryFailure(reply.failure));
    const [result] = reply.answer.results;
    const now = result?.state ?? {};
    const value = texts.fieldValue(now, field);
    if (result?.confirmed !== true || value === '') return line.result(texts.tried(reply.answer));
    const full = fullText(now, language, field);
    const state = full.includes(value) ? full : `${shortFieldName(field, language)} ${value}`;
    line.result(t('picker.done', { name: target.name, state }));
  }
}

/** Shows a number in a form, with a decimal comma if the editor's language is Finnish. */
function showNumber($form: JQuery, value: string, { language }: HomeTexts): void {
  $form.find('[type=range]').val(value);
  $form.find('[type=text]').val(language === 'fi' ? value.replace('.', ',') : value);
}
