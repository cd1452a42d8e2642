import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Account, CozifyError } from '../../../src/index.js';
import { accountShape, openFile, StateDirectory } from '../../../src/nodes-api.js';
import {
  ACCOUNT,
  accountNode,
  actionNode,
  EMAIL,
  type FlowNode,
  OPERATIONS,
  testFlow,
} from '../../nodes/support/flow.js';
import { Stage, type Report } from '../../nodes/support/stage.js';
import { until } from '../../support/wait.js';
import { Lines } from '../../src/support/stage.js';
import { assertKept, type Kept } from './kept.js';
import { quietBackground } from './quiet.js';
import type { World } from './table.js';

export type Message = Record<string, unknown>;

/** What came of a message. */
export interface Result {
  /** With what `done` was called; `undefined` for success. */
  error: CozifyError | undefined;
  /** The message as it came, worked on where it could be. */
  msg: Message & { cozify?: Report };
  /** How many requests the cloud got for it. */
  requests: number;
}

/**
 * All action nodes in a real Node-RED, with a logged-in account. Without Catch and Complete nodes: those copy messages,
 * which some of the messages here can't be.
 */
export class Desk implements Kept, World {
  readonly stage: Stage;
  token = '';
  readonly #wakeBackground = quietBackground();

  private constructor(stage: Stage) {
    this.stage = stage;
  }

  static async start(): Promise<Desk> {
    const desk = new Desk(await Stage.open());
    await desk.stage.load(flow());
    return desk;
  }

  /** The desk as each row finds it: logged in with the configured address. */
  async ready(): Promise<this> {
    this.stage.simulator.clearFaults();
    await this.account.email(EMAIL);
    await this.account.token(this.stage.simulator.issueToken(EMAIL));
    // One that was received is not due, unlike one that was set by hand.
    await this.account.refresh({ force: true });
    this.token = (await this.account.token()).value;
    return this;
  }

  get account(): Account {
    return this.stage.account();
  }

  /** Gives a node a message, and waits until the node is done with it. */
  async ask(node: string, msg: Message): Promise<Result> {
    const before = this.stage.simulator.count('*');
    this.stage.give(node, msg);
    await until(`${node} to be done`, () => this.stage.doneCalls.length > 0);
    const [error] = this.stage.doneCalls as (CozifyError | undefined)[];
    assert.equal(this.stage.doneCalls.length, 1, 'done is called once');
    return { error, msg, requests: this.stage.simulator.count('*') - before };
  }

  async stored(): Promise<string | undefined> {
    const directory = new StateDirectory(join(this.stage.userDir, 'cozify'), new Lines());
    const record = await openFile(directory, `${ACCOUNT}.json`, accountShape).load();
    return record?.clouds[0]?.login?.token;
  }

  async close(): Promise<void> {
    this.#wakeBackground();
    await this.stage.close();
  }

  heal(): Promise<void> {
    return Promise.resolve();
  }

  async reopen(): Promise<Account> {
    await this.stage.deploy(flow());
    await this.account.ready;
    return this.account;
  }

  assertKept(): Promise<void> {
    return assertKept(this);
  }

  end(): Promise<void> {
    return Promise.resolve();
  }
}

function flow(): FlowNode[] {
  return testFlow(accountNode(), ...OPERATIONS.map((operation) => actionNode(operation))).filter(
    ({ id }) => id !== 'catch' && id !== 'complete',
  );
}
