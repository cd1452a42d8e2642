import type { AccountRecord, Store } from '../../src/index.js';
import {
  accountShape,
  fileStemOf,
  idOfStem,
  KeyedMutex,
  openFile,
  type SaveOptions,
  shape,
  type Shape,
  type StateDirectory,
} from '../../src/nodes-api.js';

/** A login made in the dialog of an account that is not deployed so. */
export interface StoredLogin {
  cloudUrl: string;
  /** When it was begun, in milliseconds since the epoch. */
  since: number;
  account: AccountRecord;
}

/** What lies in a file: the login saved last, and those at other clouds. */
interface WaitingRecord extends StoredLogin {
  others?: StoredLogin[];
  /** Whose logins they are, because not every file name tells. */
  id?: string;
}

const login = {
  type: 'object',
  required: ['cloudUrl', 'since', 'account'],
  properties: { cloudUrl: { type: 'string' }, since: { type: 'number' }, account: { type: 'object' } },
};
const outerShape = shape<WaitingRecord>({
  ...login,
  properties: { ...login.properties, others: { type: 'array', items: login }, id: { type: 'string' } },
});
const waitingShape: Shape<WaitingRecord> = {
  fits: (value): value is WaitingRecord =>
    outerShape.fits(value) && listed(value).every(({ account }) => accountShape.fits(account)),
  why: () => outerShape.why(),
};

/** The file, its last good copy, or a save cut short; what was set aside is not among them. */
const FILE_NAME = /^(.+)\+waiting\.json(?:\.last|\.\d+-\d+\.tmp)?$/;

/** The files of logins in waiting: one for each id, with one login for each cloud. */
export class PendingLoginFiles {
  readonly #directory: StateDirectory | undefined;
  readonly #mutex = new KeyedMutex();

  constructor(directory: StateDirectory | undefined) {
    this.#directory = directory;
  }

  /** The ids that something lies there for, apart from what was set aside. */
  async ids(): Promise<string[]> {
    const names = (await this.#directory?.files.list()) ?? [];
    const stems = new Set(names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []));
    const found = await Promise.all([...stems].map(async (stem) => idOfStem(stem) ?? (await this.#readId(stem))));
    return found.filter((id) => id !== undefined);
  }

  /** The logins under an id, the one saved last first. Throws `COZIFY_STORE` when they can't be read. */
  async load(id: string): Promise<StoredLogin[]> {
    return listed(await this.#store(id).load());
  }

  /** Replaces the logins under an id by what `step` makes of them. With none left the files go. */
  change(id: string, step: (logins: StoredLogin[]) => StoredLogin[], options?: SaveOptions): Promise<void> {
    return this.#mutex.runExclusive(id, async () => {
      const store = this.#store(id);
      const before = listed(await store.load());
      const after = step(before);
      if (after.length === before.length && after.every((one, index) => one === before[index])) return;
      const [latest, ...others] = after;
      if (latest === undefined) await store.remove();
      else await store.save({ ...latest, others, id }, options);
    });
  }

  /** Removes all that lies there for an id, readable or not, also what was set aside. */
  remove(id: string): Promise<void> {
    return this.#mutex.runExclusive(id, () => this.#store(id).remove());
  }

  /** An account's view of the file: its own record, with what belongs to the waiting added and taken away. */
  storeFor(id: string, cloudUrl: string, since: number): Store<AccountRecord> {
    const isMine = (one: StoredLogin): boolean => one.cloudUrl === cloudUrl;
    return {
      identity: `${this.#store(id).identity} ${cloudUrl}`,
      load: async () => (await this.load(id)).find(isMine)?.account ?? null,
      save: (account, options) =>
        this.change(
          id,
          (logins) => {
            const mine = logins.find(isMine);
            return [{ cloudUrl, since: mine?.since ?? since, account }, ...logins.filter((one) => one !== mine)];
          },
          options,
        ),
      remove: () => this.change(id, (logins) => logins.filter((one) => !isMine(one)), { isFinal: true }),
    };
  }

  /** The id in a file whose name does not tell it. There is none in one that can't be read. */
  async #readId(stem: string): Promise<string | undefined> {
    const record = await this.#storeAt(stem)
      .load()
      .catch(() => null);
    return record?.id;
  }

  #store(id: string): Store<WaitingRecord> {
    return this.#storeAt(fileStemOf(id));
  }

  #storeAt(stem: string): Store<WaitingRecord> {
    return openFile(this.#directory, `${stem}+waiting.json`, waitingShape);
  }
}

function listed(record: WaitingRecord | null): StoredLogin[] {
  if (record === null) return [];
  return [record, ...(record.others ?? [])].map(({ cloudUrl, since, account }) => ({ cloudUrl, since, account }));
}
