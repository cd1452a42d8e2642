import assert from 'node:assert/strict';
import { HomeRecorder } from '../../../../src/devices/recording/home-recorder';
import type { RecordedThings } from '../../../../src/devices/recording/recording';
import { parseRecording } from '../../../simulator';

const device = (name: string, isOn: boolean) => ({ name, type: 'LIGHT', state: { type: 'STATE_LIGHT', isOn } });
const THINGS: RecordedThings = { devices: { a: device('Lamppu', false), b: device('Valo', false) } };
const START = { names: 'replaced', hubVersion: '1.14.9.124', startedAt: 1_700_000_000_000, things: THINGS } as const;

const answer = (devices: object, full = false) => ({ full, polls: [{ type: 'DEVICE_DELTA', devices }] });

describe('HomeRecorder', () => {
  it('writes a file that parses as the recording, with and without polls', () => {
    const recorder = new HomeRecorder(START);
    const read = () => parseRecording([...recorder.pieces()].join(''));
    assert.deepEqual(read(), recorder.recording);
    recorder.add(answer({ a: device('Lamppu', true) }), 1000);
    recorder.add([answer({ b: null })], 2000);
    recorder.add({ polls: [] }, 3000);
    recorder.add('<html>', 4000);
    assert.deepEqual(read(), recorder.recording);
    assert.deepEqual(
      read().polls.map(({ at, changes }) => [at, Object.keys(changes.devices ?? {})]),
      [
        [1000, ['device-1']],
        [2000, ['device-2']],
      ],
    );
  });

  it('records a thing missing from a full answer as removed, once', () => {
    const recorder = new HomeRecorder(START);
    for (const at of [1000, 2000]) recorder.add(answer({ a: device('Lamppu', false) }, true), at);
    const recorded = recorder.recording.polls.map(({ changes }) => changes.devices?.['device-2']);
    assert.deepEqual(recorded, [null, undefined]);
  });

  it('records only the numbers of the version', () => {
    const versionOf = (hubVersion: string) => new HomeRecorder({ ...START, hubVersion }).recording.hubVersion;
    assert.equal(versionOf('1.14.9.124'), '1.14.9.124');
    assert.equal(versionOf('1.14.9-matti@mokki.local'), '1.14.9');
    assert.equal(versionOf('mokki.local'), '');
  });

  it('stops at the size limit', () => {
    const recorder = new HomeRecorder({ ...START, most: 1000 });
    for (let at = 0; at < 100; at++) recorder.add(answer({ a: device('Lamppu', at % 2 === 0) }), at);
    assert.ok(recorder.isTooLarge);
    assert.ok(recorder.count < 20);
  });
});
