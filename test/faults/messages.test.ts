import assert from 'node:assert/strict';
import { OPERATIONS } from '../nodes/support/flow.js';
import { stubborn } from '../nodes/support/stubborn.js';
import { Desk, type Message } from './support/desk.js';
import { faultTable, type Row } from './support/table.js';
import { VALUES } from './support/values.js';

const kinds = Object.entries(VALUES);
const REFUSED = 'keep: COZIFY_BAD_INPUT, nothing sent or changed';

/** A payload that no step reads, and one that is to be set. */
const payloads = kinds.flatMap(([kind, make]): Row<Desk>[] => [
  {
    fault: `${kind} in the payload of a ping`,
    expected: 'keep: of no concern',
    run: async (desk) => {
      const { error, msg } = await desk.ask('ping', { payload: make() });
      assert.deepEqual([error, msg['payload']], [undefined, true]);
    },
  },
  ...(['set-token', 'set-email'] as const).map((node) => ({
    fault: `${kind} in the payload of ${node}`,
    expected: REFUSED,
    run: (desk: Desk) => desk.refuses(node, { payload: make() }),
  })),
]);

const FLAGS: [string, string[]][] = [
  ['authenticate', ['trustCloud', 'trustHub', 'remote', 'autoremote', 'autorefresh']],
  ['ping', ['autorefresh']],
  ['refresh', ['force']],
  ['token', ['commit']],
  ['reset', ['logout']],
];
const NO_FLAGS = [
  'null',
  'zero',
  'NaN',
  'an empty text',
  'an array',
  'a symbol',
  'a revoked proxy',
  'something cyclic',
];
const flags = FLAGS.flatMap(([operation, names]) =>
  names.flatMap((name) =>
    NO_FLAGS.map((kind): Row<Desk> => ({
      fault: `${kind} for ${name} of ${operation}`,
      expected: REFUSED,
      run: (desk) => desk.refuses(operation, { [name]: VALUES[kind]?.() }),
    })),
  ),
);

const EXPIRIES: [string, unknown][] = [
  ['null', null],
  ['zero', 0],
  ['a negative number', -1],
  ['NaN', NaN],
  ['Infinity', Infinity],
  ['true', true],
  ['an array', [60]],
  ['a number without a unit, as a text', '60'],
  ['an unknown unit', '5y'],
  ['a negative text', '-5m'],
  ['a comma', '1,5h'],
  ['400 digits', `${'9'.repeat(400)}d`],
  ['a million letters', 'a'.repeat(1e6)],
  ['a line break', '5m\n6m'],
  ['an expression', '${5}m'],
];
const expiries = EXPIRIES.flatMap(([what, expiry], place) =>
  (place < 3 ? ['authenticate', 'ping', 'refresh'] : ['ping']).map((operation): Row<Desk> => ({
    fault: `${what} for the expiry of ${operation}`,
    expected: REFUSED,
    run: (desk) => desk.refuses(operation, { expiry }),
  })),
);

const CODES: [string, unknown][] = [
  ['a number, which has lost its leading zeros', 12345],
  ['an empty text', ''],
  ['white space', ' \t\n'],
  ['null', null],
  ['a million letters', 'A'.repeat(1e6)],
  ...['an object', 'an array', 'a buffer', 'a text object', 'something cyclic', 'a proxy that throws'].map(
    (kind): [string, unknown] => [kind, VALUES[kind]?.()],
  ),
];
const codes = CODES.map(([what, otp]): Row<Desk> => ({
  fault: `${what} for a code`,
  expected: 'keep: COZIFY_BAD_INPUT, no request and no mail',
  run: (desk) => desk.refuses('authenticate', { otp }),
}));

const GOOD_CODES: [string, string, string][] = [
  ['spaces and a line break around it', 'P7BQ8E', '  P7BQ8E\r\n'],
  ['leading zeros', '000123', '000123'],
];
const goodCodes = GOOD_CODES.map(([what, code, otp]): Row<Desk> => ({
  fault: `a code with ${what}`,
  expected: 'keep: logged in with it, unchanged but for the space around',
  run: async (desk) => {
    desk.stage.simulator.nextCode(code);
    await desk.account.requestOtp();
    const { error, msg } = await desk.ask('authenticate', { otp });
    assert.deepEqual([error, msg['payload'], 'otp' in msg], [undefined, true, false]);
    desk.token = (await desk.account.token()).value;
  },
}));

const TOKENS: [string, string][] = [
  ['a line feed', 'good.token-0123456789\nX-Evil: 1'],
  ['a carriage return', 'good.token-0123456789\r\nX-Evil: 1'],
  ['a space', 'Bearer good.token-0123456789'],
  ['a tab', 'good.token\t0123456789'],
  ['a NUL', 'good.token\u00000123456789'],
  ['an escape code', '\u001b[31mgood.token'],
  ['a letter beyond ASCII', 'good.tökén-0123456789'],
  ['8193 characters', 'a'.repeat(8193)],
  ['ten million characters', 'a'.repeat(1e7)],
  ['nothing but a line break', '\n'],
];
const tokens = TOKENS.map(([what, payload]): Row<Desk> => ({
  fault: `a token to set with ${what}`,
  expected: REFUSED,
  run: (desk) => desk.refuses('set-token', { payload }),
}));

const local = (length: number): string => `${'a'.repeat(length - '@example.fi'.length)}@example.fi`;
const EMAILS: [string, string][] = [
  ['a line feed', 'a@example.fi\nBcc: b@example.fi'],
  ['a carriage return', 'a@example.fi\r\nBcc: b@example.fi'],
  ['a space inside', 'a b@example.fi'],
  ['a NUL', 'a\u0000@example.fi'],
  ['an escape code', '\u001b[2Ja@example.fi'],
  ['a no-break space', 'a\u00a0b@example.fi'],
  ['a line separator', 'a\u2028b@example.fi'],
  ['two @', 'a@b@example.fi'],
  ['nothing before the @', '@example.fi'],
  ['nothing after the @', 'a@'],
  ['no @', 'example.fi'],
  ['255 characters', local(255)],
  ['a million characters', local(1e6)],
  ['nothing but white space', '  '],
];
const emails = EMAILS.map(([what, payload]): Row<Desk> => ({
  fault: `an address to set with ${what}`,
  expected: REFUSED,
  run: (desk) => desk.refuses('set-email', { payload }),
}));

const GOOD_EMAILS: [string, string][] = [
  ['upper case', 'Matti.Meikalainen@Example.FI'],
  ['a plus', 'matti+koti@example.fi'],
  ['254 characters', local(254)],
  ['letters beyond ASCII', 'mätti@exämple.fi'],
  ['characters that mean something in a URL', 'a&b=c?d#e%f@example.fi'],
];
const goodEmails = GOOD_EMAILS.map(([what, payload]): Row<Desk> => ({
  fault: `an address with ${what}`,
  expected: 'keep: taken as it is, and as it is in the next restart',
  run: async (desk) => {
    const { error, msg } = await desk.ask('set-email', { payload });
    assert.deepEqual([error, msg['payload']], [undefined, payload]);
    await desk.reopen();
    assert.equal((await desk.account.email()).value, payload);
  },
}));

const polluted = '{"__proto__":{"force":true,"expiry":-5,"otp":5,"logout":true},"constructor":{"prototype":{"x":1}}}';
const REQUESTS: Record<string, number> = { authenticate: 1, ping: 1, refresh: 0, token: 0, email: 0 };
const whole = OPERATIONS.filter((operation) => operation !== 'reset').flatMap((operation): Row<Desk>[] => {
  const works = (make: () => Message) => async (desk: Desk) => {
    const { error, requests } = await desk.ask(operation, make());
    assert.deepEqual([error, requests], [undefined, REQUESTS[operation]]);
    assert.equal(({} as Message)['force'] ?? ({} as Message)['x'], undefined, 'nobody else is changed');
  };
  return [
    {
      fault: `__proto__ and constructor as keys of a message to ${operation}`,
      expected: 'keep: of no effect',
      run: works(() => JSON.parse(polluted) as Message),
    },
    {
      fault: `a message to ${operation} that holds itself`,
      expected: 'keep: of no effect',
      run: works(() => VALUES['something cyclic']?.() as Message),
    },
    {
      fault: `a frozen message to ${operation}`,
      expected: 'keep: a copy leaves',
      run: works(() => Object.freeze({ _msgid: 'x', payload: 1 })),
    },
    {
      fault: `a message to ${operation} that is frozen while the step waits`,
      expected: 'keep: a copy leaves',
      run: works(() => {
        const msg = { _msgid: 'x', payload: 1 };
        process.nextTick(() => Object.freeze(msg));
        return msg;
      }),
    },
    ...(['throws', 'refuses'] as const).map((way): Row<Desk> => ({
      fault: `a proxy for a message to ${operation} that ${way} at each change and each look at its properties`,
      expected: 'keep: a copy leaves',
      run: works(() => {
        const { msg, turn } = stubborn(
          { _msgid: 'x' },
          ['set', 'deleteProperty', 'getOwnPropertyDescriptor', 'has'],
          way,
        );
        process.nextTick(turn);
        return msg;
      }),
    })),
    {
      fault: `a message to ${operation} with a topic that throws when read`,
      expected: 'keep: of no effect',
      run: works(() => Object.defineProperty({}, 'topic', { enumerable: true, get: () => assert.fail('read') })),
    },
  ];
});

describe('faults of messages', () => {
  let desk: Desk;
  before(async () => {
    desk = await Desk.start();
  });
  after(() => desk.close());

  faultTable('Messages', () => desk.ready(), [
    ...payloads,
    ...flags,
    ...expiries,
    ...codes,
    ...goodCodes,
    ...tokens,
    ...emails,
    ...goodEmails,
    ...whole,
  ]);
});
