import type texts from '../locales/en-US/cozify-button.json';
import { buttonLabel, labelBy, type LabelledButton } from './labels/labels.js';
import { buttonsOf } from './picker/suggestions.js';
import { PressRecorder } from './press-recorder.js';
import { offerButtons, preparePresses, readPresses } from './press-rows.js';
import type { ActionNode } from './shared/action-node.js';
import type { KeyOf } from './shared/catalogue.js';
import { prepareSwitches } from './shared/filter.js';
import { checkboxPart, hubPart, prepareHub, prepareMore, prepareName, showDefaults } from './shared/form.js';
import { rememberForm } from './shared/saving.js';
import { DEFAULTS_OF_THINGS, prepareTargets } from './shared/targets-field.js';

export { labelStyle, paletteLabel, saveAction as oneditsave } from './shared/action-node.js';
export { button } from './shared/test-button.js';

export const label = labelBy(buttonLabel);
export const inputs = 0;
export const outputs = 1;

export const defaults = {
  ...DEFAULTS_OF_THINGS,
  presses: { value: [] },
  repeats: { value: true },
  outputs: { value: 1 },
};

type Button = ActionNode<KeyOf<typeof texts>> & LabelledButton & { outputs?: number };

export function outputLabels(this: Button, index: number): string {
  const chosen = this.presses?.[index];
  if (chosen === undefined) return this._('output.all');
  const { button, press } = chosen;
  const how = this._(`press.${(press || 'any') as 'any'}`);
  return button === '' ? how : this._('output.of', { button: String(button), press: how });
}

export function oneditprepare(this: Button): void {
  showDefaults(this);
  preparePresses(this.presses ?? [], this.outputs || 1, (key, parameters) => this._(key, parameters));
  const picker = prepareTargets(this.targets, {
    kinds: ['device'],
    can: () => 'press',
    onChange: ({ things }) => offerButtons(buttonsOf(things)),
  });
  prepareSwitches(picker);
  new PressRecorder(picker);
  prepareHub(this.hub, 'all');
  prepareMore([checkboxPart('repeats', true, this._('more.repeats'), this._('more.noRepeats')), hubPart()]);
  const readForm = (): Partial<Button> => ({ targets: picker.toSave, presses: readPresses() });
  prepareName(this, label, readForm);
  rememberForm(this, readForm);
}
