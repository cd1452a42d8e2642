// The simulated clouds of the mixed test, which runs random sequences of actions.
import type { HttpRequest } from '../../../../src/http/http-client.js';
import type { FakeClock } from '../../../src/support/fake-clock.js';
import { type FakeCall, FakeCloud, type Reply } from '../../../src/support/fake-cloud.js';
import { makeToken } from '../../../src/support/tokens.js';

/** A login at a cloud with all of its tokens. Only the last token is valid. */
export interface Family {
  origin: string;
  /** The e-mail address to which the login belongs. */
  email: string;
  tokens: string[];
  key: string;
  /** When the last token was issued (monotonic, ms). */
  renewedAt: number;
  /** Whether the login was ended, by a person at the cloud or by a logout. */
  isRevoked: boolean;
  /** Whether the answer with the last token was lost, so that no client has this token. */
  isOutOfReach: boolean;
}

/** The behaviour of a cloud. `losing answers`: calls take effect, but their answers are lost. */
export type CloudBehaviour = 'normal' | 'slow' | 'very slow' | 'losing answers' | 'away' | '503' | '429';

const DELAY_MS: Partial<Record<CloudBehaviour, number>> = { slow: 1_500, 'very slow': 7_000 };

/** Simulated clouds, by origin. A renewal revokes the old token at once. */
export class RevokingCloud {
  readonly fake: FakeCloud;
  readonly families: Family[] = [];
  /** Called after each login with a code. */
  onLogin: (family: Family) => void = () => undefined;
  behaviour: CloudBehaviour = 'normal';
  /** When the cloud's current behaviour began (monotonic, ms). */
  behaviourSince = 0;
  readonly #clock: FakeClock;
  #issued = 0;
  readonly #mailbox = new Map<string, string>();
  #made = 0;

  constructor(clock: FakeClock) {
    this.#clock = clock;
    this.fake = new FakeCloud(clock);
    const calls = ['hubkeys', 'refreshsession', 'emaillogin', 'requestlogin', 'logout', 'lan_ip', 'remote'] as const;
    for (const call of calls) this.fake.reply(call, (request) => this.#answer(call, request));
  }

  change(behaviour: CloudBehaviour): void {
    this.behaviour = behaviour;
    this.behaviourSince = this.#clock.monotonic();
  }

  /** Returns the login that a current or an old token belongs to. */
  familyOf(token: string): Family | undefined {
    return this.families.find(({ tokens }) => tokens.includes(token));
  }

  /** Returns the valid token of a login; `undefined` if the login was ended. */
  validOf({ tokens, isRevoked }: Family): string | undefined {
    return isRevoked ? undefined : tokens.at(-1);
  }

  /** Creates a login at a cloud, with its first token. */
  begin(origin: string, email: string): Family {
    const key = `hub-key-${(this.#made += 1)}-of-${email}`;
    const family = { origin, email, key, tokens: [], renewedAt: 0, isRevoked: false, isOutOfReach: false };
    this.families.push(family);
    this.#renew(family);
    return family;
  }

  /** Returns the last unused code that was e-mailed to an address. */
  codeFor(origin: string, email: string): string | undefined {
    return this.#mailbox.get(`${origin} ${email}`);
  }

  #renew(family: Family): string {
    // Gives each token a number, because the order of two tokens from the same moment depends on their text, and must
    // be the same in each run.
    const claims = { jti: String((this.#issued += 1)) };
    const token = makeToken(this.#clock.outside(), { userId: family.email, claims });
    family.tokens.push(token);
    family.renewedAt = this.#clock.monotonic();
    return token;
  }

  #answer(call: FakeCall, request: HttpRequest): Reply {
    const { behaviour } = this;
    if (behaviour === 'away') return 'unreachable';
    if (behaviour === '503') return { status: 503 };
    if (behaviour === '429') return { status: 429, headers: { 'retry-after': '20' } };
    const isLost = behaviour === 'losing answers';
    const reply = this.#reply(call, request, isLost);
    if (isLost) return 'hang';
    return { ...reply, delayMs: DELAY_MS[behaviour] ?? 0 };
  }

  #reply(call: FakeCall, { url, headers, body }: HttpRequest, isLost: boolean): { status?: number; body?: string } {
    const { origin, searchParams } = new URL(url);
    const token = headers?.['Authorization'] ?? '';
    const family = this.families.find((one) => one.origin === origin && this.validOf(one) === token);
    switch (call) {
      case 'requestlogin':
        this.#mailbox.set(`${origin} ${searchParams.get('email') ?? ''}`, `CODE${(this.#made += 1)}`);
        return { body: 'null' };
      case 'emaillogin':
        return this.#logIn(origin, JSON.parse(body ?? '{}') as { email?: string; password?: string }, isLost);
      case 'lan_ip':
        return { body: '[]' };
      case 'hubkeys':
      case 'refreshsession':
      case 'logout':
      case 'remote':
      case 'lan':
        break;
    }
    if (family === undefined) return { status: 401 };
    if (call === 'hubkeys') return { body: JSON.stringify({ [`hub of ${family.email}`]: family.key }) };
    if (call === 'remote')
      return { body: JSON.stringify({ hubId: `hub of ${family.email}`, name: 'Koti', version: '1.14' }) };
    if (call === 'refreshsession') {
      family.isOutOfReach ||= isLost;
      return { body: this.#renew(family) };
    }
    family.isRevoked = true;
    return { body: 'null' };
  }

  #logIn(
    origin: string,
    { email = '', password }: { email?: string; password?: string },
    isLost: boolean,
  ): { status?: number; body?: string } {
    const to = `${origin} ${email}`;
    if (password === undefined || this.#mailbox.get(to) !== password) return { status: 401 };
    this.#mailbox.delete(to);
    const family = this.begin(origin, email);
    family.isOutOfReach = isLost;
    this.onLogin(family);
    return { body: family.tokens[0] ?? '' };
  }
}
