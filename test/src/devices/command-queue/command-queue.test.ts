import assert from 'node:assert/strict';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { ends, HomeStage } from '../home-stage.js';

describe('CommandQueue', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    stage.koti.groups['Kaikki'] = ['a', 'b'];
    await stage.start();
  });
  afterEach(() => stage.end());

  const lamp = (id: string) => ({ id, kind: 'device' });

  it('sends immediately, even if the cache already has the value', async () => {
    await stage.read();
    assert.deepEqual(ends(await stage.command(lamp('a'), false)), [[true, null, null]]);
    assert.deepEqual(stage.koti.sent, ['a']);
  });

  it('sends one request at a time, and batches queued commands in order', async () => {
    stage.koti.putDelayMs = SECOND;
    await stage.read();
    const first = stage.command(lamp('a'), true);
    await stage.clock.advance(0);
    const others = [stage.command(lamp('b'), true), stage.command(lamp('c'), true), stage.command(lamp('a'), false)];
    await stage.clock.advance(SECOND - 1);
    assert.equal(stage.koti.puts.length, 1);
    await stage.after(2 * SECOND, Promise.all([first, ...others]));
    assert.deepEqual(stage.koti.sent, ['a', 'b+c+a']);
  });

  it('sends at most 50 elements per request', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `x${index}`);
    for (const id of ids) stage.koti.lamps.set(id, { isOn: false, brightness: 0.5, reachable: true });
    await stage.command(ids.map(lamp), true);
    assert.ok(stage.koti.puts.length >= 2);
    assert.ok(stage.koti.puts.every(([, elements]) => elements.length <= 50));
  });

  it('skips an “off” that a later brightness supersedes, and sends the brightness of each lamp', async () => {
    stage.koti.putDelayMs = SECOND;
    await stage.read();
    const all = [
      stage.command(lamp('b'), true),
      stage.command(lamp('a'), false),
      stage.command(lamp('c'), 70),
      stage.command(lamp('a'), 70),
    ];
    const outcomes = await stage.after(3 * SECOND, Promise.all(all));
    assert.deepEqual(
      outcomes.flatMap(ends).map(([, , reason]) => reason),
      [null, 'superseded', null, null],
    );
    assert.deepEqual(
      ['a', 'c'].map((id) => stage.koti.lamps.get(id)?.brightness),
      [0.7, 0.7],
    );
  });

  it('returns COZIFY_NOT_FOUND for a device that the hub no longer has', async () => {
    await stage.read();
    stage.koti.refused.add('c');
    stage.koti.lamps.delete('c');
    await stage.clock.skip(SECOND);
    await failure(stage.after(SECOND, stage.command(lamp('c'), true)), 'COZIFY_NOT_FOUND');
  });

  for (const value of [true, { brightness: 30 }]) {
    it(`returns COZIFY_NOT_FOUND for a group that was deleted in the app: ${JSON.stringify(value)}`, async () => {
      const group = { id: 'Kaikki', kind: 'group' };
      await stage.after(SECOND, stage.command(group, value));
      stage.koti.puts.length = 0;
      stage.koti.refused.add('Kaikki');
      stage.koti.failing.set('groups', { body: JSON.stringify({ h: { id: 'h', name: 'Muut', members: ['c'] } }) });
      await failure(stage.after(SECOND, stage.command(group, value)), 'COZIFY_NOT_FOUND');
      assert.ok(!stage.koti.sent.includes('a'), 'its former members are left alone');
    });
  }

  it('fails commands during an outage, and does not send them afterwards', async () => {
    const lan = new Map(stage.lan);
    stage.lan.clear();
    stage.gateway = { status: 400, body: '{"code":1,"message":"hub offline"}' };
    const failures = ['a', 'b'].map((id) => failure(stage.command(lamp(id), true), 'COZIFY_HUB_OFFLINE'));
    await stage.after(60 * SECOND, Promise.all(failures));
    for (const [host, hub] of lan) stage.lan.set(host, hub);
    stage.gateway = undefined;
    await stage.clock.advance(600 * SECOND);
    assert.deepEqual(stage.koti.puts, []);
    await stage.after(60 * SECOND, stage.command(lamp('c'), true));
    assert.deepEqual(stage.koti.sent, ['c'], 'only the next command');
  });

  it('does not resend a command without an answer', async () => {
    stage.koti.putReply = 'hang';
    const error = await failure(stage.after(60 * SECOND, stage.command(lamp('a'), true)), 'COZIFY_UNREACHABLE');
    assert.match(error.message, /may have/);
    assert.equal(stage.koti.puts.length, 1);
  });

  for (const [label, answer, code] of [
    ['a web page', { body: '<html>Welcome to our network</html>' }, 'COZIFY_BAD_ANSWER'],
    ['an error', { status: 500 }, 'COZIFY_API'],
  ] as const) {
    for (const [kind, id, command, path] of [
      ['device', 'a', 'on', '/devices/command'],
      ['alarm', 'x', 'close', '/alarms/close?alarmId=x'],
    ] as const) {
      it(`fails for ${label} as the response: ${kind}`, async () => {
        stage.koti.failing.set('alarms', { body: '{"x":{"id":"x","name":"Vuoto","closed":false}}' });
        stage.hub.replies.set(path, answer);
        const more = { command: parseCommand({ command }, undefined) };
        await failure(stage.after(SECOND, stage.command({ id, kind }, undefined, more)), code);
      });
    }
  }
});
