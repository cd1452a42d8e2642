// The headings in the list of the home tab that the user has collapsed.

/**
 * Prefix of a key in the browser's local storage, to which the id of the account is added. The value is a list of the
 * collapsed headings.
 */
const SAVED = 'cozify-home-collapsed-';

/** The headings of an account's list that the user has collapsed, kept in this browser. */
export class Folds {
  readonly #account: string;
  readonly #isSearch: boolean;
  readonly #keys: Set<string>;

  /**
   * `account`: the account's id. `isSearch`: whether the list is searched or filtered. In that case all headings start
   * expanded, and collapsed headings are not saved.
   */
  constructor(account: string, isSearch: boolean) {
    this.#account = account;
    this.#isSearch = isSearch;
    this.#keys = new Set(isSearch ? [] : savedFor(account));
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  toggle(key: string): void {
    if (!this.#keys.delete(key)) this.#keys.add(key);
    if (this.#isSearch) return;
    try {
      localStorage.setItem(SAVED + this.#account, JSON.stringify([...this.#keys]));
    } catch {
      // The storage is full or blocked: the headings stay collapsed only until the page is reloaded.
    }
  }
}

function savedFor(account: string): string[] {
  try {
    const keys: unknown = JSON.parse(localStorage.getItem(SAVED + account) ?? '[]');
    return Array.isArray(keys) ? (keys as string[]) : [];
  } catch {
    return [];
  }
}
