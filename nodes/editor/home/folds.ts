// The collapsed headings of the home's list.

/** Key in the browser's storage for the collapsed headings of an account. */
const SAVED = 'cozify-home-collapsed-';

/** The headings of an account's list that the user has collapsed, kept in this browser. */
export class Folds {
  readonly #account: string;
  readonly #isSearch: boolean;
  readonly #keys: Set<string>;

  /** `account`: its id; `isSearch`: begins with everything expanded, and saves nothing. */
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
      // The storage is full or not allowed: the headings stay collapsed until the page is loaded again.
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
