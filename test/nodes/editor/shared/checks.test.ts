import assert from 'node:assert/strict';
import {
  cloudOf,
  isAccountExpiry,
  isCloudUrl,
  isEmail,
  isFromEnv,
  isSeconds,
  isStepExpiry,
  withUnit,
} from '../../../../nodes/editor/shared/checks.js';
import { parameterReader, seconds, type Sources } from '../../../../nodes/runtime/parameters.js';
import { parseChangeConfig } from '../../../../src/devices/steps/change-config.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { SECONDS, type SecondsRange } from '../../../../src/input.js';

/** Values that a user may type into a field for a number of seconds, or that a flow may contain. */
const TYPED = [
  ...['', ' ', '0', '1', '0.5', ' 60 ', '300', '301', '3600', '3601', '86400', '86401', '604800', '604801'],
  ...['-1', '-0.5', '.5', '5.', '+5', '1e3', '0x10', '1,5', '1 2', '5s', 'soon', 'NaN', 'Infinity'],
  ...[0, 0.5, 1, 300, 300.5, 3600, 86_400, 604_800, 604_801, -1, NaN, Infinity, true, null, [], {}],
];

/** Reads a property as a step does. Throws for a value that steps refuse. */
const asParameter = (range: SecondsRange) => async (typed: unknown) => {
  const def = { timeout: typed } as unknown as Sources['def'];
  const message = { read: () => undefined } as unknown as Sources['message'];
  await parameterReader({ timeout: seconds(range, 1) }, def)({ def, message } as Sources);
};

const FIELDS: [string, SecondsRange, boolean, (typed: unknown) => Promise<unknown>][] = [
  ['the timeout of wait', SECONDS.wait, false, asParameter(SECONDS.wait)],
  ['the timeout of request', SECONDS.request, false, asParameter(SECONDS.request)],
  [
    'the time for which a value has to hold',
    SECONDS.for,
    true,
    async (typed) => Promise.resolve(parseChangeConfig({ for: typed })),
  ],
  [
    'a transition',
    SECONDS.transition,
    true,
    async (transition) => Promise.resolve(parseCommand({ command: 'on', transition }, undefined)),
  ],
];

describe('the checks of the dialogs', () => {
  it('accept a value that Node-RED fills in from the environment', () => {
    for (const text of ['${EMAIL}', 'https://${HOST}/ui']) assert.equal(isFromEnv(text), true);
    for (const text of ['', '$EMAIL', '${}', undefined, 5]) assert.equal(isFromEnv(text), false);
  });

  it('accept an e-mail address exactly if the library does', () => {
    for (const text of ['a@b', ' owner+cozify@example.fi ']) assert.equal(isEmail(text), true);
    for (const text of ['', 'owner at example.fi', 'a@b@c', 'a b@c', `${'a'.repeat(250)}@b.fi`]) {
      assert.equal(isEmail(text), false);
    }
  });

  it('accept a cloud address exactly if the library does', () => {
    for (const text of ['', 'https://api.cozify.fi/ui/0.2', 'http://127.0.0.1:8080/ui', 'http://[::1]:1880']) {
      assert.equal(isCloudUrl(text), true, text);
    }
    for (const text of ['api.cozify.fi', 'http://example.com', 'https://a:b@c.fi', 'https://c.fi?x', '${CLOUD}']) {
      assert.equal(isCloudUrl(text), false, text);
    }
  });

  it('normalize equal cloud addresses to one form', () => {
    const standard = 'https://api.cozify.fi/ui/0.2';
    for (const text of [undefined, '', ' ', `${standard}/`, 'https://API.cozify.fi:443/ui/0.2//']) {
      assert.equal(cloudOf(text), standard);
    }
    assert.equal(cloudOf('${CLOUD}/'), '${CLOUD}');
    assert.notEqual(cloudOf('https://api.cozify.fi/ui/0.3'), standard);
  });

  it('accept the age at which an account renews its token', () => {
    for (const amount of ['1', '0.5', 20]) assert.equal(isAccountExpiry(amount), true);
    for (const amount of ['', '0', '-1', 'soon', undefined]) assert.equal(isAccountExpiry(amount), false);
  });

  it('accept the age at which a step renews the token, with plain digits as seconds', () => {
    for (const typed of ['', '90', ' 90 ', '90s', '15m', '12h', '20d', '2w', '0.5h']) {
      assert.equal(isStepExpiry(typed), true, typed);
    }
    for (const typed of ['0', '0s', '-5', '5y', 'soon', '1 2', '1e3']) assert.equal(isStepExpiry(typed), false, typed);
  });

  it('add the likely unit if none was typed', () => {
    assert.equal(withUnit(' 90 '), '90s');
    assert.equal(withUnit('0.5'), '0.5s');
    for (const typed of ['', '15m', 'soon', '${AGE}']) assert.equal(withUnit(typed), typed);
  });

  for (const [name, range, mayBeEmpty, take] of FIELDS) {
    it(`agree with the runtime about ${name}`, async () => {
      const taken = TYPED.filter((typed) => isSeconds(typed, range, { mayBeEmpty }));
      assert.ok(taken.includes('1') && taken.includes(' 60 ') && taken.includes(0.5) && taken.includes(range.maximum));
      assert.equal(taken.includes(''), mayBeEmpty);
      assert.equal(taken.includes('0'), range.exclusiveMinimum === undefined);
      for (const typed of taken) await take(typed);
      for (const typed of ['-1', '1 2', 'soon', 'Infinity', NaN, true]) {
        assert.ok(!taken.includes(typed), String(typed));
        await assert.rejects(() => take(typed), { code: 'COZIFY_BAD_INPUT' }, String(typed));
      }
    });
  }
});
