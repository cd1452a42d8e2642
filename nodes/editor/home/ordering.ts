import type { SavedTarget } from '../picker/target.js';
import type { HomeApi } from './home-api.js';
import type { HomeTexts } from './texts.js';

/** Sends a command to a thing at once. Returns a text about the outcome. */
export async function sendCommand(api: HomeApi, target: SavedTarget, name: string, texts: HomeTexts): Promise<string> {
  const command = { targets: [target], hub: '', command: name, field: '', transition: '' };
  const reply = await (name === 'blink' ? api.blink(target) : api.command(command));
  if (!reply.isOk) return texts.failure(reply.failure);
  return name === 'blink' ? texts.t('picker.blinking', { name: target.name }) : texts.tried(reply.answer);
}
