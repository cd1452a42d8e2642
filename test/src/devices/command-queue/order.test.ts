import assert from 'node:assert/strict';
import { FifoGate } from '../../../../src/async/locks.js';
import { FakeClock, MINUTE, SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { HomeStage } from '../home-stage.js';

describe('The order of commands', () => {
  let stage: HomeStage;

  beforeEach(async () => {
    stage = new HomeStage();
    stage.koti.groups['Kaikki'] = ['a', 'b', 'c'];
    await stage.start();
  });
  afterEach(() => stage.end());

  const types = (): string[] =>
    stage.koti.puts.flatMap(([, elements]) => elements.map(({ id, type }) => `${id} ${type}`));

  it('is the order of the messages while names are loaded again', async () => {
    await stage.command({ id: 'a', kind: 'device' }, true);
    await stage.clock.skip(11 * MINUTE);
    await stage.account.homes.of('hub-1').ensure(['device'], 0);
    [stage.koti.listDelayMs, stage.koti.puts.length] = [200, 0];
    const all = [stage.command('Kaikki', true), stage.command({ id: 'a', kind: 'device' }, false)];
    await stage.after(5 * SECOND, Promise.all(all));
    assert.deepEqual(types(), ['Kaikki CMD_GROUP_ON', 'a CMD_DEVICE_OFF']);
  });

  it('includes raw requests', async () => {
    stage.koti.listDelayMs = 200;
    const body = (type: string): string => JSON.stringify([{ id: 'a', type }]);
    const request = (type: string) =>
      stage.account.request('', { method: 'PUT', path: 'devices/command', body: body(type) });
    const all = [
      stage.command('Kaikki', true),
      request('CMD_DEVICE_OFF'),
      stage.command({ id: 'b' }, false),
      request('CMD_IDENTIFY'),
      stage.command({ id: 'c' }, false),
    ];
    await stage.after(10 * SECOND, Promise.all<unknown>(all));
    assert.deepEqual(types(), [
      'Kaikki CMD_GROUP_ON',
      'a CMD_DEVICE_OFF',
      'b CMD_DEVICE_OFF',
      'a CMD_IDENTIFY',
      'c CMD_DEVICE_OFF',
    ]);
  });

  it('includes a command that arrives at any moment while another one ends', async () => {
    await stage.command({ id: 'a' }, true);
    for (let moments = 0; moments < 300; moments += 1) {
      const first = stage.command({ id: 'a' }, moments % 2 === 0);
      for (let moment = 0; moment < moments; moment += 1) await Promise.resolve();
      const second = stage.command({ id: 'b' }, moments % 2 === 0);
      assert.ok(await stage.endsWithin(SECOND, Promise.all([first, second])), `after ${moments} moments`);
    }
  });

  it('is not blocked by a command with a missing target', async () => {
    stage.koti.listDelayMs = 200;
    const missing = failure(stage.command('Ei mitään', true), 'COZIFY_NOT_FOUND');
    const next = stage.command({ id: 'a' }, true);
    await stage.clock.advance(10 * SECOND);
    await missing;
    assert.equal((await next).isDone, true);
  });

  it('is independent of another hub that hangs', async () => {
    await stage.end();
    stage = new HomeStage();
    await stage.start({ isTwo: true });
    stage.koti.hang();
    void stage.command('Lamppu a', true).catch(() => undefined);
    const other = stage.command({ name: 'Lamppu m', hub: 'hub-2' }, true);
    assert.ok(await stage.endsWithin(SECOND, other));
    assert.equal((await other).isDone, true);
  });

  it('follows the order of the tickets, even if an earlier one is not ready', async () => {
    const { commandGate } = stage.account.homes;
    const first = commandGate.takeTicket();
    const second = commandGate.takeTicket();
    const off = stage.step.run(
      stage.account.homes,
      { command: { type: 'toggle', transition: null }, targets: [], hub: '', confirmMs: 0 },
      second,
    );
    assert.equal(await stage.endsWithin(500, off), false);
    first.release();
    assert.ok(await stage.endsWithin(0, off));
  });

  describe('with queued commands when an account closes', () => {
    it('sends them before drain resolves', async () => {
      stage.koti.putDelayMs = 500;
      const all = ['a', 'b', 'c'].map((id) => stage.command({ id }, true));
      await stage.clock.advance(100);
      const more = [stage.command({ id: 'a' }, false), stage.command({ id: 'b' }, false)];
      const drained = stage.account.homes.drain();
      assert.equal(await stage.endsWithin(600, drained), false);
      assert.ok(await stage.endsWithin(2 * SECOND, drained));
      for (const { isDone } of await Promise.all([...all, ...more])) assert.equal(isDone, true);
      assert.ok(await stage.endsWithin(0, stage.account.homes.drain()), 'the queue is empty');
    });

    for (const transport of ['on the LAN', 'through the cloud']) {
      it(`sends them before the account is closed, ${transport}`, async () => {
        await stage.command({ id: 'a' }, true);
        if (transport !== 'on the LAN') stage.lan.clear();
        stage.koti.putDelayMs = 500;
        const all = [true, false, true].flatMap((on, time) =>
          ['a', 'b', 'c'].slice(time).map((id) => stage.command({ id }, on)),
        );
        await stage.clock.advance(100);
        const more = stage.command({ id: 'b' }, false);
        await stage.close(stage.fixture as never);
        for (const { isDone } of await Promise.all([...all, more])) assert.equal(isDone, true);
        assert.equal(stage.koti.lamp('b').isOn, false);
      });
    }

    it('fails each of them with COZIFY_CLOSED if the hub hangs', async () => {
      await stage.command({ id: 'a' }, true);
      stage.koti.hang();
      const all = ['a', 'b', 'c'].map((id) => stage.command({ id }, false));
      const failures = Promise.all(all.map((one) => failure(one, 'COZIFY_CLOSED')));
      await stage.clock.advance(100);
      await stage.close(stage.fixture as never);
      await failures;
    });
  });
});

describe('FifoGate', () => {
  it('lets tickets pass in order, and skips one that takes over a second', async () => {
    const clock = new FakeClock();
    const gate = new FifoGate(clock);
    const [slow, quick, last] = [gate.takeTicket(), gate.takeTicket(), gate.takeTicket()];
    const gone: string[] = [];
    assert.equal(slow.untilFirst(), undefined);
    void last.untilFirst()?.then(() => gone.push('last'));
    void quick.untilFirst()?.then(() => {
      gone.push('quick');
      quick.release();
    });
    await clock.advance(900);
    assert.deepEqual(gone, []);
    await clock.advance(200);
    assert.deepEqual(gone, ['quick', 'last']);
    last.release();
    slow.release();
    assert.deepEqual([gate.takeTicket().untilFirst(), clock.timers], [undefined, 0]);
  });
});
