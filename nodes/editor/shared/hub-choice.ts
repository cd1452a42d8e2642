import { translate, type Translate } from './catalogue.js';
import { isFromEnv } from './checks.js';
import { hubNames } from './chosen-account.js';
import { noteShown } from './form.js';

/**
 * Shows the hubs by name. A home with a single hub has no choice of hubs, unless a hub is saved. `none`: the meaning of
 * an empty choice.
 */
export function prepareHub(saved: string | undefined, none: 'all' | 'default'): void {
  const $hub = $('#node-input-hub');
  const chosen = saved ?? '';
  const fill = (names: ReadonlyMap<string, string>): void => {
    const now = String($hub.val() ?? chosen);
    const options = hubOptions(names, now, none, translate);
    $hub.empty().append(options.map(({ value, text }) => $('<option>').val(value).text(text)));
    $hub.val(now);
    $hub.closest('.form-row').toggle(names.size > 1 || now !== '');
    noteShown();
  };
  const ask = async (): Promise<void> => fill(await hubNames());
  fill(new Map());
  $('#node-input-account').on('change', () => void ask());
  void ask();
}

/** Returns the options of the hubs. `now`: the chosen id, which stays even if there is no such hub. */
export function hubOptions(
  names: ReadonlyMap<string, string>,
  now: string,
  none: 'all' | 'default',
  t: Translate,
): { value: string; text: string }[] {
  const options = [
    { value: '', text: t(none === 'all' ? 'hub.all' : 'hub.defaultOne') },
    ...[...names].map(([value, text]) => ({ value, text })),
  ];
  if (now === '' || names.has(now)) return options;
  // While no hub is known, a saved id can't be called unknown.
  const isStrange = names.size > 0 && !isFromEnv(now);
  return [...options, { value: now, text: isStrange ? t('hub.unknown', { id: now }) : now }];
}
