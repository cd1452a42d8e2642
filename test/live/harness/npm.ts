// Runs npm.
import { spawn } from 'node:child_process';
import { keepTrackOf } from './leftovers';

/** Runs npm in `cwd` without the environment variables of the current npm script. Returns npm's output. */
export function npm(cwd: string, args: string[]): Promise<string> {
  const child = spawn('npm', args, { cwd, env: plainEnv(), shell: process.platform === 'win32' });
  keepTrackOf(child);
  let printed = '';
  let errors = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  child.stderr.on('data', (chunk) => (errors += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`npm ${args.join(' ')} failed with ${code}:\n${printed}${errors}`));
    });
  });
}

/** Returns the environment without the variables that npm scripts and coverage set. */
export function plainEnv(): NodeJS.ProcessEnv {
  const ours =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix|config_prefix)|INIT_CWD$|NODE_V8_COVERAGE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !ours.test(name)));
}
