import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { summary } from '../../packages/cozify-practice/src/record';
import { tempFolder } from '../live/harness/leftovers';
import '../live/harness/hooks';
import { packageRoot, plainEnv } from '../live/harness/packed';
import { parseRecording, Simulator, type SimulatorOptions } from '../simulator';
import { Program } from '../support/program';
import { until } from '../support/wait';

const EMAIL = 'me@example.fi';
const MAIN = join(packageRoot, 'dist', 'packages', 'cozify-practice', 'src', 'main.js');
const TWO_HUBS = { hubs: [{ name: 'Koti' }, { name: 'Mökki 100 %', home: { plan: 'cottage' as const } }] };

/** The `record` command, run in its own folder. */
class Command extends Program {
  readonly folder: string;
  readonly out: string;

  constructor(...args: string[]) {
    const folder = tempFolder('recording');
    super(process.execPath, [MAIN, 'record', ...args], { cwd: folder });
    this.folder = folder;
    this.out = join(folder, 'my-home.json');
  }
}

/** Runs a command without input, and returns its exit code and output. */
function printedBy(args: string[], cwd = tempFolder('recording')) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { cwd, env: plainEnv() });
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

describe('The command record', () => {
  let simulator: Simulator;
  afterEach(() => simulator?.stop());

  async function begin(options: SimulatorOptions = { hubs: [{ name: 'Koti' }] }, ...args: string[]) {
    simulator = await Simulator.start(options);
    const [hub] = simulator.hubs;
    assert.ok(hub);
    return { command: new Command('--cloud', simulator.cloudUrl, '--email', EMAIL, ...args), hub };
  }

  async function logIn(command: Command): Promise<void> {
    await command.says('The code that was e-mailed');
    command.answer(simulator.latestCode(EMAIL));
  }

  it('records a hub in a file that another practice home can replay', async () => {
    const { command, hub } = await begin();
    await logIn(command);
    await command.says('Recording Koti');
    await hub.goOffline();
    await command.says('No answer from Koti');
    await hub.goOnline();
    await command.says('Koti answers again');
    hub.home.change('Ulko-ovi', { open: true });
    const polls = hub.log.count({ path: '/hub/poll' });
    await until('the door to be received', () => hub.log.count({ path: '/hub/poll' }) > polls + 1);
    command.interrupt();
    assert.equal(await command.exitCode(), 0, command.printed);
    assert.equal(statSync(command.out).mode & 0o777, 0o600);
    assert.equal(simulator.count('logout'), 1);
    const recording = parseRecording(readFileSync(command.out, 'utf8'));
    assert.ok(recording.polls.length >= 1);
    assert.ok(!JSON.stringify(recording).includes('Ulko-ovi'));
    const served = await Simulator.start({ hubs: [{ home: { recording, speed: 1000 } }] });
    assert.equal(served.hubs[0]?.home.devices.length, hub.home.devices.length);
    await served.stop();
  });

  it('says that the recording ended early because it grew too large', () => {
    assert.match(summary('my.json', { count: 5, isTooLarge: true }), /^my\.json has it: 5 moments\. It grew too large/);
    assert.doesNotMatch(summary('my.json', { count: 5, isTooLarge: false }), /large/);
  });

  it("requests no code if the file can't be written or exists already", async () => {
    const folder = tempFolder('recording');
    writeFileSync(join(folder, 'home.json'), 'of yesterday');
    simulator = await Simulator.start({ hubs: [{ name: 'Koti' }] });
    for (const [out, expected] of [
      ['home.json', /home\.json is there already: choose another with --out/],
      [join('nowhere', 'home.json'), /nowhere.*can't be written/],
    ] as const) {
      const args = ['record', '--cloud', simulator.cloudUrl, '--email', EMAIL, '--out', out];
      const { status, stderr } = printedBy(args, folder);
      assert.equal(status, 1);
      assert.match(stderr, expected);
    }
    assert.equal(simulator.mails.length, 0);
    assert.equal(readFileSync(join(folder, 'home.json'), 'utf8'), 'of yesterday');
  });

  it('asks for the hub by number or name, and logs out', async () => {
    const { command } = await begin(TWO_HUBS);
    await logIn(command);
    await command.says('Which hub: 1 Koti, 2 Mökki 100 %?');
    command.answer('Talo');
    await command.says('No hub that can be reached is called Talo.');
    command.answer('2');
    await command.says('Recording Mökki 100 %');
    command.interrupt();
    assert.equal(await command.exitCode(), 0, command.printed);
    assert.equal(simulator.count('logout'), 1);
    assert.equal(simulator.mails.length, 1);
    parseRecording(readFileSync(command.out, 'utf8'));
  });

  it('logs out if a script names an unknown hub, or if no hub can be reached', async () => {
    const { command } = await begin(TWO_HUBS, '--hub', 'Talo');
    await logIn(command);
    await command.says('Which hub');
    command.endInput();
    assert.equal(await command.exitCode(), 1);
    assert.match(command.printed, /No answer was given/);
    assert.equal(simulator.count('logout'), 1);
    await simulator.stop();

    const { command: other, hub } = await begin();
    await hub.goOffline();
    await logIn(other);
    assert.equal(await other.exitCode(), 1);
    assert.match(other.printed, /None of your hubs can be reached/);
    assert.equal(simulator.count('logout'), 1);
  });

  it('saves to another folder if the chosen one is gone, and logs out', async () => {
    const { command } = await begin();
    await logIn(command);
    await command.says('Recording Koti');
    rmSync(command.folder, { recursive: true });
    command.interrupt();
    assert.equal(await command.exitCode(), 1);
    const [, elsewhere = ''] = /^(.*my-home\.json) has it/m.exec(command.printed) ?? [];
    assert.match(command.printed, /my-home\.json can't be written/);
    parseRecording(readFileSync(elsewhere, 'utf8'));
    rmSync(dirname(elsewhere), { recursive: true });
    assert.equal(simulator.count('logout'), 1);
  });

  it('ends with Ctrl-C at each question, without a login or a recording', async () => {
    simulator = await Simulator.start(TWO_HUBS);
    const first = new Command('--cloud', simulator.cloudUrl);
    await first.says('Your e-mail address');
    first.interrupt();
    assert.equal(await first.exitCode(), 130, first.printed);
    assert.equal(simulator.count('requestlogin'), 0);

    const second = new Command('--cloud', simulator.cloudUrl, '--email', EMAIL);
    await second.says('The code that was e-mailed');
    second.interrupt();
    assert.equal(await second.exitCode(), 130, second.printed);
    assert.equal(simulator.count('emaillogin'), 0);

    const third = new Command('--cloud', simulator.cloudUrl, '--email', EMAIL);
    await logIn(third);
    await third.says('Which hub');
    third.interrupt();
    assert.equal(await third.exitCode(), 130, third.printed);
    assert.equal(simulator.count('logout'), 1);
    assert.throws(() => statSync(third.out));
  });

  it('explains a wrong code and a missing network in words', async () => {
    const { command } = await begin();
    await command.says('The code that was e-mailed');
    command.answer('wrong');
    assert.equal(await command.exitCode(), 1);
    assert.match(command.printed, /Cozify does not accept this code: start again/);
    const { cloudUrl } = simulator;
    await simulator.stop();
    const { status, stderr } = printedBy(['record', '--cloud', cloudUrl, '--email', EMAIL]);
    assert.equal(status, 1);
    assert.match(stderr, /Cozify can't be reached: .*ECONNREFUSED/);
  });

  it('succeeds with a note if only the logout fails', async () => {
    const { command } = await begin();
    simulator.fault('logout', { status: 500 });
    await logIn(command);
    await command.says('Recording Koti');
    command.interrupt();
    assert.equal(await command.exitCode(), 0, command.printed);
    assert.match(command.printed, /The login could not be ended: user\/logout: Cozify answered 500/);
    parseRecording(readFileSync(command.out, 'utf8'));
  });
});

describe('The command line of the practice home', () => {
  it('prints its help', () => {
    for (const args of [['--help'], ['-h'], ['record', '--help'], ['record', '-h']]) {
      const { status, stdout } = printedBy(args);
      assert.equal(status, 0);
      assert.match(stdout, /cozify-practice record \[--minutes/);
    }
  });

  it('refuses invalid options, and recordings that are missing or damaged', () => {
    const folder = tempFolder('recording');
    writeFileSync(join(folder, 'half.json'), '{"form":"cozify-rec');
    for (const [args, expected] of [
      [['--speed', 'abc'], /--speed needs a --recording/],
      [['--speed', '60'], /--speed needs a --recording/],
      [['--speed', 'abc', '--recording', 'none.json'], /--speed is a number from 1 to 1000/],
      [['--port', ''], /is no port/],
      [['--port', '65001'], /65001 is no port/],
      [['record', '--minutes', '0'], /--minutes is a number above 0/],
      [['--recording', 'none.json'], /none\.json can't be read: .*no such file/],
      [['--recording', 'half.json'], /half\.json: This is no recording of a home, or not the whole of one/],
    ] as const) {
      const { status, stderr } = printedBy([...args], folder);
      assert.equal(status, 1, args.join(' '));
      assert.match(stderr, expected);
    }
  });
});
