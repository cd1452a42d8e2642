import { AccountNews, NEWS_TOPIC } from './news.js';
import { LOG_IN_ACTION, logInToCozify } from './log-in-action.js';
import { takeAccountThereIs } from './example-account.js';
import { NameWatch } from '../labels/name-watch.js';
import { relabel } from './relabel.js';
import { flowsState } from '../shared/flows-state.js';
import { editorBoard } from '../lost-login/board.js';
import { LostLoginNotices } from '../lost-login/notices.js';

/** Node-RED's actions, with what its types do not say: from 4.0 on a label, which before is made of the name. */
interface Actions {
  add(name: string, handler: () => void, options?: { label: string }): void;
}

/** What the editor does about accounts while no dialog is open: keeps their labels right and tells of lost logins. */
export class AccountWatch {
  readonly news = new AccountNews();
  readonly #notices = new LostLoginNotices(editorBoard);
  readonly #names = new NameWatch();
  #isOn = false;

  /** Begins when the nodes come into the palette, which they may do more than once. */
  start(): void {
    if (this.#isOn) return;
    this.#isOn = true;
    RED.comms.subscribe(NEWS_TOPIC, this.#take);
    flowsState.start();
    this.#names.start();
    RED.events.on('nodes:add', takeAccountThereIs);
    const options = { label: '@cozify-community/node-red-cozify/cozify-account:open.action' };
    const actions: Actions = RED.actions;
    actions.add(LOG_IN_ACTION, () => logInToCozify(this.news), options);
  }

  /** Ends when they leave it. */
  stop(): void {
    if (!this.#isOn) return;
    this.#isOn = false;
    RED.comms.unsubscribe(NEWS_TOPIC, this.#take);
    flowsState.stop();
    this.#names.stop();
    RED.events.off('nodes:add', takeAccountThereIs);
    RED.actions.remove(LOG_IN_ACTION);
    this.#notices.clear();
  }

  /** The dialog of an account was opened, or with `undefined` closed. */
  noteDialog(id: string | undefined): void {
    this.#notices.noteDialog(id);
  }

  readonly #take = (topic: string, message: unknown): void => {
    const id = this.news.take(topic, message);
    const news = id === undefined ? undefined : this.news.of(id);
    if (id === undefined || news === undefined) return;
    this.#notices.note(id, news);
    relabel(id);
    if (!news.isLost) this.#names.ask(id);
  };
}
