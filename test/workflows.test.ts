import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from './nodes/support/package-root';

const FOLDER = join(packageRoot, '.github', 'workflows');
const WORKFLOWS = readdirSync(FOLDER).map((name) => ({ name, text: readFileSync(join(FOLDER, name), 'utf8') }));
const packageJson = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as {
  version: string;
  engines: { node: string };
  publishConfig: { tag?: string };
};

describe('GitHub workflows', () => {
  it('pin actions by hash, with the version in a comment', () => {
    const used = WORKFLOWS.flatMap(({ text }) => [...text.matchAll(/uses: (.+)$/gm)].map(([, action = '']) => action));
    assert.ok(used.length >= 8);
    assert.deepEqual(
      used.filter(
        (action) => !action.startsWith('./') && !/^[\w-]+(\/[\w-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action),
      ),
      [],
    );
  });

  it('have read permission only, unless a job asks for more', () => {
    for (const { name, text } of WORKFLOWS) assert.match(text, /^permissions:\n {2}contents: read$/m, name);
  });

  it('test the oldest supported Node.js and newer ones', () => {
    const [oldest] = /\d+/.exec(packageJson.engines.node) ?? [];
    const ci = WORKFLOWS.find(({ name }) => name === 'ci.yml')?.text ?? '';
    assert.ok(ci.includes(`node: [${oldest ?? ''}, `));
  });

  it('publish with provenance, under the tag in the README', () => {
    const release = WORKFLOWS.find(({ name }) => name === 'release.yml')?.text ?? '';
    assert.match(release, /npm publish --provenance$/m);
    assert.match(release, /id-token: write/);
    const readme = readFileSync(join(packageRoot, 'README.md'), 'utf8');
    const { tag } = packageJson.publishConfig;
    assert.equal(readme.includes('node-red-cozify@next'), tag === 'next');
  });

  it('publish the practice home with the version of the package, without a tag', () => {
    const release = WORKFLOWS.find(({ name }) => name === 'release.yml')?.text ?? '';
    assert.doesNotMatch(release, /--tag/);
    const read = (...path: string[]) => readFileSync(join(packageRoot, ...path), 'utf8');
    const practice = JSON.parse(read('packages', 'cozify-practice', 'package.json')) as typeof packageJson;
    assert.deepEqual([practice.version, practice.publishConfig.tag], [packageJson.version, undefined]);
    const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
    assert.equal(lock.packages['packages/cozify-practice']?.version, packageJson.version);
    const pages = ['README.md', ...readdirSync(join(packageRoot, 'docs')).map((name) => join('docs', name))];
    for (const page of pages.filter((name) => name.endsWith('.md'))) {
      assert.doesNotMatch(read(page), /cozify-practice@/, page);
    }
    // A release raises the version of the practice home with the version of the package.
    const raised = JSON.parse(read('.github', 'release-please.json')) as {
      packages: Record<string, { 'extra-files'?: { path: string; jsonpath: string }[] }>;
    };
    assert.deepEqual(
      raised.packages['.']?.['extra-files']?.map(({ path, jsonpath }) => [path, jsonpath]),
      [
        ['packages/cozify-practice/package.json', '$.version'],
        ['package-lock.json', "$.packages['packages/cozify-practice'].version"],
      ],
    );
  });
});
