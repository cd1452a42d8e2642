import assert from 'node:assert/strict';
import { commandToTry } from '../../../../nodes/editor/command/to-try';

const saved = (id: string, name: string) => ({ hub: 'hub-1', kind: 'device', id, name });

describe('a command to try', () => {
  const targets = [saved('a', 'Valo')];
  const said = { command: 'on', field: '', value: '', valueType: 'msg', transition: ' 2 ', hub: '' };

  it('has the settings of the dialog, with a value of the chosen type', () => {
    const common = { targets, hub: '', transition: '2' };
    assert.deepEqual(commandToTry(targets, said), { ...common, command: 'on', field: '' });
    const set = { ...said, command: 'set', field: ' brightness ' };
    const tried = (value: string, valueType: string): unknown => {
      const command = commandToTry(targets, { ...set, value, valueType });
      return typeof command === 'string' ? command : command.value;
    };
    assert.deepEqual(
      [tried('40', 'num'), tried('true', 'bool'), tried('auto', 'str'), tried('{"on":true}', 'json')],
      [40, true, 'auto', { on: true }],
    );
    const close = commandToTry(targets, { ...said, command: 'close' });
    assert.ok(typeof close === 'object' && close.transition === '');
  });

  it('is missing without a target, or if a message or the environment gives the command', () => {
    assert.equal(commandToTry([], said), 'choose');
    assert.equal(commandToTry(targets, { ...said, command: 'payload' }), 'message');
    assert.equal(commandToTry(targets, { ...said, command: 'set', value: 'payload', valueType: 'msg' }), 'value');
    assert.equal(commandToTry(targets, { ...said, command: 'set', value: 'x', valueType: 'num' }), 'value');
    assert.equal(commandToTry(targets, { ...said, command: 'set', value: '{', valueType: 'json' }), 'value');
    assert.equal(commandToTry([saved('', '${LAMP}')], said), 'env');
  });
});
