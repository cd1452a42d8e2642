import type { EditorRED } from 'node-red';

declare global {
  /** Node-RED's editor, in whose page the dialogs are. */
  const RED: EditorRED;
}
