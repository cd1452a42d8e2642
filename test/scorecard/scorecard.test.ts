import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { tempFolder } from '../live/harness';
import { installed } from '../live/harness/cache';
import { installedUserDir } from '../live/harness/packed';
import { plainEnv, run } from '../support/program';

const PACKAGE = '@cozify-community/node-red-cozify';

/** A module in the catalogue of public nodes. */
interface CatalogueModule {
  id: string;
  types: string[];
}

interface Check {
  test: boolean;
  [detail: string]: unknown;
}

interface Scorecard {
  package: { name: string; version: string };
  [check: string]: Check | { name: string; version: string };
}

/** Some public modules, for the catalogue that the test serves. */
const CATALOGUE: CatalogueModule[] = [
  { id: 'node-red-contrib-light-scheduler', types: ['light-scheduler', 'light-scheduler-settings'] },
  { id: '@flowfuse/node-red-dashboard', types: ['ui-base', 'ui-button', 'ui-form'] },
];

describe("Scorecard of Node-RED's library", () => {
  let tool: string;
  let packageFolder: string;
  let catalogue: Server;
  /** Number of requests for the catalogue. */
  let asked = 0;

  before(async () => {
    catalogue = createServer((_request, response) => {
      asked += 1;
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ modules: CATALOGUE }));
    }).listen(0, '127.0.0.1');
    const [userDir, folder] = await Promise.all([
      installedUserDir(),
      installed('node-red-dev@0.1.6'),
      once(catalogue, 'listening'),
    ]);
    tool = join(folder, 'node_modules', 'node-red-dev', 'bin', 'run');
    packageFolder = join(userDir, 'node_modules', PACKAGE);
  });
  after(() => {
    catalogue.close();
  });

  /** Runs `node-red-dev validate` on the installed package; returns its scorecard and output. */
  async function validate(): Promise<{ scorecard: Scorecard; printed: string }> {
    const file = join(tempFolder('scorecard'), 'scorecard.json');
    const { port } = catalogue.address() as AddressInfo;
    const { status, printed } = await run(
      ['--require', join(__dirname, 'local-catalogue.js'), tool, 'validate', '-p', packageFolder, '-o', file],
      { env: { ...plainEnv(), CATALOGUE_PORT: String(port) } },
    );
    assert.equal(status, 0, printed);
    return { scorecard: JSON.parse(readFileSync(file, 'utf8')) as Scorecard, printed };
  }

  it('passes every check', async () => {
    const { scorecard, printed } = await validate();
    const { version, keywords, nodes } = manifest(packageFolder);
    const { package: checked, ...checks } = scorecard;
    assert.deepEqual(checked, { name: PACKAGE, version });
    const verdicts = Object.entries(checks as Record<string, Check>).map(([name, { test }]) => [name, test]);
    assert.deepEqual(
      Object.fromEntries(verdicts),
      {
        P01: true, // a licence
        P03: true, // a repository, or where to report bugs
        P04: true, // a scoped name
        P05: true, // the keyword, but see below
        P06: true, // runs on a Node-RED that is maintained
        P07: true, // runs on the Node.js that Node-RED needs
        P08: true, // no other package with this name
        N01: true, // no other package with these node types
        N02: true, // an example for each node
        D01: true, // few dependencies
        D02: true, // none that is known to break Node-RED
        D03: true, // all of them at their latest
      },
      printed,
    );
    assert.ok(asked > 0, 'the node types of other packages were read');
    // `node-red-dev` passes the check of the keyword in any case, and skips checks if it can't read something.
    // Therefore the test also checks the keyword, the output and the nodes of the examples.
    assert.ok(keywords.includes('node-red'));
    assert.doesNotMatch(printed, /Unable to|Warning/);
    const actions = nodes.filter((type) => type !== 'cozify-account');
    assert.deepEqual([...((scorecard['N02'] as Check)['nodes'] as string[])].sort(), actions.sort());
  });
});

function manifest(folder: string): { version: string; keywords: string[]; nodes: string[] } {
  const found = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    version: string;
    keywords: string[];
    'node-red': { nodes: Record<string, string> };
  };
  return { ...found, nodes: Object.keys(found['node-red'].nodes) };
}
