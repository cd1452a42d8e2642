import assert from 'node:assert/strict';
import { HomeWeek } from './support/home-week.js';
import { seeded } from './support/seeded.js';
import { say, sized } from './support/size.js';

describe('a week of faults at home', () => {
  const deploys = sized(1000, 5000);
  it(
    `and ${deploys} deploys: no message or press lost, doubled or a ghost, no order done twice, each that waits answered once, no timer left`,
    seeded(async (random) => {
      const week = new HomeWeek(random);
      await week.live(deploys);
      say(`${week.messages} messages, ${week.commands} commands, ${week.uncertain} of them uncertain`);
      say(`${week.presses.heard} presses heard, ${week.presses.waited} messages that waited`);
      say(JSON.stringify(week.happened));
      assert.ok(week.presses.heard > 0 && week.presses.waited > 0);
      assert.ok(week.messages > deploys && week.commands > deploys / 2, 'enough has happened');
      await week.stage.end();
    }),
  );
});
