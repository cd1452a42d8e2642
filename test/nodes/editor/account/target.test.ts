import assert from 'node:assert/strict';
import { readTarget, type Typed } from '../../../../nodes/editor/account/target.js';

const DEFAULT = 'https://api.cozify.fi/ui/0.2';

/** The fields in the dialog of a deployed account without changes. */
function typed(rest: Partial<Typed> = {}): Typed {
  return {
    email: 'owner@example.fi',
    cloudUrl: '',
    isDeployedEmail: true,
    isDeployedCloud: true,
    hasKnownEmail: true,
    isPending: false,
    ...rest,
  };
}

describe('the target of a code or a login', () => {
  it('is the typed address and cloud', () => {
    assert.deepEqual(readTarget(typed()), { target: { email: 'owner@example.fi' } });
    const cloudUrl = 'https://other.example';
    assert.deepEqual(readTarget(typed({ cloudUrl })), { target: { email: 'owner@example.fi', cloudUrl } });
  });

  it('includes the default cloud only for a pending login', () => {
    assert.deepEqual(readTarget(typed({ isPending: true })), {
      target: { email: 'owner@example.fi', cloudUrl: DEFAULT },
    });
  });

  it('is left to the deployed account if the address comes from the environment', () => {
    assert.deepEqual(readTarget(typed({ email: '${EMAIL}', cloudUrl: '${CLOUD}' })), { target: {} });
    assert.deepEqual(readTarget(typed({ email: '' })), { target: {} });
  });

  const wrong: [Partial<Typed>, 'email' | 'cloudUrl', string][] = [
    [{ email: '${EMAIL}', isDeployedEmail: false }, 'email', 'invalid.deployFirst'],
    [{ cloudUrl: '${CLOUD}', isDeployedCloud: false }, 'cloudUrl', 'invalid.deployFirst'],
    [{ email: '', hasKnownEmail: false }, 'email', 'error.COZIFY_NO_EMAIL'],
    [{ email: 'owner at example.fi' }, 'email', 'invalid.email'],
    [{ cloudUrl: 'http://example.com' }, 'cloudUrl', 'invalid.cloudUrl'],
  ];
  for (const [rest, field, sentence] of wrong) {
    it(`needs a correction: ${JSON.stringify(rest)}`, () => {
      assert.deepEqual(readTarget(typed(rest)), { correction: { field, textKey: sentence } });
    });
  }
});
