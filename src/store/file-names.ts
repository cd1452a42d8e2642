import { join } from 'node:path';
import { asideNameOf, type FileSystem, isCode } from './file-system.js';

/** Occurs in no name that we give: where a file system ignores case it stands before what should be a capital letter. */
const CAPITAL_MARK = '=';

/** No file system takes more. */
const LONGEST = 255;

/** What is in each directory of ours from the first save on. */
const ALWAYS_THERE = ['.gitignore', 'key'];

/** Names of ours that may hold capital letters, since they begin with an account's id. */
const OURS = /\.json(?:\.last|\.bad-[\d-]{1,40}|\.[\d-]{1,40}\.tmp)?$/;

/**
 * Under which names the files of a directory lie. Where the file system tells capital and small letters apart, under
 * their own. Where it does not, `Koti.json` and `koti.json` would be one file, and the first lies as `=koti.json`.
 */
export class FileNames {
  readonly #path: string;
  readonly #fs: FileSystem;
  #isCaseIgnored = false;
  #isLearned = false;

  constructor(path: string, fs: FileSystem) {
    this.#path = path;
    this.#fs = fs;
  }

  /** The path at which the file of a name lies. */
  at(name: string): string {
    return join(this.#path, this.#lyingAs(name));
  }

  /** The names of what lies in the directory. Throws `ENOENT` where there is none. */
  async list(): Promise<string[]> {
    await this.learn();
    return (await this.#fs.readdir(this.#path)).map((found) => (OURS.test(found) ? nameOf(found) : found));
  }

  /**
   * Finds out, once there is anything in the directory, whether case counts there. Files that came from a place where it
   * is otherwise, or lie as an earlier version left them, get the names that they have here.
   */
  async learn(): Promise<void> {
    if (this.#isLearned) return;
    const found = await this.#fs.readdir(this.#path);
    const isCaseIgnored = await this.#isSameInCapitals(found);
    if (isCaseIgnored === undefined) return;
    this.#isCaseIgnored = isCaseIgnored;
    for (const one of found.filter((name) => OURS.test(name))) await this.#settle(one, found);
    this.#isLearned = true;
  }

  /** Whether a name of what is there also finds it in the other case; `undefined` where nothing tells. */
  async #isSameInCapitals(found: readonly string[]): Promise<boolean | undefined> {
    for (const name of [...ALWAYS_THERE, ...found.filter((one) => OURS.test(one))]) {
      const other = name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase();
      if (!found.includes(name) || found.includes(other)) continue;
      if (await this.#isThere(other)) return true;
      // Gone meanwhile, it tells nothing.
      if (await this.#isThere(name)) return false;
    }
    return undefined;
  }

  async #isThere(found: string): Promise<boolean> {
    try {
      await this.#fs.lstat(join(this.#path, found));
      return true;
    } catch (error) {
      if (isCode(error, 'ENOENT')) return false;
      throw error;
    }
  }

  /** Where that fails, nothing here may be taken for not being there: it throws. */
  async #settle(one: string, found: readonly string[]): Promise<void> {
    const name = nameOf(one);
    const wanted = this.#lyingAs(name);
    if (wanted === one) return;
    const move = async (from: string, to: string): Promise<void> => {
      await this.#fs.rename(join(this.#path, from), join(this.#path, to)).catch((error: unknown) => {
        // Somebody else has just done it.
        if (!isCode(error, 'ENOENT')) throw error;
      });
    };
    // What lies under a name of elsewhere has come later than that which got the name of here.
    if (found.includes(wanted)) await move(wanted, this.#lyingAs(asideNameOf(name)));
    await move(one, wanted);
  }

  #lyingAs(name: string): string {
    if (!this.#isCaseIgnored) return name;
    // The letters of an encoded character are always capital ones, and need no mark.
    const lying = name.replace(/%..|[A-Z]/g, (part) => (part.length > 1 ? part : CAPITAL_MARK + part.toLowerCase()));
    return lying.length <= LONGEST ? lying : name;
  }
}

function nameOf(found: string): string {
  return found.replace(/=[a-z]/g, ([, letter = '']) => letter.toUpperCase());
}
