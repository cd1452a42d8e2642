import assert from 'node:assert/strict';
import { MINUTE, SECOND } from '../support/fake-clock.js';
import { Stage } from '../support/stage.js';
import { makeToken } from '../support/tokens.js';

const LAMP = { id: 'd1', type: 'LIGHT', name: 'Lamp', state: {}, capabilities: { values: ['ON_OFF'] } };

describe('Account.homes', () => {
  let stage: Stage;
  beforeEach(() => {
    stage = new Stage();
    stage.saveLogin(makeToken(stage.clock.now()));
  });
  afterEach(() => stage.end());

  it('is closed if it is first read after the account was closed', async () => {
    const fixture = await stage.open();
    await stage.close(fixture);
    assert.deepEqual(fixture.account.homes.open, []);
  });

  it('survives a Deploy, and is replaced when the cloud changes', async () => {
    const fixture = await stage.open();
    const { homes } = fixture.account;
    await stage.deploy(fixture);
    assert.equal(fixture.account.homes, homes);
    await stage.deploy(fixture, { cloudUrl: 'https://other.example/ui/0.2' });
    assert.notEqual(fixture.account.homes, homes);
  });

  it('survives a Deploy with another language, and shows default names in that language', async () => {
    await stage.end();
    const { fixture, ...opened } = await Stage.withLoggedIn();
    ({ stage } = opened);
    const [first = '', second = ''] = fixture.account.snapshot().hubs.map(({ id }) => id);
    const { homes } = fixture.account;
    const { things } = homes.of(first).cache;
    things.put('room', 'r1', { id: 'r1', name: '$LIVINGROOM' });
    things.put('room', 'r2', { id: 'r2', name: 'Nook' });
    things.put('device', 'd1', { ...LAMP, room: ['r1'] });
    const roomOfLamp = (): unknown[] => things.list('device').map((entry) => things.show(entry).room);
    assert.deepEqual(roomOfLamp(), ['Living room']);
    things.takeChanges();
    await stage.deploy(fixture, { language: 'fi' });
    assert.equal(fixture.account.homes, homes);
    assert.deepEqual(roomOfLamp(), ['Olohuone']);
    assert.deepEqual(
      things.list('room').map(({ name }) => name),
      ['Olohuone', 'Nook'],
    );
    assert.equal(things.named('room', 'living room').length, 1, 'the English name still matches');
    assert.deepEqual(things.takeChanges(), [], 'nothing has changed at home');
    assert.equal(homes.of(second).cache.things.language, 'fi');
  });

  it('does not delay a restart of the account while a home still sends a command', async () => {
    const fixture = await stage.open();
    await stage.clock.advance(MINUTE);
    const { homes } = fixture.managed.run.parts;
    Object.defineProperties(homes, {
      isSending: { value: true },
      drain: { value: () => new Promise(() => undefined) },
    });
    void fixture.managed.stop();
    await stage.clock.advance(SECOND / 2);
    fixture.managed.configure(fixture.options);
    fixture.managed.start();
    await stage.clock.advance(MINUTE);
    assert.equal((await fixture.account.ping()).value, true);
  });
});
