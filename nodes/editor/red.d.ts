import type { EditorRED } from 'node-red';

declare global {
  /** Node-RED's editor, in whose page the dialogs run. */
  const RED: EditorRED;
}
