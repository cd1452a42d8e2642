import { ACCOUNT_TOPICS, type AccountTopic } from '../../src/state/account-topics.js';
import type texts from '../locales/en-US/cozify-events.json';
import { type ActionNode, labelOf } from './action-node.js';
import type { KeyOf } from './catalogue.js';

export { labelStyle, outputLabels, paletteLabel } from './action-node.js';

type Events = ActionNode<KeyOf<typeof texts>> & { events?: AccountTopic[] };

export function label(this: Events): string {
  return labelOf(this, 'label.palette', 'label.node');
}

export function oneditprepare(this: Events): void {
  const rows = ACCOUNT_TOPICS.map((topic) => {
    const id = `node-input-events-${topic}`;
    const $box = $('<input type="checkbox">').attr('id', id).css({ width: 'auto', margin: '-2px 6px 0 0' });
    $box.val(topic).prop('checked', this.events?.includes(topic) === true);
    const $label = $('<label>').attr('for', id).css({ display: 'block', width: 'auto' });
    return $label.append($box, document.createTextNode(`${this._(`event.${topic}`)} `), $('<code>').text(topic));
  });
  $('#node-input-events-list').prepend(rows);
}

export function oneditsave(this: Events): void {
  const chosen = $<HTMLInputElement>('#node-input-events-list input:checked').get();
  this.events = chosen.map(({ value }) => value as AccountTopic);
}
