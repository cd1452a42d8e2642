import type { CommandTexts } from '../../../../nodes/editor/command/actions.js';
import english from '../../../../nodes/locales/en-US/cozify-command.json';
import finnish from '../../../../nodes/locales/fi/cozify-command.json';

/** Returns a function that looks up texts in the command node's catalogue, as Node-RED does. */
export function commandTextsIn(language: 'en' | 'fi'): CommandTexts {
  const catalogue = language === 'en' ? english : finnish;
  return (key, parameters = {}) => {
    const text = key.split('.').reduce<unknown>((branch, name) => (branch as Record<string, unknown>)[name], catalogue);
    return String(text).replace(/__(\w+?)__/g, (blank, name: string) => parameters[name] ?? blank);
  };
}
