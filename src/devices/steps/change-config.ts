/** The properties of a changes node. */
import { badInput } from '../../errors.js';
import { isWithin, kindOf, parseText, rangeInWords, SECONDS } from '../../input.js';
import { parseOneOf, parseTexts } from '../targets/device-filter.js';
import { parseSelection, type Selection } from '../targets/selection.js';
import { CHANGE_EVENTS, type ChangeEvent } from '../things/changes.js';
import { type Condition, parseCondition } from '../things/condition.js';

/** The config of a changes node. */
export interface ChangeConfig extends Selection {
  /**
   * The fields whose changes are sent. If empty, all fields except `reachable`, `rssi` and times, because these only
   * show that the hub was in contact with the device.
   */
  readonly fields: readonly string[];
  readonly condition: Condition | null;
  /** How long the value or the condition has to hold (`for`) before a message is sent, in milliseconds. */
  readonly forMs: number;
  /** The content of `msg.payload`: "state" for the whole state, or the name of a field. */
  readonly payload: string;
  readonly events: readonly ChangeEvent[];
  /** Whether changes by commands of this account are sent. */
  readonly own: boolean;
  /** Whether a message is sent for the first known state of each thing. */
  readonly initial: boolean;
}

/** Parses the properties of a changes node. Uses the default for a missing property. Throws `COZIFY_BAD_INPUT`. */
export function parseChangeConfig(properties: Record<string, unknown>): ChangeConfig {
  const { condition, payload, events = ['changed'], own, initial } = properties;
  return {
    ...parseSelection(properties),
    fields: parseTexts(properties['fields'], 'fields'),
    condition: parseCondition(condition),
    forMs: parseSeconds(properties['for']) * 1000,
    payload: parseText(payload, 'payload') || 'state',
    events: parseTexts(events, 'events').map((event) => parseOneOf(event, CHANGE_EVENTS, 'events')),
    own: own !== false && own !== 'false',
    initial: initial === true || initial === 'true',
  };
}

function parseSeconds(value: unknown): number {
  if (value === undefined || value === '') return 0;
  const seconds = typeof value === 'string' ? Number(value) : value;
  if (isWithin(seconds, SECONDS.for)) return seconds;
  throw badInput(`for should be ${rangeInWords(SECONDS.for)}, but was ${kindOf(value)} that is not.`);
}
