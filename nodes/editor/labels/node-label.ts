import { translate } from '../shared/catalogue.js';
import { KnownNames } from './known-names.js';
import type { LabelWords } from './words.js';

/** What this editor has been told of names, whoever asked. */
export const knownNames = new KnownNames();

/** A node of the editor, as far as each has a label. */
interface Labelled {
  name?: string;
  _(key: 'label.palette'): string;
}

/** `label` of a node: the name that a person gave it, else the one that is made of what it does. */
export function labelBy<N>(label: (node: N, words: LabelWords) => string): (this: N & Labelled) => string {
  return function (this: N & Labelled): string {
    if (this.name) return this.name;
    try {
      return label(this, wordsOfViewer());
    } catch {
      // A flow that was written by hand can hold anything, and Node-RED would draw no node at all.
      return this._('label.palette');
    }
  };
}

function wordsOfViewer(): LabelWords {
  return { t: translate, language: translate('locale') === 'fi' ? 'fi' : 'en', names: knownNames };
}
