// The opened row of the home tab: the details of a thing, forms that set its fields, and its events.
import type { Thing } from '../picker/things-api.js';
import { replace } from '../shared/draw.js';
import { setField } from './commands.js';
import { factsOf } from './details.js';
import { hasPermission } from './flow.js';
import type { Home, HomeParts } from './home.js';
import { type NumberForm, numberForms } from './number-form.js';
import type { TreeRow } from './tree.js';

/** The thing of the opened row, and the home that it belongs to. */
interface Opened {
  readonly home: Home;
  readonly thing: Thing;
  forms: readonly NumberForm[];
}

/** The opened row and its details. At most one row is open. */
export class OpenedRow {
  readonly #page: HomeParts;
  /** The key of the row that is open or about to open. */
  #key: string | undefined;
  #opened: Opened | undefined;

  constructor(page: HomeParts) {
    this.#page = page;
  }

  /** Opens a row, and closes the one that was open before. If the row is already open, closes it. */
  async turn(home: Home, { key, target }: TreeRow): Promise<void> {
    const { line, texts, tree } = this.#page;
    const isOpening = key !== this.#key;
    this.#key = undefined;
    this.#opened = undefined;
    if (isOpening) {
      this.#key = key;
      const { hub, kind, id } = target;
      const reply = await home.api.list({ hub, kinds: [kind], ids: [id] });
      if (!reply.isOk) line.result(texts.tryFailure(reply.failure));
      if (this.#key !== key) return;
      const thing = reply.isOk ? reply.answer.things[0] : undefined;
      if (thing === undefined) this.#key = undefined;
      else this.#opened = { home, thing, forms: [] };
    }
    tree.refresh();
  }

  /** Draws the details of a row if it is open, otherwise removes them. */
  draw(row: TreeRow, $row: JQuery): void {
    const opened = row.key === this.#key ? this.#opened : undefined;
    const $old = $row.children('.cozify-home-details');
    if (opened === undefined) return void $old.remove();
    const { thing } = opened;
    // `row.thing` has the newest state but no abilities, so it is merged into the loaded thing.
    Object.assign(thing, row.thing);
    const $details = $old.length > 0 ? $old : this.#create(row, opened).appendTo($row);
    const $facts = factsOf(thing, this.#page.texts).map(([name, value]) =>
      $('<div>').append($('<dt>').text(name), $('<dd>').text(value)),
    );
    replace($details.children('dl'), $facts);
    replace($details.children('.cozify-home-own'), this.#page.log.eventsOf(row.key));
    for (const form of opened.forms) form.show(thing);
  }

  #create({ target }: TreeRow, opened: Opened): JQuery {
    const { line, texts } = this.#page;
    const { t } = texts;
    const { home, thing } = opened;
    const $copy = $('<button type="button" class="cozify-home-copy red-ui-button red-ui-button-small">')
      .text(t('home.copy'))
      .attr('aria-label', t('home.doOf', { what: t('home.copy'), name: thing.id }))
      .on('click', () => {
        // Node-RED's types declare a DOM element, but its code needs a jQuery object.
        RED.clipboard.copyText(thing.id, $copy as unknown as HTMLElement, t('home.copied'));
        line.result(t('home.copied'));
      });
    const set = async (field: string, value: number): Promise<void> =>
      line.result(await setField(home.api, target, field, value, texts));
    opened.forms = hasPermission('cozify.write')
      ? numberForms(
          thing,
          texts,
          (field, value) => void set(field, value),
          (problem) => line.result(problem),
        )
      : [];
    return $('<div class="cozify-home-details">').append(
      opened.forms.map(({ $form }) => $form),
      $('<dl>'),
      $('<div class="cozify-home-id">').append($('<span>').text(`${t('home.id')} ${thing.id}`), $copy),
      $('<div class="cozify-home-own" role="group" tabindex="0">').attr('aria-label', t('home.events')),
    );
  }
}
