// Kills a process while it renews its token, and checks that the login survives each kill.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepTrackOf, removeFolder, tempFolder } from '../../live/harness/leftovers.js';
import { plainEnv } from '../../live/harness/packed.js';
import { Simulator } from '../../simulator/index.js';
import { EMAIL, saveLogin } from './file-account.js';
import type { ChildNews } from './renewing-child.js';
import type { Seeded } from './seeded.js';

const CHILD = join(__dirname, 'renewing-child.js');

/** Counts of the kills so far. */
export interface KillCount {
  kills: number;
  /** Kills of a process that was still starting. */
  early: number;
  /** Kills during a save. Such a kill leaves a temporary file. */
  midSave: number;
  /**
   * Kills between the cloud's answer to a renewal and the save of the new token. The disk then has only the replaced
   * token.
   */
  inWindow: number;
  renewals: number;
  /** Logins lost by kills between the cloud's answer to a renewal and the save of the new token. */
  lostInWindow: number;
  /** Descriptions of the logins that were lost by kills at any other time. */
  lost: string[];
}

export const noKills = (): KillCount => ({
  ...{ kills: 0, early: 0, midSave: 0, inWindow: 0, renewals: 0, lostInWindow: 0 },
  lost: [],
});

/** One account with its own disk and cloud, whose process is killed repeatedly. */
export class KillLane {
  readonly #random: Seeded;
  readonly #count: KillCount;
  readonly #simulator: Simulator;
  readonly #folder = join(tempFolder('kill'), 'cozify');
  /** Tokens that the cloud has replaced by newer ones. */
  readonly #replaced = new Set<string>();
  #wasEarly = false;

  private constructor(simulator: Simulator, random: Seeded, count: KillCount) {
    this.#simulator = simulator;
    this.#random = random;
    this.#count = count;
  }

  static async open(graceRequests: number, random: Seeded, count: KillCount): Promise<KillLane> {
    const lane = new KillLane(await Simulator.start({ hubs: [], graceRequests }), random, count);
    await lane.#logIn();
    return lane;
  }

  /** Starts a process, checks that the login has survived the previous kill, and kills the process. */
  async round(): Promise<void> {
    const isEarly = !this.#wasEarly && this.#random.chance(0.2);
    this.#wasEarly = isEarly;
    const child = this.#start();
    if (isEarly) {
      await sleep(this.#random.between(0, 250));
      this.#count.early += 1;
    } else {
      const isUncertain = await this.#checkStart(child);
      // A replaced token is accepted only for a few requests, so the next token must be saved before the next kill.
      if (isUncertain) await this.#news(child, 'renewed');
      if (this.#random.chance(0.5)) await this.#answer(child);
      await sleep(this.#random.between(0, 30));
    }
    await this.#kill(child);
  }

  /**
   * Waits for the cloud's next answer to a renewal. The kill that follows then interrupts the save of the new token.
   */
  async #answer(child: ChildProcess): Promise<void> {
    const answered = (): number =>
      this.#simulator.requests.filter(({ call, status }) => call === 'refreshsession' && status === 200).length;
    const before = answered();
    while (isAlive(child) && answered() === before) await sleep(1);
  }

  /** Starts a last process to check the login, and removes the folder. */
  async close(): Promise<void> {
    const child = this.#start();
    await this.#checkStart(child);
    await this.#kill(child);
    await this.#simulator.stop();
    removeFolder(join(this.#folder, '..'));
  }

  #start(): ChildProcess {
    this.#noteReplaced();
    this.#simulator.clearRequests();
    const child = fork(CHILD, [this.#folder, this.#simulator.cloudUrl], {
      env: plainEnv(),
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    keepTrackOf(child);
    child.on('message', (news: ChildNews) => {
      if (news.is !== 'renewed') return;
      this.#count.renewals += 1;
      if (!news.isSaved) this.#count.lost.push('a renewal was not saved');
    });
    return child;
  }

  /** Checks the login of a started process. Returns whether its token had already been replaced by the cloud. */
  async #checkStart(child: ChildProcess): Promise<boolean> {
    const { ping, state, token } = await this.#news(child, 'started');
    // Looks for renewals once more, because the last request of the killed process may have arrived after the kill.
    this.#noteReplaced();
    const isReplaced = this.#replaced.has(token);
    if (isReplaced) this.#count.inWindow += 1;
    if (ping && state === 'authenticated') return isReplaced;
    if (isReplaced) this.#count.lostInWindow += 1;
    else this.#count.lost.push(`after kill ${this.#count.kills} the state was ${state}, with the newest token`);
    await this.#kill(child);
    await this.#logIn();
    return false;
  }

  async #kill(child: ChildProcess): Promise<void> {
    if (!isAlive(child)) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    this.#count.kills += 1;
    if (readdirSync(this.#folder).some((name) => name.endsWith('.tmp'))) this.#count.midSave += 1;
  }

  #noteReplaced(): void {
    for (const { call, status, token } of this.#simulator.requests) {
      if (call === 'refreshsession' && status === 200 && token !== undefined) this.#replaced.add(token);
    }
  }

  async #logIn(): Promise<void> {
    const { cloudUrl } = this.#simulator;
    await saveLogin(this.#folder, cloudUrl, this.#simulator.issueToken(EMAIL));
  }

  #news<K extends ChildNews['is']>(child: ChildProcess, is: K): Promise<ChildNews & { is: K }> {
    return new Promise((resolve, reject) => {
      child.on('message', (news: ChildNews) => {
        if (news.is === is) resolve(news as ChildNews & { is: K });
      });
      child.once('exit', (code, signal) => reject(new Error(`The process ended before the kill (${code ?? signal}).`)));
    });
  }
}

function isAlive({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null;
}
