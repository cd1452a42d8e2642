/** Returns an icon for an action that is running. The text beside it names the action. */
export function spinner(): JQuery {
  return $('<i class="fa fa-spinner fa-spin" aria-hidden="true">');
}
