/** A sign that something is under way. The words beside it say what. */
export function spinner(): JQuery {
  return $('<i class="fa fa-spinner fa-spin" aria-hidden="true">');
}
