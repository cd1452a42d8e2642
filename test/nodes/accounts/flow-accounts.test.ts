import assert from 'node:assert/strict';
import type { NodeAPI } from 'node-red';
import { EventEmitter } from 'node:events';
import { type AccountsInFlows, FlowAccounts } from '../../../nodes/accounts/flow-accounts';

interface Config {
  id: string;
  type: string;
  store?: unknown;
  z?: string;
  d?: boolean;
}

const account = (id: string, store?: unknown): Config => ({ id, type: 'cozify-account', store });
const comment = (id: string): Config => ({ id, type: 'comment' });
const instance = (id: string): Config => ({ id, type: 'subflow:sub', z: 'tab' });
/** A subflow with an account in it, and its instances, a letter each. */
const subflow = (instances: string): Config[] => [
  { id: 'tab', type: 'tab' },
  { id: 'sub', type: 'subflow' },
  { id: 'inner', type: 'cozify-account', z: 'sub' },
  ...[...instances].map(instance),
];

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

  /** Before it starts those of a Deploy or of a load, and when a person stops them. */
  stop(): void {
    this.events.emit('flows:stopping', { type: 'full' });
    this.doNotStart();
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
    if (isRunning) this.stop();
    if (isRunning) this.start({ removed });
    else this.doNotStart();
    this.tellOfFlows();
  }

  load(flows: Config[], isRunning: boolean): void {
    this.tellOfLoading();
    this.flows = flows;
    if (isRunning) this.stop();
    if (isRunning) this.start();
    else this.doNotStart();
    this.tellOfFlows();
  }
}

const storesOf = (present: AccountsInFlows): unknown[] => [...present].map(([id, { store }]) => [id, store]);

describe('the accounts in the flows', () => {
  let nodeRed: FakeNodeRed;
  let accounts: FlowAccounts;
  let present: AccountsInFlows;
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
    assert.deepEqual(storesOf(present), [
      ['one', ''],
      ['two', 'shelf'],
    ]);
    nodeRed.deploy([account('one', 5), account('three', 'x')], true);
    assert.deepEqual(storesOf(present), [
      ['one', ''],
      ['three', 'x'],
    ]);
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

  describe('of a subflow with instances that have their own', () => {
    /** The nodes of these instances claim an account each: that of their letter, or another. */
    const claim = (letters: string, account = ''): void => {
      for (const one of letters) accounts.noteClaim(`${one}-inner`, `inner-${account || one}`);
    };

    beforeEach(() => {
      claim('ab');
      nodeRed.deploy(subflow('ab'), true);
      removed = [];
    });

    for (const isRunning of [true, false]) {
      const whether = isRunning ? 'while flows run' : 'while flows are stopped';

      it(`are told of when a Deploy takes an instance out, once, ${whether}`, () => {
        if (!isRunning) nodeRed.stop();
        nodeRed.deploy(subflow('a'), isRunning);
        assert.deepEqual(removed, ['inner-b']);
        nodeRed.deploy(subflow('a'), isRunning);
        assert.deepEqual(removed, ['inner-b']);
      });

      it(`are told of when a Deploy gives an instance another, once that runs, ${whether}`, () => {
        if (!isRunning) {
          nodeRed.stop();
          nodeRed.deploy(subflow('ab'), false);
          assert.deepEqual(removed, []);
          claim('a');
        }
        claim('b', 'c');
        if (isRunning) nodeRed.deploy(subflow('ab'), true);
        else nodeRed.start();
        assert.deepEqual(removed, ['inner-b']);
      });

      it(`are not told of while another instance has the same, ${whether}`, () => {
        claim('b', 'a');
        nodeRed.deploy(subflow('ab'), true);
        removed = [];
        if (!isRunning) nodeRed.stop();
        nodeRed.deploy(subflow('b'), isRunning);
        assert.deepEqual(removed, []);
        nodeRed.deploy(subflow(''), isRunning);
        assert.deepEqual(removed, ['inner-a']);
      });

      it(`are told of by the id of their template when that goes, ${whether}`, () => {
        if (!isRunning) nodeRed.stop();
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, ['inner']);
      });

      it(`are not told of when flows without an instance are loaded, ${whether}`, async () => {
        nodeRed.stop();
        if (isRunning) claim('a');
        nodeRed.load(subflow('a'), isRunning);
        await loaded();
        claim('a');
        nodeRed.start();
        nodeRed.deploy(subflow('a'), true);
        assert.deepEqual(removed, []);
      });
    }

    it('are told of when one is taken out that was switched off before, and not before', () => {
      nodeRed.deploy([...subflow('a'), { ...instance('b'), d: true }], true);
      nodeRed.stop();
      nodeRed.start();
      assert.deepEqual(removed, []);
      nodeRed.deploy(subflow('a'), true);
      assert.deepEqual(removed, ['inner-b']);
    });

    it('are told of when the same flows were loaded meanwhile, while they are stopped', async () => {
      nodeRed.stop();
      nodeRed.load(subflow('ab'), false);
      await loaded();
      nodeRed.deploy(subflow('a'), false);
      nodeRed.load(subflow('a'), true);
      assert.deepEqual(removed, ['inner-b']);
    });

    it('are not told of while an instance is there that has not run yet', () => {
      nodeRed.deploy([{ ...instance('c'), d: true }, ...subflow('a')], true);
      assert.deepEqual(removed, [], 'it may have the same');
      nodeRed.deploy(subflow('a'), true);
      assert.deepEqual(removed, ['inner-b']);
    });

    it('are told of when an instance is taken out that has run in an earlier process only', () => {
      accounts.remember([{ id: 'inner-c', template: 'inner', nodes: ['c-inner'] }]);
      nodeRed.deploy(subflow('abc'), true);
      nodeRed.deploy(subflow('ab'), true);
      assert.deepEqual(removed, ['inner-c']);
    });

    it('are not told of when it had two in earlier processes, for it may have either', () => {
      accounts.remember(['inner-c', 'inner-d'].map((id) => ({ id, template: 'inner', nodes: ['x-inner'] })));
      nodeRed.deploy(subflow('abx'), true);
      nodeRed.deploy(subflow('ab'), true);
      assert.deepEqual(removed, []);
    });

    it('are those of instances in instances, too', () => {
      const outer = [
        { id: 'outer', type: 'subflow' },
        { ...instance('x'), z: 'outer' },
      ];
      const instances = ['m', 'n'].map((id) => ({ id, type: 'subflow:outer', z: 'tab' }));
      for (const one of ['m-x', 'n-x']) accounts.noteClaim(`${one}-inner`, `inner-${one}`);
      nodeRed.deploy([...subflow('ab'), ...outer, ...instances], true);
      nodeRed.deploy([...subflow('ab'), ...outer, ...instances.slice(1)], true);
      assert.deepEqual(removed, ['inner-m-x']);
    });

    it('are not told of when a Deploy comes to its end while flows without an instance are loaded', async () => {
      nodeRed.stop();
      nodeRed.tellOfLoading();
      nodeRed.flows = subflow('a');
      claim('ab');
      nodeRed.start({ removed: [] });
      nodeRed.tellOfFlows();
      nodeRed.stop();
      claim('a');
      nodeRed.start();
      nodeRed.tellOfFlows();
      await loaded();
      nodeRed.deploy(subflow('a'), true);
      assert.deepEqual(removed, []);
    });
  });

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
