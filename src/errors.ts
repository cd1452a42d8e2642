/** Every code a failing step, endpoint or call can carry, with what it means to the person who reads it. */
export const ERROR_CODES = [
  /** No account is chosen, or the chosen one is deleted or disabled. */
  'COZIFY_NO_ACCOUNT',
  /** The account has no e-mail address to send a code to. */
  'COZIFY_NO_EMAIL',
  /** The step needs a cloud token and there is none. */
  'COZIFY_OTP_REQUIRED',
  /** The code is wrong, expired, or was refused too often. */
  'COZIFY_OTP_REJECTED',
  /** The network, DNS, TLS or the deadline stood between us and the cloud. */
  'COZIFY_UNREACHABLE',
  /** Too many requests, by the cloud's word (429) or by our own ration of codes. */
  'COZIFY_RATE_LIMITED',
  /** The cloud does not allow it (403), or a request came from another web site. */
  'COZIFY_FORBIDDEN',
  /** The cloud no longer serves this version of its API (410). */
  'COZIFY_OBSOLETE',
  /** Any other status; see `statusCode`. */
  'COZIFY_API',
  /** An answer that is not what the call promises. */
  'COZIFY_BAD_ANSWER',
  /** Something given to us is not what is expected; nothing was sent or changed. */
  'COZIFY_BAD_INPUT',
  /** The state can't be read or written. */
  'COZIFY_STORE',
  /** The account was closed or deleted while the step ran. */
  'COZIFY_CLOSED',
  /** No device, group, scene, rule, alarm, room or hub is what was asked for. */
  'COZIFY_NOT_FOUND',
  /** The hub can be reached neither on the LAN nor through the cloud. */
  'COZIFY_HUB_OFFLINE',
  /** More waits already than one node may hold; nothing was sent. */
  'COZIFY_BUSY',
] as const;

/** One of {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A few words in each language. */
export type Brief = Readonly<Record<'en' | 'fi', string>>;

/** What a {@link CozifyError} carries beside its code and message. */
export interface ErrorDetails {
  /** The HTTP status of the answer, where there was one. */
  statusCode?: number | undefined;
  /** Whole seconds until it makes sense to try again. */
  retryAfter?: number | undefined;
  /** Nothing of the request was sent: it does no harm to send it by another way. */
  isUnsent?: boolean | undefined;
  /** What could not be found, as it was asked for. */
  subject?: string | undefined;
  /** What to do about it in very few words, for a status. */
  brief?: Brief | undefined;
  /** What lay behind it. Must hold no secret: it is copied to Catch nodes. */
  cause?: unknown;
  /** What stands behind the message, worked out when somebody reads it: most of many errors nobody does. */
  hint?: (() => string) | undefined;
}

/** The one error of this package. Its message says what was expected or what to do, and never holds a secret. */
export class CozifyError extends Error {
  readonly code: ErrorCode;
  readonly statusCode?: number;
  readonly retryAfter?: number;
  readonly isUnsent?: true;
  readonly subject?: string;
  readonly brief?: Brief;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(middleOut(printable(message)), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'CozifyError';
    this.code = code;
    if (details.statusCode !== undefined) this.statusCode = details.statusCode;
    if (details.retryAfter !== undefined) this.retryAfter = details.retryAfter;
    if (details.isUnsent === true) this.isUnsent = true;
    if (details.subject !== undefined) this.subject = details.subject;
    if (details.brief !== undefined) this.brief = details.brief;
    const { hint } = details;
    if (hint !== undefined) this.#read(() => middleOut(printable(message + hint())));
  }

  /** Makes the message the first time that it is read. From then on it is as that of other errors. */
  #read(make: () => string): void {
    const common = { configurable: true, enumerable: false };
    const get = (): string => {
      const value = make();
      Object.defineProperty(this, 'message', { ...common, value, writable: true });
      return value;
    };
    Object.defineProperty(this, 'message', { ...common, get });
  }
}

/** Longer than any sentence of ours: what is repeated of what was asked for may be of any length. */
const LONGEST_MESSAGE = 1_000;

/** A text that is too long, without its middle: what it was about stands first, what to do about it last. */
function middleOut(text: string): string {
  if (text.length <= LONGEST_MESSAGE) return text;
  // By characters, none of which is cut in two.
  const start = Array.from(text.slice(0, LONGEST_MESSAGE)).slice(0, LONGEST_MESSAGE / 2 - 2);
  const end = Array.from(text.slice(-LONGEST_MESSAGE)).slice(2 - LONGEST_MESSAGE / 2);
  return `${start.join('')} … ${end.join('')}`;
}

/** A text without line breaks and control characters, which could forge a line of a log or command a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Turns whatever was thrown into a {@link CozifyError}. Something unforeseen becomes `fallback`, with its type but
 * not its text, because nobody has checked that text for secrets.
 */
export function toCozifyError(thrown: unknown, fallback: ErrorCode = 'COZIFY_API'): CozifyError {
  let kind: string = typeof thrown;
  try {
    if (thrown instanceof CozifyError) return thrown;
    if (thrown instanceof Error) kind = String(thrown.name);
  } catch {
    // Something like a revoked proxy: more can't be said of it.
  }
  return new CozifyError(fallback, `An unexpected error occurred (${kind}).`);
}

/**
 * What is thrown for something that was given to us and is not what is expected: `message` says what was. `brief` says
 * what to do where the message is too long for a status.
 */
export function badInput(message: string, brief?: Brief): CozifyError {
  return new CozifyError('COZIFY_BAD_INPUT', message, { brief });
}
