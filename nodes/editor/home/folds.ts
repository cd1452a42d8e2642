// The collapsed headings of the home's list.

/** Key in the browser's storage for the collapsed headings of an account. */
const SAVED = 'cozify-home-collapsed-';

/** The headings of an account's list that the user has collapsed, kept in this browser. */
export class Folds {
  readonly #saved: string;
  #keys = new Set<string>();
  #isSearch = false;

  /** `account`: its id. */
  constructor(account: string) {
    this.#saved = SAVED + account;
    this.search(false);
  }

  /** Begins or ends a search. A search begins with everything expanded, and saves nothing. */
  search(isOn: boolean): void {
    this.#isSearch = isOn;
    this.#keys = new Set(isOn ? [] : this.#read());
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  toggle(key: string): void {
    if (!this.#keys.delete(key)) this.#keys.add(key);
    if (this.#isSearch) return;
    try {
      localStorage.setItem(this.#saved, JSON.stringify([...this.#keys]));
    } catch {
      // The storage is full or not allowed: the headings stay collapsed until the page is loaded again.
    }
  }

  #read(): string[] {
    try {
      const keys: unknown = JSON.parse(localStorage.getItem(this.#saved) ?? '[]');
      return Array.isArray(keys) ? (keys as string[]) : [];
    } catch {
      return [];
    }
  }
}
