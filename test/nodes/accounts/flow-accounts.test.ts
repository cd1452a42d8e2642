import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { EventEmitter } from 'node:events';
import { FlowAccounts } from '../../../nodes/accounts/flow-accounts';

interface Config {
  id: string;
  type: string;
  store?: unknown;
}

const account = (id: string, store?: unknown): Config => ({ id, type: 'cozify-account', store });
const comment = (id: string): Config => ({ id, type: 'comment' });

/** What Node-RED tells, in the order in which it does; its versions 3.1, 4.1 and 5.0 do not differ in that. */
class FakeNodeRed {
  readonly events = new EventEmitter();
  flows: Config[] | undefined;
  readonly nodes = {
    eachNode: (visit: (node: Config) => void): void => {
      if (this.flows === undefined) throw new TypeError('There are no flows yet.');
      this.flows.forEach(visit);
    },
  };

  /** Before it loads flows, and when it has failed to: without a word on whether flows run. */
  tellOfLoading(error?: string): void {
    this.events.emit('runtime-event', { id: 'runtime-state', ...(error === undefined ? {} : { payload: { error } }) });
  }

  start(diff?: { removed: string[] }): void {
    this.events.emit('flows:started', { type: 'full', diff });
    this.events.emit('runtime-event', { id: 'runtime-state', payload: { state: 'start' } });
  }

  /** They are stopped, or a type is missing. */
  doNotStart(): void {
    this.events.emit('runtime-event', { id: 'runtime-state', payload: { state: 'stop' } });
  }

  tellOfFlows(): void {
    this.events.emit('runtime-event', { id: 'runtime-deploy', payload: { revision: '1' } });
  }

  deploy(flows: Config[], isRunning: boolean): void {
    const removed = (this.flows ?? []).filter(({ id }) => !flows.some((one) => one.id === id)).map(({ id }) => id);
    this.flows = flows;
    if (isRunning) this.start({ removed });
    else this.doNotStart();
    this.tellOfFlows();
  }

  load(flows: Config[], isRunning: boolean): void {
    this.tellOfLoading();
    this.flows = flows;
    if (isRunning) this.start();
    else this.doNotStart();
    this.tellOfFlows();
  }
}

describe('the accounts in the flows', () => {
  let nodeRed: FakeNodeRed;
  let accounts: FlowAccounts;
  let present: ReadonlyMap<string, string>;
  let removed: string[];

  const follow = (): FlowAccounts =>
    new FlowAccounts(nodeRed as unknown as NodeAPI, (now, gone) => {
      present = now;
      removed.push(...gone);
    });
  beforeEach(async () => {
    nodeRed = new FakeNodeRed();
    removed = [];
    accounts = follow();
    nodeRed.load([account('one'), account('two', 'shelf'), comment('note')], true);
    await loaded();
  });
  afterEach(() => accounts.close());

  /** Lets the turn of the event loop end in which flows were loaded. */
  const loaded = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('are those of their type, with the store that each names', () => {
    assert.deepEqual(
      [...present],
      [
        ['one', ''],
        ['two', 'shelf'],
      ],
    );
    nodeRed.deploy([account('one', 5), account('three', 'x')], true);
    assert.deepEqual(
      [...present],
      [
        ['one', ''],
        ['three', 'x'],
      ],
    );
  });

  for (const isRunning of [true, false]) {
    describe(isRunning ? 'while flows run' : 'while flows are stopped or can not start', () => {
      it('are told of when a Deploy takes one out, once', () => {
        nodeRed.deploy([account('two')], isRunning);
        assert.deepEqual(removed, ['one']);
        nodeRed.deploy([account('two')], isRunning);
        assert.deepEqual(removed, ['one']);
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, ['one', 'two']);
      });

      it('are not told of when other flows are loaded, and those of before are forgotten', async () => {
        nodeRed.load([account('three')], isRunning);
        assert.deepEqual(removed, []);
        await loaded();
        nodeRed.deploy([account('three')], isRunning);
        assert.deepEqual(removed, []);
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, ['three']);
      });

      it('are not told of after a load that has failed, whose flows nobody knows', async () => {
        nodeRed.tellOfLoading('project_not_found');
        await loaded();
        nodeRed.deploy([account('three')], isRunning);
        // Flows that run were in force to the end: what Node-RED itself names, the Deploy has removed.
        const told = isRunning ? ['one', 'two'] : [];
        assert.deepEqual(removed, told);
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, [...told, 'three']);
      });

      it('are not mixed up with a thousand other nodes that a Deploy removes', () => {
        const notes = Array.from({ length: 1_000 }, (_, number) => comment(`note-${number}`));
        nodeRed.deploy([account('one'), account('two'), ...notes], isRunning);
        nodeRed.deploy([account('one'), account('two')], isRunning);
        assert.deepEqual(removed, []);
      });

      it('are removed when a node of another type takes the id', () => {
        nodeRed.deploy([comment('one'), account('two')], isRunning);
        assert.deepEqual(removed, ['one']);
      });
    });
  }

  it('are told of when the Deploy comes to the end of its start only after a load has begun', () => {
    nodeRed.flows = [account('two')];
    nodeRed.load([account('two')], true);
    assert.deepEqual(removed, ['one']);
  });

  it('are not told of when a Deploy is over only after other flows were loaded', async () => {
    nodeRed.flows = [account('one'), account('two')];
    nodeRed.tellOfLoading();
    nodeRed.tellOfFlows();
    nodeRed.flows = [account('three')];
    nodeRed.start({ removed: ['note'] });
    nodeRed.start();
    nodeRed.tellOfFlows();
    assert.deepEqual(removed, []);
    await loaded();
    nodeRed.deploy([], false);
    assert.deepEqual(removed, ['three']);
  });

  it('are known from the beginning when the package comes to flows that are loaded already', () => {
    accounts.close();
    accounts = follow();
    nodeRed.deploy([account('two')], false);
    assert.deepEqual(removed, ['one']);
  });

  it('are followed by nobody any more after the end', () => {
    accounts.close();
    nodeRed.deploy([], true);
    assert.deepEqual(removed, []);
    assert.deepEqual(nodeRed.events.eventNames(), []);
  });
});
