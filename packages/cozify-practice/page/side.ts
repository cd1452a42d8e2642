import { buttonOf, switchControl } from './controls';
import { element, newId } from './element';
import { act, type CloudFact, type HomeFacts, type HubFact, type MailFact } from './home-facts';
import type { Say, TextKey } from './texts';

/** A switch that turns a simulated trouble, such as an offline hub, on and off. */
interface TroubleSwitch {
  node: HTMLElement;
  isOn: (cloud: CloudFact, hub: HubFact) => boolean;
  show: (cloud: CloudFact, hub: HubFact) => void;
}

/** Media query for a narrow page, on which the rooms are below the side column. Must match page.css. */
const NARROW = '(max-width: 45rem)';

/** The side column: the cloud's address to enter in an account, the mailbox, and the switches for troubles. */
export class Side {
  readonly node: HTMLElement;
  readonly #say: Say;
  readonly #address: HTMLInputElement;
  readonly #mails = element('div', { class: 'mails', 'aria-live': 'polite' });
  readonly #troubles: readonly TroubleSwitch[];
  readonly #troublesTitle = element('h2');
  #hubId = '';
  #shownMails = '';

  constructor(say: Say) {
    this.#say = say;
    const id = newId();
    this.#address = element('input', { id, readonly: true, class: 'address' });
    this.#troubles = this.#makeTroubles();
    this.node = element(
      'aside',
      {},
      this.#addressPart(id),
      element('section', {}, element('h2', {}, say('mailbox')), this.#mails),
      element(
        'section',
        { class: 'troubles' },
        element(
          'details',
          { open: !matchMedia(NARROW).matches },
          element('summary', {}, this.#troublesTitle),
          ...this.#troubles.map(({ node }) => node),
        ),
      ),
    );
  }

  show(facts: HomeFacts, cloud: CloudFact, hub: HubFact): void {
    this.#hubId = hub.id;
    this.#address.value = cloud.cloudUrl;
    for (const trouble of this.#troubles) trouble.show(cloud, hub);
    const count = this.#troubles.filter(({ isOn }) => isOn(cloud, hub)).length;
    this.#troublesTitle.textContent =
      count === 0 ? this.#say('troubles') : this.#say('troublesOn', { count: String(count) });
    this.#showMails(facts.mails);
  }

  #addressPart(id: string): HTMLElement {
    const copy = buttonOf(this.#say('copy'), () => {
      this.#address.select();
      void navigator.clipboard.writeText(this.#address.value).then(() => (copy.textContent = this.#say('copied')));
    });
    return element(
      'section',
      {},
      element('div', { class: 'row' }, element('h2', {}, element('label', { for: id }, this.#say('address'))), copy),
      this.#address,
      element('p', { class: 'hint' }, this.#say('addressHint')),
    );
  }

  #makeTroubles(): TroubleSwitch[] {
    const make = (trouble: TextKey, isOn: TroubleSwitch['isOn']): TroubleSwitch => {
      const { node, show } = this.#troubleSwitch(trouble);
      return { node, isOn, show: (cloud, hub) => show(isOn(cloud, hub)) };
    };
    return [
      make('hub-off', (_cloud, { isOff }) => isOff),
      make('lan-refused', (_cloud, { isLanRefused }) => isLanRefused),
      make('cloud-away', ({ isAway }) => isAway),
      this.#makeRejection(),
      make('slow', ({ isSlow }) => isSlow),
    ];
  }

  /** Returns the switch that makes the cloud reject all logins. The switch is disabled while there is no login. */
  #makeRejection(): TroubleSwitch {
    const { node, input, show } = this.#troubleSwitch('login-rejected');
    const reason = element('p', { class: 'hint', id: newId() });
    input.setAttribute('aria-describedby', reason.id);
    return {
      node: element('div', {}, node, reason),
      isOn: ({ isLoginRejected }) => isLoginRejected,
      show: ({ isLoginRejected, canRejectLogins }) => {
        show(isLoginRejected);
        input.disabled = !canRejectLogins;
        reason.textContent = canRejectLogins ? '' : this.#say('noLogin');
      },
    };
  }

  #troubleSwitch(trouble: TextKey) {
    return switchControl(this.#say(trouble), (isOn) => void act('trouble', { hub: this.#hubId, trouble, isOn }));
  }

  #showMails(mails: readonly MailFact[]): void {
    if (JSON.stringify(mails) === this.#shownMails) return;
    this.#shownMails = JSON.stringify(mails);
    const [newest, ...older] = mails;
    if (newest === undefined) {
      this.#mails.replaceChildren(element('p', { class: 'hint' }, this.#say('noMail')));
      return;
    }
    this.#mails.replaceChildren(this.#mail(newest, 'newest'), ...older.map((mail) => this.#mail(mail, 'older')));
  }

  #mail({ to, code, state }: MailFact, kind: string): HTMLElement {
    const about = `${this.#say('mailTo', { to })}, ${this.#say(state)}`;
    return element(
      'p',
      { class: `mail ${kind}`, 'data-state': state },
      element('strong', {}, code),
      ' ',
      element('span', {}, about),
    );
  }
}
