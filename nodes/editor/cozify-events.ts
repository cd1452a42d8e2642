import { ACCOUNT_TOPICS, type AccountTopic } from '../../src/state/account-topics.js';
import type texts from '../locales/en-US/cozify-events.json';
import { type ActionNode, labelOf } from './shared/action-node.js';
import type { KeyOf } from './shared/catalogue.js';
import { rememberForm, saveForm } from './shared/saving.js';
import { prepareChoices, readChoices } from './shared/tags.js';

export { labelStyle, outputLabels, paletteLabel } from './shared/action-node.js';

type Events = ActionNode<KeyOf<typeof texts>> & { events?: string[] };

export function label(this: Events): string {
  return labelOf(this, 'label.palette', 'label.node');
}

export function oneditprepare(this: Events): void {
  const saved = Array.isArray(this.events) ? this.events : [];
  const unknown = saved.filter((topic) => !ACCOUNT_TOPICS.some((known) => known === topic));
  const textOf = (topic: string): string => `${this._(`event.${topic as AccountTopic}`)} `;
  prepareChoices('events', ACCOUNT_TOPICS, saved, textOf, (topic) => $('<code>').text(topic));
  rememberForm(this, () => ({ events: [...readChoices('events'), ...unknown] }));
}

/** Returns whether something has changed that Node-RED does not compare. */
export function oneditsave(this: Events): boolean {
  return saveForm(this);
}
