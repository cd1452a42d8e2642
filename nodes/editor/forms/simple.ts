import { parseHubPath } from '../../../src/hub/hub-path.js';
import { SECONDS } from '../../../src/input.js';
import { ACCOUNT_TOPICS, type AccountTopic } from '../../../src/state/account-topics.js';
import type authenticateTexts from '../../locales/en-US/cozify-authenticate.json';
import type emailTexts from '../../locales/en-US/cozify-email.json';
import type eventsTexts from '../../locales/en-US/cozify-events.json';
import type pingTexts from '../../locales/en-US/cozify-ping.json';
import type refreshTexts from '../../locales/en-US/cozify-refresh.json';
import type requestTexts from '../../locales/en-US/cozify-request.json';
import type resetTexts from '../../locales/en-US/cozify-reset.json';
import type tokenTexts from '../../locales/en-US/cozify-token.json';
import { AccountApi } from '../account/api.js';
import { AccountTexts } from '../account/texts.js';
import type { ActionNode } from '../shared/action-node.js';
import { type KeyOf, translate } from '../shared/catalogue.js';
import { isAccepted, isEmail } from '../shared/checks.js';
import { spinner } from '../shared/draw.js';
import { flowsState } from '../shared/flows.js';
import { prepareHub } from '../shared/form.js';
import { prepareChoices, readChoices } from '../shared/tags.js';
import { clockText, viewerLocale } from '../shared/times.js';
import { check, EXPIRY, form, row, seconds, select, typed } from './form.js';

const AUTOREFRESH = check('autorefresh', true, { label: ':label.autorefresh' });
const MODE = select('mode', { get: 'label.modeGet', set: 'label.modeSet' }, { label: ':label.mode', icon: 'tasks' });

/** Options of a row that is shown only while the mode of the node is `set`. */
const SETTING = { only: ['mode', 'set'] } as const;

export const cozifyAuthenticate = form<typeof authenticateTexts>({
  outputs: 2,
  label: () => ['label.palette', 'label.node'],
  fields: [
    check('trustCloud', true),
    check('trustHub', true),
    check('remote', false),
    check('autoremote', true),
    AUTOREFRESH,
    EXPIRY,
  ],
  // With `remote`, a hub is reached only through the cloud. `autoremote`, which lets it switch between the cloud and
  // the local network, has no effect then.
  off: { autoremote: ['remote', 'ticked'], expiry: ['autorefresh', 'empty'] },
});

export const cozifyRefresh = form<typeof refreshTexts>({
  outputs: 2,
  label: ({ force }) => ['label.palette', force ? 'label.forced' : 'label.node'],
  fields: [check('force', false), EXPIRY],
  off: { expiry: ['force', 'ticked'] },
});

export const cozifyToken = form<typeof tokenTexts>({
  outputs: 1,
  label: ({ mode }) => (mode === 'set' ? ['label.set', 'label.setOf'] : ['label.get', 'label.getOf']),
  fields: [
    MODE,
    typed('token', 'payload', ['msg', 'flow', 'global', 'env', 'jsonata'], { icon: 'key', ...SETTING }),
    check('commit', true, SETTING),
  ],
});

export const cozifyEmail = form<typeof emailTexts>({
  outputs: 1,
  label: ({ mode }) => (mode === 'set' ? ['label.set', 'label.setOf'] : ['label.get', 'label.getOf']),
  fields: [
    MODE,
    typed('email', 'payload', ['msg', 'flow', 'global', 'str', 'env', 'jsonata'], {
      icon: 'envelope',
      text: { isValid: (text) => typeof text === 'string' && isEmail(text), problem: 'invalid.email' },
      ...SETTING,
    }),
  ],
});

export const cozifyReset = form<typeof resetTexts>({
  outputs: 1,
  label: ({ logout }) => (logout ? ['label.logOut', 'label.logOutOf'] : ['label.palette', 'label.node']),
  fields: [check('logout', false)],
});

export const cozifyPing = form<typeof pingTexts>({
  outputs: 2,
  label: () => ['label.palette', 'label.node'],
  fields: [row('login-test', { prepare: prepareLoginTest }), AUTOREFRESH, EXPIRY],
  off: { expiry: ['autorefresh', 'empty'] },
});

export const cozifyEvents = form<typeof eventsTexts>({
  inputs: 0,
  outputs: 1,
  label: () => ['label.palette', 'label.node'],
  fields: [row('topics', { defaults: { events: { value: [] } }, prepare: prepareTopics, read: readTopics })],
});

export const cozifyRequest = form<typeof requestTexts>({
  outputs: 1,
  className: 'cozify-request',
  label: ({ method = 'GET', path = '', pathType = 'str' }) =>
    path === '' || pathType !== 'str' ? ['label.palette', 'label.node'] : `${String(method)} ${String(path)}`,
  fields: [
    select('method', { GET: '', PUT: '', POST: '', DELETE: '' }, { icon: 'exchange' }),
    typed('path', '', ['str', 'msg', 'flow', 'global', 'jsonata', 'env'], {
      icon: 'link',
      placeholder: 'placeholder.path',
      text: { isValid: isPath, problem: 'invalid.path' },
    }),
    typed('body', 'payload', ['msg', 'flow', 'global', 'json', 'str', 'num', 'bool', 'jsonata', 'env'], {
      icon: 'file-text-o',
      only: ['method', 'PUT', 'POST'],
    }),
    seconds('timeout', 15, { icon: 'clock-o', range: SECONDS.request, problem: 'invalid.timeout' }),
    row('hub', {
      defaults: { hub: { value: '' } },
      prepare: ({ hub }) => prepareHub(hub as string | undefined, 'default'),
    }),
  ],
});

function isPath(path: unknown): boolean {
  return path === undefined || isAccepted(() => parseHubPath(path));
}

type Events = ActionNode<KeyOf<typeof eventsTexts>> & { events?: string[] };

function prepareTopics(node: Events): void {
  const textOf = (topic: string): string => `${node._(`event.${topic as AccountTopic}`)} `;
  prepareChoices('events', ACCOUNT_TOPICS, node.events, textOf, (topic) => $('<code>').text(topic));
}

/** Returns the ticked topics, and the saved topics that have no checkbox, so that saving the dialog keeps them. */
function readTopics({ events }: Events): Pick<Events, 'events'> {
  const saved = Array.isArray(events) ? events : [];
  const unknown = saved.filter((topic) => !ACCOUNT_TOPICS.some((known) => known === topic));
  return { events: [...readChoices('events'), ...unknown] };
}

type Ping = ActionNode<KeyOf<typeof pingTexts>>;

/** Sets up the button that asks the Cozify cloud whether the login of the chosen account is still accepted. */
function prepareLoginTest(node: Ping): void {
  const $account = $<HTMLInputElement>('#node-input-account');
  const $answer = $('#cozify-ping-state');
  $account.on('change', () => $answer.empty());
  $('#cozify-ping-test').on('click', () => {
    const id = String($account.val());
    if (!RED.nodes.node(id)) $answer.text(node._('test.none'));
    else void testLogin(node, id, $answer);
  });
}

async function testLogin(node: Ping, id: string, $answer: JQuery): Promise<void> {
  const locale = viewerLocale();
  $answer.empty().append(spinner(), document.createTextNode(` ${node._('test.asking')}`));
  const reply = await new AccountApi(id).ping();
  if (!reply.isOk) {
    $answer.text(new AccountTexts(translate, locale).failure(reply.failure));
    return;
  }
  const { verdict } = reply.answer;
  if (verdict === null && flowsState.areStopped) {
    $answer.text(translate('state.flowsStopped'));
    return;
  }
  const time = clockText(new Date().toISOString(), locale);
  $answer.text(verdict === null ? node._('test.never') : node._(`test.${verdict}`, { time }));
}
