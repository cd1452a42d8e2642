import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../test/live/harness/package-root';

/** Writes a Markdown page, formatted like the repository's other pages. */
export function writeMarkdown(path: string, text: string): void {
  writeFileSync(path, text);
  execFileSync(process.execPath, [join(packageRoot, 'node_modules', 'oxfmt', 'bin', 'oxfmt'), path], {
    cwd: packageRoot,
  });
}
