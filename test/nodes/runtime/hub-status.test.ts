import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI, NodeStatus } from 'node-red';
import type { Sources } from '../../../nodes/runtime/parameters';
import { HubStatus, hubStepStatus } from '../../../nodes/runtime/hub-status';
import { StepMessage } from '../../../nodes/runtime/message';
import { CozifyError, type HubSnapshot, type Snapshot } from '../../../src/index.js';
import { type ListedThing, pressText } from '../../../src/homes-api.js';
import { FakeClock, SECOND } from '../../src/support/fake-clock';

/** A thing with the properties that a status shows. */
function thing(state: Record<string, unknown>, { name = 'Lamppu', hub = 'hub-1' } = {}): ListedThing {
  return { entry: { name, kind: 'device', state }, live: { cache: { hub } } } as unknown as ListedThing;
}

describe('HubStatus', () => {
  let clock: FakeClock;
  let events: EventEmitter;
  let snapshot: Partial<Snapshot>;
  let subscribers: Set<() => void>;
  let found: object | undefined;
  let shown: NodeStatus[];
  let homes: object[];
  let status: HubStatus;

  beforeEach(() => {
    clock = new FakeClock();
    events = new EventEmitter();
    subscribers = new Set();
    [shown, homes] = [[], []];
    snapshot = { state: 'authenticated', hubs: [hub('hub-1', { default: true })] };
    found = accountNode();
  });
  afterEach(() => {
    status.stop();
    assert.deepEqual([clock.timers, subscribers.size], [0, 0], 'no timer or subscriber is left');
  });

  function hub(id: string, more: Partial<HubSnapshot> = {}): HubSnapshot {
    return { id, default: false, reachable: true, ...more } as HubSnapshot;
  }

  function accountNode(): object {
    const onChange = (subscriber: () => void): (() => void) => {
      subscribers.add(subscriber);
      return () => subscribers.delete(subscriber);
    };
    return {
      type: 'cozify-account',
      account: { isReady: true, snapshot: () => snapshot, onChange, homes: { open: homes } },
    };
  }

  function become(change: Partial<Snapshot>): void {
    snapshot = { ...snapshot, ...change };
    for (const subscriber of subscribers) subscriber();
  }

  function open(ofHub = '', lang = 'en', isEverywhere = false, targets: object[] = []): HubStatus {
    const node = { status: (next: NodeStatus) => void shown.push(next) } as unknown as Node;
    const RED = { events, settings: { lang }, nodes: { getNode: () => found } } as unknown as NodeAPI;
    status = new HubStatus({ RED, node, account: 'account', hub: ofHub, clock, isEverywhere, targets });
    return status;
  }
  const last = (): NodeStatus | undefined => shown.at(-1);
  const settled = async (): Promise<NodeStatus | undefined> => {
    await clock.advance(SECOND);
    return last();
  };

  it('shows nothing after its node has closed, because the new node has the same id', async () => {
    const end = open().start();
    await settled();
    const before = shown.length;
    status.stop();
    status.showError(new CozifyError('COZIFY_API', 'late'));
    end();
    status.start();
    status.show([thing({ on: true })]);
    become({ state: 'otp-required' });
    events.emit('flows:started');
    await settled();
    assert.equal(shown.length, before, JSON.stringify(shown));
  });

  it('shows the state of a thing, with the time of a measurement', async () => {
    open().show([thing({ on: true, brightness: 60 })]);
    assert.deepEqual(await settled(), { fill: 'green', shape: 'dot', text: 'on 60 %' });
    const now = new Date(clock.now());
    const time = [now.getHours(), now.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
    status.show([thing({ temperature: 21.4 })]);
    assert.equal((await settled())?.text, `21.4 °C ${time}`);
    status.show([thing({ temperature: 21.4, humidity: 40 })], 'humidity');
    assert.match(String((await settled())?.text), /^40 % \d\d:\d\d$/);
  });

  it('shows the last event with its time, in the language of Node-RED', async () => {
    open('', 'fi').showEvent(thing({}), (language) => pressText({ button: 2, label: 'Alas', press: 'long' }, language));
    assert.match(String((await settled())?.text), /^Alas pitkä klo \d{1,2}\.\d\d$/);
    status.showEvent(thing({}), (language) => pressText({ button: 2, label: null, press: 'short' }, language));
    assert.match(String((await settled())?.text), /^2 lyhyt klo \d{1,2}\.\d\d$/);
    status.showError(new CozifyError('COZIFY_NOT_FOUND', 'Gone.', { subject: 'Kytkin' }));
    assert.equal((await settled())?.text, 'poistunut: Kytkin');
    status.showEvent(thing({}), () => 'again');
    assert.match(String((await settled())?.text), /^again/);
  });

  it('uses the language of the account', async () => {
    found = { ...accountNode(), language: 'fi' };
    open('', 'en').show([thing({ temperature: 78.2 }, { name: 'Sauna' }), thing({ on: true })]);
    assert.equal((await settled())?.text, '2 laitetta · Sauna 78,2 °C');
  });

  it('shows an unreachable thing, a missing thing and a failure', async () => {
    open('', 'fi').show([thing({ on: true, reachable: false })]);
    assert.deepEqual(await settled(), { fill: 'grey', shape: 'ring', text: 'ei yhteyttä' });
    status.showError(new CozifyError('COZIFY_NOT_FOUND', 'Nothing is called so.', { subject: 'Kattovalo' }));
    assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'poistunut: Kattovalo' });
    status.showGone('x'.repeat(99));
    assert.equal((await settled())?.text, `poistunut: ${'x'.repeat(28)}…`);
    status.showNotice('green', 'dot', 'sent');
    assert.deepEqual(await settled(), { fill: 'green', shape: 'dot', text: 'lähetetty' });
    status.showError(new CozifyError('COZIFY_BAD_INPUT', 'Not so.', { subject: 'Kattovalo' }));
    assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'epäonnistui: tarkista viesti' });
    status.show([thing({ on: false })]);
    assert.equal((await settled())?.text, 'pois');
  });

  it('shortens names, but not values, to 40 characters', async () => {
    open('', 'fi').showChanged(thing({ temperature: 21.4 }, { name: 'Makuuhuoneen takaseinän lämpömittari' }), {
      count: 12,
    });
    const text = String((await settled())?.text);
    assert.match(text, /^12 laitetta · Makuuh\S*… 21,4 °C klo \d{1,2}\.\d\d$/);
    assert.ok(text.length <= 40, text);
    status.showError(new CozifyError('COZIFY_BAD_INPUT', `"${'x'.repeat(60)}" has nothing.`, { brief: undefined }));
    assert.equal((await settled())?.text, 'epäonnistui: tarkista viesti');
    status.stop();
    open().showError(new CozifyError('COZIFY_BAD_INPUT', `Something that is ${'very '.repeat(20)}long. Do that.`));
    assert.equal((await settled())?.text, 'failed: something that is very very ver…');
  });

  it('shows advice for a failure, in the language of the account', async () => {
    const brief = { en: 'send true or false', fi: 'lähetä true tai false' };
    open().showError(new CozifyError('COZIFY_BAD_INPUT', 'payload should be true or false.', { brief }));
    assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'failed: send true or false' });
    status.stop();
    open('', 'fi').showError(new CozifyError('COZIFY_BAD_INPUT', 'payload should be true or false.', { brief }));
    assert.equal((await settled())?.text, 'epäonnistui: lähetä true tai false');
  });

  it('shows the name of one of several things, even if it is unreachable', async () => {
    open('', 'fi').show([thing({ on: true }), thing({ on: true })]);
    const sauna = { name: 'Sauna' };
    status.showChanged(thing({ temperature: 85.8 }, sauna));
    assert.match(String((await settled())?.text), /^Sauna 85,8 °C klo \d{1,2}\.\d\d$/);
    status.showChanged(thing({ temperature: 85.8, humidity: 12 }, sauna), { field: 'humidity', count: 2 });
    assert.match(String((await settled())?.text), /^2 laitetta · Sauna 12 % klo \d{1,2}\.\d\d$/);
    status.showChanged(thing({ temperature: 85.8, reachable: false }, sauna), { count: 2 });
    assert.deepEqual(await settled(), { fill: 'grey', shape: 'ring', text: 'ei yhteyttä: Sauna' });
    status.showChanged(thing({ temperature: 80, reachable: true }, sauna));
    assert.equal((await settled())?.fill, 'green');
  });

  it('shows the time of a change or of a measurement, but not of another value that was known before', async () => {
    open();
    const before = { isNow: false };
    for (const [state, options, text] of [
      [{ on: true }, {}, /^Lamppu on \d\d:\d\d$/],
      [{ on: false }, before, /^Lamppu off$/],
      [{ temperature: 21.4 }, before, /^Lamppu 21\.4 °C \d\d:\d\d$/],
      [{ on: true, humidity: 40 }, { ...before, field: 'humidity' }, /^Lamppu 40 % \d\d:\d\d$/],
    ] as const) {
      status.showError(new CozifyError('COZIFY_API', 'An error that the next value replaces.'));
      await settled();
      status.showChanged(thing(state), options);
      assert.match(String((await settled())?.text), text);
    }
  });

  it('is green for several things if one of them is reachable, and grey otherwise', async () => {
    const lost = { on: true, reachable: false };
    open().show([thing(lost), thing({ on: true })]);
    assert.equal((await settled())?.fill, 'green');
    status.show([thing(lost), thing(lost)]);
    assert.deepEqual(await settled(), { fill: 'grey', shape: 'ring', text: "can't be reached" });
    status.show([]);
    assert.deepEqual(await settled(), { fill: 'grey', shape: 'ring', text: '0 devices' });
  });

  it('shows a problem until it ends, whatever changes', async () => {
    open('', 'fi').show([thing({ on: true })]);
    const gone = new CozifyError('COZIFY_NOT_FOUND', 'Gone.', { subject: 'Kiuas' });
    const doubled = new CozifyError('COZIFY_BAD_INPUT', 'Two.', { subject: 'Lamppu' });
    status.showProblems([gone, doubled]);
    status.show([thing({ on: false })]);
    assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'poistunut: Kiuas' });
    status.showProblems([doubled]);
    assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'monta: Lamppu' });
    become({ hubs: [hub('hub-1', { reachable: false })] });
    assert.equal((await settled())?.text, 'hubiin ei yhteyttä', 'the offline hub comes first');
    become({ hubs: [hub('hub-1')] });
    status.showProblems([]);
    assert.deepEqual(await settled(), { fill: 'green', shape: 'dot', text: 'pois' });
  });

  it('shows "log in first" if the hub refuses its key and the login is rejected', async () => {
    open().show([thing({ on: true })]);
    const loop: { error?: CozifyError } = { error: new CozifyError('COZIFY_OTP_REQUIRED', 'Refused.') };
    homes.push({ cache: { hub: 'hub-2' }, loop });
    become({ state: 'otp-required', hubs: [hub('hub-1', { reachable: false })] });
    assert.equal((await settled())?.text, 'hub away', 'a key of another hub');
    homes.push({ cache: { hub: 'hub-1' }, loop });
    become({});
    assert.deepEqual(await settled(), { fill: 'yellow', shape: 'ring', text: 'log in first' });
    loop.error = new CozifyError('COZIFY_HUB_OFFLINE', 'Away.');
    become({});
    assert.equal((await settled())?.text, 'hub away');
    delete loop.error;
    become({ hubs: [hub('hub-1')] });
    assert.equal((await settled())?.text, 'on', 'hub keys work without a cloud login');
  });

  it('shows problems of the account', async () => {
    found = undefined;
    open();
    assert.deepEqual(last(), { fill: 'red', shape: 'ring', text: 'no account' });
    found = { type: 'cozify-account', problem: new CozifyError('COZIFY_BAD_INPUT', 'Not so.') };
    events.emit('flows:started');
    assert.deepEqual(last(), { fill: 'red', shape: 'ring', text: 'check account' });
    [found, snapshot] = [accountNode(), { state: 'otp-required', hubs: [] }];
    events.emit('flows:started');
    assert.deepEqual(await settled(), { fill: 'yellow', shape: 'ring', text: 'log in first' });
    become({ state: 'authenticated', hubs: [hub('hub-1')] });
    assert.deepEqual(await settled(), {});
  });

  it('shows "log in first" after a step that needs a login, until the login', async () => {
    open().show([thing({ on: true })]);
    become({ state: 'otp-required' });
    assert.equal((await settled())?.text, 'on');
    status.showError(new CozifyError('COZIFY_OTP_REQUIRED', 'Log in.'));
    assert.deepEqual(await settled(), { fill: 'yellow', shape: 'ring', text: 'log in first' });
    become({ state: 'authenticated' });
    assert.equal((await settled())?.text, 'on');
  });

  it('shows an offline hub, and the state when it is back', async () => {
    const away = { fill: 'red', shape: 'ring', text: 'hub away' };
    open().show([thing({ on: true })]);
    await settled();
    become({ hubs: [hub('hub-1', { reachable: false })] });
    assert.deepEqual(await settled(), away);
    become({ hubs: [hub('hub-1')] });
    assert.equal((await settled())?.text, 'on');
    status.showError(new CozifyError('COZIFY_HUB_OFFLINE', 'Away.'));
    assert.deepEqual(await settled(), away);
    become({ hubs: [hub('hub-1', { reachable: true })] });
    assert.deepEqual(await settled(), away, 'no change of reachability');
    become({ hubs: [hub('hub-1', { reachable: false })] });
    become({ hubs: [hub('hub-1', { reachable: true })] });
    assert.equal((await settled())?.text, 'on');
    become({ hubs: [hub('hub-1', { reachable: false })] });
    status.showError(new CozifyError('COZIFY_HUB_OFFLINE', 'Away.'));
    become({ hubs: [hub('hub-1')] });
    assert.equal((await settled())?.text, 'on', 'an error after the account has noticed');
    status.showAway();
    assert.deepEqual(await settled(), away);
    status.show([thing({ on: false })]);
    status.showAway();
    become({ hubs: [hub('hub-1', { reachable: false })] });
    become({ hubs: [hub('hub-1')] });
    assert.equal((await settled())?.text, 'off', 'offline and online again within a second');
  });

  it('shows the state of only its own hubs', async () => {
    snapshot.hubs = [hub('hub-1', { default: true }), hub('hub-2', { reachable: false })];
    open();
    assert.deepEqual(last(), {});
    status.show([thing({ on: true }, { hub: 'hub-2' })]);
    assert.equal((await settled())?.text, 'hub away');
    status.show([thing({ on: true })]);
    assert.equal((await settled())?.text, 'on');
    status.stop();
    open('hub-2');
    assert.equal(last()?.text, 'hub away');
    status.stop();
    open('', 'en', false, [{ hub: 'hub-2', id: 'd1' }]);
    assert.equal(last()?.text, 'hub away');
    status.stop();
    open('hub-2', 'en', false, [{ hub: '', id: 'd1' }]);
    assert.equal(last()?.text, 'hub away', 'a target without a hub');
  });

  it('shows the state of the hubs it subscribes to before any event', async () => {
    snapshot.hubs = [hub('hub-1', { default: true }), hub('hub-2', { reachable: false })];
    snapshot.hubs[1]!.name = 'Mökki';
    open().addHub('hub-2');
    assert.equal((await settled())?.text, 'hub away');
    status.showEvent(thing({}), () => 'event');
    assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'hub away: Mökki' }, 'the other hub');
    status.stop();
    open().showChanged(thing({ on: true }, { hub: 'hub-2' }));
    assert.equal((await settled())?.text, 'hub away', 'a change at the hub');
  });

  it('names the offline hub for a node at all hubs', async () => {
    const [koti, mokki] = [hub('hub-1', { default: true, name: 'Koti' }), hub('hub-2', { name: 'Mökki' })];
    const lost = { reachable: false };
    snapshot.hubs = [koti, mokki];
    open('', 'fi', true).show([thing({ on: true })]);
    assert.equal((await settled())?.text, 'päällä');
    become({ hubs: [koti, { ...mokki, ...lost }] });
    assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'hubiin ei yhteyttä: Mökki' });
    status.show([thing({ on: false })]);
    assert.equal((await settled())?.text, 'hubiin ei yhteyttä: Mökki', 'also after a change at the other hub');
    become({
      hubs: [
        { ...koti, ...lost },
        { ...mokki, ...lost },
      ],
    });
    assert.equal((await settled())?.text, 'hubiin ei yhteyttä', 'all of them');
    become({ hubs: [koti, mokki] });
    assert.equal((await settled())?.text, 'pois');
  });

  it('uses the default hub in an older flow without a hub', () => {
    snapshot.hubs = [hub('hub-1', { default: true, reachable: false }), hub('hub-2')];
    const node = { status: (next: NodeStatus) => void shown.push(next) } as unknown as Node;
    const RED = { events, settings: { lang: 'en' }, nodes: { getNode: () => found } } as unknown as NodeAPI;
    status = new HubStatus({ RED, node, account: 'account', clock });
    assert.equal(last()?.text, 'hub away');
  });

  it('is yellow until the last running step has ended', async () => {
    open().show([thing({ on: true })]);
    await settled();
    const first = status.start();
    assert.deepEqual(await settled(), { fill: 'yellow', shape: 'dot', text: 'on' });
    found = { ...accountNode(), language: 'fi' };
    const second = status.start();
    assert.deepEqual(await settled(), { fill: 'yellow', shape: 'dot', text: 'päällä' }, 'a new account');
    first();
    first();
    assert.equal((await settled())?.fill, 'yellow');
    second();
    assert.equal((await settled())?.fill, 'green');
  });

  it('changes at most once a second, and always shows the last status', async () => {
    open();
    const changes: number[] = [];
    for (let brightness = 1; brightness <= 100; brightness++) {
      const before = shown.length;
      status.show([thing({ on: true, brightness })]);
      await clock.advance(100);
      if (shown.length > before) changes.push(clock.monotonic());
    }
    const gaps = changes.slice(1).map((at, index) => at - (changes[index] ?? 0));
    assert.ok(changes.length >= 9 && gaps.every((gap) => gap >= SECOND), String(gaps));
    assert.equal((await settled())?.text, 'on 100 %');
  });

  it('sends no status twice, but repeats the first one after the start for Status nodes', async () => {
    open().show([thing({ on: true })]);
    await settled();
    for (let times = 0; times < 3; times++) status.show([thing({ on: true })]);
    assert.deepEqual([(await settled())?.text, shown.length], ['on', 2]);
    events.emit('flows:started');
    events.emit('flows:started');
    await settled();
    assert.equal(shown.length, 3);
    // The node closes while the second update is waiting.
    for (const on of [false, true]) status.show([thing({ on })]);
  });

  describe('with steps', () => {
    const sources = (def: object, msg: object): Sources =>
      ({ def, message: new StepMessage(msg) }) as unknown as Sources;

    it('shows once that msg.target is ignored by a node with targets', async () => {
      const steps = hubStepStatus<ListedThing>(open(), (one) => status.show([one]));
      const redirected = sources({ targets: [{ id: 'd1' }], hub: '' }, { target: 7 });
      steps.start(redirected).fail(new CozifyError('COZIFY_BUSY', 'busy'));
      await settled();
      steps.start(redirected).end(thing({ on: true }));
      assert.deepEqual(await settled(), { fill: 'yellow', shape: 'ring', text: 'msg.target ignored' });
      steps.start(redirected).end(thing({ on: true }));
      assert.equal((await settled())?.text, 'on');
    });

    it('shows that msg.hub is ignored', async () => {
      const steps = hubStepStatus<ListedThing>(open(), (one) => status.show([one]));
      steps.start(sources({ targets: [], hub: 'hub-1' }, { target: 'x', hub: 'hub-2' })).end(thing({ on: true }));
      assert.equal((await settled())?.text, 'msg.hub ignored');
    });

    it('shows the result of a slow step immediately, and nothing before', async () => {
      const steps = hubStepStatus<ListedThing>(open(), (one) => {
        status.show([one]);
        if (one.entry.name === 'Muisti') status.showAway();
      });
      for (const [end, text] of [
        [(step: { end: (one: ListedThing) => void }) => step.end(thing({ on: true })), 'on'],
        [(step: { end: (one: ListedThing) => void }) => step.end(thing({ on: true }, { name: 'Muisti' })), 'hub away'],
        [
          (step: { fail: (error: CozifyError) => void }) => step.fail(new CozifyError('COZIFY_BUSY', 'Busy.')),
          'failed: too many messages wait',
        ],
      ] as const) {
        const step = steps.start(sources({}, {}));
        await clock.advance(5 * SECOND);
        shown = [];
        end(step);
        assert.deepEqual(
          shown.map((one) => one.text),
          [text],
        );
        await settled();
        assert.equal(shown.length, 1);
      }
    });

    it('keeps the status while a step without a text of its own runs', async () => {
      const steps = hubStepStatus<ListedThing>(
        open(),
        (one) => status.show([one]),
        () => undefined,
      );
      status.show([thing({ on: false })]);
      await settled();
      shown = [];
      const step = steps.start(sources({}, {}));
      assert.deepEqual([await settled(), shown.length], [undefined, 0], 'no status');
      step.end(thing({ on: true }));
      assert.deepEqual([(await settled())?.text, shown.length], ['on', 1]);
    });

    it('shows a failure, and is not yellow afterwards', async () => {
      const steps = hubStepStatus<ListedThing>(open(), (one) => status.show([one]));
      steps.start(sources({}, { target: 'x', hub: 'y' })).fail(new CozifyError('COZIFY_BUSY', 'Busy.'));
      assert.deepEqual(await settled(), { fill: 'red', shape: 'ring', text: 'failed: too many messages wait' });
    });
  });
});
