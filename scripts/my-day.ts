// Writes packages/cozify-practice/my-day.json, the recording that docs/test-my-flows.md replays: a day of the practice
// home. If the form of recordings changes, run `node dist/scripts/my-day.js` after a build.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DEFAULT_BEHAVIOUR, Home } from '../packages/cozify-practice/src/index';
import { record } from '../packages/cozify-practice/src/recording/recorder';
import { packageRoot } from '../test/nodes/support/package-root';

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const never = new AbortController().signal;

/** Minutes of the day at which the front door is opened. */
const VISITS = [450, 960, 1190];
/** Presses of the wall switch. */
const PRESSES: readonly (readonly [minute: number, button: number, modifiers: readonly string[]])[] = [
  [385, 1, []],
  [452, 1, []],
  [962, 1, []],
  [963, 2, []],
  [1192, 1, []],
  [1365, 1, ['longpress']],
];

let time = Date.UTC(2026, 0, 1);
const home = new Home('home', { ...DEFAULT_BEHAVIOUR }, () => time);

/** Simulates one minute of the day. */
function passMinute(): Promise<void> {
  time += MINUTE_MS;
  const minute = ((time - Date.UTC(2026, 0, 1)) / MINUTE_MS) % 1440;
  if (VISITS.includes(minute)) home.change('Ulko-ovi', { open: true });
  if (VISITS.includes(minute - 1)) home.change('Ulko-ovi', { open: false });
  for (const [at, button, modifiers] of PRESSES) {
    if (at === minute) home.press('Eteisen seinäkytkin', button, modifiers);
  }
  if (minute % 60 === 0) {
    const warmest = Math.cos(((minute / 60 - 14) / 12) * Math.PI);
    home.change('Ulkolämpötila', { temperature: Math.round((warmest * 4 - 2) * 10) / 10 });
  }
  return Promise.resolve();
}

async function main(): Promise<void> {
  const recorder = await record({
    ask: (path) => home.poll(Number(new URL(`http://hub${path}`).searchParams.get('ts')), never),
    hubVersion: '1.14.9.124',
    names: 'kept',
    lastsMs: DAY_MS,
    everyMs: MINUTE_MS,
    clock: { now: () => time, sleep: passMinute },
  });
  writeFileSync(join(packageRoot, 'packages', 'cozify-practice', 'my-day.json'), [...recorder.pieces()].join(''));
  console.log(`packages/cozify-practice/my-day.json has ${recorder.count} moments.`);
}

void main();
