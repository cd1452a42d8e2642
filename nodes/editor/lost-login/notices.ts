import type { LoginNews } from '../../accounts/lost-logins.js';

/** A notification that stands in the editor until it is closed. */
export interface Notice {
  close(): void;
}

/** What the notices need of the editor. */
export interface Board {
  /**
   * Puts up a notification, once more where one of that account stands already.
   *
   * @param onClosed the person has closed it and has seen enough of it
   */
  show(id: string, news: LoginNews, onClosed: () => void): Notice;
  /** Which losses the person wants to see no more, by the account's id; it outlives the page. */
  read(): Record<string, string>;
  write(closed: Record<string, string>): void;
}

/**
 * Tells a person of each login that the cloud has ended: once, until it is back or they have closed it. While the dialog
 * of the account is open nothing stands in front of it, for it tells the same.
 */
export class LostLoginNotices {
  readonly #board: Board;
  readonly #latest = new Map<string, LoginNews>();
  readonly #shown = new Map<string, { loss: string; name: string; notice: Notice }>();
  #inDialog: string | undefined;

  constructor(board: Board) {
    this.#board = board;
  }

  /** Takes in how an account's login stands. The same may come again: the editor asks anew when it was cut off. */
  note(id: string, news: LoginNews): void {
    this.#latest.set(id, news);
    this.#update(id, news);
  }

  /** The dialog of an account was opened, or with `undefined` closed. */
  noteDialog(id: string | undefined): void {
    const looked = [this.#inDialog, id];
    this.#inDialog = id;
    for (const one of looked) {
      const news = one === undefined ? undefined : this.#latest.get(one);
      if (one !== undefined && news !== undefined) this.#update(one, news);
    }
  }

  #update(id: string, news: LoginNews): void {
    const loss = news.at ?? '';
    if (!news.isLost) this.#remember(id, undefined);
    if (!news.isLost || id === this.#inDialog || this.#board.read()[id] === loss) {
      this.#takeDown(id);
      return;
    }
    const shown = this.#shown.get(id);
    if (shown?.loss === loss && shown.name === news.account) return;
    const notice = this.#board.show(id, news, () => {
      this.#takeDown(id);
      this.#remember(id, loss);
    });
    this.#shown.set(id, { loss, name: news.account, notice });
  }

  /** Takes down all that stands, for the nodes are being removed. */
  clear(): void {
    for (const id of [...this.#shown.keys()]) this.#takeDown(id);
  }

  #takeDown(id: string): void {
    this.#shown.get(id)?.notice.close();
    this.#shown.delete(id);
  }

  #remember(id: string, loss: string | undefined): void {
    const { [id]: before, ...others } = this.#board.read();
    if (before === loss) return;
    this.#board.write(loss === undefined ? others : { ...others, [id]: loss });
  }
}
