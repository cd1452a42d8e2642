import { decodeToken, type TokenClaims } from './token.js';

/**
 * What the tokens of an account say of themselves, each read once: for as long as the record lives that holds it, so that
 * a reset leaves nothing of it.
 */
export class KnownClaims {
  readonly #byHolder = new WeakMap<object, TokenClaims>();

  /** The claims of `token`, which `holder` never changes. */
  of(holder: object, token: string): TokenClaims {
    const known = this.#byHolder.get(holder) ?? decodeToken(token);
    this.#byHolder.set(holder, known);
    return known;
  }
}
