/** A thing as a node keeps it. */
export interface SavedTarget {
  hub: string;
  kind: string;
  id: string;
  name: string;
}

/** One line a target: its name, or the id where it has none. */
export function linesOf(targets: readonly SavedTarget[]): string {
  return targets.map(({ name, id }) => name || id).join('\n');
}

/** The targets of the lines. One that says what it said before stays what it was, with its id; others are names. */
export function targetsOf(lines: string, before: readonly SavedTarget[]): SavedTarget[] {
  const left = [...before];
  const names = lines.split('\n').map((line) => line.trim());
  return names
    .filter((name) => name !== '')
    .map((name) => {
      const place = left.findIndex((target) => (target.name || target.id) === name);
      const [kept] = place < 0 ? [] : left.splice(place, 1);
      return kept ?? { hub: '', kind: '', id: '', name };
    });
}

/** Texts of a list, one a line. */
export function textsOf(lines: string): string[] {
  return lines
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** Fills the row of the targets. `placeholder`: what it means if there are none, where that is something else than all. */
export function prepareTargets(targets: readonly SavedTarget[] | undefined, placeholder?: string): void {
  const $targets = $('#node-input-targets-list').val(linesOf(targets ?? []));
  // Node-RED translates the row's own once the dialog is there.
  if (placeholder !== undefined) $targets.removeAttr('data-i18n').attr('placeholder', placeholder);
}

/** The targets of the row; `before`: those it was filled with. */
export function readTargets(before: readonly SavedTarget[] | undefined): SavedTarget[] {
  return targetsOf(String($('#node-input-targets-list').val() ?? ''), before ?? []);
}
