import { fullText, isMeasured, pressText, stateText, tellingField } from '../../../src/devices/things/live-value.js';
import type { Failure } from '../account/api.js';
import { isErrorCode } from '../account/diagnostics.js';
import { AccountTexts } from '../account/texts.js';
import type { Translate } from '../shared/catalogue.js';
import { flowsState } from '../shared/flows-state.js';
import { clockText, dateText } from '../shared/times.js';
import type { ChoiceIs, SavedTarget } from './target.js';
import { isThingReachable, type Thing, type Tried } from './things-api.js';

/** What is known of the things that are listed. */
export interface Known {
  /** How many there are. */
  count: number;
  /** The first page is 1. */
  page: number;
  hasMore: boolean;
  isAway: boolean;
  /** ISO 8601. */
  asOf: string | null;
}

const KIND_TITLES = ['group', 'scene', 'rule', 'alarm'] as const;

/** What is said of a thing that is no device. */
const KINDS = { group: 'isGroup', scene: 'isScene', rule: 'isRule', room: 'isRoom', alarm: 'isAlarm' } as const;

/** The sentences of the picker, in the viewer's language. */
export class PickerTexts {
  readonly t: Translate;
  readonly #locale: string;

  constructor(t: Translate, locale: string) {
    this.t = t;
    this.#locale = locale;
  }

  /** The language in which names of the factory are asked for. */
  get language(): 'fi' | 'en' {
    return this.t('locale') === 'fi' ? 'fi' : 'en';
  }

  /**
   * The state of a thing in few words: of a switch its last press, of a thing that can't be reached only that. `field`: the
   * field that the thing is chosen for.
   */
  state(thing: Thing, field = ''): string {
    const { kind, state, members, lastPress } = thing;
    if (!isThingReachable(thing)) return this.t('picker.unreachable');
    if (lastPress !== undefined) return this.pressed(lastPress);
    if (kind === 'room') return members?.on === null ? '' : stateText({ on: members?.on ?? false }, this.language);
    const { closed, createdAt } = state;
    if (kind === 'alarm' && closed === false && typeof createdAt === 'string') {
      return this.t('picker.openSince', { time: this.#time(createdAt) });
    }
    const text = fullText(state, this.language, field);
    // The time is that of the reading alone, so it is left out beside a mode or a target.
    return [text, text.includes(', ') ? '' : this.#heardAt(state)].filter((part) => part !== '').join(' ');
  }

  /** A press and its time: "I short 06:09". */
  pressed(press: NonNullable<Thing['lastPress']>): string {
    return `${pressText(press, this.language)} ${this.#momentText(press.at)}`;
  }

  /** When a thing told what it measures; what was switched stays as it was. */
  #heardAt(state: Thing['state']): string {
    const field = tellingField(state);
    const { lastSeen } = state;
    if (field === undefined || !isMeasured(field) || typeof lastSeen !== 'string') return '';
    return this.#momentText(lastSeen);
  }

  #momentText(iso: string): string {
    const isToday = new Date(iso).toDateString() === new Date().toDateString();
    return isToday ? this.t('picker.at', { time: this.#time(iso) }) : dateText(iso, this.#locale);
  }

  /** Where a thing is or what it is made of, and how it is; `field`: the one that it is chosen for. */
  aboutOf(thing: Thing, field = ''): string[] {
    const { kind, room, members } = thing;
    const parts = kind === 'device' ? [room ?? ''] : [members === undefined ? '' : this.#membersText(kind, members)];
    return [...parts, this.state(thing, field)];
  }

  /** What a thing is, where that is no device. */
  whatOf(kind: string): string {
    return kind in KINDS ? this.t(`picker.${KINDS[kind as keyof typeof KINDS]}`) : '';
  }

  /** Why nothing is known of a choice; `count`: how many have its name. */
  unfound(is: ChoiceIs, isHubAway: boolean, count: number): string {
    if (is === 'gone') return this.t('picker.gone');
    if (is === 'several') return count === 2 ? this.t('picker.twoHaveName') : this.t('picker.haveName', { count });
    if (is === 'env') return this.t('picker.env');
    return isHubAway ? this.t('picker.hubUnreachable') : '';
  }

  /** How many lamps or devices there are. */
  count(of: 'lamp' | 'device', count: number): string {
    if (count === 1) return this.t(of === 'lamp' ? 'picker.oneLamp' : 'picker.oneDevice');
    return this.t(of === 'lamp' ? 'picker.someLamps' : 'picker.someDevices', { count });
  }

  /** How many are chosen, and how many of these a person should look at. */
  chosen(count: number, bad: number): string {
    const chosen = count === 1 ? this.t('picker.chosenOne') : this.t('picker.chosenSome', { count });
    if (bad === 0) return chosen;
    return bad === 1 ? this.t('picker.needsLook', { chosen }) : this.t('picker.needLook', { chosen, count: bad });
  }

  /** Under what a thing is listed: devices by room, everything else by what it is. */
  section({ kind, room }: Pick<Thing, 'kind' | 'room'>): string {
    if (kind === 'room') return this.t('label.rooms');
    const title = KIND_TITLES.find((one) => one === kind);
    return title === undefined ? (room ?? this.t('picker.noRoom')) : this.t(`picker.${title}`);
  }

  /** How many were found, and of when. */
  known({ count, page, hasMore, isAway, asOf }: Known): string {
    if (isAway) return this.t('picker.away', { time: this.#time(asOf) });
    if (count === 0) return this.t('picker.none');
    const found = count === 1 ? this.t('picker.one') : this.t('picker.some', { count });
    return page > 1 || hasMore ? `${found} · ${this.t('picker.page', { page })}` : found;
  }

  /** The hub is away, while only choices are shown. */
  awayChosen(asOf: string | null): string {
    return this.t('picker.awayChosen', { time: this.#time(asOf) });
  }

  /** One sentence with what to do about things that could not be listed. */
  listFailure(failure: Failure): string {
    if (isOfStoppedFlows(failure)) return this.t('picker.stopped');
    if (failure.code === 'COZIFY_OTP_REQUIRED') return this.t('picker.logIn');
    if (failure.code === 'COZIFY_HUB_OFFLINE' || failure.code === 'COZIFY_UNREACHABLE') return this.t('picker.hubAway');
    return this.#failure(failure);
  }

  /** The same about something that was tried. */
  tryFailure(failure: Failure): string {
    if (failure.code === 'COZIFY_BAD_INPUT') return this.t('picker.badInput');
    return this.#failure(failure);
  }

  /** What came of a command that was tried: of the first that failed, else of the first. */
  tried({ results }: Tried): string {
    const result = results.find(({ sent, confirmed }) => !sent || confirmed === false) ?? results[0];
    if (result === undefined) return '';
    const { sent, confirmed, reason, state } = result;
    const target = result.target as string | Partial<SavedTarget>;
    const name = typeof target === 'string' ? target : (target.name ?? target.id ?? '');
    if (reason === 'superseded') return this.t('picker.superseded', { name });
    if (!sent) return this.t('picker.notSent', { name, reason: this.#reason(reason) });
    if (reason === 'unreachable') return this.t('picker.sentUnreachable', { name });
    if (confirmed === false) return this.t('picker.sentOnly', { name });
    return this.t('picker.done', { name, state: stateText(state ?? {}, this.language) }).trim();
  }

  /** Why something was not sent, in few words. */
  #reason(code: string | null | undefined): string {
    return this.t(`failure.${isErrorCode(code) ? code : 'COZIFY_API'}`);
  }

  #failure(failure: Failure): string {
    if (isOfStoppedFlows(failure)) return this.t('state.flowsStopped');
    if (failure.status === 429 && failure.code === 'COZIFY_BUSY') return this.t('picker.tooManyEditors');
    if (failure.code === 'COZIFY_FORBIDDEN' && failure.status !== 403) return this.t('picker.forbiddenHub');
    if (failure.code === 'COZIFY_API' || failure.code === 'COZIFY_BAD_ANSWER') return this.t('picker.failedHub');
    if (failure.code === 'COZIFY_UNREACHABLE') return this.t('error.COZIFY_HUB_OFFLINE');
    return new AccountTexts(this.t, this.#locale).failure(failure);
  }

  #membersText(kind: string, { devices, lamps }: NonNullable<Thing['members']>): string {
    return kind === 'room' || devices === lamps ? this.count('lamp', lamps) : this.count('device', devices);
  }

  #time(iso: string | null): string {
    return iso === null ? '' : clockText(iso, this.#locale);
  }
}

/** Whether a call has failed because the account does not run while the flows are stopped. */
export function isOfStoppedFlows({ code }: Failure): boolean {
  return code === 'COZIFY_OTP_REQUIRED' && flowsState.areStopped;
}
