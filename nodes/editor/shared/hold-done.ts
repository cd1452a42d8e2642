import type { TargetPicker } from '../picker/picker.js';

const DONE = '#node-dialog-ok';

/**
 * Holds a dialog's Done back for as long as something is typed that is no choice yet: where one thing fits it becomes
 * the choice, where several do a person is asked first. Node-RED has no way to stop a dialog that closes, so that the
 * click and the keys are caught before they get there.
 */
export function holdDone(picker: TargetPicker): void {
  const hold = (event: Event): void => {
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
    for (const type of types) window.removeEventListener(type, hold, true);
  };
  for (const type of types) window.addEventListener(type, hold, true);
}

function isDone(event: Event): boolean {
  if (event instanceof KeyboardEvent) return event.key === 'Enter' && (event.ctrlKey || event.metaKey);
  return event.type === 'click' && event.target instanceof Element && event.target.closest(DONE) !== null;
}
