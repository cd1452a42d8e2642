import assert from 'node:assert/strict';
import { Logins } from '../../../../nodes/editor/account/login.js';
import { present, type Situation } from '../../../../nodes/editor/account/presentation.js';
import { AccountTexts } from '../../../../nodes/editor/account/texts.js';
import type { Shown } from '../../../../nodes/editor/account/view.js';
import { EMAIL, hub, loggedIn, neverLoggedIn } from '../support/snapshots.js';
import { translateIn } from '../support/texts.js';

const t = translateIn('en');
const OTHER = 'https://other.example';
const SENT_AT = '2030-01-01T10:00:00.000Z';

function shown(logins: Logins, rest: Partial<Situation> = {}): Shown {
  const situation = {
    email: EMAIL,
    emailAtOpen: EMAIL,
    cloudUrl: '',
    isReadOnly: false,
    isBusy: false,
    areFlowsStopped: false,
  };
  return present(logins, { ...situation, problem: undefined, diagnostics: {}, ...rest }, new AccountTexts(t, 'en'), t);
}

describe('the account dialog', () => {
  it('shows no state before the first answer', () => {
    const { state, lines, isLoggedIn, isCodeExpected } = shown(new Logins({}));
    assert.deepEqual({ state, lines }, { state: '', lines: [t('state.loading')] });
    assert.deepEqual({ isLoggedIn, isCodeExpected }, { isLoggedIn: false, isCodeExpected: false });
  });

  it('replaces the known state with the problem', () => {
    const logins = new Logins({});
    logins.keep(loggedIn(), undefined);
    const { state, lines, hubs, isLoggedIn } = shown(logins, { problem: 'Nobody answers.' });
    assert.deepEqual({ state, lines, hubs }, { state: '', lines: ['Nobody answers.'], hubs: [] });
    assert.equal(isLoggedIn, false);
  });

  it('lists the hubs of a login by name, or by id without a name', () => {
    const logins = new Logins({});
    const hubs = [hub(), hub({ id: 'hub-2', name: '', host: null, default: false })];
    logins.keep(loggedIn({ hubs }), undefined);
    assert.deepEqual(shown(logins).hubs, [
      { name: 'Koti', connection: 'local (192.168.1.5), default' },
      { name: 'hub-2', connection: t('hub.searching') },
    ]);
    logins.keep(neverLoggedIn({ hubs }), undefined);
    assert.deepEqual(shown(logins).hubs, []);
  });

  it('asks for the code that was sent, unless the cloud address is invalid', () => {
    const logins = new Logins({});
    logins.keep(neverLoggedIn({ state: 'otp-sent', otpSentAt: SENT_AT }), undefined);
    assert.equal(shown(logins).isCodeExpected, true);
    assert.equal(shown(logins, { cloudUrl: 'http://' }).isCodeExpected, false);
  });

  it('shows the saved login read-only while the flows are stopped', () => {
    const logins = new Logins({});
    logins.keep(loggedIn({ nextRefresh: null }), undefined);
    const { state, lines, isLoggedIn, isOff } = shown(logins, { areFlowsStopped: true });
    assert.deepEqual({ state, isLoggedIn, isOff }, { state: 'authenticated', isLoggedIn: true, isOff: true });
    assert.equal(lines.at(-1), t('state.stopped'));
    assert.ok(!lines.includes(t('state.no-renewal')));
  });

  it('shows the pending login of a new account as usual while the flows are stopped', () => {
    const { lines, isOff } = shown(new Logins(undefined), { areFlowsStopped: true });
    assert.deepEqual([lines.includes(t('state.stopped')), isOff], [false, false]);
  });

  it('is disabled while a request runs and for a user with read-only permission', () => {
    const logins = new Logins({});
    logins.keep(loggedIn(), undefined);
    assert.equal(shown(logins).isOff, false);
    assert.equal(shown(logins, { isBusy: true }).isOff, true);
    const readOnly = shown(logins, { isReadOnly: true });
    assert.deepEqual([readOnly.isOff, readOnly.note], [true, t('note.readOnly')]);
    assert.equal(shown(logins, { isReadOnly: true, problem: 'Nobody answers.' }).note, '');
  });

  it('shows that the cloud ended the login for the deployed login, but not for a pending one', () => {
    const logins = new Logins({});
    logins.keep(neverLoggedIn(), undefined);
    logins.keep(neverLoggedIn(), OTHER);
    const diagnostics = { lost: { at: null, nextCheckAt: null } };
    assert.deepEqual(shown(logins, { diagnostics }).lines, [t('state.lost')]);
    assert.deepEqual(shown(logins, { diagnostics, cloudUrl: OTHER }).lines, [t('state.otp-required')]);
  });

  it('names a broken setting and its place under Advanced', () => {
    const logins = new Logins({});
    logins.keep(neverLoggedIn(), undefined);
    const { lines, isBroken } = shown(logins, { diagnostics: { problem: 'COZIFY_BAD_INPUT' } });
    assert.deepEqual([lines, isBroken], [[t('state.broken'), t('invalid.cloudUrl')], true]);
    assert.equal(shown(logins).isBroken, false);
  });

  it('shows a spinner until the first answer', () => {
    const logins = new Logins({});
    assert.equal(shown(logins).isLooking, true);
    assert.equal(shown(logins, { problem: 'Nobody answers.' }).isLooking, false);
    logins.keep(loggedIn(), undefined);
    assert.equal(shown(logins).isLooking, false);
  });

  it('says whether a Deploy adopts a pending login, which depends on the e-mail address', () => {
    const logins = new Logins({});
    logins.keep(loggedIn(), OTHER);
    const note = (email: string, emailAtOpen = EMAIL): string =>
      shown(logins, { cloudUrl: OTHER, email, emailAtOpen }).note;
    assert.equal(note(EMAIL), t('note.waiting'));
    assert.equal(note('someone-else@example.fi'), t('note.otherEmail', { email: EMAIL }));
    assert.equal(note('${EMAIL}', '${EMAIL}'), t('note.waiting'));
    assert.equal(note('${EMAIL}'), t('note.otherEmail', { email: EMAIL }));
  });
});
