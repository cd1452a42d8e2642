import { translate } from './catalogue.js';

/** The open dialog of a node. Below it, that of an account may lie. */
const DIALOG = '#dialog-form .cozify-dialog';

/** What happens to a dialog when its rows are others than before, without a person having done it. */
const SHOWN = 'cozify-shown';

/** Has everything that goes by the rows of the open dialog look at them again. */
export function noteShown(): void {
  $(DIALOG).trigger(SHOWN);
}

/** Calls it now, and whenever something in the open dialog is another. */
export function followForm(show: () => void): void {
  $(DIALOG).on(`input change ${SHOWN}`, show);
  show();
}

/** A setting under "More", as the folded line tells of it. */
export interface MorePart {
  /** What it is called there. */
  name: string;
  /** The selector of its row, of which nothing is told while it is hidden. */
  row: string;
  /** What is told of it where it is not as it is by default; empty where it is. */
  told: () => string;
  /** It is told of only where it is not as by default: others of the dialog's rows say the same. */
  isSilent?: boolean;
}

/** The hub, which each of the dialogs has under "More". */
export function hubPart(): MorePart {
  const told = (): string => ($('#node-input-hub').val() ? $('#node-input-hub option:selected').text() : '');
  return { name: translate('more.hub'), row: '.cozify-hub', told };
}

/** Folds what is seldom needed, and says in its line what is in it, or what of it is not as by default. */
export function prepareMore(parts: readonly MorePart[]): void {
  const $more = $('#cozify-more');
  const $rows = $('#cozify-more-rows').hide();
  const isOpen = (): boolean => $more.attr('aria-expanded') === 'true';
  const show = (): void => {
    const shown = parts.filter(({ row }) => $(row).css('display') !== 'none');
    $more.parent().toggle(shown.length > 0);
    $('#cozify-more-said').text(isOpen() ? '' : toldOf(shown));
  };
  $more.on('click', () => {
    $more.attr('aria-expanded', String(!isOpen()));
    $more.find('.fa').toggleClass('fa-angle-right', !isOpen()).toggleClass('fa-angle-down', isOpen());
    $rows.toggle(isOpen());
    show();
  });
  followForm(show);
}

/** What the folded line says: what is not as by default, else what there is. */
export function toldOf(parts: readonly MorePart[]): string {
  const told = parts.map((part) => part.told()).filter((text) => text !== '');
  const texts = told.length > 0 ? told : parts.filter(({ isSilent }) => isSilent !== true).map(({ name }) => name);
  return texts.length === 0 ? '' : `· ${texts.join(', ')}`;
}

/** A node whose dialog is open. */
interface Edited {
  _def?: { defaults?: Record<string, unknown> };
  _?: unknown;
}

/**
 * Shows in the empty field of the name what the node is called without one. `label`: what says so of a node; `read`:
 * what the dialog says where no single input does.
 */
export function prepareName<N extends object>(node: N, label: (this: N) => string, read: () => Partial<N>): void {
  followForm(() => {
    // What Node-RED has beside a node's properties, and may not enumerate.
    const { _ } = node as Edited;
    const said = { ...node, _, ...formOf(node), ...read(), name: '' };
    $('#node-input-name').attr('placeholder', label.call(said));
  });
}

/** The properties of a node as the inputs of its open dialog say them. */
function formOf(node: object): Record<string, unknown> {
  const names = Object.keys((node as Edited)._def?.defaults ?? {});
  const said: Record<string, unknown> = {};
  for (const name of names) {
    const $input = $(`#node-input-${name}`);
    if ($input.length > 0) said[name] = $input.is(':checkbox') ? $input.prop('checked') : $input.val();
  }
  return said;
}
