import assert from 'node:assert/strict';
import sinon from 'sinon';
import type { Account } from '../../../../src/account/account.js';
import { CommandStep } from '../../../../src/devices/steps/command-step.js';
import { parseCommand } from '../../../../src/devices/commands/parse-command.js';
import { parseMessageTargets } from '../../../../src/devices/targets/target.js';
import { Things } from '../../../../src/devices/things/things.js';
import { toCozifyError } from '../../../../src/errors.js';
import { HubStage } from '../../hub/support/hub-stage.js';
import { SECOND } from '../../support/fake-clock.js';
import { failure } from '../../support/stage.js';
import { byId, lamp } from '../support.js';

describe('Many targets in one message', () => {
  let stage: HubStage;
  let account: Account;

  beforeEach(async () => {
    stage = new HubStage();
    const lamps = Array.from({ length: 300 }, (_, index) => lamp(`d${index}`, {}, { name: `Valaisin ${index}` }));
    for (const name of ['devices', 'groups', 'scenes', 'rules', 'rooms', 'alarms']) {
      const body = JSON.stringify(name === 'devices' ? byId(...lamps) : {});
      stage.hub.replies.set(`/${name}`, () => ({ body }));
    }
    stage.hub.replies.set('/devices/command', () => ({}));
    await stage.client();
    ({ account } = stage.fixture as { account: Account });
    await stage.clock.advance(0);
  });
  afterEach(async () => {
    sinon.restore();
    await stage.end();
  });

  const command = (target: unknown) =>
    account.useHomes('command', (homes) =>
      new CommandStep().run(homes, {
        ...{ command: parseCommand({}, true), hub: '', confirmMs: 0 },
        targets: parseMessageTargets(target),
      }),
    );
  const nobody = (count: number): string[] => Array.from({ length: count }, (_, index) => `Valaisin 1x${index}`);

  it('are compared with similar names only once, when the error message is read', async () => {
    const looks = sinon.spy(Things.prototype, 'list');
    const looksFor = async (work: () => Promise<unknown>): Promise<number> => {
      looks.resetHistory();
      await work();
      return looks.args.filter(([kind]) => kind === 'device').length;
    };
    const fails = (count: number): Promise<Error> =>
      command(nobody(count)).then(
        () => assert.fail(),
        (error: unknown) => error as Error,
      );
    const few = await looksFor(() => fails(1));
    assert.equal(await looksFor(() => fails(1000)), few);
    assert.equal(await looksFor(async () => (await fails(1000)).message), few + 1);
    const some = await looksFor(async () => assert.equal((await command(['d7', ...nobody(200)])).results.length, 201));
    assert.equal(some, few);
  });

  it('fail with four similar names if none is found', async () => {
    const { message } = await failure(command(nobody(1000)), 'COZIFY_NOT_FOUND');
    assert.match(message, /^Nothing is called "Valaisin 1x0"\. Similar names: ("Valaisin \d+"(, )?){4}\.$/);
  });

  for (const count of [1001, 60_000]) {
    it(`are rejected if there are ${count}`, () => {
      for (const target of [nobody(count), Array<number>(count).fill(5), Array<string>(count).fill('d7')]) {
        assert.throws(
          () => parseMessageTargets(target),
          (error) => {
            assert.equal(toCozifyError(error).code, 'COZIFY_BAD_INPUT');
            assert.match(toCozifyError(error).message, new RegExp(`at most 1000 items, but has ${count}`));
            return true;
          },
        );
      }
    });
  }

  it('are all commanded by five concurrent messages', async () => {
    const all = Array.from({ length: 300 }, (_, index) => `d${index}`);
    stage.hub.replies.set('/devices/command', () => ({ delayMs: 200 }));
    const step = new CommandStep();
    const messages = Array.from({ length: 5 }, () =>
      account.useHomes('command', (homes) =>
        step.run(homes, {
          ...{ command: parseCommand({}, 'toggle'), hub: '', confirmMs: 0 },
          targets: parseMessageTargets(all),
        }),
      ),
    );
    await stage.clock.advance(60 * SECOND);
    for (const { results, isDone } of await Promise.all(messages)) {
      assert.deepEqual([results.length, isDone], [300, true]);
      assert.ok(results.every(({ sent }) => sent));
    }
  });

  it('are all commanded if there are 1000', async () => {
    const { results, isDone } = await command(Array.from({ length: 1000 }, (_, index) => `d${index % 300}`));
    assert.deepEqual([results.length, isDone], [1000, true]);
  });
});
