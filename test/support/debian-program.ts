import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Time limit for each step of an installation, long enough for a slow connection. */
const INSTALL_DEADLINE_MS = 300_000;

/** A program of a Debian package that tests need. */
export interface DebianProgram {
  /** The name that error messages show. */
  readonly name: string;
  /** The name of the Debian package. */
  readonly package: string;
  /** The environment variable that may hold the program's path. */
  readonly variable: string;
  /** The paths or names that are tried if the variable is not set. */
  readonly paths: readonly [string, ...string[]];
  /** The argument that makes the program print its version. */
  readonly versionFlag: string;
}

const binaries = new Map<string, string>();

/**
 * Returns the path of a program: the value of its environment variable, or the first of its `paths` that can be run. If
 * the variable is not set and the program is missing, installs the Debian package, provided that this process runs as
 * root.
 */
export function debianProgram(program: DebianProgram): string {
  const known = binaries.get(program.name);
  if (known !== undefined) return known;
  const configured = process.env[program.variable];
  const find = (): string | undefined =>
    (configured === undefined ? program.paths : [configured]).find((path) => runs(path, program.versionFlag));
  if (find() === undefined && configured === undefined) install(program.package);
  const binary = find();
  if (binary === undefined) throw new Error(`${configured ?? program.paths[0]} can't be run. ${howToGet(program)}`);
  binaries.set(program.name, binary);
  return binary;
}

/** Returns an error message that says how to get the program. */
export function howToGet({ name, package: debianPackage, variable }: DebianProgram): string {
  return (
    `These tests need ${name}: install it (Debian: apt-get install ${debianPackage}), ` +
    `or set ${variable} to its path.`
  );
}

function install(debianPackage: string): void {
  if (process.getuid?.() !== 0 || !runs('apt-get', '--version')) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', debianPackage]]) {
    // One process at a time, because apt-get fails while another one is installing.
    const command = [join(tmpdir(), 'cozify-apt-get.lock'), 'apt-get', ...args];
    spawnSync('flock', command, { stdio: 'ignore', env, timeout: INSTALL_DEADLINE_MS });
  }
}

/**
 * Whether a program can be started. The exit status is not checked, because some programs print their version and then
 * end with an error status.
 */
function runs(path: string, versionFlag: string): boolean {
  const { error, stdout } = spawnSync(path, [versionFlag], { encoding: 'utf8' });
  return error === undefined && stdout !== '';
}
