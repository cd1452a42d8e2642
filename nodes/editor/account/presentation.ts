// The content of the account dialog, computed from its fields and the state of the login.
import type { Translate } from '../shared/catalogue.js';
import { isFromEnv } from '../shared/checks.js';
import type { Diagnostics } from './diagnostics.js';
import type { OpenLogin } from './login.js';
import type { AccountTexts } from './texts.js';
import type { DialogContent } from './view.js';

/** The data from which the content of the account dialog is computed. */
export interface Situation {
  readonly login: OpenLogin;
  readonly email: string;
  /** The content of the e-mail field when the dialog was opened. */
  readonly emailAtOpen: string;
  readonly isReadOnly: boolean;
  readonly isBusy: boolean;
  /** A text for the user that says why the state of the login is unknown. */
  readonly problem: string | undefined;
  readonly texts: AccountTexts;
}

/** Returns the content of the account dialog for the current state of its login. */
export function present(situation: Situation, areFlowsStopped: boolean, t: Translate): DialogContent {
  const { login, problem, isBusy, isReadOnly, texts } = situation;
  const { snapshot, isLive } = login;
  const isStopped = areFlowsStopped && isLive;
  const known = problem === undefined ? snapshot : undefined;
  const isLoggedIn = known?.state === 'authenticated';
  const hubs = isLoggedIn ? known.hubs : [];
  const { lost, problem: broken }: Diagnostics = isLive ? login.diagnostics : {};
  return {
    state: known?.state ?? '',
    lines:
      known === undefined
        ? [problem ?? t('state.loading')]
        : broken !== undefined
          ? texts.problem(broken)
          : texts.state(known, { sentTo: login.codeSentTo(known), isLive, isStopped, lost }),
    isLooking: snapshot === undefined && problem === undefined,
    isBroken: broken !== undefined,
    hubs: hubs.map((hub) => ({ name: hub.name || hub.id, connection: texts.hub(hub, hubs.length === 1) })),
    recordable: isLive && !isStopped && snapshot?.state === 'authenticated' ? snapshot.hubs : [],
    note: isReadOnly ? (problem === undefined ? t('note.readOnly') : '') : noteOf(situation, t),
    placeholder: snapshot?.email ?? t('placeholder.email'),
    isCodeExpected: Boolean(snapshot?.otpSentAt) && !(login.isMoved && login.cloud === undefined),
    isLoggedIn,
    // While the flows are stopped, the account does not run, so its saved login can't be changed.
    isOff: isBusy || isReadOnly || isStopped,
  };
}

/** Returns a note about how a Deploy or Cancel will affect the login; empty if neither affects it. */
function noteOf({ login, email, emailAtOpen }: Situation, t: Translate): string {
  const { cloud, isDeployed, snapshot, loggedInCloud } = login;
  if (login.isLive) return '';
  if (cloud === undefined || snapshot?.state !== 'authenticated') {
    if (isDeployed) return t('note.moved');
    return loggedInCloud !== undefined && loggedInCloud !== cloud ? t('note.otherCloud') : '';
  }
  // A Deploy takes over a pending login only if the account has the e-mail address of that login. The editor does not
  // know the value of an environment variable, so the variable must be the one in the deployed account.
  const isAdopted = isFromEnv(email) ? isDeployed && email === emailAtOpen : email === snapshot.email;
  const kept = isAdopted
    ? t(isDeployed ? 'note.pending' : 'note.new')
    : t('note.otherEmail', { email: snapshot.email ?? '' });
  return login.isStartedHere ? `${kept} ${t('note.cancel')}` : kept;
}
