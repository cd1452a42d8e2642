import assert from 'node:assert/strict';
import { HomeRecording, type RecordingState } from '../../../../src/devices/steps/home-recording.js';
import { HOUR, MINUTE, SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { HomeStage } from '../home-stage.js';

describe('HomeRecording', () => {
  let stage: HomeStage;
  let recording: HomeRecording;

  beforeEach(async () => {
    stage = new HomeStage();
    await stage.start({ isTwo: true });
    recording = new HomeRecording(
      stage.clock,
      () => stage.account.homes,
      () => '1.14.9',
    );
  });
  afterEach(() => {
    recording.forget();
    return stage.end();
  });

  const start = (hub = '', minutes = 5): Promise<RecordingState> =>
    stage.after(2 * SECOND, recording.start({ hub, names: 'replaced', minutes }));

  it('ends after its minutes, and is kept for a day', async () => {
    const begun = stage.clock.now();
    const { state, hub, startedAt, endsAt, count, isTooLarge } = await start();
    assert.deepEqual([state, hub, count, isTooLarge], ['recording', 'hub-1', count, false]);
    assert.deepEqual(
      [startedAt, endsAt],
      [begun, begun + 5 * MINUTE].map((time) => new Date(time).toISOString()),
    );
    await stage.clock.advance(5 * MINUTE - 3 * SECOND);
    assert.equal(recording.state.state, 'recording');
    await stage.clock.advance(3 * SECOND);
    assert.deepEqual([recording.state.state, recording.state.endsAt], ['done', endsAt]);
    const polls = recording.state.count;
    await stage.clock.advance(MINUTE);
    assert.ok(polls > 0 && recording.state.count === polls, 'no poll is recorded after the end');
    assert.ok([...recording.pieces()].join('').includes('1.14.9'));
    await stage.clock.advance(23 * HOUR);
    assert.equal(recording.state.state, 'done');
    await stage.clock.advance(HOUR);
    assert.equal(recording.state.state, 'none');
  });

  it('records the chosen hub, one hub at a time, and ends early when it is stopped', async () => {
    const { endsAt } = await start('hub-2');
    assert.equal(recording.state.hub, 'hub-2');
    await failure(start(), 'COZIFY_BUSY');
    const stopped = recording.stop();
    assert.ok(stopped.state === 'done' && String(stopped.endsAt) < String(endsAt));
    await failure(start('hub-9'), 'COZIFY_NOT_FOUND');
    assert.equal((await start()).hub, 'hub-1');
  });
});
