// The texts of the picker.
import type { ThingPage } from '../../../src/devices/steps/thing-list.js';
import {
  fullText,
  isMeasured,
  pressText,
  stateText,
  informativeField,
} from '../../../src/devices/things/live-value.js';
import type { Failure } from '../account/api.js';
import { isErrorCode } from '../account/diagnostics.js';
import { AccountTexts } from '../account/texts.js';
import type { Translate } from '../shared/catalogue.js';
import { flowsState } from '../shared/flows.js';
import { clockText, dateText } from '../shared/times.js';
import type { TargetState, SavedTarget } from './target.js';
import { isThingReachable, type Thing, type Tried } from './things-api.js';

const KIND_TITLES = ['group', 'scene', 'rule', 'alarm'] as const;

/** Text keys of all kinds except devices. */
const KINDS = { group: 'isGroup', scene: 'isScene', rule: 'isRule', room: 'isRoom', alarm: 'isAlarm' } as const;

/** The texts of the picker, in the editor's language. */
export class PickerTexts {
  readonly t: Translate;
  protected readonly locale: string;

  constructor(t: Translate, locale: string) {
    this.t = t;
    this.locale = locale;
  }

  /**
   * The language of the texts. The server translates the default names of rooms and scenes, such as "Living room",
   * to it.
   */
  get language(): 'fi' | 'en' {
    return this.t('locale') === 'fi' ? 'fi' : 'en';
  }

  /**
   * Returns the state of a thing in words. For a remote control, returns its last press. For an unreachable thing,
   * returns only that it is unreachable. `field`: the field that the node sets. For `colorTemperature`, the text of a
   * lamp that is on includes the colour temperature.
   */
  state(thing: Thing, field = ''): string {
    const { kind, state, members, lastPress } = thing;
    if (!isThingReachable(thing)) return this.t('picker.unreachable');
    if (lastPress !== undefined) return this.pressed(lastPress);
    if (kind === 'room') return members?.lamps ? stateText({ on: members.on > 0 }, this.language) : '';
    const { closed, createdAt } = state;
    if (kind === 'alarm' && closed === false && typeof createdAt === 'string') {
      return this.t('picker.openSince', { time: this.#momentText(createdAt) });
    }
    const text = fullText(state, this.language, field);
    // The time belongs to the measured value. It is left out if the text contains a second value, such as a mode or a
    // target temperature.
    return [text, text.includes(', ') ? '' : this.#measuredAt(state)].filter((part) => part !== '').join(' ');
  }

  /** Returns a press and its time, such as "I short 06:09". */
  pressed(press: NonNullable<Thing['lastPress']>): string {
    return `${pressText(press, this.language)} ${this.#momentText(press.at)}`;
  }

  /**
   * Returns when the shown value was measured. Empty if it is not a measurement: a lamp that was switched on an hour
   * ago is still on, so the time would not help.
   */
  #measuredAt(state: Thing['state']): string {
    const field = informativeField(state);
    const { lastSeen } = state;
    if (field === undefined || !isMeasured(field) || typeof lastSeen !== 'string') return '';
    return this.#momentText(lastSeen);
  }

  #momentText(iso: string): string {
    const isToday = new Date(iso).toDateString() === new Date().toDateString();
    return isToday ? this.t('picker.at', { time: this.#time(iso) }) : dateText(iso, this.locale);
  }

  /**
   * Returns the room of a device, or the number of devices in a group or of reachable lamps in a
   * room; and the state. `field`: as for `state`.
   */
  aboutOf(thing: Thing, field = ''): string[] {
    const { kind, room, members } = thing;
    if (kind === 'device') return [room ?? '', this.state(thing, field)];
    const { devices, lamps } = members ?? { devices: 0, lamps: 0 };
    const count = kind === 'room' || devices === lamps ? this.count('lamp', lamps) : this.count('device', devices);
    const isCounted = kind === 'room' ? lamps > 0 : members !== undefined;
    return [isCounted ? count : '', this.state(thing, field)];
  }

  /** Returns the kind of a thing in words; empty for a device. */
  whatOf(kind: string): string {
    return kind in KINDS ? this.t(`picker.${KINDS[kind as keyof typeof KINDS]}`) : '';
  }

  /**
   * Returns a text that says why a target does not match exactly one thing; empty if the reason is unknown. `count`:
   * the number of things with the target's name.
   */
  unfound(is: TargetState, isHubAway: boolean, count: number): string {
    if (is === 'gone') return this.t('picker.gone');
    if (is === 'several') return count === 2 ? this.t('picker.twoHaveName') : this.t('picker.haveName', { count });
    if (is === 'env') return this.t('picker.env');
    return isHubAway ? this.t('picker.hubUnreachable') : '';
  }

  /** Returns the number of lamps or devices in words. */
  count(of: 'lamp' | 'device', count: number): string {
    if (count === 1) return this.t(of === 'lamp' ? 'picker.oneLamp' : 'picker.oneDevice');
    return this.t(of === 'lamp' ? 'picker.someLamps' : 'picker.someDevices', { count });
  }

  /** Returns a text with the number of chosen things. `bad`: how many of them are missing or ambiguous. */
  chosen(count: number, bad: number): string {
    const chosen = count === 1 ? this.t('picker.chosenOne') : this.t('picker.chosenSome', { count });
    if (bad === 0) return chosen;
    return bad === 1 ? this.t('picker.needsLook', { chosen }) : this.t('picker.needLook', { chosen, count: bad });
  }

  /** Returns the title of the section in which a thing is listed: the room of a device, the kind of anything else. */
  section({ kind, room }: Pick<Thing, 'kind' | 'room'>): string {
    if (kind === 'room') return this.t('label.rooms');
    const title = KIND_TITLES.find((one) => one === kind);
    return title === undefined ? (room ?? this.t('picker.noRoom')) : this.t(`picker.${title}`);
  }

  /**
   * Returns the number of things that were found and, if there is more than one page, the page number (from 1). While a
   * hub is unreachable, returns the age of the list instead.
   */
  known({ total, next, away, asOf }: Omit<ThingPage, 'things'>, page: number): string {
    if (away) return this.t('picker.away', { time: this.#time(asOf) });
    const found = this.#found(total);
    return total > 0 && (page > 1 || next !== null) ? `${found} · ${this.t('picker.page', { page })}` : found;
  }

  /**
   * Returns a sentence with the number of things that a typed text may mean. `name`: the name that all of them have;
   * `undefined` if their names differ.
   */
  several(count: number, name: string | undefined): string {
    return name === undefined ? this.#found(count) : this.t('picker.several', { count, name });
  }

  #found(count: number): string {
    if (count === 0) return this.t('picker.none');
    return count === 1 ? this.t('picker.one') : this.t('picker.some', { count });
  }

  /** Returns a text that says that the hub is unreachable, and how old the shown states are. */
  awayChosen(asOf: string | null): string {
    return this.t('picker.awayChosen', { time: this.#time(asOf) });
  }

  /** Returns a text that says why the things could not be listed, and what the user can do. */
  listFailure(failure: Failure): string {
    if (isOfStoppedFlows(failure)) return this.t('picker.stopped');
    if (failure.code === 'COZIFY_OTP_REQUIRED') return this.t('picker.logIn');
    if (failure.code === 'COZIFY_HUB_OFFLINE' || failure.code === 'COZIFY_UNREACHABLE') return this.t('picker.hubAway');
    return this.#failure(failure);
  }

  /** Returns a text that says why an action could not be tried, and what the user can do. */
  tryFailure(failure: Failure): string {
    if (failure.code === 'COZIFY_BAD_INPUT') return this.t('picker.badInput');
    return this.#failure(failure);
  }

  /**
   * Returns a text about the results of a command: about the first failure or, if nothing has failed, the first
   * success.
   */
  tried({ results }: Tried): string {
    const result = results.find(({ sent, confirmed }) => !sent || confirmed === false) ?? results[0];
    if (result === undefined) return '';
    const { sent, confirmed, reason, state } = result;
    const target = result.target as string | Partial<SavedTarget>;
    const name = typeof target === 'string' ? target : (target.name ?? target.id ?? '');
    if (reason === 'superseded') return this.t('picker.superseded', { name });
    if (!sent) {
      const why = this.t(`failure.${isErrorCode(reason) ? reason : 'COZIFY_API'}`);
      return this.t('picker.notSent', { name, reason: why });
    }
    if (reason === 'unreachable') return this.t('picker.sentUnreachable', { name });
    if (confirmed === false) return this.t('picker.sentOnly', { name });
    return this.t('picker.done', { name, state: stateText(state ?? {}, this.language) }).trim();
  }

  #failure(failure: Failure): string {
    if (isOfStoppedFlows(failure)) return this.t('state.flowsStopped');
    if (failure.status === 429 && failure.code === 'COZIFY_BUSY') return this.t('picker.tooManyEditors');
    if (failure.code === 'COZIFY_FORBIDDEN' && failure.status !== 403) return this.t('picker.forbiddenHub');
    if (failure.code === 'COZIFY_API' || failure.code === 'COZIFY_BAD_ANSWER') return this.t('picker.failedHub');
    if (failure.code === 'COZIFY_UNREACHABLE') return this.t('error.COZIFY_HUB_OFFLINE');
    return new AccountTexts(this.t, this.locale).failure(failure);
  }

  #time(iso: string | null): string {
    return iso === null ? '' : clockText(iso, this.locale);
  }
}

/** Whether a call failed because the flows are stopped, so that the account does not run. */
export function isOfStoppedFlows({ code }: Failure): boolean {
  return code === 'COZIFY_OTP_REQUIRED' && flowsState.areStopped;
}
