// Runs programs in their own processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { keepTrackOf } from '../live/harness/leftovers';
import { until } from './wait';

interface ProgramOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  shell?: boolean;
}

/** A program in its own process. A test answers its questions and reads all that it prints. */
export class Program {
  /** The standard output and the standard error. */
  printed = '';
  hasEnded = false;
  readonly #child;
  readonly #closed: Promise<unknown[]>;

  constructor(command: string, args: readonly string[], options: ProgramOptions = {}) {
    this.#child = spawn(command, args, { env: plainEnv(), ...options });
    keepTrackOf(this.#child);
    // Waits for `close` and not for `exit`, because the last output may arrive after the exit.
    this.#closed = once(this.#child, 'close');
    this.#child.once('close', () => (this.hasEnded = true));
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream.on('data', (chunk) => (this.printed += String(chunk)));
    }
  }

  /** Waits until the program prints a text. */
  async says(text: string): Promise<void> {
    await until(`the program to say: ${text}`, () => this.printed.includes(text) || this.hasEnded);
    assert.ok(this.printed.includes(text), this.printed);
  }

  answer(text: string): void {
    this.#child.stdin.write(`${text}\n`);
  }

  /** Closes the standard input, so that the program gets no answers to its questions. */
  endInput(): void {
    this.#child.stdin.end();
  }

  /** Interrupts the program as Ctrl-C does. */
  interrupt(): void {
    this.#child.kill('SIGINT');
  }

  /** Waits until the program ends, and returns its exit code. */
  async exitCode(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }
}

/** Runs a Node.js program until it ends. If it asks for a code, answers with the result of `say`. */
export async function run(
  args: readonly string[],
  { say, ...options }: ProgramOptions & { say?: () => string } = {},
): Promise<{ status: number | null; printed: string }> {
  const program = new Program(process.execPath, args, options);
  if (say !== undefined) {
    await program.says('e-mailed: ');
    program.answer(say());
  }
  program.endInput();
  return { status: await program.exitCode(), printed: program.printed };
}

/** Returns the environment without the variables that npm scripts and coverage set. */
export function plainEnv(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix|config_prefix)|INIT_CWD$|NODE_V8_COVERAGE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
