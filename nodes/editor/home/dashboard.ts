// The button that creates a dashboard page for the home: requests the rooms, and adds the page as a new flow.
import type { DashboardPlan } from '../../dashboard/dashboard.js';
import { callEndpoint, type Reply, withList } from '../account/api.js';
import { cloudOfAccount, type NamedAccount } from '../account/accounts.js';
import { addFlow, dashboardNodes, hasNodeType, nodeById } from './flow.js';
import type { HomeParts } from './home.js';
import type { HomeTexts } from './texts.js';

/** Makes a button create a dashboard page for the home. A click while a page is being created has no effect. */
export function prepareDashboard($button: JQuery, { choice, line, texts }: HomeParts): void {
  let isBusy = false;
  const create = async (account: NamedAccount): Promise<void> => {
    isBusy = true;
    line.result(texts.t('picker.searching'));
    line.result(await makeDashboard(account, texts));
    isBusy = false;
    // Moves the focus back to the button, because Node-RED has moved it to the new flow.
    $button.trigger('focus');
  };
  $button.on('click', () => {
    if (choice.current === undefined) line.result(texts.t('home.noAccount'));
    else if (!isBusy) void create(choice.current);
  });
}

/**
 * Lets the user choose rooms, and makes a dashboard page for them in a new flow. Resolves to a text about the outcome;
 * empty if the user cancelled.
 */
async function makeDashboard(account: NamedAccount, texts: HomeTexts): Promise<string> {
  const { t } = texts;
  if (!hasNodeType('ui-page')) return t('home.dashboard.missing');
  // The new flow can't use an account that is limited to another flow.
  if (nodeById(account.id)?.z) return t('home.hindrance.account');
  const plan = await askFor(account, texts, undefined);
  if (!plan.isOk) return texts.tryFailure(plan.failure);
  const { rooms, path, shown } = plan.answer;
  if (rooms.length === 0) return t(shown > 0 ? 'home.dashboard.nothing' : 'home.dashboard.empty', { path });
  const chosen = await chooseRooms(plan.answer, texts);
  if (chosen.length === 0) return '';
  const reply = await askFor(account, texts, chosen);
  if (!reply.isOk) return texts.tryFailure(reply.failure);
  const { nodes } = reply.answer;
  if (!nodes.every(({ type }) => type === 'tab' || hasNodeType(type))) return t('home.dashboard.missing');
  addFlow(nodes);
  return t('home.dashboard.done', { path });
}

function askFor(account: NamedAccount, { language }: HomeTexts, rooms?: string[]): Promise<Reply<DashboardPlan>> {
  const url = `cozify/accounts/${encodeURIComponent(account.id)}/dashboard`;
  const cloudUrl = cloudOfAccount(account.id) || undefined;
  const body = { rooms, flows: dashboardNodes(), lang: language, cloudUrl };
  return callEndpoint('POST', url, withList<DashboardPlan>('rooms'), body);
}

/**
 * Asks the user for rooms in a modal dialog. Resolves to the keys of the chosen rooms; empty if the dialog was
 * cancelled.
 */
function chooseRooms({ rooms, shown }: DashboardPlan, { t }: HomeTexts): Promise<string[]> {
  const $all = $('<label>').append($('<input type="checkbox" checked>'), $('<b>').text(t('home.dashboard.all')));
  const $rooms = $('<div class="cozify-dashboard-rooms">').append(
    rooms.map(({ name, adds, key }) =>
      $('<label>').append(
        $('<input type="checkbox" checked>').val(key),
        $('<span>').append($('<b>').text(name), ` ${adds}`),
      ),
    ),
  );
  const $make = $('<button value="make" class="red-ui-button primary">').text(t('home.dashboard.make'));
  const $cancel = $('<button type="button" class="red-ui-button">').text(t('home.dashboard.cancel'));
  const $dialog = $('<dialog class="cozify-dashboard" aria-labelledby="cozify-dashboard-title">').append(
    $('<form method="dialog">').append(
      $('<h3 id="cozify-dashboard-title">').text(t('home.dashboard.title')),
      $('<p>').text(t(shown > 0 ? 'home.dashboard.more' : 'home.dashboard.new', { count: shown })),
      $all,
      $rooms,
      $('<div class="cozify-dashboard-buttons">').append($cancel, $make),
    ),
  );
  const dialog = $dialog.appendTo('body')[0] as HTMLDialogElement;
  const $boxes = $rooms.find<HTMLInputElement>('input');
  const keys = (): string[] => Array.from($boxes.filter(':checked'), ({ value }) => value);
  $all.on('change', () => $boxes.prop('checked', $all.find('input').is(':checked')));
  $dialog.on('change', () => {
    const count = keys().length;
    $all.find('input').prop({ checked: count === rooms.length, indeterminate: count > 0 && count < rooms.length });
    $make.prop('disabled', count === 0);
  });
  $cancel.on('click', () => dialog.close());
  // Keys pressed in the dialog must not trigger the editor's shortcuts.
  $dialog.on('keydown', (event) => event.stopPropagation());
  dialog.showModal();
  return new Promise((resolve) => {
    $dialog.on('close', () => {
      resolve(dialog.returnValue === 'make' ? keys() : []);
      $dialog.remove();
    });
  });
}
