import assert from 'node:assert/strict';
import { changed, Stage, until } from './harness';
import { MERGE } from './harness/functions';

/** Ways for a function node to pass a message on that can't be changed, or can't any more in a moment. */
const WAYS: Record<string, string> = {
  'is sealed': 'return Object.seal(msg);',
  'is frozen in a moment': 'setTimeout(() => Object.freeze(msg)); return msg;',
  'is sealed in a moment': 'setTimeout(() => Object.seal(msg)); return msg;',
  'is a proxy that refuses writes': refusing('set'),
  'is a proxy that refuses deletes': refusing('deleteProperty'),
  'is a proxy that refuses descriptors': refusing('getOwnPropertyDescriptor'),
  'is a proxy that changes nothing and says it did': `
    return new Proxy(msg, { set: () => true, deleteProperty: () => true });`,
};

/** The function node itself has to set the message's id. */
function refusing(trap: string): string {
  return `
    const refuse = () => { throw new Error('refused'); };
    return new Proxy(msg, { ${trap}: (at, name, ...more) => name === '_msgid' ? Reflect.${trap}(at, name, ...more) : refuse() });`;
}

const feeder = (way: string): string => MERGE.replace('if (times === 1) return msg;', way);

describe('messages that can not be changed', () => {
  let stage: Stage;

  before(async function () {
    this.timeout(90_000);
    stage = await Stage.open();
    await stage.newLogin();
  });
  after(() => stage.close());

  for (const [name, way] of Object.entries(WAYS)) {
    it(`one that ${name} leaves with the answer, or reaches a Catch node, and Node-RED goes on`, async () => {
      await stage.deploy(changed(stage.flows, 'ping-merge', { func: feeder(way) }));
      stage.simulator.fault('hubkeys', { delayMs: 500 });
      const answer = await stage.ask('ping', { topic: 'kept', otp: 'NO-SUCH-CODE' });
      assert.deepEqual([answer.output, answer.payload, answer['topic']], [1, true, 'kept']);
      assert.ok(!('otp' in answer));
      assert.equal(answer.cozify.operation, 'ping');
      stage.simulator.clearFaults();
      stage.simulator.fault('hubkeys', { delayMs: 500, status: 500 });
      const caught = await stage.ask('ping', { topic: 'kept', payload: 'old', otp: 'NO-SUCH-CODE' });
      stage.assertFailure(caught, 'COZIFY_API');
      assert.deepEqual([caught.payload, caught['topic']], ['old', 'kept']);
      assert.ok(!('otp' in caught));
      stage.simulator.clearFaults();
    });
  }

  it('one that is revoked in a moment is given up, which the log says, and Node-RED goes on', async () => {
    // Nobody else will answer the request that brought it.
    const way = `msg.res._res.json([]);
      const { proxy, revoke } = Proxy.revocable({ _msgid: msg._msgid }, {});
      setTimeout(revoke);
      return proxy;`;
    await stage.deploy(changed(stage.flows, 'ping-merge', { func: feeder(way) }));
    stage.simulator.fault('hubkeys', { delayMs: 500 });
    await assert.rejects(stage.ask('ping'));
    await until('the line in the log', () => stage.log().includes('could not be passed on'));
    stage.simulator.clearFaults();
    assert.equal((await stage.ask('refresh')).output, 1);
  });
});
