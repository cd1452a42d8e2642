// Checks of the editor while an account has an invalid setting.
import { becomes } from '../../support/becomes';
import { until } from '../../support/wait';
import type { Desk } from './desk';
import type { Editor } from './editor';
import { LOCALES, text, type Language } from './texts';

/**
 * Returns a pattern that finds a text of the account node's message catalogue in a dialog. `key`: the key of the text.
 */
export function says(language: Language, key: string): RegExp {
  return new RegExp(text(language, key).replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
}

/** Deploys an account with an invalid cloud address, and asserts that its nodes and its dialog report it. */
export async function showBrokenSetting(desk: Desk, language: Language): Promise<void> {
  // Nodes use the language of the account, and the dialog uses the language of the browser.
  await desk.deployAccount({ cloudUrl: 'http://api.cozify.fi/ui/0.2', language: language === 'fi' ? 'fi' : 'en' });
  const editor = await desk.usedEditor({ locale: LOCALES[language] });
  await untilStatus(editor, { dot: 'ring-red', text: text(language, 'status.error') });
  const dialog = await editor.openAccountOf('ping');
  await dialog.untilStateSays(says(language, 'state.broken'));
  await dialog.untilStateSays(says(language, 'invalid.cloudUrl'));
  await until('the advanced settings', () => dialog.cloudUrl.isVisible());
  await becomes(() => dialog.advanced.getAttribute('aria-expanded'), 'true');
}

async function untilStatus(editor: Editor, expected: { dot: string; text: string }): Promise<void> {
  await until(`the status ${expected.text}`, async () => {
    const { dot, text: words } = await editor.statusOf('ping');
    return dot === expected.dot && words === expected.text;
  });
}
