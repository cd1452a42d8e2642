import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI, NodeDef, NodeStatus } from 'node-red';
import { defineFeed } from '../../../nodes/runtime/define-feed';
import { CozifyError } from '../../../src';

interface Options {
  targets: unknown;
  hub: unknown;
}

describe('defineFeed', () => {
  let events: EventEmitter;
  let accounts: Map<string, object>;
  let subscriptions: {
    account: object;
    config: Options;
    isStopped: boolean;
    onProblems: (problems: readonly CozifyError[]) => void;
  }[];
  let node: EventEmitter & { statuses: NodeStatus[]; warnings: unknown[]; errors: unknown[] };

  beforeEach(() => {
    [events, subscriptions] = [new EventEmitter(), []];
    accounts = new Map();
    accounts.set('account', account());
  });

  function account(hubs: object[] = []): object {
    const snapshot = () => ({ state: 'authenticated', hubs });
    return { type: 'cozify-account', account: { isReady: true, snapshot, onChange: () => () => undefined } };
  }

  function create(
    def: Record<string, unknown>,
    parse: (given: Record<string, unknown>) => Options = (given) => given as never,
  ): void {
    let construct: (def: unknown) => void = () => undefined;
    const RED = {
      events,
      settings: {},
      log: { error: () => undefined },
      nodes: {
        registerType: (_type: string, made: (this: Node, def: NodeDef) => void) => {
          construct = (given) => made.call(node as unknown as Node, given as NodeDef);
        },
        createNode: () => undefined,
        getNode: (id: string) => accounts.get(id),
      },
      util: { evaluateNodeProperty: (text: string) => text.replace('${ROOM}', 'Sauna') },
    } as unknown as NodeAPI;
    defineFeed<Options>(RED, {
      type: 'test-feed',
      parse,
      createFeed: (of, config, { onProblems }) => {
        const one = { account: of, config, isStopped: false, onProblems };
        subscriptions.push(one);
        return { stop: () => void (one.isStopped = true), example: () => undefined };
      },
    });
    const output = { statuses: [] as NodeStatus[], warnings: [] as unknown[], errors: [] as unknown[] };
    node = Object.assign(new EventEmitter(), output, {
      status: (status: NodeStatus) => void output.statuses.push(status),
      warn: (line: unknown) => void output.warnings.push(line),
      error: (line: unknown) => void output.errors.push(line),
    });
    construct({ account: 'account', ...def });
  }
  const start = (): boolean => events.emit('flows:started');

  it('subscribes after the flows have started, because later nodes may not exist before', () => {
    create({});
    assert.equal(subscriptions.length, 0);
    start();
    assert.equal(subscriptions.length, 1);
  });

  it('keeps its subscription at a Deploy of other nodes, and replaces it with another account', () => {
    create({});
    start();
    start();
    assert.deepEqual([subscriptions.length, subscriptions[0]?.isStopped], [1, false]);
    accounts.set('account', account());
    start();
    assert.deepEqual(
      [subscriptions.length, subscriptions[0]?.isStopped, subscriptions[1]?.isStopped],
      [2, true, false],
    );
    accounts.delete('account');
    start();
    assert.deepEqual([subscriptions.length, subscriptions[1]?.isStopped], [2, true]);
  });

  it('unsubscribes when it closes', () => {
    create({});
    start();
    node.emit('close');
    assert.equal(subscriptions[0]?.isStopped, true);
    accounts.set('account', account());
    start();
    assert.equal(subscriptions.length, 1);
  });

  it('shows nothing after it has closed', () => {
    create({});
    node.emit('close');
    accounts.delete('account');
    start();
    assert.deepEqual(node.statuses, [{}]);
  });

  it('shows an offline hub if it subscribes to all hubs or to this hub', () => {
    const [home, cottage] = [
      { id: 'home', default: true, reachable: true },
      { id: 'cottage', name: 'Mökki', reachable: false },
    ];
    accounts.set('account', account([home, cottage]));
    const textOf = (def: Record<string, unknown>): string => {
      create(def);
      return node.statuses.at(-1)?.text ?? '';
    };
    const [everywhere, away] = [/^(hub away|hubiin ei yhteyttä): Mökki$/, /^(hub away|hubiin ei yhteyttä)$/];
    assert.match(textOf({}), everywhere);
    assert.match(textOf({ targets: [] }), everywhere);
    assert.match(textOf({ hub: 'cottage' }), away);
    assert.match(textOf({ targets: [{ hub: 'cottage', id: 'lamp' }] }), away);
    assert.equal(textOf({ hub: 'home' }), '');
    assert.equal(textOf({ targets: [{ hub: 'home', id: 'lamp' }] }), '');
  });

  it('shows and logs an invalid property, and does not subscribe', () => {
    create({}, () => {
      throw new CozifyError('COZIFY_BAD_INPUT', 'events should be a list.');
    });
    start();
    assert.deepEqual([subscriptions.length, node.errors], [0, ['events should be a list.']]);
    assert.match(String(node.statuses.at(-1)?.text), /^(check this node|tarkista solmu)$/);
  });

  it('warns of each problem once while it lasts', () => {
    create({});
    start();
    const problem = (subject: string): CozifyError =>
      new CozifyError('COZIFY_NOT_FOUND', `Nothing is called ${subject}.`, { subject });
    subscriptions[0]?.onProblems([problem('Lamppu')]);
    subscriptions[0]?.onProblems([problem('Kiuas'), problem('Lamppu')]);
    subscriptions[0]?.onProblems([]);
    subscriptions[0]?.onProblems([problem('Lamppu')]);
    const warnings = ['Lamppu', 'Kiuas', 'Lamppu'].map((name) => `Nothing is called ${name}.`);
    assert.deepEqual(node.warnings, warnings);
  });

  it('fills values of the environment into its targets', () => {
    create({ targets: [{ id: '', name: 'Lamppu ${ROOM}' }], hub: '${ROOM}' });
    start();
    assert.deepEqual(subscriptions[0]?.config.targets, [{ id: '', name: 'Lamppu Sauna' }]);
    assert.equal(subscriptions[0]?.config.hub, 'Sauna');
  });
});
