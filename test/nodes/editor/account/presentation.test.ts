import assert from 'node:assert/strict';
import { AccountApi } from '../../../../nodes/editor/account/api.js';
import type { Diagnostics } from '../../../../nodes/editor/account/diagnostics.js';
import { type Deployed, OpenLogin } from '../../../../nodes/editor/account/login.js';
import { present, type Situation } from '../../../../nodes/editor/account/presentation.js';
import { AccountTexts } from '../../../../nodes/editor/account/texts.js';
import type { DialogContent } from '../../../../nodes/editor/account/view.js';
import { EMAIL, hub, loggedIn, neverLoggedIn } from '../support/snapshots.js';
import { translateIn } from '../support/texts.js';

const t = translateIn('en');
const OTHER = 'https://other.example';
const SENT_AT = '2030-01-01T10:00:00.000Z';
const texts = new AccountTexts(t, 'en');

let cloudUrl: string;

function loginOf(deployed?: Deployed): OpenLogin {
  return new OpenLogin(new AccountApi('account'), deployed, () => cloudUrl);
}

interface More extends Partial<Situation> {
  /** The typed cloud address. */
  typed?: string;
  areFlowsStopped?: boolean;
  diagnostics?: Diagnostics;
}

function shown(
  login: OpenLogin,
  { typed = '', areFlowsStopped = false, diagnostics = {}, ...rest }: More = {},
): DialogContent {
  cloudUrl = typed;
  login.diagnostics = diagnostics;
  const fields = { email: EMAIL, emailAtOpen: EMAIL, problem: undefined };
  const situation = { login, ...fields, isReadOnly: false, isBusy: false, texts, ...rest };
  return present(situation, areFlowsStopped, t);
}

describe('the account dialog', () => {
  it('shows a spinner and no state before the first answer', () => {
    const { state, lines, isLoggedIn, isCodeExpected, isLooking } = shown(loginOf({}));
    assert.deepEqual({ state, lines }, { state: '', lines: [t('state.loading')] });
    assert.deepEqual([isLooking, isLoggedIn, isCodeExpected], [true, false, false]);
    assert.equal(shown(loginOf({}), { problem: 'Nobody answers.' }).isLooking, false);
  });

  it('replaces the known state with the problem', () => {
    const login = loginOf({});
    login.keep(loggedIn(), undefined);
    assert.equal(shown(login).isLooking, false);
    const { state, lines, hubs, isLoggedIn } = shown(login, { problem: 'Nobody answers.' });
    assert.deepEqual({ state, lines, hubs }, { state: '', lines: ['Nobody answers.'], hubs: [] });
    assert.equal(isLoggedIn, false);
  });

  it('lists the hubs of a login by name, or by id without a name', () => {
    const login = loginOf({});
    const hubs = [hub(), hub({ id: 'hub-2', name: '', host: null, default: false })];
    login.keep(loggedIn({ hubs }), undefined);
    assert.deepEqual(shown(login).hubs, [
      { name: 'Koti', connection: 'local (192.168.1.5), default' },
      { name: 'hub-2', connection: t('hub.searching') },
    ]);
    login.keep(neverLoggedIn({ hubs }), undefined);
    assert.deepEqual(shown(login).hubs, []);
  });

  it('asks for the code that was sent, unless the cloud address is invalid', () => {
    const login = loginOf({});
    login.keep(neverLoggedIn({ state: 'otp-sent', otpSentAt: SENT_AT }), undefined);
    assert.equal(shown(login).isCodeExpected, true);
    assert.equal(shown(login, { typed: 'http://' }).isCodeExpected, false);
  });

  it('shows the saved login read-only while the flows are stopped', () => {
    const login = loginOf({});
    login.keep(loggedIn({ nextRefresh: null }), undefined);
    const { state, lines, isLoggedIn, isOff } = shown(login, { areFlowsStopped: true });
    assert.deepEqual({ state, isLoggedIn, isOff }, { state: 'authenticated', isLoggedIn: true, isOff: true });
    assert.equal(lines.at(-1), t('state.stopped'));
    assert.ok(!lines.includes(t('state.no-renewal')));
  });

  it('shows the pending login of a new account as usual while the flows are stopped', () => {
    const { lines, isOff } = shown(loginOf(), { areFlowsStopped: true });
    assert.deepEqual([lines.includes(t('state.stopped')), isOff], [false, false]);
  });

  it('is disabled while a request runs and for a user with read-only permission', () => {
    const login = loginOf({});
    login.keep(loggedIn(), undefined);
    assert.deepEqual([shown(login).isOff, shown(login).note], [false, '']);
    assert.equal(shown(login, { isBusy: true }).isOff, true);
    const readOnly = shown(login, { isReadOnly: true });
    assert.deepEqual([readOnly.isOff, readOnly.note], [true, t('note.readOnly')]);
    assert.equal(shown(login, { isReadOnly: true, problem: 'Nobody answers.' }).note, '');
  });

  it('shows that the cloud ended the login for the deployed login, but not for a pending one', () => {
    const login = loginOf({});
    login.keep(neverLoggedIn(), undefined);
    login.keep(neverLoggedIn(), OTHER);
    const diagnostics = { lost: { at: null, nextCheckAt: null } };
    assert.deepEqual(shown(login, { diagnostics }).lines, [t('state.lost')]);
    assert.deepEqual(shown(login, { diagnostics, typed: OTHER }).lines, [t('state.otp-required')]);
  });

  it('names a broken setting and its place under Advanced', () => {
    const login = loginOf({});
    login.keep(neverLoggedIn(), undefined);
    const { lines, isBroken } = shown(login, { diagnostics: { problem: 'COZIFY_BAD_INPUT' } });
    assert.deepEqual([lines, isBroken], [[t('state.broken'), t('invalid.cloudUrl')], true]);
    assert.equal(shown(login).isBroken, false);
  });

  it('says whether a Deploy adopts a pending login, which depends on the e-mail address', () => {
    const login = loginOf({});
    login.keep(loggedIn(), OTHER);
    const note = (email: string, emailAtOpen = EMAIL): string =>
      shown(login, { typed: OTHER, email, emailAtOpen }).note;
    assert.equal(note(EMAIL), t('note.pending'));
    assert.equal(note('someone-else@example.fi'), t('note.otherEmail', { email: EMAIL }));
    assert.equal(note('${EMAIL}', '${EMAIL}'), t('note.pending'));
    assert.equal(note('${EMAIL}'), t('note.otherEmail', { email: EMAIL }));
  });

  describe('the note below the state', () => {
    const note = (login: OpenLogin, more: More = {}): string => shown(login, { typed: OTHER, ...more }).note;

    it('explains the effect of Deploy and Cancel on a pending login', () => {
      for (const [deployed, text] of [
        [{}, t('note.pending')],
        [undefined, t('note.new')],
      ] as const) {
        const login = loginOf(deployed);
        login.keep(loggedIn(), OTHER);
        assert.equal(note(login), text);
        login.noteLogin(OTHER);
        assert.equal(note(login), `${text} ${t('note.cancel')}`);
      }
    });

    it('says that a changed address takes effect at Deploy, and where the old login remains', () => {
      const moved = loginOf({});
      moved.keep(neverLoggedIn(), OTHER);
      assert.equal(note(moved), t('note.moved'));
      const unsaved = loginOf();
      unsaved.keep(neverLoggedIn(), OTHER);
      assert.equal(note(unsaved), '');
      unsaved.keep(loggedIn(), 'https://c.fi');
      unsaved.keep(neverLoggedIn(), OTHER);
      assert.equal(note(unsaved), t('note.otherCloud'));
    });
  });
});
