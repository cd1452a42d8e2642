import { randomInt } from 'node:crypto';
import type { SimulatedMail } from './types';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const MAX_MAILS = 1000;

/** The sent e-mails and the states of their codes. */
export class Mails {
  /** Sent e-mails, oldest first; limited to the last thousand. */
  readonly sent: SimulatedMail[] = [];
  readonly #next: string[] = [];
  readonly #now: () => number;
  readonly #settings: { readonly codeLifeMs: number };

  constructor(settings: { readonly codeLifeMs: number }, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Sets the code of the next e-mail. */
  nextCode(code: string): void {
    this.#next.push(code);
  }

  send(to: string): void {
    this.sent.push({ to, code: this.#next.shift() ?? randomCode(), sentAt: this.#now(), used: false });
    if (this.sent.length > MAX_MAILS) this.sent.shift();
  }

  /** Redeems a code. Returns false if the code is wrong, expired or used. */
  redeem(email: string, code: string): boolean {
    const mail = this.sent.find((sent) => isTo(sent, email) && sent.code === code && this.isUsable(sent));
    if (mail) mail.used = true;
    return mail !== undefined;
  }

  isUsable(mail: SimulatedMail): boolean {
    return !mail.used && this.#now() - mail.sentAt < this.#settings.codeLifeMs;
  }

  /** Returns the last code for an address, used or not. Throws if there is none. */
  latestCode(email: string): string {
    const mail = this.sent.findLast((sent) => isTo(sent, email));
    if (!mail) throw new Error(`No code has been sent to ${email}`);
    return mail.code;
  }
}

function isTo(mail: SimulatedMail, email: string): boolean {
  return mail.to.toLowerCase() === email.toLowerCase();
}

function randomCode(): string {
  return Array.from({ length: 6 }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join('');
}
