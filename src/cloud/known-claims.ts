import { decodeToken, type TokenClaims } from './token.js';

/**
 * A cache of decoded tokens. An entry lives as long as the record that holds the token, so that nothing of a token stays
 * in memory after a reset.
 */
export class KnownClaims {
  readonly #byHolder = new WeakMap<object, TokenClaims>();

  /** Returns the claims of `token`. `holder` is the record that holds it and never changes. */
  of(holder: object, token: string): TokenClaims {
    const known = this.#byHolder.get(holder) ?? decodeToken(token);
    this.#byHolder.set(holder, known);
    return known;
  }
}
