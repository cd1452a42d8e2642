import { translate as t } from '../shared/catalogue.js';
import { openAccount } from '../account/open-account.js';
import { localeOf, momentText, viewerLanguages } from '../shared/times.js';
import type { Board, Notice } from './notices.js';

/** Key in the browser's storage for the notices that the user has closed. */
const CLOSED = 'cozify-lost-logins-closed';

/** Class of notices outside dialogs; its style is in the account's html. */
const NOTICE = 'cozify-notice';

/** Notices about lost logins, shown with Node-RED's notifications in the viewer's language. */
export const editorBoard: Board = {
  show(id, { account, at }, onClosed) {
    const moment = at === null ? undefined : momentText(at, t, localeOf(t('locale'), viewerLanguages()));
    const text = moment === undefined ? t('lost.notice', { account }) : t('lost.noticeAt', { account, when: moment });
    const logIn = { text: t('lost.logIn'), class: `primary ${NOTICE}`, click: () => openAccount(id) };
    const close = { text: t('lost.close'), class: NOTICE, click: onClosed };
    const options = {
      id: `cozify-lost-login-${id}`,
      type: 'warning' as const,
      fixed: true,
      buttons: RED.user.hasPermission('cozify.write') ? [close, logIn] : [close],
    };
    // The user has chosen the name, so it must not be read as HTML.
    return RED.notify($('<p>').text(text), options) as unknown as Notice;
  },

  read() {
    try {
      const closed: unknown = JSON.parse(localStorage.getItem(CLOSED) ?? '{}');
      return typeof closed === 'object' && closed !== null ? (closed as Record<string, string>) : {};
    } catch {
      return {};
    }
  },

  write(closed) {
    if (Object.keys(closed).length === 0) localStorage.removeItem(CLOSED);
    else localStorage.setItem(CLOSED, JSON.stringify(closed));
  },
};
