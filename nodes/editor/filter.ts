import type { Kind } from '../../src/devices/things/kinds.js';
import { translate } from './catalogue.js';
import type { TargetPicker } from './picker/picker.js';
import { offerLines, tellingCapabilities } from './picker/suggestions.js';
import { textsOf } from './targets-field.js';

/** What a node is told where it has no targets, as the editor has it. */
export interface SavedFilter {
  rooms?: string[];
  capabilities?: string[];
}

const LISTS = ['rooms', 'capabilities'] as const;

/** What a kind is called when there are several. */
export function kindText(kind: string): string {
  return translate(`kind.${kind as Kind}`);
}

/**
 * Fills the rows of rooms and capabilities, offers those that the account's home has, and shows all that choose among
 * everything only where nothing is named.
 */
export function prepareFilter(node: SavedFilter, picker: TargetPicker): void {
  for (const list of LISTS) $(`#node-input-${list}-list`).val((node[list] ?? []).join('\n'));
  $('#node-input-account').on('change', () => void offerFilter(picker));
  void offerFilter(picker);
  const $targets = $('#node-input-targets-list');
  const show = (): void => {
    $('.cozify-filter').toggle(String($targets.val() ?? '').trim() === '');
  };
  $targets.on('input change', show);
  show();
}

/** What the rows say. */
export function readFilter(): Required<SavedFilter> {
  const [rooms, capabilities] = LISTS.map((list) => textsOf(String($(`#node-input-${list}-list`).val() ?? '')));
  return { rooms: rooms ?? [], capabilities: capabilities ?? [] };
}

/** Offers what there is in the home; nothing while nobody can say. */
async function offerFilter({ api }: TargetPicker): Promise<void> {
  const [rooms, devices] = await Promise.all(
    ['room', 'device'].map(async (kind) => {
      const reply = await api?.list({ kinds: [kind] });
      return reply?.isOk === true ? reply.answer.things : [];
    }),
  );
  const offers = { rooms: (rooms ?? []).map(({ name }) => name), capabilities: tellingCapabilities(devices ?? []) };
  for (const list of LISTS) {
    offerLines($(`#node-input-${list}-list`), `cozify-${list}-offered`, offers[list], (name) =>
      translate('picker.add', { name }),
    );
  }
}
