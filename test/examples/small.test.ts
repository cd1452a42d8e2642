import assert from 'node:assert/strict';
import { Simulator } from '../simulator';
import { sleep } from '../support/wait';
import { Bench, NAMES, neededNodes, read, SMALL, until, type Shown } from './support';

const TOKEN_OWNER = 'someone@example.fi';

describe('the examples in Node-RED', () => {
  let bench: Bench;
  let tokenFromElsewhere: string;

  before(async () => {
    const simulator = await Simulator.start();
    tokenFromElsewhere = simulator.issueToken(TOKEN_OWNER);
    bench = await Bench.open({ env: { COZIFY_TOKEN: tokenFromElsewhere } }, simulator);
  });
  after(() => bench.close());

  const home = () => bench.hub.home;

  /** Breaks the connection of a call, as an outage does. */
  const breakCall = (call: 'hubkeys' | 'refreshsession' | 'logout'): void => {
    bench.simulator.fault(call, { reset: true });
  };

  it('all run together unchanged', async () => {
    const flows = NAMES.filter((name) => neededNodes(name) === undefined).flatMap(read);
    const from = bench.nodeRed.log.length;
    await bench.nodeRed.deploy(
      flows.map((node) => ('cloudUrl' in node ? { ...node, cloudUrl: bench.simulator.cloudUrl } : node)),
    );
    assert.equal((await bench.nodeRed.flows()).length, flows.length);
    assert.doesNotMatch(bench.nodeRed.log.slice(from), /\[(error|warn)\]/);
    assert.equal(bench.simulator.mails.length, 0, 'no mail without a request');
  });

  it('are all tested below', () => {
    assert.deepEqual(
      [...SMALL].sort(),
      [
        ...['Authenticate', 'Button', 'Changes', 'Command', 'Email', 'Events', 'Ping', 'Read', 'Refresh'],
        ...['Request', 'Reset', 'Token', 'Wait'],
        ...['The first lamp', 'Motion light that goes off after 5 minutes', 'Wall switch, short and long'],
        ...['Daily check with a notification', 'Renew before a holiday'],
      ].sort(),
    );
  });

  it('Authenticate: requests a code by e-mail and logs in with it', async () => {
    await bench.deploy(['Authenticate']);
    const withCode = (code: string) => bench.press('Log in with the code', [{ p: 'otp', v: code, vt: 'str' }]);

    assertShown(await bench.press('Log in with the code'), 'Why it failed', /COZIFY_BAD_INPUT/);
    assert.equal(bench.mails, 0, 'a code that was not typed sends none');
    const sent = await bench.press('Make sure that we are logged in');
    assertShown(sent, 'A code was e-mailed', /(?=.*payload: false)(?=.*state: 'otp-sent')/s);
    assertShown(await withCode('WRONG1'), 'Why it failed', /COZIFY_OTP_REJECTED/);
    assertShown(await withCode(bench.code()), 'Logged in', /(?=.*payload: true)(?=.*state: 'authenticated')/s);
    assertShown(await bench.press('Make sure that we are logged in'), 'Logged in', /state: 'authenticated'/);
    assert.equal(bench.mails, 1);
    assert.ok(!bench.log().includes('WRONG1') && !bench.log().includes(bench.code()), 'no code is shown');
  });

  it('Ping: says whether the login is valid, or why that is unknown', async () => {
    await bench.deploy(['Ping']);
    const ping = () => bench.press('Is the login valid?');
    assertShown(await ping(), 'No, a new code is needed', /payload: false/);
    await bench.logIn();
    assertShown(await ping(), 'Yes, it is valid', /payload: true/);
    breakCall('hubkeys');
    assertShown(await ping(), 'Why there is none', /COZIFY_UNREACHABLE/);
    bench.simulator.clearFaults();
    bench.simulator.revokeAll();
    assertShown(await ping(), 'No, a new code is needed', /state: 'otp-required'/);
    assert.equal(bench.mails, 1, 'the login; a ping sends none');
  });

  it('Refresh: renews a due token, or any token immediately', async () => {
    await bench.deploy(['Refresh']);
    assertShown(await bench.press('Renew now'), 'Too late: log in again', /payload: false/);
    await bench.logIn();
    assertShown(await bench.press('Renew if it is due'), 'Renewed, or not due yet', /refreshed: false/);
    assertShown(await bench.press('Renew now'), 'Renewed, or not due yet', /refreshed: true/);
    breakCall('refreshsession');
    assertShown(await bench.press('Renew now'), 'Why it failed', /COZIFY_UNREACHABLE/);
  });

  it('Token: passes the token to the next node and shows only its length', async () => {
    await bench.deploy(['Token']);
    assertShown(await bench.press('Get the token'), 'Why there is none', /COZIFY_OTP_REQUIRED/);
    await bench.logIn();
    const token = bench.simulator.requests.findLast((sent) => sent.token !== undefined)?.token ?? '';
    const got = await bench.press('Get the token');
    assertShown(got, 'Got a token', new RegExp(`payload: 'A token of ${token.length} characters'`));
    assert.ok(token.length > 16 && !bench.log().includes(token));
  });

  it('Token: sets the token from the environment variable, and none without the variable', async () => {
    await bench.deploy(['Token']);
    const unset = await bench.press('Set the token', [{ p: 'payload', v: 'COZIFY_NO_SUCH_VARIABLE', vt: 'env' }]);
    assertShown(unset, 'Why there is none', /COZIFY_BAD_INPUT/);
    assert.equal((await bench.snapshot()).state, 'otp-required');
    assertShown(await bench.press('Set the token'), 'State of the login', /state: 'authenticated'/);
    const { length } = tokenFromElsewhere;
    assertShown(await bench.press('Get the token'), 'Got a token', new RegExp(`A token of ${length} characters`));
    assert.ok(!bench.log().includes(tokenFromElsewhere));
  });

  it('Email: gets the current address, and sets another', async () => {
    await bench.deploy(['Email']);
    const current = () => bench.press('Get the address');
    assert.deepEqual(await current(), { node: 'The current address', text: bench.email });
    const set = await bench.press('Set the address');
    assert.deepEqual(set, { node: 'The new address', text: 'name@example.com' });
    assert.deepEqual(await current(), { node: 'The current address', text: 'name@example.com' });
    const wrong = await bench.press('Set the address', [{ p: 'payload', v: 'nobody', vt: 'str' }]);
    assertShown(wrong, 'Why it failed', /COZIFY_BAD_INPUT/);
  });

  it('Reset: logs out at the cloud, or only locally', async () => {
    await bench.deploy(['Reset']);
    const { simulator } = bench;
    const token = () => simulator.requests.findLast((sent) => sent.token !== undefined)?.token ?? '';
    await bench.logIn();
    breakCall('logout');
    assertShown(await bench.press('Also log out of the cloud'), 'Why it failed', /COZIFY_UNREACHABLE/);
    assert.equal((await bench.snapshot()).state, 'authenticated', 'nothing is changed');
    simulator.clearFaults();
    assertShown(await bench.press('Also log out of the cloud'), 'Logged out', /state: 'otp-required'/);
    assert.equal(simulator.isValid(token()), false);
    await bench.logIn();
    assertShown(await bench.press('Forget the login here'), 'Logged out', /state: 'otp-required'/);
    assert.equal(simulator.isValid(token()), true);
  });

  it('Changes: sends the temperature as a number, first the current one and then each change', async () => {
    await bench.deploy(['Changes']);
    await bench.logIn();
    await bench.untilShown('Degrees', /^\d/);
    home().change('Saunan lämpömittari', { temperature: 43.21 });
    await bench.untilShown('Degrees', /^43\.2$/);
    await bench.untilShown('What changed', /43\.2/);
  });

  it('The first lamp: switches the lamp on, dims and toggles it, and reports a missing lamp', async () => {
    await bench.deploy(['The first lamp']);
    assertShown(await bench.press('On'), 'Why not', /COZIFY_OTP_REQUIRED/);
    await bench.logIn();
    const lamp = 'Olohuoneen lamppu';
    home().change(lamp, { isOn: false });
    assertShown(await bench.press('On'), 'Done', /confirmed: true/);
    assert.equal(home().device(lamp).state['isOn'], true);
    assertShown(await bench.press('30 %'), 'Done', /brightness: 30/);
    assertShown(await bench.press('Toggle'), 'Done', /on: false/);
    assert.equal(home().device(lamp).state['isOn'], false);
    home().setReachable(lamp, false);
    assertShown(await bench.press('On'), 'Not done', /reason: 'unreachable'/);
    home().setReachable(lamp, true);
  });

  it('Motion light: switches on with motion, and off after the set time without motion', async () => {
    const name = 'Motion light that goes off after 5 minutes';
    await bench.deploy([name]);
    await bench.logIn();
    const [sensor, light] = ['Eteisen liiketunnistin', 'Eteisen valo'];
    home().change(sensor, { motion: false });
    home().change(light, { isOn: false });
    // Uses one second in place of five minutes, because a test can't wait five minutes.
    const inMinutes = bench.flows.filter((node) => node['for'] === 300);
    assert.equal(inMinutes.length, 1);
    await bench.nodeRed.deploy(bench.flows.map((node) => (inMinutes.includes(node) ? { ...node, for: 1 } : node)));
    const untilLight = (isOn: boolean) =>
      until(`the light to be ${isOn}`, () => home().device(light).state['isOn'] === isOn);
    await bench.untilShown('On or off', /^false$/);
    home().change(sensor, { motion: true });
    await untilLight(true);
    await bench.untilShown('On or off', /^true$/);
    const from = bench.shown().length;
    home().change(sensor, { motion: false });
    await untilLight(false);
    await bench.untilShown('On or off', /^false$/, from);
  });

  it('Wall switch: toggles the lamp on a short press, and switches all off on a long one', async () => {
    await bench.deploy(['Wall switch, short and long']);
    await bench.logIn();
    const [wall, lamp, other] = ['Eteisen seinäkytkin', 'Eteisen valo', 'Olohuoneen lamppu'];
    for (const one of [lamp, other]) home().change(one, { isOn: true });
    await bench.untilPolled();
    home().press(wall, 1);
    await bench.untilShown('Toggled');
    assert.deepEqual([home().device(lamp).state['isOn'], home().device(other).state['isOn']], [false, true]);
    home().press(wall, 1, ['longpress']);
    await bench.untilShown('All off');
    assert.equal(home().device(other).state['isOn'], false);
  });

  it('Command: dims the named lamp, and confirms it', async () => {
    await bench.deploy(['Command']);
    await bench.logIn();
    assertShown(await bench.press('60 %'), 'Done', /confirmed: true/);
  });

  it('Request: gets the response from the hub, and reports an HTTP error status as an error', async () => {
    await bench.deploy(['Request']);
    await bench.logIn();
    assertShown(await bench.press('The rooms of the home'), 'What the hub says', /name: '\$LIVINGROOM'/);
    assertShown(await bench.press("Something it doesn't have"), 'Why there is none', /COZIFY_API.*404/s);
  });

  it('Read: gives all temperatures by name, and lists open doors, or none', async () => {
    await bench.deploy(['Read']);
    const openings = () => bench.press('Is anything open?');
    assertShown(await bench.press('How warm is it?'), 'Why not', /COZIFY_OTP_REQUIRED/);
    await bench.logIn();
    const doors = bench.simulator.hubs.flatMap((hub) =>
      hub.home.devices.filter(({ state }) => 'open' in state).map((device) => ({ hub, device })),
    );
    for (const { hub, device } of doors) hub.home.change(device.id, { open: false });
    assertShown(await bench.press('How warm is it?'), 'Temperatures', /: -?\d/);
    await until('a read of the openings', async () => (await openings()).node === 'Everything is closed');
    const [door] = doors;
    assert.ok(door);
    door.hub.home.change(door.device.id, { open: true });
    await until('a read of the openings', async () => {
      const { node, text } = await openings();
      return node === 'These are open' && text.includes(door.device.name);
    });
  });

  it('Button: distinguishes a short press from a long one', async () => {
    await bench.deploy(['Button']);
    await bench.logIn();
    await bench.untilPolled();
    home().press('Eteisen seinäkytkin', 1, ['longpress']);
    await bench.untilShown('Long press', /Eteisen seinäkytkin/);
    home().press('Eteisen seinäkytkin', 1);
    await bench.untilShown('Short press', /Eteisen seinäkytkin/);
  });

  it('Wait: continues once the door is closed, and can be cancelled', async () => {
    await bench.deploy(['Wait']);
    assertShown(await bench.press('We are leaving'), 'Why not', /COZIFY_OTP_REQUIRED/);
    await bench.logIn();
    home().change('Ulko-ovi', { open: true });
    const wait = async (): Promise<void> => {
      await bench.inject('We are leaving');
      await bench.untilPolled();
    };
    await wait();
    await bench.inject('Never mind');
    home().change('Ulko-ovi', { open: false });
    await bench.untilQuiet(() => String(bench.hub.log.count({ path: '/hub/poll' })));
    home().change('Ulko-ovi', { open: true });
    await sleep(3_500);
    await wait();
    home().change('Ulko-ovi', { open: false });
    await bench.untilShown('The door is closed');
    const closed = bench.shown().filter(({ node }) => node === 'The door is closed');
    const once = [{ node: 'The door is closed', text: 'leaving' }];
    assert.deepEqual(closed, once, 'the one that was called off is not sent');
  });

  it('Events: sends each event, and reports a lost or restored login through a node of its own', async () => {
    await bench.deploy(['Events']);
    const topics = (node: string): string[] =>
      bench
        .shown()
        .filter((shown) => shown.node === node)
        .map(({ text }) => /topic: '([a-z-]+)'/.exec(text)?.[1] ?? text);
    const untilTopics = async (node: string, ...expected: string[]): Promise<void> => {
      await until(`${node} to show ${expected.join(', ')}`, () => topics(node).length >= expected.length);
      assert.deepEqual(topics(node), expected);
    };

    await untilTopics('Not logged in: a code is needed', 'otp-required');
    await bench.logIn();
    await untilTopics('Logged in', 'authenticated');
    await until('the hubs', () => topics('What happened').includes('hubs'));
    await bench.reset();
    await untilTopics('Not logged in: a code is needed', 'otp-required', 'otp-required');
    await untilTopics('Logged in', 'authenticated');
    const all = ['otp-required', 'otp-sent', 'authenticated', 'reset', 'otp-required'];
    // A `hubs` event may come at any time after the login, when the address of a hub is found.
    const others = (): string[] => topics('What happened').filter((topic) => topic !== 'hubs');
    await until('the last event', () => others().length >= all.length);
    assert.deepEqual(others(), all);
  });

  it('Daily check: reports a lost login and trouble, and only notes an outage', async () => {
    await bench.deploy(['Daily check with a notification']);
    const { simulator } = bench;
    const check = () => bench.press('Every morning at 8');
    const lost = new RegExp(`^The Cozify login of ${bench.email} is not valid any more\\.`);
    assertShown(await check(), 'What would be sent', lost);
    await bench.logIn();
    assert.deepEqual(await check(), { node: 'All is well', text: 'authenticated' });
    for (const outage of [{ reset: true }, { status: 503 }, { status: 429 }, { body: '<html>' }]) {
      simulator.fault('hubkeys', outage);
      assertShown(await check(), 'An outage, not a lost login', /COZIFY_/);
      simulator.clearFaults();
    }
    simulator.fault('hubkeys', { status: 403 });
    assertShown(await check(), 'What would be sent', /^The Cozify login could not be checked: ./);
    simulator.clearFaults();
    assertShown(await check(), 'All is well', /authenticated/);
    simulator.revokeAll();
    assertShown(await check(), 'What would be sent', lost);
    assert.equal(bench.mails, 1, 'the login; a check sends none');
  });

  it('Renew before a holiday: renews and shows the new expiry', async () => {
    await bench.deploy(['Renew before a holiday']);
    const leave = () => bench.press('We are about to leave');
    assertShown(await leave(), 'How it went', /^Not logged in: a new code is needed$/);
    await bench.logIn();
    const before = (await bench.snapshot()).lastRefresh ?? '';
    assertShown(await leave(), 'How it went', /^Lasts until \d{1,2} \w+ \d{4} at \d\d:\d\d$/);
    assert.ok(((await bench.snapshot()).lastRefresh ?? '') > before, 'renewed');
    breakCall('refreshsession');
    assertShown(await leave(), 'How it went', /cloud/i);
  });
});

function assertShown(shown: Shown, node: string, text: RegExp): void {
  assert.equal(shown.node, node, shown.text);
  assert.match(shown.text, text);
}
