import assert from 'node:assert/strict';
import * as button from '../../../nodes/editor/cozify-button';
import * as changes from '../../../nodes/editor/cozify-changes';
import * as command from '../../../nodes/editor/cozify-command';
import * as read from '../../../nodes/editor/cozify-read';
import * as wait from '../../../nodes/editor/cozify-wait';
import { namesOf } from '../../../nodes/editor/shared/targets-field';

describe('a new node', () => {
  const settings = ({ defaults }: { defaults: Record<string, { value?: unknown }> }): object =>
    Object.fromEntries(
      Object.entries(defaults)
        .map(([name, { value }]) => [name, value] as const)
        .filter(([name]) => !['account', 'name', 'targets'].includes(name)),
    );
  const filter = { rooms: [], capabilities: [], capabilitiesMatch: 'all' };

  it('has settings that suit most flows', () => {
    assert.deepEqual(settings(button), { hub: '', presses: [], repeats: true, outputs: 1 });
    assert.deepEqual(settings(changes), {
      ...{ hub: '', kinds: ['device'], ...filter, fields: [], condition: null, for: 0, payload: 'state' },
      ...{ events: ['changed'], own: true, initial: false },
    });
    assert.deepEqual(settings(command), {
      ...{ hub: '', command: 'payload', field: '', value: 'payload', valueType: 'msg', transition: '', confirm: 0 },
    });
    assert.deepEqual(settings(read), {
      ...{ hub: '', kind: 'device', ...filter, reachable: 'any', fresh: false, output: 'auto', field: '' },
      ...{ condition: null, outputs: 1 },
    });
    assert.deepEqual(settings(wait), { hub: '', condition: null, match: 'any', checkNow: true, timeout: 60 });
  });

  it('has the inputs and outputs of its type', () => {
    const ports = [button, changes, command, read, wait].map(({ inputs, outputs }) => [inputs, outputs]);
    assert.deepEqual(ports, [
      [0, 1],
      [0, 1],
      [1, 2],
      [1, 1],
      [1, 2],
    ]);
  });
});

describe('the targets that have only a name', () => {
  it('are those without an id and without a variable', () => {
    const target = (id: unknown, name: unknown) => ({ hub: '', kind: '', id, name });
    const all = [target('', 'Ulko-ovi'), target('a', 'Valo'), target('', '${LAMP}'), target('', 5), null];
    assert.deepEqual(namesOf(all), [target('', 'Ulko-ovi')]);
    assert.deepEqual(namesOf(undefined), []);
  });
});
