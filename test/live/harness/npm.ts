// Runs npm.
import { Program } from '../../support/program';

/** Runs npm in `cwd` without the environment variables of the current npm script. Returns npm's output. */
export async function npm(cwd: string, args: string[]): Promise<string> {
  const program = new Program('npm', args, { cwd, shell: process.platform === 'win32' });
  const code = await program.exitCode();
  if (code !== 0) throw new Error(`npm ${args.join(' ')} failed with ${code}:\n${program.printed}`);
  return program.printed;
}
