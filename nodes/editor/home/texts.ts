import { fieldName } from '../../../src/devices/things/field-words.js';
import { stateText, pressText, tellingField, valueText } from '../../../src/devices/things/live-value.js';
import type { Failure } from '../account/api.js';
import { PickerTexts } from '../picker/texts.js';
import type { Thing } from '../picker/things-api.js';
import { clockText } from '../shared/times.js';
import type { Translate } from '../shared/catalogue.js';
import { nameOfNode, nodeById } from './canvas.js';
import type { HomeEvent } from './home-api.js';

/** The sentences of the home, in the viewer's language. */
export class HomeTexts extends PickerTexts {
  readonly #locale: string;

  constructor(t: Translate, locale: string) {
    super(t, locale);
    this.#locale = locale;
  }

  /** How a thing is now; what can't be reached has no value that holds. */
  value({ state }: Pick<Thing, 'state'>): string {
    return state['reachable'] === false ? this.t('home.unreachable') : stateText(state, this.language);
  }

  time(iso: string): string {
    return clockText(iso, this.#locale);
  }

  uses(count: number): string {
    return count === 1 ? this.t('home.use') : this.t('home.uses', { count });
  }

  /** A node by its label and flow. */
  node(node: Parameters<typeof nameOfNode>[0]): string {
    const { label, flow, isDisabled } = nameOfNode(node);
    return [label, flow === '' ? '' : `· ${flow}`, isDisabled ? this.t('home.disabled') : ''].filter(Boolean).join(' ');
  }

  /** What happened, in few words. */
  what({ event, state, changed, press }: HomeEvent): string {
    if (press !== null) return pressText(press, this.language);
    if (event !== 'changed') return this.t(`home.event.${event}`);
    const telling = tellingField(state ?? {});
    if (telling === undefined || changed.includes(telling) || (changed.includes('brightness') && telling === 'on')) {
      return (
        stateText(state ?? {}, this.language) || changed.map((field) => fieldName(field, this.language)).join(', ')
      );
    }
    const values = changed.map((field) =>
      `${fieldName(field, this.language)} ${valueText(field, state?.[field], this.language)}`.trim(),
    );
    return values.join(', ');
  }

  /** What a node is called, if it is there. */
  nodeNamed(id: string): string | undefined {
    const node = nodeById(id);
    return node === undefined ? undefined : nameOfNode(node).label;
  }

  /** Who did it, and the node where it was one that is still there. */
  who({ by }: HomeEvent): { text: string; node?: string } {
    if (by === null) return { text: this.t('home.by.other') };
    if (by === 'editor') return { text: this.t('home.by.editor') };
    const node = by === 'own' ? undefined : nodeById(by.node);
    return node === undefined ? { text: this.t('home.by.own') } : { text: nameOfNode(node).label, node: node.id };
  }

  failure(failure: Failure): string {
    if (failure.code === 'COZIFY_OTP_REQUIRED') return this.t('error.COZIFY_OTP_REQUIRED');
    if (failure.code === 'COZIFY_HUB_OFFLINE') return this.t('error.COZIFY_HUB_OFFLINE');
    return this.tryFailure(failure);
  }
}
