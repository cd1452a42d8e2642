import type { EditorRED } from 'node-red';

declare global {
  /** Node-RED's editor. The dialogs run in its page. */
  const RED: EditorRED;
}
