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
/** A subflow with an account, and one instance for each letter. */
const subflow = (instances: string): Config[] => [
  { id: 'tab', type: 'tab' },
  { id: 'sub', type: 'subflow' },
  { id: 'inner', type: 'cozify-account', z: 'sub' },
  ...[...instances].map(instance),
];

/** Emits events in Node-RED's order, which is the same in versions 3.1, 4.1 and 5.0. */
class FakeNodeRed {
  readonly events = new EventEmitter();
  flows: Config[] | undefined;
  readonly nodes = {
    eachNode: (visit: (node: Config) => void): void => {
      if (this.flows === undefined) throw new TypeError('There are no flows yet.');
      this.flows.forEach(visit);
    },
  };

  /**
   * Emits the event that Node-RED emits before it loads flows, and after a failed load. The event does not show whether
   * flows run.
   */
  emitLoading(error?: string): void {
    this.events.emit('runtime-event', { id: 'runtime-state', ...(error === undefined ? {} : { payload: { error } }) });
  }

  /** Emits the events that Node-RED emits when flows stop: before they start again, or because a user stopped them. */
  stop(): void {
    this.events.emit('flows:stopping', { type: 'full' });
    this.doNotStart();
  }

  start(diff?: { removed: string[] }): void {
    this.events.emit('flows:started', { type: 'full', diff });
    this.events.emit('runtime-event', { id: 'runtime-state', payload: { state: 'start' } });
  }

  /** Emits the event that Node-RED emits when flows are stopped, or do not start because a node type is missing. */
  doNotStart(): void {
    this.events.emit('runtime-event', { id: 'runtime-state', payload: { state: 'stop' } });
  }

  emitDeployed(): void {
    this.events.emit('runtime-event', { id: 'runtime-deploy', payload: { revision: '1' } });
  }

  deploy(flows: Config[], isRunning: boolean): void {
    const removed = (this.flows ?? []).filter(({ id }) => !flows.some((one) => one.id === id)).map(({ id }) => id);
    this.flows = flows;
    if (isRunning) this.stop();
    if (isRunning) this.start({ removed });
    else this.doNotStart();
    this.emitDeployed();
  }

  load(flows: Config[], isRunning: boolean): void {
    this.emitLoading();
    this.flows = flows;
    if (isRunning) this.stop();
    if (isRunning) this.start();
    else this.doNotStart();
    this.emitDeployed();
  }
}

const storesOf = (present: AccountsInFlows): unknown[] => [...present].map(([id, { store }]) => [id, store]);

describe('FlowAccounts', () => {
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

  /** Waits until the current turn of the event loop, in which flows were loaded, has ended. */
  const loaded = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('lists the accounts with their stores', () => {
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
    describe(isRunning ? 'while flows run' : 'while flows are stopped or cannot start', () => {
      it('reports an account removed by a Deploy once', () => {
        nodeRed.deploy([account('two')], isRunning);
        assert.deepEqual(removed, ['one']);
        nodeRed.deploy([account('two')], isRunning);
        assert.deepEqual(removed, ['one']);
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, ['one', 'two']);
      });

      it('reports nothing when other flows are loaded, and forgets the earlier accounts', async () => {
        nodeRed.load([account('three')], isRunning);
        assert.deepEqual(removed, []);
        await loaded();
        nodeRed.deploy([account('three')], isRunning);
        assert.deepEqual(removed, []);
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, ['three']);
      });

      it('reports only the removals that Node-RED lists after a failed load', async () => {
        nodeRed.emitLoading('project_not_found');
        await loaded();
        nodeRed.deploy([account('three')], isRunning);
        // After the failed load, running flows stay the current flows until the Deploy, so Node-RED's own list of
        // removed nodes is correct.
        const reported = isRunning ? ['one', 'two'] : [];
        assert.deepEqual(removed, reported);
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, [...reported, 'three']);
      });

      it('reports nothing when a Deploy removes a thousand other nodes', () => {
        const notes = Array.from({ length: 1_000 }, (_, number) => comment(`note-${number}`));
        nodeRed.deploy([account('one'), account('two'), ...notes], isRunning);
        nodeRed.deploy([account('one'), account('two')], isRunning);
        assert.deepEqual(removed, []);
      });

      it('reports an account when a node of another type gets its id', () => {
        nodeRed.deploy([comment('one'), account('two')], isRunning);
        assert.deepEqual(removed, ['one']);
      });
    });
  }

  describe('with an account for each instance of a subflow', () => {
    /**
     * Claims an account for each instance. Uses `account` if given, otherwise an account named after the instance's
     * letter.
     */
    const claim = (letters: string, account = ''): void => {
      for (const one of letters) accounts.noteClaim(`${one}-inner`, `inner-${account || one}`);
    };

    beforeEach(() => {
      claim('ab');
      nodeRed.deploy(subflow('ab'), true);
      removed = [];
    });

    for (const isRunning of [true, false]) {
      const state = isRunning ? 'while flows run' : 'while flows are stopped';

      it(`reports the account of a removed instance once, ${state}`, () => {
        if (!isRunning) nodeRed.stop();
        nodeRed.deploy(subflow('a'), isRunning);
        assert.deepEqual(removed, ['inner-b']);
        nodeRed.deploy(subflow('a'), isRunning);
        assert.deepEqual(removed, ['inner-b']);
      });

      it(`reports the account that an instance replaces with another, ${state}`, () => {
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

      it(`does not report an account that another instance uses, ${state}`, () => {
        claim('b', 'a');
        nodeRed.deploy(subflow('ab'), true);
        removed = [];
        if (!isRunning) nodeRed.stop();
        nodeRed.deploy(subflow('b'), isRunning);
        assert.deepEqual(removed, []);
        nodeRed.deploy(subflow(''), isRunning);
        assert.deepEqual(removed, ['inner-a']);
      });

      it(`reports the template id when the subflow is removed, ${state}`, () => {
        if (!isRunning) nodeRed.stop();
        nodeRed.deploy([], isRunning);
        assert.deepEqual(removed, ['inner']);
      });

      it(`does not report accounts when flows without an instance are loaded, ${state}`, async () => {
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

    it('reports the account of a disabled instance when the instance is removed', () => {
      nodeRed.deploy([...subflow('a'), { ...instance('b'), d: true }], true);
      nodeRed.stop();
      nodeRed.start();
      assert.deepEqual(removed, []);
      nodeRed.deploy(subflow('a'), true);
      assert.deepEqual(removed, ['inner-b']);
    });

    it('reports a removed instance after the same flows were loaded while stopped', async () => {
      nodeRed.stop();
      nodeRed.load(subflow('ab'), false);
      await loaded();
      nodeRed.deploy(subflow('a'), false);
      nodeRed.load(subflow('a'), true);
      assert.deepEqual(removed, ['inner-b']);
    });

    it('does not report an account while an instance that has not run may use it', () => {
      nodeRed.deploy([{ ...instance('c'), d: true }, ...subflow('a')], true);
      assert.deepEqual(removed, [], 'the instance may use the account');
      nodeRed.deploy(subflow('a'), true);
      assert.deepEqual(removed, ['inner-b']);
    });

    it('reports the account of an instance that ran only in an earlier process', () => {
      accounts.restoreClaims([{ id: 'inner-c', template: 'inner', nodes: ['c-inner'] }]);
      nodeRed.deploy(subflow('abc'), true);
      nodeRed.deploy(subflow('ab'), true);
      assert.deepEqual(removed, ['inner-c']);
    });

    it('does not report the accounts of an instance that had two accounts in earlier processes', () => {
      accounts.restoreClaims(['inner-c', 'inner-d'].map((id) => ({ id, template: 'inner', nodes: ['x-inner'] })));
      nodeRed.deploy(subflow('abx'), true);
      nodeRed.deploy(subflow('ab'), true);
      assert.deepEqual(removed, []);
    });

    it('reports accounts of nested instances', () => {
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

    it('does not report accounts when a Deploy ends during a load without an instance', async () => {
      nodeRed.stop();
      nodeRed.emitLoading();
      nodeRed.flows = subflow('a');
      claim('ab');
      nodeRed.start({ removed: [] });
      nodeRed.emitDeployed();
      nodeRed.stop();
      claim('a');
      nodeRed.start();
      nodeRed.emitDeployed();
      await loaded();
      nodeRed.deploy(subflow('a'), true);
      assert.deepEqual(removed, []);
    });
  });

  it('reports a removal when the Deploy ends after a load has begun', () => {
    nodeRed.flows = [account('two')];
    nodeRed.load([account('two')], true);
    assert.deepEqual(removed, ['one']);
  });

  it('does not report accounts when a Deploy ends after other flows were loaded', async () => {
    nodeRed.flows = [account('one'), account('two')];
    nodeRed.emitLoading();
    nodeRed.emitDeployed();
    nodeRed.flows = [account('three')];
    nodeRed.start({ removed: ['note'] });
    nodeRed.start();
    nodeRed.emitDeployed();
    assert.deepEqual(removed, []);
    await loaded();
    nodeRed.deploy([], false);
    assert.deepEqual(removed, ['three']);
  });

  it('knows the accounts of flows that are already loaded', () => {
    accounts.close();
    accounts = follow();
    nodeRed.deploy([account('two')], false);
    assert.deepEqual(removed, ['one']);
  });

  it('reports nothing after close', () => {
    accounts.close();
    nodeRed.deploy([], true);
    assert.deepEqual(removed, []);
    assert.deepEqual(nodeRed.events.eventNames(), []);
  });
});
