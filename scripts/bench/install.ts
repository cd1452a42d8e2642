import { lstatSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tempFolder } from '../../test/live/harness/leftovers';
import { npm, pack } from '../../test/live/harness/packed';
import type { Section } from './report';
import { spread } from './rounds';

/** Measures the size of an installation, and how long it takes if npm has the packages in its cache. */
export async function measureInstall(times: number): Promise<Section> {
  const tarball = await pack();
  const seconds: number[] = [];
  let folder = '';
  for (let made = 0; made < times; made++) {
    folder = tempFolder('install');
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'node-red-project', private: true }));
    const startedAt = performance.now();
    await npm(folder, ['install', tarball, '--prefix', folder, '--no-audit', '--no-fund', '--prefer-offline']);
    seconds.push((performance.now() - startedAt) / 1000);
  }
  const modules = join(folder, 'node_modules');
  const packages = packagesIn(modules);
  const own = join(modules, '@cozify-community', 'node-red-cozify');
  const { median, least, most } = spread(seconds);
  return {
    title: 'An installation',
    measured: 'package',
    about: 'The packed tarball, by npm into an empty folder.',
    rows: [
      { figure: 'packages', aim: '', came: String(packages.length), behind: packages.join(', ') },
      {
        figure: 'size on the disk (MB)',
        aim: '',
        came: (bytesIn(modules) / 1e6).toFixed(1),
        behind: `${(bytesIn(own) / 1e6).toFixed(1)} of it the package itself; the tarball ${(lstatSync(tarball).size / 1e3).toFixed(0)} KB`,
      },
      {
        figure: 'time (s)',
        aim: '',
        came: `${median.toFixed(1)} (${least.toFixed(1)} to ${most.toFixed(1)})`,
        behind: 'with a filled cache of npm',
      },
    ],
  };
}

function packagesIn(modules: string): string[] {
  return readdirSync(modules)
    .filter((name) => !name.startsWith('.'))
    .flatMap((name) =>
      name.startsWith('@') ? readdirSync(join(modules, name)).map((own) => `${name}/${own}`) : [name],
    );
}

function bytesIn(path: string): number {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) return stats.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesIn(join(path, name)), 0);
}
