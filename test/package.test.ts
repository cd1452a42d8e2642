import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { transform } from 'esbuild';
import { ACCOUNT_TOPICS, ERROR_CODES, type Snapshot } from '../src/index.js';
import { packageRoot } from './nodes/support/package-root';
import * as shipped from './nodes/support/shipped';
import { LANGUAGES, types } from './nodes/support/shipped';
import { usedKeys } from './nodes/support/used-keys';

const ACCOUNT_DEFAULTS = {
  cloudUrl: 'https://api.cozify.fi/ui/0.2',
  autorefresh: true,
  expiry: '1',
  expiryUnit: 'days',
  store: '',
  language: '',
  pollLan: '1',
  pollCloud: '10',
};
/** The pages of the documentation with the tables of all nodes. */
const DOCUMENTED = ['login-nodes', 'hub-nodes']
  .map((page) => readFileSync(join(packageRoot, 'docs', `${page}.md`), 'utf8'))
  .join('\n');
/** Fields of an account's snapshot in `msg.cozify`. The help must explain each of them. */
const SNAPSHOT: Record<keyof Snapshot, true> = {
  ...{ id: true, account: true, state: true, email: true, loginEmail: true, otpSentAt: true, lastRefresh: true },
  ...{ expiresAt: true, nextRefresh: true, reachable: true, saved: true, hubs: true },
};
/** Upper limit of the HTML of all nodes with the help in one language. The editor loads all of this when it starts. */
const HTML_BYTES = 330_000;
const STATES = ['authenticated', 'otp-sent', 'otp-required'];

describe('The package', () => {
  let paths: string[];

  before(() => {
    paths = packedPaths();
  });

  it('lists the nodes of the documentation and their files', () => {
    const described = new Set([...DOCUMENTED.matchAll(/^\|[^|]*\| `(cozify-\w+)`/gm)].map(([, type]) => type));
    assert.deepEqual([...types].sort(), [...described].sort());
    for (const [type, path] of Object.entries(shipped.packageJson['node-red'].nodes)) {
      assert.equal(path, `dist/nodes/${type}.js`);
      assert.ok(shipped.hasNodeFile(`${type}.js`), path);
    }
    const built = shipped.nodeFiles().filter((name) => /^cozify-.*\.js$/.test(name));
    assert.deepEqual(built.sort(), types.map((type) => `${type}.js`).sort());
  });

  it('can be installed from the lock file by the npm of Node.js 20', () => {
    // Node-RED brings that npm. Newer versions accept lock files that it refuses.
    const npm = join(packageRoot, 'node_modules', 'npm');
    const { version } = JSON.parse(readFileSync(join(npm, 'package.json'), 'utf8')) as { version: string };
    assert.match(version, /^10\./);
    const args = [join(npm, 'bin', 'npm-cli.js'), 'ci', '--dry-run', '--ignore-scripts', '--offline'];
    execFileSync(process.execPath, args, { cwd: packageRoot, stdio: ['ignore', 'ignore', 'pipe'] });
  });

  it('has at most six dependencies', () => {
    assert.ok(Object.keys(shipped.packageJson.dependencies).length <= 6);
  });

  for (const language of LANGUAGES) {
    it(`has at most 330 kB of html in the editor, with the help in ${language}`, () => {
      const html = types.flatMap((type) => [
        shipped.readNodeFile(`${type}.html`),
        shipped.readNodeFile('locales', language, `${type}.html`),
      ]);
      const bytes = Buffer.byteLength(html.join(''));
      assert.ok(bytes > 50_000 && bytes <= HTML_BYTES, `it has ${bytes} bytes`);
    });
  }

  it('has valid styles, because an open rule would swallow the next ones', async () => {
    const styles = types.flatMap((type) =>
      [...shipped.readNodeFile(`${type}.html`).matchAll(/<style>(.*?)<\/style>/gs)].map(([, style = '']) => style),
    );
    assert.notEqual(styles.length, 0);
    for (const style of styles) {
      const { warnings } = await transform(style, { loader: 'css' });
      assert.deepEqual(
        warnings.map(({ text }) => text),
        [],
      );
    }
  });

  it('names no registry in its lock file', () => {
    const lock = JSON.parse(readFileSync(join(packageRoot, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { resolved?: string; link?: boolean }>;
    };
    const resolved = Object.values(lock.packages).flatMap(({ resolved = [], link }) => (link === true ? [] : resolved));
    assert.deepEqual(resolved, []);
  });

  it('packs the files that should ship, and no others', () => {
    const shipping =
      /^(dist\/src\/(.+\.(js|d\.ts)|package\.json)|dist\/nodes\/.+\.(js|html|json|svg)|examples\/.+\.json|README\.md|LICENSE|CHANGELOG\.md|package\.json)$/;
    assert.deepEqual(
      paths.filter((path) => !shipping.test(path)),
      [],
    );
    const required = [
      'README.md',
      'LICENSE',
      'CHANGELOG.md',
      'package.json',
      'dist/src/index.js',
      'dist/src/index.d.ts',
    ];
    required.push('dist/src/package.json', 'dist/nodes/package.json');
    for (const type of types) {
      required.push(`dist/nodes/${type}.js`, `dist/nodes/${type}.html`, `dist/nodes/icons/${type}.svg`);
      for (const language of LANGUAGES) {
        required.push(`dist/nodes/locales/${language}/${type}.json`, `dist/nodes/locales/${language}/${type}.html`);
      }
    }
    assert.deepEqual(
      required.filter((path) => !paths.includes(path)),
      [],
      'missing',
    );
    assert.deepEqual(
      paths.filter((path) => /test|\.ts$/.test(path) && !path.endsWith('.d.ts')),
      [],
    );
  });

  it('refers to no source maps, because they are not packed', () => {
    const code = paths.filter((path) => path.endsWith('.js'));
    assert.ok(code.length > 50);
    assert.deepEqual(
      code.filter((path) => readFileSync(join(packageRoot, path), 'utf8').includes('sourceMappingURL=')),
      [],
    );
  });

  it('declares types that need only its dependencies', () => {
    const declared = paths.filter((path) => path.endsWith('.d.ts'));
    assert.ok(declared.includes('dist/src/index.d.ts'));
    const others = Object.keys(shipped.packageJson.dependencies);
    for (const path of declared) {
      const code = readFileSync(join(packageRoot, path), 'utf8');
      assert.doesNotMatch(code, /\b(NodeJS|Buffer)\b|<reference/, path);
      for (const [, from = ''] of code.matchAll(/(?:from |import\()["']([^"']+)["']/g)) {
        const own = posix.join(path, '..', from).replace(/\.js$/, '.d.ts');
        assert.ok(from.startsWith('.') ? declared.includes(own) : others.includes(from), `${path} needs ${from}`);
      }
    }
  });
});

for (const type of types) {
  describe(`${type} in the editor`, () => {
    it('is registered by its own file only, with a template and an icon', () => {
      assert.deepEqual([...shipped.registeredBy(type).keys()], [type]);
      const html = shipped.readNodeFile(`${type}.html`);
      const templates = [...html.matchAll(/data-template-name="([^"]+)"/g)].map(([, name]) => name);
      assert.deepEqual(templates, [type]);
      assert.ok(shipped.hasNodeFile('icons', shipped.definitionOf(type).icon));
      assert.match(shipped.scriptsOf(type), new RegExp(`RED\\.nodes\\.registerType\\(["']${type}["'], ?\\{`));
    });

    it('has no undefined functions in its definition', () => {
      const definition = shipped.definitionOf(type);
      for (const property of [definition, ...Object.values({ ...definition.defaults, ...definition.credentials })]) {
        for (const [name, value] of Object.entries(property)) assert.notEqual(value, undefined, name);
      }
    });

    it('has validators with two parameters, because Node-RED otherwise hides the reason', () => {
      const { defaults, credentials = {} } = shipped.definitionOf(type);
      for (const [name, { validate }] of Object.entries({ ...defaults, ...credentials })) {
        if (validate !== undefined) assert.equal(validate.length, 2, name);
      }
    });

    it('has the documented defaults', () => {
      const defaults = shipped.defaultsOf(type);
      const [, row = ''] = new RegExp(`^\\|[^|]*\\| \`${type}\` (.*)`, 'm').exec(DOCUMENTED) ?? [];
      for (const [, name = '', value = ''] of row.matchAll(/`(\w+)` ("\w*"|\[.*?\]|true|false|null|\d+)/g)) {
        assert.deepEqual(defaults[name], JSON.parse(value), name);
      }
      if (type === 'cozify-account') assert.deepEqual(defaults, ACCOUNT_DEFAULTS);
      // The documentation describes `hub` and `outputs` of nodes with targets once below its table, not in the rows.
      const described = Object.keys(defaults).filter((name) => name !== 'hub' && name !== 'outputs');
      if ('hub' in defaults) for (const name of described) assert.ok(row.includes(`\`${name}\``), name);
    });

    it('has an account, an empty name, and texts for its outputs', () => {
      if (type === 'cozify-account') return;
      const { defaults, inputs, outputs } = shipped.definitionOf(type);
      assert.deepEqual([defaults['name']?.value, defaults['account']?.value], ['', '']);
      assert.equal(defaults['account']?.type, 'cozify-account');
      assert.ok(inputs === 0 || inputs === 1);
      assert.ok(outputs === 1 || outputs === 2);
      const texts = [...shipped.catalogue(type, 'en-US').keys()].filter((key) => key.startsWith('output.'));
      assert.ok(texts.length >= outputs, `it has ${outputs} outputs and only ${texts.join()}`);
    });

    it('has an input for each default and credential', () => {
      const { defaults, credentials = {} } = shipped.definitionOf(type);
      // The HTML of the account node contains the row for targets, which the dialogs of other nodes use.
      const html = shipped.readNodeFile(`${type}.html`) + shipped.readNodeFile('cozify-account.html');
      const prefix = type === 'cozify-account' ? 'node-config-input' : 'node-input';
      for (const name of [...Object.keys(defaults), ...Object.keys(credentials)]) {
        // A property is edited in an input, a list, a group of fields or a row of tags.
        const ids = [`${prefix}-${name}`, `${prefix}-${name}-list`, `${prefix}-${name}-field`, `cozify-${name}`];
        assert.ok(
          ids.some((id) => html.includes(`id="${id}"`)),
          `${name} needs ${ids.join(' or ')}`,
        );
      }
    });

    it('has a label for each visible input', () => {
      const html = shipped.templatesOf(type);
      const inputs = [...html.matchAll(/<(?:input|select)\b[^>]*>/g)].map(([tag]) => tag);
      const seen = inputs.filter((tag) => !tag.includes('type="hidden"'));
      for (const tag of seen) {
        const id = /\bid="([^"]+)"/.exec(tag)?.[1] ?? '';
        assert.ok(html.includes(`for="${id}"`) || tag.includes('[aria-label]'), tag);
      }
    });

    for (const language of LANGUAGES) {
      it(`has each text of its template in ${language}`, () => {
        const keys = usedKeys(type);
        assert.ok(keys.length >= 3);
        for (const used of keys) {
          assert.ok(shipped.catalogue(used.type, language).has(used.key), `${used.type} has no ${used.key}`);
        }
      });

      it(`has help in ${language} with each property of a message`, () => {
        const help = shipped.readNodeFile('locales', language, `${type}.html`);
        assert.match(help, new RegExp(`<script type="text/html" data-help-name="${type}">`));
        assert.ok(help.replace(/<[^>]+>/g, '').trim().length > 200);
        if (type === 'cozify-account' || type === 'cozify-events') {
          for (const name of Object.keys(SNAPSHOT)) assert.ok(help.includes(name), `${name} is not explained`);
          return;
        }
        const silent = ['outputs', 'mode', 'token', 'tokenType', 'email', 'emailType'];
        for (const name of Object.keys(shipped.defaultsOf(type))) {
          if (!silent.includes(name)) assert.ok(help.includes(name), `${name} is not explained`);
        }
      });
    }

    it('has the same keys and placeholders in both languages', () => {
      const [english, finnish] = LANGUAGES.map((language) => shipped.catalogue(type, language));
      assert.ok(english && finnish);
      assert.deepEqual([...finnish.keys()].sort(), [...english.keys()].sort());
      const blanks = (text = ''): string[] => (text.match(/__\w+?__/g) ?? []).sort();
      for (const [key, text] of english) {
        assert.deepEqual(blanks(finnish.get(key)), blanks(text), key);
        assert.notEqual(finnish.get(key)?.trim(), '', key);
        assert.notEqual(text.trim(), '', key);
      }
    });
  });
}

for (const language of LANGUAGES) {
  describe(`Texts in ${language}`, () => {
    const texts = shipped.catalogue('cozify-account', language);

    it('explain each error code', () => {
      for (const code of ERROR_CODES) assert.ok(texts.get(`error.${code}`), code);
      const known = [...texts.keys()].filter((key) => key.startsWith('error.')).map((key) => key.slice(6));
      assert.deepEqual(known.sort(), [...ERROR_CODES].sort());
    });

    it('name each state and each event topic', () => {
      for (const state of STATES) assert.ok(texts.get(`state.${state}`), state);
      const events = shipped.catalogue('cozify-events', language);
      for (const topic of ACCOUNT_TOPICS) assert.ok(events.get(`event.${topic}`), topic);
    });

    it('fit into the palette: no word of a label has more than 13 letters', () => {
      for (const type of types) {
        const label = shipped.catalogue(type, language).get('label.palette') ?? '';
        assert.notEqual(label, '');
        for (const word of label.split(' ')) assert.ok(word.length <= 13, `${type}: ${word}`);
      }
    });

    it('fit into a status of 40 characters, with room for values', () => {
      const statuses = [...texts].filter(([key]) => key.startsWith('status.'));
      assert.ok(statuses.length >= 20);
      for (const [key, text] of statuses) {
        assert.ok(text.replace(/__\w+__/g, '').length <= (text.includes('__') ? 25 : 40), `${key}: ${text}`);
      }
      const failed = texts.get('status.failed')?.replace('__why__', '') ?? '';
      const reasons = [...texts].filter(([key]) => key.startsWith('failure.'));
      assert.ok(reasons.length >= 16);
      for (const [key, text] of reasons) assert.ok(failed.length + text.length <= 40, `${key}: ${text}`);
    });
  });
}

/** Returns the paths of the files that `npm pack` puts into the tarball. */
function packedPaths(): string[] {
  // Variables that an npm script or a coverage run sets. The child process must not inherit them.
  const isOurs = (name: string): boolean =>
    /^(npm_(package|lifecycle|command|config_local_prefix)|NODE_V8_)/.test(name);
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !isOurs(name)));
  const printed = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
    ...{ cwd: packageRoot, env, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
    shell: process.platform === 'win32',
  });
  const [packed] = JSON.parse(printed) as { files: { path: string }[] }[];
  return (packed?.files ?? []).map(({ path }) => path);
}
