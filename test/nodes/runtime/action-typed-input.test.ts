import assert from 'node:assert/strict';
import sinon from 'sinon';
import { accountNode, actionNode, EMAIL, testFlow } from '../support/flow';
import { assertFailure, Stage } from '../support/stage';

const TOKEN = 'a-token.of-24_characters';
const ADDRESS = 'other+1@Example.fi';

/** Types of a typed input, each with a function that returns a property whose value is the given text. */
const GOOD: [string, (text: string) => string][] = [
  ['msg', () => 'deep.value'],
  ['flow', () => 'kept'],
  ['global', () => 'kept'],
  ['env', () => 'COZIFY_TEST_VALUE'],
  ['jsonata', () => '$trim(" " & deep.value & " ")'],
  ['str', (text) => text],
  ['json', (text) => JSON.stringify(text)],
];
/** Types of a typed input, each with a property whose value is not a text. */
const WRONG: [string, string][] = [
  ['num', '123456'],
  ['bool', 'true'],
  ['json', '{"a":1}'],
  ['json', '{broken'],
  ['bin', '[1,2,3]'],
  ['re', '^a$'],
  ['date', ''],
  ['jsonata', '$$$('],
  ['jsonata', '5'],
  ['msg', 'nowhere.to.be.found'],
  ['flow', 'nothing'],
  ['global', 'nothing'],
  ['str', ''],
  ['env', 'COZIFY_TEST_UNSET'],
];
const WRONG_PAYLOADS: unknown[] = [undefined, null, '', 5, NaN, true, {}, [], ['text'], Buffer.from('text')];

for (const [name, text] of [
  ['token', TOKEN],
  ['email', ADDRESS],
] as const) {
  describe(`Typed input of the ${name} node`, () => {
    const stage = Stage.forSuite();
    beforeEach(() => {
      process.env['COZIFY_TEST_VALUE'] = text;
    });
    afterEach(() => {
      sinon.restore();
      delete process.env['COZIFY_TEST_VALUE'];
    });

    async function load(properties: Record<string, unknown>): Promise<void> {
      await stage.load(testFlow(accountNode(), actionNode(name, { mode: 'set', ...properties })));
      const { flow, global } = stage.node(name).context();
      flow.set('kept', text);
      global.set('kept', text);
    }

    for (const [type, property] of GOOD) {
      it(`reads a text from ${type}`, async () => {
        await load({ [name]: property(text), [`${name}Type`]: type });
        const { output, msg } = await stage.ask(name, { payload: 'not this', deep: { value: text } });
        assert.equal(output, 1);
        assert.equal(msg['payload'], text);
        assert.equal((await stage.account()[name]()).value, text);
      });
    }

    for (const [type, property] of WRONG) {
      it(`refuses ${type} ${property}`, async () => {
        await load({ [name]: property, [`${name}Type`]: type });
        const outcome = await stage.ask(name, { payload: text });
        assertFailure(outcome, 'COZIFY_BAD_INPUT');
        assert.equal(outcome.msg['payload'], text);
        await assertUnchanged();
      });
    }

    it('is msg.payload by default', async () => {
      await load({});
      assert.equal((await stage.ask(name, { payload: text })).msg['payload'], text);
    });

    it('refuses a payload that is not a string', async () => {
      await load({});
      for (const payload of WRONG_PAYLOADS) {
        assertFailure(await stage.ask(name, { payload }), 'COZIFY_BAD_INPUT');
      }
      await assertUnchanged();
    });

    it("refuses a value with a getter that throws, and hides the error's text", async () => {
      await load({ [name]: 'deep.value' });
      const deep = Object.defineProperty({}, 'value', {
        get: () => {
          throw new Error(`secret ${text}`);
        },
      });
      const outcome = await stage.ask(name, { deep });
      assertFailure(outcome, 'COZIFY_BAD_INPUT');
      assert.ok(!JSON.stringify(outcome.msg.cozify).includes(text));
    });

    for (const type of ['flow', 'global', 'jsonata'] as const) {
      it(`fails if a context store does not answer, and ignores a late answer (${type})`, async () => {
        const property = type === 'jsonata' ? '$flowContext("kept", "shelf")' : '#:(shelf)::kept';
        await load({ [name]: property, [`${name}Type`]: type });
        const late: ((error: unknown, value: unknown) => void)[] = [];
        const silent = { get: (...args: unknown[]): void => void late.push(args.at(-1) as never) };
        sinon.stub(stage.node(name), 'context').returns({ flow: silent, global: silent } as never);
        const outcome = await stage.ask(name, { payload: text });
        assertFailure(outcome, 'COZIFY_BAD_INPUT');
        assert.match(String(outcome.msg.cozify.error?.message), /has not answered/);
        assert.equal(late.length, 1);
        for (const answer of late) answer(null, text);
        await assertUnchanged();
        sinon.restore();
        assert.equal((await stage.ask(name, { payload: text })).output, 1, 'the next message is read');
      });
    }

    it('is ignored in "get" mode', async () => {
      await load({ mode: 'get', [name]: '$$$(', [`${name}Type`]: 'jsonata' });
      const outcome = await stage.ask(name, { payload: 5 });
      if (name === 'email') assert.equal(outcome.msg['payload'], EMAIL);
      else assertFailure(outcome, 'COZIFY_OTP_REQUIRED');
    });

    async function assertUnchanged(): Promise<void> {
      const { state, email } = await stage.account().readSnapshot();
      assert.deepEqual({ state, email }, { state: 'otp-required', email: EMAIL });
    }
  });
}

describe('Values to set', () => {
  const stage = Stage.forSuite();
  before(async () => {
    await stage.load(
      testFlow(accountNode(), actionNode('token', { mode: 'set' }), actionNode('email', { mode: 'set' })),
    );
  });

  const BAD_TOKENS = [' ', 'two words', 'line\nbreak', 'ä', 'x'.repeat(8193), `tab\t`, '\u0000'];
  it('accept a token of printable ASCII without spaces, and never show it in an error', async () => {
    for (const payload of BAD_TOKENS) {
      const outcome = await stage.ask('token', { payload });
      assertFailure(outcome, 'COZIFY_BAD_INPUT');
      if (payload.trim().length > 1) assert.ok(!JSON.stringify(outcome.msg.cozify).includes(payload));
    }
    assert.equal((await stage.ask('token', { payload: 'foobar' })).msg['payload'], 'foobar', 'as in python-cozify');
  });

  const BAD_ADDRESSES = ['nobody', '@b', 'a@', 'a@b@c', 'a b@c', 'a@b\nc', `${'a'.repeat(251)}@b.fi`, 'a@b\u0007'];
  it('accept an address with one @ between other characters', async () => {
    for (const payload of BAD_ADDRESSES) assertFailure(await stage.ask('email', { payload }), 'COZIFY_BAD_INPUT');
    const { msg } = await stage.ask('email', { payload: '  Some.One@Example.fi ' });
    assert.equal(msg['payload'], 'Some.One@Example.fi');
    assert.equal(msg.cozify.email, 'Some.One@Example.fi');
  });
});
