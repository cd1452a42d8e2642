import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Simulator } from '../simulator';
import { run } from '../support/program';
import { until } from '../support/wait';
import { tempFolder } from './harness';
import { installedUserDir, packageRoot } from './harness/packed';

const MODULE = '@cozify-community/node-red-cozify';
const EMAIL = 'matti@example.fi';

/** Names of the values that the package exports. A change to this list is a change to the API. */
const VALUES = ['ACCOUNT_TOPICS', 'CozifyError', 'DEFAULT_CLOUD_URL', 'ERROR_CODES', 'createAccount'];

/**
 * A program that uses all types of the package, and expects compiler errors for wrong uses. It does not compile if a
 * type is unresolved.
 */
const TYPED_PROGRAM = `
import { ACCOUNT_TOPICS, createAccount, CozifyError, DEFAULT_CLOUD_URL, ERROR_CODES } from '${MODULE}';
import type {
  Account, AccountSubscriber, AccountRecord, AccountTopic, AuthenticateParams, Clock, CommandParams, CommandReport,
  CreateAccountOptions, ErrorCode, FreeAnswer, FreeRequest, Http, HubSnapshot, Log, LoginState, ReadParams, ReadResult,
  Snapshot, StepResult, Store, ThingState, ThingTarget,
} from '${MODULE}';

export const options: CreateAccountOptions = { id: 'home', email: '${EMAIL}', cloudUrl: DEFAULT_CLOUD_URL };
export const account: Account = createAccount(options);
export const params: AuthenticateParams = { otp: 'ABCDEF' };
export const isIn: Promise<StepResult<boolean>> = account.authenticate(params);
export const snapshot: Snapshot = account.snapshot();
export const state: LoginState = snapshot.state;
export const hubs: HubSnapshot[] = snapshot.hubs;
export const topics: readonly AccountTopic[] = ACCOUNT_TOPICS;
export const codes: readonly ErrorCode[] = ERROR_CODES;
export const listener: AccountSubscriber = (topic, { email }) => void [topic.length, email?.length];
export const asked: FreeRequest = { method: 'GET', path: 'devices' };
export const answer: Promise<StepResult<FreeAnswer>> = account.request('', asked);
export const query: ReadParams = { rooms: ['Sauna'], capabilities: ['TEMPERATURE'] };
export const read: Promise<ReadResult> = account.read(query);
export const first = async (): Promise<ThingState | undefined> => (await read).things[0];
export const lamp: ThingTarget = { name: 'Kattovalo', room: 'Sauna' };
export const sending: CommandParams = { confirmMs: 3000 };
export const report: Promise<CommandReport> = account.command([lamp, 'Lamppu'], { brightness: 40 }, sending);
export const store = (own: Store<AccountRecord>, log: Log, clock: Clock, http: { send: Http; close: () => void }) =>
  createAccount({ store: own, log, clock, http });
export const isCozify = (error: unknown): error is CozifyError => error instanceof CozifyError;

// @ts-expect-error An id is a text.
export const wrong: number = account.id;
// @ts-expect-error There is no such state.
export const never: LoginState = 'logged-in';
// @ts-expect-error null is not a command.
void account.command('Lamppu', null);
// @ts-expect-error There is no such option.
createAccount({ userName: 'matti' });
`;

/** Compiler options with the types of Node.js, or with no types as in a browser. */
const NODE_TYPES = { lib: ['ES2022'], types: ['node'], typeRoots: [join(packageRoot, 'node_modules', '@types')] };
const NO_TYPES = { types: [] };

/** Module resolutions, each with the kind of module, the files to compile, and the types of the environment. */
const RESOLUTIONS: [resolution: string, module: string, files: string[], environment: string, types: object][] = [
  ['nodenext', 'nodenext', ['program.mts', 'program.cts'], 'Node.js', NODE_TYPES],
  ['bundler', 'esnext', ['program.ts'], 'browsers', NO_TYPES],
];

describe('The package as a library, from its tarball', () => {
  let folder: string;

  before(async () => {
    folder = await installedUserDir();
  });

  for (const [resolution, module, files, environment, types] of RESOLUTIONS) {
    it(`has types under ${resolution} for ${environment}`, async () => {
      const program = join(folder, resolution);
      mkdirSync(program);
      for (const file of files) writeFileSync(join(program, file), TYPED_PROGRAM);
      const compilerOptions = {
        ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, skipLibCheck: false, target: 'es2022' },
        ...{ module, moduleResolution: resolution, ...types },
      };
      writeFileSync(join(program, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
      const compiler = join(packageRoot, 'node_modules', 'typescript-7', 'bin', 'tsc');
      assert.deepEqual(await run([compiler, '-p', '.'], { cwd: program }), { status: 0, printed: '' });
    });
  }

  it('exports the same values by import and by require, and no others', async () => {
    writeFileSync(
      join(folder, 'names.mjs'),
      `import { ${VALUES.join(', ')} } from '${MODULE}';
       import { createRequire } from 'node:module';
       const required = createRequire(import.meta.url)('${MODULE}');
       const imported = { ${VALUES.join(', ')} };
       console.log(JSON.stringify(Object.keys(required).sort()));
       console.log(Object.keys(required).every((name) => required[name] === imported[name]));`,
    );
    const { printed } = await run(['names.mjs'], { cwd: folder });
    assert.deepEqual(printed.trim().split('\n'), [JSON.stringify([...VALUES].sort()), 'true']);
  });

  it('exports its package.json, and nothing from inside', async () => {
    const { version } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
    writeFileSync(
      join(folder, 'inside.cjs'),
      `console.log(require('${MODULE}/package.json').version);
       try { require('${MODULE}/dist/src/nodes-api.js'); } catch ({ code }) { console.log(code); }`,
    );
    const { printed } = await run(['inside.cjs'], { cwd: folder });
    assert.deepEqual(printed.trim().split('\n'), [version, 'ERR_PACKAGE_PATH_NOT_EXPORTED']);
  });

  it('runs the code of docs/library.md, and needs no second code', async () => {
    const simulator = await Simulator.start();
    try {
      writeFileSync(join(folder, 'shown.mjs'), shownProgram(tempFolder('library'), simulator.cloudUrl));
      const first = await run(['shown.mjs'], { cwd: folder, say: () => simulator.latestCode(EMAIL) });
      const lines = [
        'the login is valid: true',
        `hubs: ${simulator.hubs.map(({ name }) => name).join(', ')}`,
        'Olohuoneen lamppu: 40 %',
        `devices: ${Object.keys(simulator.hubs[0]?.home.list('devices') ?? {}).length}`,
        'error: COZIFY_OTP_REJECTED',
      ];
      assert.deepEqual(first, { status: 0, printed: `The code that was e-mailed: ${lines.join('\n')}\n` });
      const second = await run(['shown.mjs'], { cwd: folder });
      assert.deepEqual(second, { status: 0, printed: `${lines.join('\n')}\n` });
      assert.equal(simulator.mails.length, 1);
    } finally {
      await simulator.stop();
    }
  });

  it('runs the code of the README, and needs no second code', async () => {
    const simulator = await Simulator.start();
    const lamp = (): unknown => simulator.hubs[0]?.home.device('Olohuoneen lamppu').state['brightness'];
    try {
      const program = inOwnPlace(programsIn('README.md').join(''), tempFolder('readme'), simulator.cloudUrl);
      writeFileSync(join(folder, 'readme.mjs'), program);
      const brightness = lamp();
      const done = { status: 0, printed: '' };
      assert.deepEqual(await run(['readme.mjs'], { cwd: folder }), done);
      assert.equal(lamp(), brightness);
      assert.deepEqual(await run(['readme.mjs', simulator.latestCode(EMAIL)], { cwd: folder }), done);
      await until('the lamp to be dimmed', () => Math.round(Number(lamp()) * 100) === 40);
      simulator.hubs[0]?.home.change('Olohuoneen lamppu', { brightness: 1 });
      assert.deepEqual(await run(['readme.mjs'], { cwd: folder }), done);
      await until('the lamp to be dimmed again', () => Math.round(Number(lamp()) * 100) === 40);
      assert.equal(simulator.mails.length, 1);
    } finally {
      await simulator.stop();
    }
  });
});

/** Returns the code of docs/library.md as one program, which uses this directory and this cloud. */
function shownProgram(directory: string, cloudUrl: string): string {
  const blocks = programsIn('docs/library.md');
  assert.ok(blocks.length >= 5, 'the document shows code');
  return inOwnPlace(blocks.join('\n'), directory, cloudUrl);
}

/** Returns the JavaScript blocks of a document. From the README, returns only those of the section “As a library”. */
function programsIn(path: string): string[] {
  const text = readFileSync(join(packageRoot, path), 'utf8');
  const [, section = ''] = path === 'README.md' ? text.split('## As a library\n') : ['', text];
  return [...section.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code ?? '');
}

function inOwnPlace(program: string, directory: string, cloudUrl: string): string {
  const shown = "directory: '/var/lib/my-program'";
  assert.ok(program.includes(shown) && program.includes(`email: '${EMAIL}'`));
  return program.replace(shown, `directory: ${JSON.stringify(directory)}, cloudUrl: ${JSON.stringify(cloudUrl)}`);
}
