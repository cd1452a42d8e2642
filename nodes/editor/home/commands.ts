// The commands that the home tab sends to things.
import { shortFieldName } from '../../../src/devices/things/field-words.js';
import { fullText } from '../../../src/devices/things/live-value.js';
import type { SavedTarget } from '../picker/target.js';
import type { Tried } from '../picker/things-api.js';
import type { HomeApi } from './api.js';
import type { HomeTexts } from './texts.js';

/** Sends a command to a thing, or makes it blink. Resolves to a text about the outcome. */
export async function sendCommand(
  api: HomeApi,
  target: SavedTarget,
  command: string,
  texts: HomeTexts,
): Promise<string> {
  const isBlink = command === 'blink';
  const whole = { targets: [target], hub: '', command, field: '', transition: '' };
  const reply = await (isBlink ? api.blink(target) : api.command(whole));
  if (!reply.isOk) return texts.tryFailure(reply.failure);
  return isBlink ? texts.t('picker.blinking', { name: target.name }) : texts.tried(reply.answer);
}

/** Sets a field of a thing. Resolves to a text about the outcome. */
export async function setField(
  api: HomeApi,
  target: SavedTarget,
  field: string,
  value: number,
  texts: HomeTexts,
): Promise<string> {
  const command = { targets: [target], hub: '', command: 'set', field, value, transition: '' };
  const reply = await api.command(command);
  return reply.isOk ? outcomeOf(field, target.name, reply.answer, texts) : texts.tryFailure(reply.failure);
}

/** Returns a text about the outcome of setting a field: the new value, or why it may not have been set. */
function outcomeOf(field: string, name: string, answer: Tried, texts: HomeTexts): string {
  const { language, t } = texts;
  const [result] = answer.results;
  const now = result?.state ?? {};
  const value = texts.fieldValue(now, field);
  if (result?.confirmed !== true || value === '') return texts.tried(answer);
  const full = fullText(now, language, field);
  const state = full.includes(value) ? full : `${shortFieldName(field, language)} ${value}`;
  return t('picker.done', { name, state });
}
