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

/** Tells a person of each login that the cloud has ended: once, until it is back or they have closed it. */
export class LostLoginNotices {
  readonly #board: Board;
  readonly #shown = new Map<string, { loss: string; name: string; notice: Notice }>();

  constructor(board: Board) {
    this.#board = board;
  }

  /** Takes in how an account's login stands. The same may come again: the editor asks anew when it was cut off. */
  note(id: string, news: LoginNews): void {
    const shown = this.#shown.get(id);
    if (!news.isLost) {
      this.#takeDown(id);
      this.#remember(id, undefined);
      return;
    }
    const loss = news.at ?? '';
    if (shown?.loss === loss && shown.name === news.account) return;
    if (this.#board.read()[id] === loss) {
      this.#takeDown(id);
      return;
    }
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
