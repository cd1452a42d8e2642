import { translate, type Translate } from './catalogue.js';
import { isFromEnv } from './checks.js';
import { hubNames } from './chosen-account.js';
import { noteShown } from './form.js';

/**
 * Lets the hub be chosen by its name. A home with one hub has nothing to choose, unless a hub is saved. `none`: what it
 * means if none is chosen.
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

/** What the select of hubs holds. `now`: the id that is chosen, which stays, whether or not there is such a hub. */
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
  // While no hub is known nobody can say that this one isn't there.
  const isStrange = names.size > 0 && !isFromEnv(now);
  return [...options, { value: now, text: isStrange ? t('hub.unknown', { id: now }) : now }];
}
