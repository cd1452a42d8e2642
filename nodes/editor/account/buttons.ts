// The buttons of the account dialog: send a code, log in, log out, copy the diagnostics.
import { DEFAULT_CLOUD_URL } from '../../../src/input.js';
import { translate as t } from '../shared/catalogue.js';
import { cloudOf } from '../shared/checks.js';
import type { LoginTarget } from './api.js';
import type { OpenDialog } from './open-dialog.js';
import { onEnter, typedIn } from './view.js';

/** Handles the buttons of the account dialog: send a code, log in, log out, copy the diagnostics. */
export class AccountButtons {
  readonly #dialog: OpenDialog;
  /** The question that is shown: whether to log out at the cloud, or only to delete the login in Node-RED. */
  #question: 'logOut' | 'forget' = 'logOut';

  constructor(dialog: OpenDialog) {
    this.#dialog = dialog;
    const { view } = dialog;
    view.sendCode.on('click', () => this.#sendCode());
    onEnter(view.email, () => this.#sendCode());
    view.logIn.on('click', () => this.#logIn());
    onEnter(view.code, () => this.#logIn());
    view.logOut.on('click', () => this.#askLogOut());
    view.confirmYes.on('click', () => this.#confirm());
    view.confirmNo.on('click', () => this.#decline());
    view.diagnostics.on('click', () => void this.#copyDiagnostics());
  }

  #sendCode(): void {
    const { view, login, texts } = this.#dialog;
    const { email, code } = view;
    if (this.#dialog.isReadOnly) return this.#refuse(email, t('http.401'));
    const target = this.#target();
    if (target === undefined) return;
    const before = login.snapshot;
    const isDefaultCloud = cloudOf(login.cloudUrl) === DEFAULT_CLOUD_URL;
    void this.#dialog.act({
      $field: email,
      work: 'work.sendCode',
      call: () => login.apiFor(target).sendCode(target),
      done: (snapshot, cloud) => {
        login.noteCode(before, snapshot, target.email ?? snapshot.email, cloud);
        const { otpSentAt } = snapshot;
        // If no new code was sent, the previous code is still valid and may already be in the field, so the field is
        // not cleared.
        if (otpSentAt !== null && otpSentAt === before?.otpSentAt) view.showNotice(email, texts.alreadySent(otpSentAt));
        else code.val('');
      },
      errorText: (failure) => texts.codeFailure(failure, isDefaultCloud),
    });
  }

  #logIn(): void {
    const { view, login } = this.#dialog;
    const { code } = view;
    if (this.#dialog.isReadOnly) return this.#refuse(code, t('http.401'));
    const otp = typedIn(code);
    if (otp === '') return this.#refuse(code, t('invalid.code'));
    // After a code was sent, the e-mail address is optional, because the server knows it. Another browser or a flow may
    // have requested the code, so the address may be missing from this dialog.
    const target = this.#target(typeof login.snapshot?.otpSentAt === 'string');
    if (target === undefined) return;
    void this.#dialog.act({
      $field: code,
      work: 'work.logIn',
      call: () => login.apiFor(target).logIn({ ...target, otp }),
      done: (snapshot, cloud) => {
        login.noteLogin(cloud);
        code.val('');
        this.#dialog.noteLogin(snapshot);
      },
      failed: () => {
        // Selects the code, so that the user can type over it.
        code.trigger('select');
        return false;
      },
    });
  }

  /** Asks for confirmation of a logout. */
  #askLogOut(): void {
    const { view } = this.#dialog;
    view.clearError();
    this.#ask('logOut');
  }

  #ask(question: 'logOut' | 'forget'): void {
    this.#question = question;
    this.#dialog.view.ask(t(`confirm.${question}`), t(`button.${question}`));
  }

  /** Handles "yes": logs out, or only deletes the login, depending on the question. */
  #confirm(): void {
    const { view, login } = this.#dialog;
    const { api, cloud: cloudUrl } = login;
    const logout = this.#question === 'logOut';
    void this.#dialog.act({
      $field: view.logOut,
      work: 'work.logOut',
      call: () => api.reset({ logout, ...(cloudUrl === undefined ? {} : { cloudUrl }) }),
      done: (_snapshot, cloud) => {
        login.noteLogout(cloud);
        view.hideQuestion();
      },
      failed: ({ status }) => {
        const isCloudAway = logout && [429, 502, 504].includes(status);
        if (isCloudAway) this.#ask('forget');
        else view.hideQuestion();
        return isCloudAway;
      },
    });
  }

  /** Handles "no": closes the question. */
  #decline(): void {
    const { view } = this.#dialog;
    view.hideQuestion();
    view.clearError();
    view.logOut.trigger('focus');
  }

  /** Copies the diagnostics, which contain no secret, to the clipboard. */
  async #copyDiagnostics(): Promise<void> {
    const { view, login, texts } = this.#dialog;
    const { diagnostics } = view;
    view.clearError();
    view.showWork(diagnostics, t('work.diagnostics'));
    const reply = await login.api.diagnostics();
    if (this.#dialog.isClosed) return;
    view.clearWork();
    if (!reply.isOk) return view.showError(diagnostics, texts.failure(reply.failure));
    // Node-RED's types require a DOM element, but its code requires a jQuery object.
    const $button = diagnostics as unknown as HTMLElement;
    RED.clipboard.copyText(JSON.stringify(reply.answer, null, 2), $button, t('note.copied'));
  }

  /**
   * Returns the e-mail address and the cloud for a call. If one of them is invalid, shows the error and returns
   * `undefined`. `isOptional`: whether the address may be missing.
   */
  #target(isOptional = false): LoginTarget | undefined {
    const { view, login, email, emailAtOpen } = this.#dialog;
    const read = login.readTarget({ email, emailAtOpen, isOptional });
    if ('target' in read) return read.target;
    const { field, textKey } = read.correction;
    if (field === 'cloudUrl') view.unfold(true);
    this.#refuse(view[field], t(textKey));
    return undefined;
  }

  #refuse($field: JQuery<HTMLElement>, text: string): void {
    this.#dialog.view.showError($field, text);
    $field.trigger('focus');
  }
}
