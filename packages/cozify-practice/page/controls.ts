import { element, newId } from './element';
import type { Range } from './shown-fields';
import { numberText } from './texts';

/** An input element that shows a value and lets the user change it. */
export interface Control<Value> {
  node: HTMLElement;
  show: (value: Value) => void;
}

/** After a change by the user, values from the server are ignored for this long, because they may be older. */
const HELD_MS = 1000;
/** Shortest time between two values that a moving slider sends. */
const SEND_MS = 150;

export function switchControl(
  label: string,
  change: (isOn: boolean) => void,
): Control<boolean> & { input: HTMLInputElement } {
  const input = element('input', { type: 'checkbox', role: 'switch' });
  let movedAt = -Infinity;
  input.addEventListener('change', () => {
    movedAt = performance.now();
    change(input.checked);
  });
  return {
    node: element('label', { class: 'switch' }, input, element('span', {}, label)),
    input,
    show: (isOn) => {
      if (performance.now() - movedAt >= HELD_MS) input.checked = isOn;
    },
  };
}

export function sliderControl(label: string, range: Range, change: (value: number) => void): Control<number> {
  const { low, high, step, unit, factor = 1 } = range;
  const id = newId();
  const input = element('input', { type: 'range', id, min: low, max: high, step });
  const output = element('output', { for: id });
  const showInput = () => {
    output.textContent = `${numberText(Number(input.value))} ${unit}`;
    input.setAttribute('aria-valuetext', output.textContent);
  };
  const held = hold(() => change(Number(input.value) / factor));
  input.addEventListener('input', () => (showInput(), held.move()));
  return {
    node: element('div', { class: 'slider' }, element('label', { for: id }, label), output, input),
    show: (value) => {
      if (held.isHeld()) return;
      const shown = value * factor;
      // The text shows the actual value, even if it is outside the slider's range.
      input.value = String(shown);
      output.textContent = `${numberText(step < 1 ? Math.round(shown * 10) / 10 : Math.round(shown))} ${unit}`;
      input.setAttribute('aria-valuetext', output.textContent);
    },
  };
}

/**
 * Returns a select with the given values and their texts. To show any other value, adds an option whose text is the
 * value itself.
 */
export function choiceControl<Value extends string | number>(
  label: string,
  choices: readonly (readonly [Value, string])[],
  change: (value: Value) => void,
): Control<Value> {
  const id = newId();
  const select = element('select', { id }, ...choices.map(([value, text]) => element('option', { value }, text)));
  const held = hold(() => {
    const [chosen] = choices.filter(([value]) => String(value) === select.value);
    if (chosen !== undefined) change(chosen[0]);
  });
  select.addEventListener('change', () => held.move());
  return {
    node: element('div', { class: 'choice' }, element('label', { for: id }, label), select),
    show: (value) => {
      if (held.isHeld()) return;
      const isKnown = [...select.options].some((option) => option.value === String(value));
      if (!isKnown) select.append(element('option', { value }, String(value)));
      select.value = String(value);
    },
  };
}

/** Returns a control with an `<output>` element that shows a label, a value and its unit. */
export function readingControl(label: string, unit: string): Control<number> {
  const output = element('output', {});
  return {
    node: element('div', { class: 'slider' }, element('span', {}, label), output),
    show: (value) => void (output.textContent = `${numberText(Math.round(value * 10) / 10)} ${unit}`),
  };
}

export function colorControl(label: string, change: (hex: string) => void): Control<string> {
  const input = element('input', { type: 'color' });
  const held = hold(() => change(input.value));
  input.addEventListener('input', () => held.move());
  return {
    node: element('label', { class: 'color' }, element('span', {}, label), input),
    show: (hex) => {
      if (!held.isHeld()) input.value = hex;
    },
  };
}

export function buttonOf(text: string, press: () => void, attributes: Record<string, string> = {}): HTMLButtonElement {
  const button = element('button', { type: 'button', ...attributes }, text);
  button.addEventListener('click', press);
  return button;
}

/** Returns a toggle button, which looks pressed while `isOn` is true. */
export function toggleControl(change: (isOn: boolean) => void): Control<{ text: string; isOn: boolean }> {
  let isPressed = false;
  const node = buttonOf('', () => change(!isPressed));
  return {
    node,
    show: ({ text, isOn }) => {
      isPressed = isOn;
      node.textContent = text;
      node.setAttribute('aria-pressed', String(isOn));
    },
  };
}

/**
 * Limits how often a control sends its value while the user moves it, and ignores values from the server for a while
 * after each move.
 */
function hold(send: () => void): { move: () => void; isHeld: () => boolean } {
  let movedAt = -Infinity;
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    move: () => {
      movedAt = performance.now();
      timer ??= setTimeout(() => {
        timer = undefined;
        send();
      }, SEND_MS);
    },
    isHeld: () => performance.now() - movedAt < HELD_MS,
  };
}
