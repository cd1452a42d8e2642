import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../live/harness/leftovers';
import { npm, pack, packageRoot } from '../live/harness/packed';
import { Program } from '../support/program';

const NAME = 'cozify-practice';

let installed: Promise<string> | undefined;

/** Returns a folder in which only the packed practice home is installed. Packs and installs it at the first call. */
export function practiceFolder(): Promise<string> {
  installed ??= install();
  return installed;
}

async function install(): Promise<string> {
  const folder = tempFolder(NAME);
  const tarball = await pack(join(packageRoot, 'packages', NAME));
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'somewhere', private: true }));
  await npm(folder, ['install', tarball, '--prefix', folder, '--offline', '--no-audit', '--no-fund']);
  return folder;
}

/** A practice home in its own process, started as `npx` does. */
export class PracticeHome extends Program {
  /** Starts the command `cozify-practice`. Resolves when the command has printed its address. */
  static async start(args: readonly string[] = ['--port', '0']): Promise<PracticeHome> {
    const folder = await practiceFolder();
    const home = new PracticeHome(join(folder, 'node_modules', '.bin', NAME), args, { cwd: folder });
    await home.says('Ctrl-C');
    return home;
  }

  get pageUrl(): string {
    return /^The home +(\S+)/m.exec(this.printed)?.[1] ?? '';
  }

  get cloudUrl(): string {
    return /^cloudUrl +(\S+)/m.exec(this.printed)?.[1] ?? '';
  }

  /** Ends the process as Ctrl-C does, and returns its exit code. */
  stop(): Promise<number | null> {
    this.interrupt();
    return this.exitCode();
  }
}
