/** The codes of all errors, with their meaning. */
export const ERROR_CODES = [
  /** No account is chosen, or the chosen one is deleted or disabled. */
  'COZIFY_NO_ACCOUNT',
  /** The account has no e-mail address to which a login code can be sent. */
  'COZIFY_NO_EMAIL',
  /** The step needs a login that the cloud accepts, and the account has none. */
  'COZIFY_OTP_REQUIRED',
  /** The login code is wrong or has expired, or too many attempts were rejected. */
  'COZIFY_OTP_REJECTED',
  /** The cloud or hub can't be reached: network, DNS, TLS or deadline. */
  'COZIFY_UNREACHABLE',
  /** Too many requests: the cloud or the hub answered 429, or a limit on login codes is reached. */
  'COZIFY_RATE_LIMITED',
  /** The cloud or the hub does not allow the request (403), or a request to Node-RED came from another web site. */
  'COZIFY_FORBIDDEN',
  /** The cloud or the hub no longer serves this version of its API (410). */
  'COZIFY_OBSOLETE',
  /** The cloud or the hub answered with another error status; see `statusCode`. */
  'COZIFY_API',
  /** The answer can't be used: it is of the wrong kind, incomplete, too large, or from another hub. */
  'COZIFY_BAD_ANSWER',
  /** A property or message has an invalid value. Nothing was sent or changed. */
  'COZIFY_BAD_INPUT',
  /** The saved state of the account can't be read or written. */
  'COZIFY_STORE',
  /** The account was closed or deleted before the step ended. */
  'COZIFY_CLOSED',
  /** The device, group, scene, rule, alarm, room or hub does not exist. */
  'COZIFY_NOT_FOUND',
  /** The hub can be reached neither on the LAN nor through the cloud. */
  'COZIFY_HUB_OFFLINE',
  /**
   * The node already holds its maximum number of messages, the queue of changes to the hub is full or too slow, a
   * recording is already running, or too many editors wait for events. Nothing was sent.
   */
  'COZIFY_BUSY',
] as const;

/** An error code, see {@link ERROR_CODES}. */
export type ErrorCode = (typeof ERROR_CODES)[number];

/** A short text in English and in Finnish. */
export type Brief = Readonly<Record<'en' | 'fi', string>>;

/** Details of a {@link CozifyError}. */
export interface ErrorDetails {
  /** The HTTP status of the answer, if there was one. */
  statusCode?: number | undefined;
  /** Whole seconds until another attempt may succeed. */
  retryAfter?: number | undefined;
  /**
   * Whether no part of the request was sent, so that it can safely be sent again, for example over another transport.
   */
  isUnsent?: boolean | undefined;
  /** The name or id that was not found. */
  subject?: string | undefined;
  /** The remedy in a few words, shown as the status text of a node. */
  brief?: Brief | undefined;
  /** The error that caused this one. Must not contain a secret, because Node-RED copies it to Catch nodes. */
  cause?: unknown;
  /**
   * Returns a text that follows the message, such as similar names. Called only when the message is first read, because
   * finding similar names is costly.
   */
  hint?: (() => string) | undefined;
}

/** The error of this package. The message names the expected input or a remedy, and never contains a secret. */
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

  /** Defers the call of `make` until the message is first read. */
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

/** Upper limit of the length of a message, in characters. A message may repeat input of any length. */
const LONGEST_MESSAGE = 1_000;

/**
 * Shortens a text that is too long. Cuts out the middle, because a message begins with its subject and ends with the
 * remedy.
 */
function middleOut(text: string): string {
  if (text.length <= LONGEST_MESSAGE) return text;
  // Array.from splits by characters, so that no surrogate pair is cut.
  const start = Array.from(text.slice(0, LONGEST_MESSAGE)).slice(0, LONGEST_MESSAGE / 2 - 2);
  const end = Array.from(text.slice(-LONGEST_MESSAGE)).slice(2 - LONGEST_MESSAGE / 2);
  return `${start.join('')} … ${end.join('')}`;
}

/** Escapes line breaks and control characters, which could forge a line of the log or control a terminal. */
export function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * Converts anything that was thrown to a {@link CozifyError}. For an unexpected error, returns an error with the code
 * `fallback`, whose message has the type of the unexpected error but not the text, which might contain a secret.
 */
export function toCozifyError(thrown: unknown, fallback: ErrorCode = 'COZIFY_API'): CozifyError {
  let kind: string = typeof thrown;
  try {
    if (thrown instanceof CozifyError) return thrown;
    if (thrown instanceof Error) kind = String(thrown.name);
  } catch {
    // Reading a property of the thrown value may throw: a revoked proxy, for example, throws on every access.
  }
  return new CozifyError(fallback, `An unexpected error occurred (${kind}).`);
}

/**
 * Returns a `COZIFY_BAD_INPUT` error. `message` names the expected input. `brief` is a shorter text for the status of a
 * node.
 */
export function badInput(message: string, brief?: Brief): CozifyError {
  return new CozifyError('COZIFY_BAD_INPUT', message, { brief });
}
