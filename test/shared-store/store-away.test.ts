import assert from 'node:assert/strict';
import { assertFailure, until } from '../live/harness';
import { ACCOUNT, Fleet } from './support/fleet';
import { Gate } from './support/gate';
import { RedisPlace } from './support/shared-places';

describe('an unavailable shared store', () => {
  let fleet: Fleet;
  let place: RedisPlace;
  /** The proxy between the first instance and Redis. */
  let gate: Gate;

  before(async () => {
    place = await RedisPlace.open();
    gate = await Gate.open(place.server.port);
    fleet = await Fleet.open({ place, ports: [gate.port], instances: 2, simulator: { graceRequests: 0 } });
    await fleet.logInEverywhere();
  });
  after(async () => {
    await fleet.close();
    await gate.close();
    await place.close();
  });

  afterEach(() => {
    gate.reopen();
    place.server.thaw();
  });

  const now = (index: number): number => fleet.at(index).log.length;
  const assertNeverOut = (index: number, from: number): void =>
    assert.ok(!fleet.topics(index, from).includes('otp-required'), fleet.topics(index, from).join(', '));
  const untilSaved = (index: number): Promise<true> =>
    until('everything to be saved', async () => (await fleet.snapshot(index)).saved);

  it('does not stop steps that can save later, and fails others with COZIFY_STORE and without a change', async () => {
    const [from, old] = [now(0), await fleet.token(0)];
    gate.shut();
    assert.equal((await fleet.ask(0, 'ping')).output, 1);
    const renewal = await fleet.ask(0, 'refresh', { force: true });
    assert.deepEqual(
      [renewal.output, renewal.cozify.refreshed, renewal.cozify.saved],
      [1, true, false],
      JSON.stringify(renewal.cozify),
    );
    assert.equal(await fleet.storedToken(), old);
    const [renewed, before] = [await fleet.token(0), await fleet.snapshot(0)];
    assert.notEqual(renewed, old);
    assertFailure(await fleet.ask(0, 'set-token', { payload: 'another-token-of-some-length' }), 'COZIFY_STORE');
    assertFailure(await fleet.ask(0, 'set-email', { payload: 'other@example.fi' }), 'COZIFY_STORE');
    assertFailure(await fleet.ask(0, 'reset'), 'COZIFY_STORE');
    gate.reopen();
    await untilSaved(0);
    const { state, email } = await fleet.snapshot(0);
    assert.deepEqual([state, email], [before.state, before.email]);
    assert.deepEqual([await fleet.token(0), await fleet.storedToken()], [renewed, renewed]);
    assert.equal((await fleet.ask(1, 'ping')).output, 1);
    assert.equal(await fleet.token(1), renewed);
    for (const line of ['The state cannot be saved', 'The state is saved again']) {
      assert.equal(fleet.at(0).log.slice(from).split(line).length, 2, `one line: ${line}`);
    }
  });

  it('ends the rejection of a token on one instance once another instance can save its newer token', async () => {
    gate.shut();
    assert.equal((await fleet.ask(0, 'refresh', { force: true })).cozify.saved, false);
    assert.equal((await fleet.ask(1, 'ping')).output, 2, 'nobody has saved another token');
    gate.reopen();
    await untilSaved(0);
    const renewed = await fleet.token(0);
    assert.equal(await fleet.storedToken(), renewed, 'the rejection is not in its way');
    // Changes by the instance with the rejected token do not overwrite the newer token.
    assert.equal((await fleet.ask(1, 'set-email', { payload: 'other@example.fi' })).payload, 'other@example.fi');
    assert.equal(await fleet.storedToken(), renewed);
    assert.equal((await fleet.ask(1, 'ping')).output, 1);
    assert.equal(await fleet.token(1), renewed);
  });

  it('keeps an instance that can not read it from believing a rejection', async () => {
    assert.equal((await fleet.ask(0, 'ping')).output, 1);
    const from = now(0);
    gate.shut();
    assert.equal((await fleet.ask(1, 'refresh', { force: true })).cozify.refreshed, true);
    // The token of this instance is revoked, and the instance can't read the newer token while its proxy is shut.
    const answer = await fleet.ask(0, 'ping');
    assert.notEqual(answer.cozify.state, 'otp-required', JSON.stringify(answer.cozify));
    gate.reopen();
    await until('it to adopt', async () => (await fleet.ask(0, 'ping')).output === 1);
    assert.equal(await fleet.token(0), await fleet.token(1));
    assertNeverOut(0, from);
  });

  it('gets the newer login again after an older one was written over it', async () => {
    const older = (await place.sealed(ACCOUNT)) ?? '';
    assert.equal((await fleet.ask(0, 'refresh', { force: true })).cozify.refreshed, true);
    assert.equal((await fleet.ask(1, 'ping')).output, 1);
    const newer = await fleet.token(0);
    // Writes an older state, as when two instances read before either of them writes. The store has no
    // compare-and-set.
    await place.put(ACCOUNT, older);
    await until('it to be written again', async () => (await fleet.storedToken()) === newer);
  });

  it('makes a starting instance answer COZIFY_STORE, without an event, until the store is back', async () => {
    await fleet.ask(0, 'refresh', { force: true });
    const requests = fleet.simulator.count('*');
    gate.shut();
    await fleet.at(0).kill();
    const from = now(0);
    await fleet.at(0).launch();
    assertFailure(await fleet.ask(0, 'ping'), 'COZIFY_STORE');
    assert.equal((await fleet.at(0).admin('GET', `/cozify/accounts/${ACCOUNT}`)).status, 503);
    assert.deepEqual(fleet.topics(0, from), []);
    assert.equal(fleet.simulator.count('*'), requests);
    gate.reopen();
    await fleet.untilTopic(0, 'authenticated', from);
    assert.equal((await fleet.ask(0, 'ping')).output, 1);
  });

  it('delays steps only by its deadlines if it hangs, and loses nothing', async () => {
    const from = now(0);
    place.server.freeze();
    assert.equal((await fleet.ask(0, 'ping')).output, 1);
    const renewal = await fleet.ask(0, 'refresh', { force: true });
    assert.deepEqual([renewal.output, renewal.cozify.refreshed, renewal.cozify.saved], [1, true, false]);
    place.server.thaw();
    await untilSaved(0);
    assert.equal(await fleet.storedToken(), await fleet.token(0));
    assert.equal((await fleet.ask(1, 'ping')).output, 1);
    assertNeverOut(0, from);
  });

  it('gets the login again if it comes back empty, even if the login has not changed since its last save', async () => {
    await place.server.stop();
    const renewal = await fleet.ask(0, 'refresh', { force: true });
    assert.deepEqual([renewal.output, renewal.cozify.saved], [1, false]);
    await place.server.launch();
    await untilSaved(0);
    const token = await fleet.token(0);
    assert.equal(await fleet.storedToken(), token);
    assert.equal((await fleet.ask(1, 'ping')).output, 1);
    await place.server.stop();
    await place.server.launch();
    await until('the login to be saved again', async () => (await fleet.storedToken()) === token);
  });
});
