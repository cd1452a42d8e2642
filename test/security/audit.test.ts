import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { keepTrackOf } from '../live/harness/leftovers';
import { packageRoot, plainEnv } from '../live/harness/packed';

interface Audit {
  metadata?: { vulnerabilities?: Record<string, number> };
  vulnerabilities?: Record<string, { severity: string }>;
}

describe('the packages shipped with this package', () => {
  it('have no known vulnerability', async function () {
    const { audit, complaint } = await npmAudit();
    if (audit?.metadata === undefined) {
      console.log(`      The registry's audit endpoint could not be asked, so nothing is known: ${complaint}`);
      this.skip();
    }
    const found = Object.entries(audit.vulnerabilities ?? {}).map(([name, { severity }]) => `${name}: ${severity}`);
    assert.deepEqual(found, []);
  });
});

async function npmAudit(): Promise<{ audit: Audit | undefined; complaint: string }> {
  const child = spawn('npm', ['audit', '--omit=dev', '--json', '--fetch-retries=0', '--fetch-timeout=30000'], {
    cwd: packageRoot,
    env: plainEnv(),
    shell: process.platform === 'win32',
  });
  keepTrackOf(child);
  const [printed, complaints] = await Promise.all([textOf(child.stdout), textOf(child.stderr)]);
  const line = /npm error (?:code|audit) .*/.exec(complaints)?.[0] ?? complaints.trim().split('\n')[0] ?? '';
  try {
    return { audit: JSON.parse(printed) as Audit, complaint: line };
  } catch {
    return { audit: undefined, complaint: line };
  }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
