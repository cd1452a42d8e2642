// The editor's tasks for accounts outside their dialogs: labels, notifications, and the login action.
import { NameWatch } from '../labels/name-watch.js';
import { flowsState } from '../shared/flows.js';
import { LOG_IN_ACTION, logInToCozify, relabel, useExistingAccount } from './accounts.js';
import { editorNoticeUi, LostLoginNotices } from './lost-login.js';
import { AccountNews, NEWS_TOPIC } from './news.js';

/**
 * Node-RED's list of actions (`RED.actions`). Its type lacks the option `label`, which Node-RED supports from version
 * 4.0. Earlier versions make the label from the name.
 */
interface Actions {
  add(name: string, handler: () => void, options?: { label: string }): void;
}

/**
 * Updates the labels of accounts, shows notifications about lost logins, and adds "log in" to Node-RED's list of
 * actions. None of this needs an open dialog.
 */
export class AccountWatch {
  readonly news = new AccountNews();
  readonly #notices = new LostLoginNotices(editorNoticeUi, (id) => this.news.of(id));
  readonly #names = new NameWatch();
  #isOn = false;

  /**
   * Starts to update labels and to show notifications, and adds the action "log in". Called when a node type is added
   * to the palette, which can happen more than once.
   */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    RED.comms.subscribe(NEWS_TOPIC, this.#take);
    flowsState.start();
    this.#names.start();
    RED.events.on('nodes:add', useExistingAccount);
    const options = { label: '@cozify-community/node-red-cozify/cozify-account:open.action' };
    const actions: Actions = RED.actions;
    actions.add(LOG_IN_ACTION, () => logInToCozify(this.news), options);
  }

  /**
   * Stops the updates of labels, removes the notifications and the action "log in". Called when the nodes are removed
   * from the palette.
   */
  stop(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    RED.comms.unsubscribe(NEWS_TOPIC, this.#take);
    flowsState.stop();
    this.#names.stop();
    RED.events.off('nodes:add', useExistingAccount);
    RED.actions.remove(LOG_IN_ACTION);
    this.#notices.clear();
  }

  /** Notes that the dialog of an account was opened, or closed if `id` is `undefined`. */
  noteDialog(id: string | undefined): void {
    this.#notices.noteDialog(id);
  }

  readonly #take = (topic: string, message: unknown): void => {
    const id = this.news.take(topic, message);
    if (id === undefined) return;
    this.#notices.update(id);
    relabel(id);
    if (!this.news.isLost(id)) this.#names.ask(id);
  };
}
