import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { Node, NodeAPI, NodeDef, NodeStatus } from 'node-red';
import { defineListener } from '../../../nodes/runtime/define-listener';
import { CozifyError } from '../../../src';

interface Wishes {
  targets: unknown;
  hub: unknown;
}

describe('a node without input', () => {
  let events: EventEmitter;
  let accounts: Map<string, object>;
  let heard: {
    account: object;
    wishes: Wishes;
    isStopped: boolean;
    onProblems: (problems: readonly CozifyError[]) => void;
  }[];
  let node: EventEmitter & { statuses: NodeStatus[]; warnings: unknown[]; errors: unknown[] };

  beforeEach(() => {
    [events, heard] = [new EventEmitter(), []];
    accounts = new Map();
    accounts.set('account', account());
  });

  function account(): object {
    const snapshot = () => ({ state: 'authenticated', hubs: [] });
    return { type: 'cozify-account', account: { isReady: true, snapshot, onChange: () => () => undefined } };
  }

  function create(
    def: Record<string, unknown>,
    parse: (given: Record<string, unknown>) => Wishes = (given) => given as never,
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
    defineListener<Wishes>(RED, {
      type: 'test-listener',
      parse,
      listen: (of, wishes, { onProblems }) => {
        const one = { account: of, wishes, isStopped: false, onProblems };
        heard.push(one);
        return { stop: () => void (one.isStopped = true), example: () => undefined };
      },
    });
    const told = { statuses: [] as NodeStatus[], warnings: [] as unknown[], errors: [] as unknown[] };
    node = Object.assign(new EventEmitter(), told, {
      status: (status: NodeStatus) => void told.statuses.push(status),
      warn: (line: unknown) => void told.warnings.push(line),
      error: (line: unknown) => void told.errors.push(line),
    });
    construct({ account: 'account', ...def });
  }
  const start = (): boolean => events.emit('flows:started');

  it('hears nothing before the flows have started: who would get it may not be there yet', () => {
    create({});
    assert.equal(heard.length, 0);
    start();
    assert.equal(heard.length, 1);
  });

  it('is left alone by a deploy of other nodes, and follows its account where that is another one', () => {
    create({});
    start();
    start();
    assert.deepEqual([heard.length, heard[0]?.isStopped], [1, false]);
    accounts.set('account', account());
    start();
    assert.deepEqual([heard.length, heard[0]?.isStopped, heard[1]?.isStopped], [2, true, false]);
    accounts.delete('account');
    start();
    assert.deepEqual([heard.length, heard[1]?.isStopped], [2, true]);
  });

  it('hears nothing any more once it is closed', () => {
    create({});
    start();
    node.emit('close');
    assert.equal(heard[0]?.isStopped, true);
    accounts.set('account', account());
    start();
    assert.equal(heard.length, 1);
  });

  it('shows and says what makes no sense in its properties, and hears nothing', () => {
    create({}, () => {
      throw new CozifyError('COZIFY_BAD_INPUT', 'events should be a list.');
    });
    start();
    assert.deepEqual([heard.length, node.errors], [0, ['events should be a list.']]);
    assert.match(String(node.statuses.at(-1)?.text), /^(check this node|tarkista solmu)$/);
  });

  it('says what keeps something from being heard, each once as long as it does', () => {
    create({});
    start();
    const problem = (subject: string): CozifyError =>
      new CozifyError('COZIFY_NOT_FOUND', `Nothing is called ${subject}.`, { subject });
    heard[0]?.onProblems([problem('Lamppu')]);
    heard[0]?.onProblems([problem('Kiuas'), problem('Lamppu')]);
    heard[0]?.onProblems([]);
    heard[0]?.onProblems([problem('Lamppu')]);
    const said = ['Lamppu', 'Kiuas', 'Lamppu'].map((name) => `Nothing is called ${name}.`);
    assert.deepEqual(node.warnings, said);
  });

  it("fills the environment's values into its targets", () => {
    create({ targets: [{ id: '', name: 'Lamppu ${ROOM}' }], hub: '${ROOM}' });
    start();
    assert.deepEqual(heard[0]?.wishes.targets, [{ id: '', name: 'Lamppu Sauna' }]);
    assert.equal(heard[0]?.wishes.hub, 'Sauna');
  });
});
