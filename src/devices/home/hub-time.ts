/** Two clocks may differ by so much without one having been set: so fine is a hub's, and so much they drift apart. */
const SLACK_MS = 100;
const DRIFT = 0.001;

/** A time by the hub's clock, and what is known of when that was. */
export interface Stamped {
  /** What the hub's clock showed, in milliseconds. */
  readonly stamp: number;
  /** When the answer was asked for and when it came (monotonic, ms): between the two the hub has looked at its clock. */
  readonly askedAt: number;
  readonly answeredAt: number;
}

/** A clock that has gone with ours so often is believed to. One that shows when something last changed does so by chance. */
const OFTEN = 3;

/** One that has gone with ours for long is believed soon after a step, too: with only so small a part of what it had. */
const PART_LEFT = 1 / 10;

/**
 * The hub's clock beside ours, which never jumps: so a step back is noticed that is smaller than the time between two
 * answers, after which changes may carry times of which polls have heard already.
 */
export class HubTime {
  #last: Stamped | undefined;
  /** How often it has gone with ours in a row. */
  #steady = 0;

  /** Takes what an answer says. Gives whether the clock was set back since the one before. */
  note(now: Stamped): boolean {
    const last = this.#last;
    if (now.stamp === last?.stamp) return false;
    this.#last = now;
    if (last === undefined) return false;
    const slackMs = SLACK_MS + (now.answeredAt - last.answeredAt) * DRIFT;
    const isBehind = now.stamp - now.askedAt < last.stamp - last.answeredAt - slackMs;
    const wasSteady = this.#steady >= OFTEN;
    this.#steady = isBehind ? Math.floor(this.#steady * PART_LEFT) : this.#steady + 1;
    return isBehind && wasSteady;
  }
}
