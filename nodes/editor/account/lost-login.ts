// Notifications about logins that the cloud has ended.
import type { LoginNews } from '../../accounts/lost-logins.js';
import { translate as t } from '../shared/catalogue.js';
import { momentText, viewerLocale } from '../shared/times.js';
import { openAccount } from './accounts.js';

/** A notification in the editor. It stays until it is closed. */
interface Notice {
  close(): void;
}

/** Shows notifications, and stores which notifications the user has closed. */
export interface NoticeUi {
  /**
   * Shows a notification, even if there is already one about the account.
   *
   * @param onClosed called after the user has closed the notification
   */
  show(id: string, news: LoginNews, onClosed: () => void): Notice;
  /**
   * Returns the closed notifications that the browser has stored: for each account id, the time when its login was
   * lost.
   */
  read(): Record<string, string>;
  write(closed: Record<string, string>): void;
}

/**
 * Shows a notification for each login that the cloud has ended, until the login is valid again or the user closes the
 * notification. While the account's dialog is open, there is no notification, because the dialog itself shows that the
 * login was lost.
 */
export class LostLoginNotices {
  readonly #ui: NoticeUi;
  readonly #newsOf: (id: string) => LoginNews | undefined;
  readonly #shown = new Map<string, { loss: string; name: string; notice: Notice }>();
  #inDialog: string | undefined;

  /** `newsOf`: returns the last known state of an account's login. */
  constructor(ui: NoticeUi, newsOf: (id: string) => LoginNews | undefined) {
    this.#ui = ui;
    this.#newsOf = newsOf;
  }

  /** Notes that the dialog of an account was opened, or closed if `id` is `undefined`. */
  noteDialog(id: string | undefined): void {
    const looked = [this.#inDialog, id];
    this.#inDialog = id;
    for (const one of looked) if (one !== undefined) this.update(one);
  }

  /**
   * Shows or removes the notification about an account. Call it for each published state of the login. The same state
   * may be published twice, because the editor subscribes again after an interruption. It is then shown only once.
   */
  update(id: string): void {
    const news = this.#newsOf(id);
    if (news === undefined) return;
    const loss = news.at ?? '';
    if (!news.isLost) this.#remember(id, undefined);
    if (!news.isLost || id === this.#inDialog || this.#ui.read()[id] === loss) return this.#takeDown(id);
    const shown = this.#shown.get(id);
    if (shown?.loss === loss && shown.name === news.account) return;
    const notice = this.#ui.show(id, news, () => {
      this.#takeDown(id);
      this.#remember(id, loss);
    });
    this.#shown.set(id, { loss, name: news.account, notice });
  }

  /** Removes all notifications. Called when the nodes are removed from the palette. */
  clear(): void {
    for (const id of [...this.#shown.keys()]) this.#takeDown(id);
  }

  #takeDown(id: string): void {
    this.#shown.get(id)?.notice.close();
    this.#shown.delete(id);
  }

  #remember(id: string, loss: string | undefined): void {
    const others = Object.entries(this.#ui.read()).filter(([known]) => known !== id);
    this.#ui.write(Object.fromEntries(loss === undefined ? others : [...others, [id, loss]]));
  }
}

/** Key in the browser's storage for the notices that the user has closed. */
const CLOSED = 'cozify-lost-logins-closed';

/** CSS class of notices outside dialogs; its style is in `cozify-account.html`. */
const NOTICE = 'cozify-notice';

/** Shows lost logins as Node-RED notifications, in the editor's language. */
export const editorNoticeUi: NoticeUi = {
  show(id, { account, at }, onClosed) {
    const moment = at === null ? undefined : momentText(at, t, viewerLocale());
    const text = moment === undefined ? t('lost.notice', { account }) : t('lost.noticeAt', { account, when: moment });
    const logIn = { text: t('lost.logIn'), class: `primary ${NOTICE}`, click: () => openAccount(id) };
    const close = { text: t('lost.close'), class: NOTICE, click: onClosed };
    const options = {
      id: `cozify-lost-login-${id}`,
      type: 'warning' as const,
      fixed: true,
      buttons: RED.user.hasPermission('cozify.write') ? [close, logIn] : [close],
    };
    // The name was typed by a user, so it must not be read as HTML.
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
