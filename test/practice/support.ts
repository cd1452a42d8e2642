import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { keepTrackOf, tempFolder } from '../live/harness/leftovers';
import { npm, packageRoot, plainEnv } from '../live/harness/packed';
import { until } from '../support/wait';

const NAME = 'cozify-practice';

let installed: Promise<string> | undefined;

/** Returns a folder in which only the packed practice home is installed. Packs and installs it at the first call. */
export function practiceFolder(): Promise<string> {
  installed ??= install();
  return installed;
}

async function install(): Promise<string> {
  const folder = tempFolder(NAME);
  const from = join(packageRoot, 'packages', NAME);
  const printed = await npm(from, ['pack', '--ignore-scripts', '--json', '--pack-destination', folder]);
  const tarball = /"filename": *"([^"]+)"/.exec(printed)?.[1];
  if (tarball === undefined) throw new Error(`npm pack named no file: ${printed}`);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somewhere', private: true }));
  await npm(folder, ['install', join(folder, tarball), '--prefix', folder, '--offline', '--no-audit', '--no-fund']);
  return folder;
}

/** A practice home in its own process, started as `npx` does. */
export class PracticeHome {
  readonly #child: ChildProcessByStdio<null, Readable, Readable>;
  printed = '';
  #hasEnded = false;

  private constructor(folder: string, args: readonly string[]) {
    const bin = join(folder, 'node_modules', '.bin', NAME);
    this.#child = spawn(bin, args, { cwd: folder, env: plainEnv(), stdio: ['ignore', 'pipe', 'pipe'] });
    keepTrackOf(this.#child);
    // Waits for `close` and not for `exit`, because the last output may arrive after the exit.
    this.#child.once('close', () => (this.#hasEnded = true));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk) => (this.printed += String(chunk)));
    }
  }

  /** Starts the command `cozify-practice`. Resolves when the command has printed its address. */
  static async start(args: readonly string[] = ['--port', '0']): Promise<PracticeHome> {
    const home = new PracticeHome(await practiceFolder(), args);
    await until('the practice home to be up', () => home.printed.includes('Ctrl-C') || home.#hasEnded);
    if (home.#hasEnded) throw new Error(home.printed);
    return home;
  }

  get pageUrl(): string {
    return /^The home +(\S+)/m.exec(this.printed)?.[1] ?? '';
  }

  get cloudUrl(): string {
    return /^cloudUrl +(\S+)/m.exec(this.printed)?.[1] ?? '';
  }

  /** Ends the process as Ctrl-C does, and returns its exit code. */
  async stop(): Promise<number | null> {
    if (!this.#hasEnded) {
      this.#child.kill('SIGINT');
      await once(this.#child, 'close');
    }
    return this.#child.exitCode;
  }
}
