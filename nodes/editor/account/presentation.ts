import type { Snapshot } from '../../../src/account/snapshot.js';
import type { Translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import type { Diagnostics } from './diagnostics.js';
import type { Logins } from './logins.js';
import type { AccountTexts } from './texts.js';
import type { Shown } from './view.js';

/** What stands in the dialog, and what is going on in it. */
export interface Situation {
  email: string;
  /** What the address field held when the dialog was opened. */
  emailAtOpen: string;
  cloudUrl: string;
  /** The viewer may look, but not change anything. */
  isReadOnly: boolean;
  /** A button is at work. */
  isBusy: boolean;
  /** Node-RED does not run its flows. */
  areFlowsStopped: boolean;
  /** Why nobody knows how the login stands. */
  problem: string | undefined;
  /** What is known of the deployed account beyond its snapshot. */
  diagnostics: Diagnostics;
}

/** What the dialog has to show. */
export function present(logins: Logins, situation: Situation, texts: AccountTexts, t: Translate): Shown {
  const { cloudUrl, problem, isBusy, isReadOnly } = situation;
  const snapshot = logins.at(cloudUrl);
  const isStopped = situation.areFlowsStopped && logins.isDeployed && !logins.isMoved(cloudUrl);
  const known = problem === undefined ? snapshot : undefined;
  const isMoved = logins.isMoved(cloudUrl);
  const isLoggedIn = known?.state === 'authenticated';
  const hubs = isLoggedIn ? known.hubs : [];
  const isLive = logins.isDeployed && !isMoved;
  const { lost, problem: broken }: Diagnostics = isLive ? situation.diagnostics : {};
  return {
    state: known?.state ?? '',
    lines:
      known === undefined
        ? [problem ?? t('state.loading')]
        : broken !== undefined
          ? texts.problem(broken)
          : texts.state(known, { sentTo: logins.codeSentTo(known), isLive, isStopped, lost }),
    isLooking: snapshot === undefined && problem === undefined,
    isBroken: broken !== undefined,
    hubs: hubs.map((hub) => ({ name: hub.name || hub.id, way: texts.hub(hub, hubs.length === 1) })),
    note: isReadOnly && problem !== undefined ? '' : note(logins, situation, texts),
    placeholder: snapshot?.email ?? t('placeholder.email'),
    isCodeExpected: Boolean(snapshot?.otpSentAt) && !(isMoved && logins.waitingCloud(cloudUrl) === undefined),
    isLoggedIn,
    // The saved login can't be changed before the account runs.
    isOff: isBusy || isReadOnly || isStopped,
  };
}

function note(logins: Logins, situation: Situation, texts: AccountTexts): string {
  const { cloudUrl, isReadOnly } = situation;
  const cloud = logins.waitingCloud(cloudUrl);
  const snapshot = logins.at(cloudUrl);
  return texts.note(snapshot, {
    isReadOnly,
    isDeployed: logins.isDeployed,
    isMoved: logins.isMoved(cloudUrl),
    cloud,
    loggedInAt: logins.loggedInAt,
    isBegunHere: cloud !== undefined && logins.isBegunAt(cloud),
    isTakenUp: isTakenUp(logins, situation, snapshot),
  });
}

/** Whether a Deploy takes up the login in waiting: it has to have the same address. What a variable holds, is unknown. */
function isTakenUp(logins: Logins, { email, emailAtOpen }: Situation, snapshot: Snapshot | undefined): boolean {
  return isFromEnv(email) ? logins.isDeployed && email === emailAtOpen : email === snapshot?.email;
}
