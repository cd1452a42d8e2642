import type { NodeAPI } from 'node-red';
import { type Language, languageOf } from '../../src/nodes-api.js';

/** The language of what can't be in a catalogue, such as a status with a value: that of Node-RED, else of the system. */
export function languageOfHost({ settings }: NodeAPI): Language {
  return languageOf((settings as { lang?: unknown }).lang, process.env['LANG']);
}
