import type { TargetPicker } from '../picker/picker.js';

const DONE = '#node-dialog-ok';

/**
 * Delays the dialog's Done while the search contains text. If one thing matches, the text becomes a target; if several
 * match, the user chooses first. Node-RED can't stop a dialog that closes, so clicks and keys are caught before
 * Node-RED handles them.
 */
export function holdDone(picker: TargetPicker): void {
  const delay = (event: Event): void => {
    if (!picker.isThere) {
      stop();
      return;
    }
    const isOutside = event.target instanceof Element && event.target.closest('.cozify-picker') === null;
    if (event.type === 'mousedown' && isOutside) picker.hide();
    if (!picker.isTyping || !isDone(event)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    void picker.settle().then((isSettled) => {
      if (isSettled && picker.isThere) $(DONE).trigger('click');
    });
  };
  const types = ['click', 'keydown', 'mousedown'];
  const stop = (): void => {
    for (const type of types) window.removeEventListener(type, delay, true);
  };
  for (const type of types) window.addEventListener(type, delay, true);
}

function isDone(event: Event): boolean {
  if (event instanceof KeyboardEvent) return event.key === 'Enter' && (event.ctrlKey || event.metaKey);
  return event.type === 'click' && event.target instanceof Element && event.target.closest(DONE) !== null;
}
