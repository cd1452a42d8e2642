import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../live/harness/packed';

/** The rules of Home Assistant's integration quality scale, by tier. */
const RULES: Record<string, string> = {
  bronze:
    'action-setup appropriate-polling brands common-modules config-flow-test-coverage config-flow ' +
    'dependency-transparency docs-actions docs-conditions docs-high-level-description ' +
    'docs-installation-instructions docs-removal-instructions docs-triggers entity-event-setup entity-unique-id ' +
    'has-entity-name runtime-data test-before-configure test-before-setup unique-config-entry',
  silver:
    'action-exceptions config-entry-unloading docs-configuration-parameters docs-installation-parameters ' +
    'entity-unavailable integration-owner log-when-unavailable parallel-updates reauthentication-flow test-coverage',
  gold:
    'devices diagnostics discovery-update-info discovery docs-data-update docs-examples docs-known-limitations ' +
    'docs-supported-devices docs-supported-functions docs-troubleshooting docs-use-cases dynamic-devices ' +
    'entity-category entity-device-class entity-disabled-by-default entity-translations exception-translations ' +
    'icon-translations reconfiguration-flow repair-issues stale-devices',
  platinum: 'async-dependency inject-websession strict-typing',
};

interface Verdict {
  status?: string;
  comment?: string;
  proven?: string;
}

/** Reads the subset of YAML that quality_scale.yaml uses: two levels, and one line for each value. */
function readScale(): Map<string, Verdict> {
  const rules = new Map<string, Verdict>();
  let rule: Verdict = {};
  for (const line of readFileSync(join(packageRoot, 'quality_scale.yaml'), 'utf8').split('\n')) {
    const [, name] = /^ {2}([a-z-]+):$/.exec(line) ?? [];
    const [, key, value] = /^ {4}(status|comment|proven): (.+)$/.exec(line) ?? [];
    if (name !== undefined) {
      assert.ok(!rules.has(name), `${name} is there twice`);
      rules.set(name, (rule = {}));
    } else if (key !== undefined) {
      rule[key as keyof Verdict] = value ?? '';
    } else {
      assert.match(line, /^(rules:|\s*#.*|)$/, `not understood: ${line}`);
    }
  }
  return rules;
}

describe('quality_scale.yaml', () => {
  const rules = readScale();

  it('has a status for each of the 54 rules, in their order', () => {
    const all = Object.values(RULES).flatMap((names) => names.split(' '));
    assert.equal(all.length, 54);
    assert.deepEqual([...rules.keys()], all);
  });

  for (const [name, { status, comment, proven }] of rules) {
    it(`marks ${name} as ${status ?? 'without a status'}, with a reason or a proof`, () => {
      assert.ok(['done', 'exempt'].includes(status ?? ''), status);
      if (status !== 'done') {
        assert.ok((comment ?? '').length > 10, 'a reason');
        assert.equal(proven, undefined);
        return;
      }
      const files = (proven ?? '').split(', ');
      for (const file of files) assert.ok(existsSync(join(packageRoot, file)), `${file} does not exist`);
    });
  }
});
