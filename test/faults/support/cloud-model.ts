// A simulated cloud for the property tests of one account.
import type { FakeCall, FakeCloud, Reply } from '../../src/support/fake-cloud.js';
import type { FakeClock } from '../../src/support/fake-clock.js';
import { makeToken } from '../../src/support/tokens.js';
import type { HttpRequest } from '../../../src/http/http-client.js';

export const FAULT_KINDS = [
  '503',
  '403',
  '429',
  'html',
  'html401',
  'garbage',
  'empty',
  'older',
  'other user',
  'timeout',
  'unreachable',
  'stray401',
  'slow',
  'lost',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

/** The calls whose 401 means that the token is not valid. */
const JUDGING: readonly FakeCall[] = ['hubkeys', 'refreshsession'];

/** A cloud that records the tokens that it issued and refused, for comparison with the state of the account. */
export class CloudModel {
  /** Tokens that were sent in complete answers, in order. */
  readonly given: string[] = [];
  /** Tokens, codes and hub keys, which must not be visible outside. */
  readonly secrets = new Set<string>(['hub-1.secret-key']);
  /** Number of 401 answers for each token. An answer that has rejected the login is subtracted. */
  readonly rejections = new Map<string, number>();
  /** The predecessor of each renewed token. */
  readonly parents = new Map<string, string>();
  isRevoking = false;
  code = '';
  readonly #clock: FakeClock;
  readonly #issued = new Set<string>();
  #faults: { call: FakeCall; kind: FaultKind; left: number }[] = [];
  #made = 0;

  constructor(clock: FakeClock, fake: FakeCloud) {
    this.#clock = clock;
    const calls = ['hubkeys', 'refreshsession', 'emaillogin', 'requestlogin', 'logout', 'lan_ip', 'remote'] as const;
    for (const call of calls) fake.reply(call, (request) => this.#reply(call, request));
  }

  fault(call: FakeCall, kind: FaultKind, times: number): void {
    this.#faults.push({ call, kind, left: times });
  }

  heal(): void {
    this.#faults = [];
    this.isRevoking = false;
  }

  /** Issues a valid token. */
  issue(): string {
    const token = makeToken(this.#clock.outside());
    this.#issued.add(token);
    this.secrets.add(token);
    return token;
  }

  isValid(token: string): boolean {
    return this.#issued.has(token) && !this.isRevoking;
  }

  #reply(call: FakeCall, request: HttpRequest): Reply {
    const fault = this.#faults.find((candidate) => candidate.call === call && candidate.left > 0);
    if (fault === undefined) return this.#genuine(call, request, true);
    fault.left -= 1;
    return this.#faulty(fault.kind, call, request);
  }

  #faulty(kind: FaultKind, call: FakeCall, request: HttpRequest): Reply {
    const secret = (token: string): Reply => {
      this.secrets.add(token);
      return { body: token };
    };
    // An account compares a renewed token with its current token only if it can decode the current token.
    const isComparable = call === 'refreshsession' && this.#issued.has(request.headers?.['Authorization'] ?? '');
    switch (kind) {
      case '503':
      case '403':
        return { status: Number(kind) };
      case '429':
        return { status: 429, headers: { 'retry-after': '120' } };
      case 'html':
        return { body: '<html>Welcome</html>' };
      case 'html401':
        return { status: 401, body: '<html>Log in</html>' };
      case 'garbage':
        return { body: 'this is no token' };
      case 'empty':
        return { body: '' };
      case 'older':
        if (!isComparable) return { body: '' };
        return secret(makeToken(Date.parse('2020-01-01')));
      case 'other user':
        if (!isComparable) return { body: '' };
        return secret(makeToken(this.#clock.outside(), { userId: 'somebody-else' }));
      case 'timeout':
        return 'hang';
      case 'unreachable':
        return 'unreachable';
      case 'stray401':
        return this.#unauthorized(call, request);
      case 'slow':
        return this.#late(this.#genuine(call, request, true));
      case 'lost':
        this.#genuine(call, request, false);
        return 'hang';
    }
  }

  #late(reply: Reply): Reply {
    return typeof reply === 'string' ? reply : { ...reply, delayMs: 5_000 };
  }

  #genuine(call: FakeCall, request: HttpRequest, isWhole: boolean): Reply {
    const token = request.headers?.['Authorization'] ?? '';
    if (['hubkeys', 'refreshsession', 'logout', 'remote'].includes(call) && !this.isValid(token)) {
      return this.#unauthorized(call, request);
    }
    switch (call) {
      case 'hubkeys':
        return { body: '{"hub-1":"hub-1.secret-key"}' };
      case 'lan_ip':
        return { body: '[]' };
      case 'remote':
        return { body: '{"hubId":"hub-1","name":"Koti","version":"1.14.9.124"}' };
      case 'requestlogin':
        this.code = `code-${++this.#made}-secret`;
        this.secrets.add(this.code);
        return { body: 'null' };
      case 'emaillogin':
        return this.#logIn(request, isWhole);
      case 'refreshsession': {
        const renewed = this.#give(isWhole);
        this.parents.set(renewed, token);
        return { body: renewed };
      }
      case 'logout':
      case 'lan':
        return { body: 'null' };
    }
  }

  #logIn({ body = '{}' }: HttpRequest, isWhole: boolean): Reply {
    const { password } = JSON.parse(body) as { password?: string };
    if (password !== this.code || this.code === '') return { status: 401 };
    this.code = '';
    return { body: this.#give(isWhole) };
  }

  #give(isWhole: boolean): string {
    const token = this.issue();
    if (isWhole) this.given.push(token);
    return token;
  }

  #unauthorized(call: FakeCall, request: HttpRequest): Reply {
    const token = request.headers?.['Authorization'] ?? '';
    if (JUDGING.includes(call)) this.rejections.set(token, (this.rejections.get(token) ?? 0) + 1);
    return { status: 401 };
  }
}
