// The elements of the home tab, and its inner tabs.
import type { Translate } from '../shared/catalogue.js';
import { hasPermission, mayAddFlow } from './flow.js';

const PANELS = ['things', 'gone', 'events'] as const;

/** Name of an inner tab: an element of {@link PANELS}. */
export type Panel = (typeof PANELS)[number];

/**
 * Creates the elements of the tab. They are created each time, because jQuery removes event handlers together with the
 * elements.
 */
export function createFrame(t: Translate): JQuery {
  const $frame = $('<div id="cozify-home" role="region">').attr('aria-label', t('home.region'));
  const $tabs = $('<div id="cozify-home-tabs" role="tablist">').attr('aria-label', t('home.region'));
  for (const name of PANELS) {
    $tabs.append(
      $('<button type="button" role="tab">')
        .attr({ id: `cozify-home-tab-${name}`, 'aria-controls': `cozify-home-panel-${name}`, 'data-panel': name })
        .text(t(`home.${name}`)),
    );
  }
  const $list = $('<div id="cozify-home-list" role="tree" aria-multiselectable="true">').attr(
    'aria-label',
    t('home.list'),
  );
  const $gone = $('<div id="cozify-home-gone" role="group" tabindex="0">').attr('aria-label', t('home.gone'));
  const $events = $('<div id="cozify-home-events" role="log" aria-live="off" tabindex="0">').attr(
    'aria-label',
    t('home.events'),
  );
  const contents = { things: $list, gone: $gone, events: $events };
  return $frame.append(
    $('<div class="cozify-home-head">').append(
      $('<select id="cozify-home-accounts">').attr('aria-label', t('label.account')),
      loginOf(),
      mayAddFlow()
        ? $('<button type="button" id="cozify-home-dashboard" class="red-ui-button red-ui-button-small">').text(
            t('home.dashboard.button'),
          )
        : '',
      $(
        '<button type="button" id="cozify-home-filter" class="red-ui-button red-ui-button-small" aria-expanded="false">',
      ).append('<i class="fa fa-angle-right" aria-hidden="true">', ` ${t('home.filter.title')}`),
      $('<input type="search" id="cozify-home-search" aria-controls="cozify-home-list" autocomplete="off">').attr({
        placeholder: t('home.search'),
        'aria-label': t('home.search'),
      }),
    ),
    $tabs,
    $('<div id="cozify-home-state" role="status">'),
    ...PANELS.map((name) =>
      $('<div role="tabpanel">')
        .attr({ id: `cozify-home-panel-${name}`, 'aria-labelledby': `cozify-home-tab-${name}` })
        .append(contents[name]),
    ),
  );
}

/** Shows one of the inner tabs; arrow keys switch between them. */
export function turnTabs($frame: JQuery, onTurn: (panel: Panel) => void): (panel: Panel) => void {
  const $tabs = $frame.find('[role=tab]');
  const show = (panel: Panel): void => {
    for (const name of PANELS) {
      const isShown = name === panel;
      $frame.find(`#cozify-home-tab-${name}`).attr({ 'aria-selected': String(isShown), tabindex: isShown ? 0 : -1 });
      const $panel = $frame.find(`#cozify-home-panel-${name}`);
      // A hidden panel must not keep the focus.
      if (!isShown && $panel.find(':focus').length > 0) $frame.find(`#cozify-home-tab-${panel}`).trigger('focus');
      $panel.toggle(isShown);
    }
    onTurn(panel);
  };
  $tabs.on('click', (event) => show($(event.currentTarget).attr('data-panel') as Panel));
  $tabs.on('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key ?? ''];
    if (step === undefined) return;
    const index = ($tabs.index(event.currentTarget) + step + $tabs.length) % $tabs.length;
    $tabs.eq(index).trigger('click').trigger('focus');
    event.preventDefault();
  });
  return show;
}

/** The state of the login: a button, or plain text if the viewer may not change logins. */
function loginOf(): JQuery {
  const $login = hasPermission('cozify.write')
    ? $('<button type="button" class="red-ui-button red-ui-button-small">')
    : $('<span>');
  return $login.attr('id', 'cozify-home-login');
}

/** Ignores the second click of a double click, because the first may have moved another row under the mouse. */
export function ignoreSecondClicks($frame: JQuery): void {
  const ignore = (event: MouseEvent): void => {
    if (event.detail > 1) event.stopImmediatePropagation();
  };
  $frame[0]?.addEventListener('click', ignore, { capture: true });
}
