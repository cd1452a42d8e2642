import { spawn } from 'node:child_process';
import { keepTrackOf } from './leftovers';

/** Runs npm as if started by hand in `cwd`, whatever npm script we are part of, and gives what it printed. */
export function npm(cwd: string, args: string[]): Promise<string> {
  const child = spawn('npm', args, { cwd, env: plainEnv(), shell: process.platform === 'win32' });
  keepTrackOf(child);
  let printed = '';
  let complaints = '';
  child.stdout.on('data', (chunk) => (printed += String(chunk)));
  child.stderr.on('data', (chunk) => (complaints += String(chunk)));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`npm ${args.join(' ')} failed with ${code}:\n${printed}${complaints}`));
    });
  });
}

/** The environment without what npm scripts and coverage put there for their own children. */
export function plainEnv(): NodeJS.ProcessEnv {
  const mine =
    /^(npm_(package|lifecycle|command|execpath|node_execpath|config_local_prefix|config_prefix)|INIT_CWD$|NODE_V8_COVERAGE$)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !mine.test(name)));
}
