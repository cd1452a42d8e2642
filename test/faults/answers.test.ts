import assert from 'node:assert/strict';
import { GOOD_ANSWER, RawServer } from '../src/support/answers.js';
import { EMAIL } from '../src/support/stage.js';
import { makeToken } from '../src/support/tokens.js';
import { refused, spoiled, STEPS, steps, take } from './support/calls.js';
import { Home } from './support/home.js';
import { faultTable, type Row } from './support/table.js';

const inside = (home: Home, text: string): string => `${home.token.slice(0, 40)}${text}${home.token.slice(40)}`;
const claimsOf = ({ token }: Home) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { user_id: string; iat: number };

const NO_TOKENS: [string, (home: Home) => string][] = [
  ['a token with an inner carriage return', (home) => inside(home, '\r\n')],
  ['a token with an inner space', (home) => inside(home, ' ')],
  ['a token with a NUL', (home) => inside(home, '\u0000')],
  ['a token with an escape code', (home) => inside(home, '\u001b[31m')],
  ['a token with an inner quote', (home) => inside(home, '"')],
  ['a token with a letter beyond ASCII', (home) => inside(home, 'ä')],
  ['a token with a look-alike letter', (home) => inside(home, 'а')],
  ['a token with an invisible character', (home) => inside(home, '\u200b')],
  ['a token of 15 characters', () => 'a'.repeat(15)],
  ['a token of 8193 characters', () => 'a'.repeat(8193)],
  ['two tokens', (home) => `${home.token}\n${makeToken(home.clock.now())}`],
  ['an error in JSON with 200', () => '{"code":1,"message":"General error"}'],
  ['a token in JSON', (home) => JSON.stringify({ token: makeToken(home.clock.now()) })],
  ['a sentence without spaces', () => 'Service_temporarily_unavailable'],
  ['an opaque token after a JWT', () => 'opaque.token_~0123456789+/='],
  ['half of a good token', (home) => cut(home, 0.5)],
  ['a good token cut in its payload', (home) => cut(home, 0.3)],
  ['a good token without its last character', (home) => makeToken(home.clock.now()).slice(0, -1)],
  ['a good token without its signature', (home) => makeToken(home.clock.now()).replace(/[^.]*$/, '')],
  ['a good token with a signature too long', (home) => `${makeToken(home.clock.now())}A`],
  [
    'a token issued earlier than the current one',
    (home) => makeToken((claimsOf(home).iat - 1) * 1000, { userId: claimsOf(home).user_id }),
  ],
  ['a token of another user', (home) => makeToken(home.clock.now(), { userId: 'somebody-else' })],
];

/** Returns the start of a good token. `part` is the share of the token's length to return. */
function cut(home: Home, part: number): string {
  const token = makeToken(home.clock.now(), { userId: claimsOf(home).user_id });
  return token.slice(0, Math.round(token.length * part));
}

const noTokens = NO_TOKENS.map(([what, body]) =>
  spoiled(what, 'refresh', (home) => ({ body: body(home) }), 'COZIFY_BAD_ANSWER'),
);

const others: Row<Home>[] = [
  {
    fault: 'a token of another algorithm, whose signatures are shorter',
    expected: 'keep, with the new token as the current one',
    run: async (home) => {
      const claims = { userId: claimsOf(home).user_id, header: { alg: 'HS256' } };
      const good = makeToken(home.clock.now(), claims).slice(0, 43 - 86);
      home.simulator.acceptToken(good, EMAIL);
      home.simulator.fault('refreshsession', { body: good });
      assert.deepEqual(await home.account.refresh({ force: true }), { value: true, isRefreshed: true });
      home.token = good;
    },
  },
  {
    fault: 'the same token again',
    expected: 'keep: true, not refreshed, nothing written',
    run: async (home) => {
      const steps = home.disk.steps.filter((step) => step === 'rename').length;
      home.simulator.fault('refreshsession', { body: home.token });
      assert.deepEqual(await home.account.refresh({ force: true }), { value: true, isRefreshed: false });
      assert.equal(home.disk.steps.filter((step) => step === 'rename').length, steps);
      assert.deepEqual(home.topics, []);
    },
  },
];

/** Targets of redirects, each with a function that returns the Location header. */
const ELSEWHERE: [string, (home: Home, stranger: RawServer) => string][] = [
  ['another origin over http', (_home, stranger) => stranger.url],
  ['another origin by a relative address', (_home, stranger) => `//127.0.0.1:${stranger.port}/`],
  ['another path of its own', (home) => `${home.simulator.cloudUrl}/user/elsewhere`],
];

const redirects = [301, 302, 303, 307, 308].flatMap((status) =>
  ELSEWHERE.flatMap(([where, locate]) =>
    steps.slice(0, 2).map((step): Row<Home> => ({
      fault: `${status} to ${where} on ${step}`,
      expected: 'keep (COZIFY_API), the redirect not followed',
      run: async (home) => {
        const stranger = await RawServer.start((socket) => socket.end(GOOD_ANSWER));
        home.onEnd(() => stranger.stop());
        const location = locate(home, stranger);
        home.simulator.fault(STEPS[step], { status, headers: { location }, body: '' });
        const error = await refused(home, take(home, step), 'COZIFY_API');
        assert.equal(error.statusCode, status);
        assert.deepEqual([stranger.requests.length, home.simulator.count('unknown')], [0, 0]);
      },
    })),
  ),
);

const open = (): Promise<Home> => Home.open();
faultTable('Answers of the cloud', open, [...noTokens, ...others, ...redirects]);
