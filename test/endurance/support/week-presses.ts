import { PressFeed, type PressMessage } from '../../../src/devices/steps/press-feed.js';
import { parsePressWishes } from '../../../src/devices/steps/press-wishes.js';
import { parseCondition } from '../../../src/devices/things/condition.js';
import { parseMessageTargets } from '../../../src/devices/home/targets.js';
import { type WaitEnd, WaitStep } from '../../../src/devices/steps/wait-step.js';
import type { Account } from '../../../src/account/account.js';
import { toCozifyError } from '../../../src/errors.js';
import type { Home as SimulatedHome } from '../../simulator/index.js';
import { type FakeClock, MINUTE, SECOND } from '../../src/support/fake-clock.js';

/** A press is heard with the next poll, and never after that. */
const LATEST_MS = 45 * SECOND;
const LONGEST_WAIT_MS = 5 * MINUTE;

/**
 * The presses of a week and the messages that wait in it. Each press has a button that no other has, so that it is seen
 * which was heard, how often and when.
 */
export class WeekPresses {
  heard = 0;
  waited = 0;
  readonly #clock: FakeClock;
  readonly #simulated: SimulatedHome;
  readonly #troubles: string[];
  /** When each was made, by its button; those that were heard are taken out. */
  readonly #made = new Map<number, number>();
  readonly #waiting = new Set<number>();
  #feed: PressFeed | undefined;
  #step: WaitStep | undefined;
  #account: Account | undefined;
  #buttons = 100;
  #waits = 0;

  constructor(clock: FakeClock, simulated: SimulatedHome, troubles: string[]) {
    this.#clock = clock;
    this.#simulated = simulated;
    this.#troubles = troubles;
  }

  start(account: Account): void {
    this.#account = account;
    this.#step = new WaitStep(this.#clock);
    this.#feed = new PressFeed({
      homes: account.homes,
      // By the rule whatever is news of a remote control and changes nothing is a repeat, such as that it is still there.
      wishes: parsePressWishes({ repeats: false }),
      clock: this.#clock,
      send: ([message]) => this.#hear(message),
    });
  }

  stop(): void {
    this.#feed?.stop();
    const count = this.#step?.close() ?? 0;
    if (count !== this.#waiting.size) this.#troubles.push(`${this.#waiting.size} messages waited, and not ${count}.`);
    this.#waiting.clear();
  }

  /** Somebody presses a button; gives which, or nothing where nobody has any left. */
  press(): number | undefined {
    const wall = this.#simulated.devices.find(({ state }) => 'button' in state);
    if (wall === undefined) return undefined;
    // One that got lost is told with whatever the hub tells next of the device, and can't be told from a new one.
    this.#simulated.loseChanges(0);
    const button = ++this.#buttons;
    this.#made.set(button, this.#clock.monotonic());
    this.#simulated.press(wall.id, button);
    return button;
  }

  /** Whether a press that was made has been heard. */
  hasHeard(button: number): boolean {
    return !this.#made.has(button);
  }

  /** A message waits until a lamp is lit, or for five minutes at most. */
  wait(): void {
    const lamp = this.#simulated.devices.find(({ type }) => type === 'LIGHT');
    if (lamp === undefined || this.#account === undefined || this.#step === undefined) return;
    const of = ++this.#waits;
    const startedAt = this.#clock.monotonic();
    this.#waiting.add(of);
    const wishes = {
      targets: parseMessageTargets(lamp.id),
      hub: '',
      condition: parseCondition({ field: 'on', op: 'changes' }, { canChange: true }),
      match: 'any' as const,
      checkNow: true,
      timeoutMs: LONGEST_WAIT_MS,
    };
    const answer = (how: string): void => {
      this.waited += 1;
      const tookMs = this.#clock.monotonic() - startedAt;
      if (!this.#waiting.delete(of)) this.#troubles.push(`A message that waited was answered twice: ${how}`);
      if (tookMs > LONGEST_WAIT_MS + MINUTE) this.#troubles.push(`A message waited for ${tookMs} ms: ${how}`);
    };
    void this.#step.run(this.#account, wishes).then(
      ({ reason }: WaitEnd) => answer(reason),
      (error: unknown) => answer(toCozifyError(error).code),
    );
  }

  #hear(message: PressMessage | null | undefined): void {
    const button = message?.payload.button ?? 0;
    const madeAt = this.#made.get(button);
    this.heard += 1;
    if (madeAt === undefined) this.#troubles.push(`Button ${button} is heard twice, or was never pressed.`);
    else if (this.#clock.monotonic() - madeAt > LATEST_MS) this.#troubles.push(`Button ${button} is heard too late.`);
    this.#made.delete(button);
  }
}
