import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import '../live/harness/hooks';
import { until } from '../support/wait';
import { PracticeHome, practiceFolder } from './support';

describe('The published practice home', () => {
  let home: PracticeHome;

  before(async () => {
    home = await PracticeHome.start();
  });
  after(() => home?.stop());

  it('needs no other package, and includes its licence, its page and its types', async () => {
    const modules = join(await practiceFolder(), 'node_modules');
    assert.deepEqual(
      readdirSync(modules).filter((name) => !name.startsWith('.')),
      ['@cozify-community'],
    );
    const own = join(modules, '@cozify-community', 'cozify-practice');
    for (const file of ['LICENSE', 'README.md', 'dist/page/page.html', 'dist/src/index.js', 'my-day.json']) {
      assert.ok(readFileSync(join(own, file)).length > 500, file);
    }
  });

  it('prints its options, and refuses an invalid or used port', async () => {
    await assert.rejects(PracticeHome.start(['--help']), /--port +where the page and the cloud are/);
    await assert.rejects(PracticeHome.start(['--port', 'x']), /x is no port/);
    const { port } = new URL(home.pageUrl);
    await assert.rejects(PracticeHome.start(['--port', port]), /is taken: choose others with --port/);
  });

  it('serves its page, with the script inline, and its cloud at the printed address', async () => {
    const html = await (await fetch(home.pageUrl)).text();
    const [, program = ''] = /<script>(.*)<\/script>/s.exec(html) ?? [];
    assert.ok(program.length > 10_000, html.slice(0, 500));
    assert.equal((await fetch(`${home.cloudUrl}/user/hubkeys`)).status, 401);
  });

  it('stops on Ctrl-C', async () => {
    assert.equal(await home.stop(), 0);
    await until('its port to be free', () =>
      fetch(home.pageUrl).then(
        () => false,
        () => true,
      ),
    );
  });
});
