import type { NodeAPI } from 'node-red';
import { type Language, languageOf } from '../../src/nodes-api.js';

/** Returns Node-RED's language, otherwise the system's. Used for statuses if the account does not choose a language. */
export function languageOfHost({ settings }: NodeAPI): Language {
  return languageOf((settings as { lang?: unknown }).lang, process.env['LANG']);
}
