// The content of the account dialog, computed from its fields and the state of the login.
import type { Snapshot } from '../../../src/account/snapshot.js';
import type { Translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import type { Diagnostics } from './diagnostics.js';
import type { Logins } from './login.js';
import type { AccountTexts } from './texts.js';
import type { Shown } from './view.js';

/** Inputs of the presentation: the fields of the dialog and its state. */
export interface Situation {
  email: string;
  /** Content of the address field when the dialog was opened. */
  emailAtOpen: string;
  cloudUrl: string;
  isReadOnly: boolean;
  isBusy: boolean;
  areFlowsStopped: boolean;
  /** The text that says why the state of the login is unknown. */
  problem: string | undefined;
  diagnostics: Diagnostics;
}

/** Returns the content of the dialog. */
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
    hubs: hubs.map((hub) => ({ name: hub.name || hub.id, connection: texts.hub(hub, hubs.length === 1) })),
    note: isReadOnly && problem !== undefined ? '' : note(logins, situation, texts),
    placeholder: snapshot?.email ?? t('placeholder.email'),
    isCodeExpected: Boolean(snapshot?.otpSentAt) && !(isMoved && logins.pendingCloud(cloudUrl) === undefined),
    isLoggedIn,
    // A saved login can only be changed while the account runs.
    isOff: isBusy || isReadOnly || isStopped,
  };
}

function note(logins: Logins, situation: Situation, texts: AccountTexts): string {
  const { cloudUrl, isReadOnly } = situation;
  const cloud = logins.pendingCloud(cloudUrl);
  const snapshot = logins.at(cloudUrl);
  return texts.note(snapshot, {
    isReadOnly,
    isDeployed: logins.isDeployed,
    isMoved: logins.isMoved(cloudUrl),
    cloud,
    loggedInAt: logins.loggedInAt,
    isStartedHere: cloud !== undefined && logins.isStartedAt(cloud),
    isAdopted: isAdopted(logins, situation, snapshot),
  });
}

/** Whether a Deploy adopts the pending login: both need the same address. The editor can't read a variable's value. */
function isAdopted(logins: Logins, { email, emailAtOpen }: Situation, snapshot: Snapshot | undefined): boolean {
  return isFromEnv(email) ? logins.isDeployed && email === emailAtOpen : email === snapshot?.email;
}
