import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AccountStores } from '../../../nodes/accounts/account-stores';
import type { AccountsInFlows } from '../../../nodes/accounts/flow-accounts';
import type { AccountRecord, Store } from '../../../src/index.js';
import { StateDirectory } from '../../../src/nodes-api.js';
import { cloudOf, emptyAccount, newLogin, withCloud } from '../../../src/state/account-record';
import { FakeClock } from '../../src/support/fake-clock';
import { FaultyFs } from '../../src/support/faulty-fs';
import { FakeContext, fakeRed } from './fake-red';

const ORIGIN = 'https://api.cozify.fi';

/** Returns the state of an account whose login was changed `changes` times. */
export function record(changes: number, email: string | null = 'owner@example.fi'): AccountRecord {
  const login = newLogin(`token-number-${changes}`, changes, email);
  const cloud = { ...cloudOf(emptyAccount, ORIGIN), login, generation: 1, revision: changes };
  return withCloud({ ...emptyAccount, email: 'owner@example.fi' }, cloud);
}

/** Simulates Deploys, restarts and unreachable context stores for account stores, without nodes. */
export class StoreBench {
  readonly clock = new FakeClock();
  readonly context = new FakeContext();
  readonly disk = new FaultyFs();
  /** The contextStorage of settings.js. */
  contextStorage: Record<string, unknown> = { red: { module: 'memory' }, blue: { module: 'memory' } };
  readonly lines: string[] = [];
  readonly forgotten: string[] = [];
  readonly #folder = mkdtempSync(join(tmpdir(), 'cozify-stores-'));
  #flows: Record<string, string> = {};
  #stores = this.#create();

  /** Restarts the process with the same flows. */
  restart(): void {
    this.#stores.close();
    this.#stores = this.#create();
    void this.#stores.noteFlows(inFlows(this.#flows), [], Promise.resolve());
  }

  /** Deploys these accounts with their stores. Returns the opened stores. */
  async deploy<Id extends string>(
    flows: Record<Id, string>,
    ended: Promise<unknown> = Promise.resolve(),
  ): Promise<Record<Id, Store<AccountRecord>>> {
    const removed = Object.keys(this.#flows).filter((id) => !(id in flows));
    this.#flows = flows;
    const opened = this.openAll() as Record<Id, Store<AccountRecord>>;
    await this.#stores.noteFlows(inFlows(flows), removed, ended);
    return opened;
  }

  /** Opens a store of account `one`, even if the account is not in the flows. */
  open(name: string): Store<AccountRecord> {
    return this.#stores.open('one', name);
  }

  /** Opens the stores of all accounts in the flows. */
  openAll(): Record<string, Store<AccountRecord>> {
    this.#stores.noteContext(this.context);
    const all = Object.entries(this.#flows).map(([id, name]) => [id, this.#stores.open(id, name)]);
    return Object.fromEntries(all) as Record<string, Store<AccountRecord>>;
  }

  /** Deploys account `one` with a new store. Returns this store. */
  async choose(name: string): Promise<Store<AccountRecord>> {
    return (await this.deploy({ one: name })).one;
  }

  /** Saves a state, as an earlier process would have done. */
  async leave(name: string, state: AccountRecord): Promise<void> {
    const other = new StoreBench();
    other.context.stores[name] = this.context.at(name);
    await (await other.choose(name)).save(state);
    await other.close();
  }

  /** Files in the folder, without the encryption key. */
  files(): string[] {
    const folder = this.#folder;
    return existsSync(folder) ? readdirSync(folder).filter((name) => !/^(key|\.gitignore)/.test(name)) : [];
  }

  /** Whether a context store has any content. */
  holds(name: string): boolean {
    return this.context.at(name).size > 0;
  }

  close(): Promise<void> {
    this.#stores.close();
    rmSync(this.#folder, { recursive: true, force: true });
    return Promise.resolve();
  }

  #create(): AccountStores {
    const note = (line: string): void => void this.lines.push(line);
    const log = { info: note, warn: note, error: note };
    const { contextStorage } = this;
    const red = fakeRed({ contextStorage, credentialSecret: 'a credential secret' });
    return new AccountStores({
      ...{ red, log, clock: this.clock, directory: new StateDirectory(this.#folder, log, this.disk.fs) },
      forget: (id) => Promise.resolve(void this.forgotten.push(id)),
      restoreClaims: () => undefined,
    });
  }
}

function inFlows(flows: Record<string, string>): AccountsInFlows {
  return new Map(Object.entries(flows).map(([id, store]) => [id, { store }]));
}
