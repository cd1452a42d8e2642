// Creates the DOM elements of the home tab, and switches between its inner tabs.
import type { AccountKey, Translate } from '../shared/catalogue.js';
import { hasPermission, mayAddFlow } from './flow.js';

const PANELS = ['things', 'gone', 'events'] as const;

/** The name of a tab inside the home tab. */
export type Panel = (typeof PANELS)[number];

/**
 * Creates the elements of the home tab. Call it for each new tab, because jQuery removes the event handlers when the
 * elements of a tab are removed.
 */
export function createFrame(t: Translate): JQuery {
  const labelled = (html: string, key: AccountKey): JQuery => $(html).attr('aria-label', t(key));
  const button = (name: string): JQuery =>
    $('<button type="button" class="red-ui-button red-ui-button-small">').attr('id', `cozify-home-${name}`);
  const contents = {
    things: labelled('<div id="cozify-home-list" role="tree" aria-multiselectable="true">', 'home.list'),
    gone: labelled('<div id="cozify-home-gone" role="group" tabindex="0">', 'home.gone'),
    events: labelled('<div id="cozify-home-events" role="log" aria-live="off" tabindex="0">', 'home.events'),
  };
  return labelled('<div id="cozify-home" role="region">', 'home.region').append(
    $('<div class="cozify-home-head">').append(
      labelled('<select id="cozify-home-accounts">', 'label.account'),
      // The state of the login is plain text if the user may not change logins.
      hasPermission('cozify.write') ? button('login') : $('<span id="cozify-home-login">'),
      mayAddFlow() ? button('dashboard').text(t('home.dashboard.button')) : '',
      button('filter')
        .attr('aria-expanded', 'false')
        .append('<i class="fa fa-angle-right" aria-hidden="true">', ` ${t('home.filter.title')}`),
      labelled('<input type="search" id="cozify-home-search" autocomplete="off">', 'home.search').attr({
        'aria-controls': 'cozify-home-list',
        placeholder: t('home.search'),
      }),
    ),
    labelled('<div id="cozify-home-tabs" role="tablist">', 'home.region').append(
      PANELS.map((name) =>
        $('<button type="button" role="tab">')
          .attr({ id: `cozify-home-tab-${name}`, 'aria-controls': `cozify-home-panel-${name}`, 'data-panel': name })
          .text(t(`home.${name}`)),
      ),
    ),
    $('<div id="cozify-home-state" role="status">'),
    PANELS.map((name) =>
      $('<div role="tabpanel">')
        .attr({ id: `cozify-home-panel-${name}`, 'aria-labelledby': `cozify-home-tab-${name}` })
        .append(contents[name]),
    ),
  );
}

/**
 * Makes the tabs inside the home tab react to clicks and arrow keys. Returns a function that switches to the tab of a
 * panel. `onTurn` is called after each switch.
 */
export function turnTabs($frame: JQuery, onTurn: (panel: Panel) => void): (panel: Panel) => void {
  const $tabs = $frame.find('[role=tab]');
  const show = (panel: Panel): void => {
    for (const name of PANELS) {
      const isShown = name === panel;
      $frame.find(`#cozify-home-tab-${name}`).attr({ 'aria-selected': String(isShown), tabindex: isShown ? 0 : -1 });
      const $panel = $frame.find(`#cozify-home-panel-${name}`);
      // If the panel to hide contains the focus, moves the focus to the tab of the panel that is shown instead.
      if (!isShown && $panel.find(':focus').length > 0) $frame.find(`#cozify-home-tab-${panel}`).trigger('focus');
      $panel.toggle(isShown);
    }
    onTurn(panel);
  };
  $tabs.on('click', (event) => show($(event.currentTarget).attr('data-panel') as Panel));
  $tabs.on('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const index = ($tabs.index(event.currentTarget) + step + $tabs.length) % $tabs.length;
    $tabs.eq(index).trigger('click').trigger('focus');
    event.preventDefault();
  });
  return show;
}

/** Ignores the second click of a double click, because the first may have moved another row under the mouse. */
export function ignoreSecondClicks($frame: JQuery): void {
  const ignore = (event: MouseEvent): void => {
    if (event.detail > 1) event.stopImmediatePropagation();
  };
  $frame[0]?.addEventListener('click', ignore, { capture: true });
}
