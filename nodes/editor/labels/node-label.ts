import { translate } from '../shared/catalogue.js';
import { KnownNames } from './known-names.js';
import type { LabelWords } from './words.js';

/** All names that this editor has received. */
export const knownNames = new KnownNames();

/** The part of a node that all labels need. */
interface Labelled {
  name?: string;
  _(key: 'label.palette'): string;
}

/** Returns a node's `label` function: the user's name for the node, or else the automatic label. */
export function labelBy<N>(label: (node: N, words: LabelWords) => string): (this: N & Labelled) => string {
  return function (this: N & Labelled): string {
    if (this.name) return this.name;
    try {
      return label(this, wordsOfViewer());
    } catch {
      // A flow that was written by hand can contain anything, and after an exception Node-RED would draw no node at
      // all.
      return this._('label.palette');
    }
  };
}

function wordsOfViewer(): LabelWords {
  return { t: translate, language: translate('locale') === 'fi' ? 'fi' : 'en', names: knownNames };
}
