// The benchmark's own nodes and admin endpoints, which the measured Node-RED loads. `bench-chain` is the first node of a
// chain of nodes, and `bench-end` the last. `bench-bare` sends a request with as little code as possible.
// `bench-recorded` records messages.
// `POST /bench/run` sends messages through a chain. `GET /bench/recorded` returns the messages recorded since its last
// call, `GET /bench/cpu` the processor time, and `GET /bench/start` the cost of the start.
import { Agent, request } from 'node:http';
import { createRequire } from 'node:module';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import type * as Heap from '../../test/endurance/support/heap';
import { type Cost, costOf } from './rounds';

const load = createRequire(__filename);

/** Body of `POST /bench/run`. */
export interface ChainRun {
  /** The id of the first node of the chain. */
  chain: string;
  /** Number of messages. */
  count: number;
  /** Number of messages in flight at the same time, each from a different output of the first node. */
  atOnce: number;
}

/** A recorded message, with its time by `Date.now`. */
export interface Received {
  id: string;
  at: number;
}

/** The cost of a start of Node-RED. */
export interface StartCost {
  /** Processor time of all threads since the process started, in milliseconds. */
  cpuMs: number;
  /** Memory of the process, in MB. */
  rss: number;
  /** Heap in use after a garbage collection, in MB. */
  heap: number;
  /** Number of loaded files of the package. */
  files: number;
}

interface BareDef extends NodeDef {
  url: string;
  token: string;
  method?: string;
  body?: string;
}

type Settle = (error?: Error) => void;

/** The functions to call when a message reaches the end of its chain, by message id. */
const pending = new Map<string, Settle>();

let received: Received[] = [];

export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('bench-chain', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
  });

  RED.nodes.registerType('bench-end', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    this.on('input', (msg: NodeMessage & { error?: { message: string } }, _send, done) => {
      const settle = pending.get(msg._msgid ?? '');
      pending.delete(msg._msgid ?? '');
      settle?.(msg.error === undefined ? undefined : new Error(msg.error.message));
      done();
    });
  });

  RED.nodes.registerType('bench-bare', function (this: Node, def: BareDef) {
    RED.nodes.createNode(this, def);
    const agent = new Agent({ keepAlive: true });
    this.on('input', (msg, send, done) => {
      const { method = 'GET', body: content } = def;
      const headers = { Authorization: def.token, Accept: 'application/json', 'Content-Type': 'application/json' };
      const outgoing = request(def.url, { agent, method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          send({ ...msg, payload: JSON.parse(body) as unknown });
          done();
        });
      });
      outgoing.on('error', done).end(content);
    });
    this.on('close', () => agent.destroy());
  });

  RED.nodes.registerType('bench-recorded', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    this.on('input', (msg: NodeMessage & { device?: { id: string } }, _send, done) => {
      received.push({ id: msg.device?.id ?? '', at: Date.now() });
      done();
    });
  });

  RED.httpAdmin.get('/bench/recorded', (_request, response) => {
    response.json(received);
    received = [];
  });
  RED.httpAdmin.get('/bench/cpu', (_request, response) => void response.json(process.cpuUsage()));
  RED.httpAdmin.get('/bench/start', (_request, response) => void startCost().then((cost) => response.json(cost)));
  RED.httpAdmin.post('/bench/run', (incoming, response) => {
    const { chain, count, atOnce } = incoming.body as ChainRun;
    const node = RED.nodes.getNode(chain) as Node | null;
    if (node === null) return void response.status(404).end();
    const work = (): Promise<Cost> => costOf(count, () => runChain(RED, node, count, atOnce));
    work().then(
      (cost) => response.json(cost),
      (error: Error) => response.status(500).send(error.message),
    );
    return undefined;
  });
}

const PACKAGE = /node_modules[\\/]@cozify-community[\\/]node-red-cozify[\\/]dist[\\/]/;

async function startCost(): Promise<StartCost> {
  const { user, system } = process.cpuUsage();
  const files = Object.keys(load.cache).filter((file) => PACKAGE.test(file)).length;
  const { heapInUse } = load('../../test/endurance/support/heap') as typeof Heap;
  const heap = await heapInUse();
  return { cpuMs: (user + system) / 1e3, rss: process.memoryUsage().rss / 1e6, heap: heap / 1e6, files };
}

/**
 * Sends messages through a chain of nodes. Each output of the first node sends its next message when its previous one
 * has arrived at the last node.
 */
async function runChain(RED: NodeAPI, node: Node, count: number, atOnce: number): Promise<void> {
  const shares = Array.from({ length: atOnce }, (_, index) => Math.floor((count + index) / atOnce));
  await Promise.all(
    shares.map(async (share, output) => {
      for (let sent = 0; sent < share; sent++) await sendThroughChain(RED, node, output);
    }),
  );
}

function sendThroughChain(RED: NodeAPI, node: Node, output: number): Promise<void> {
  const msg = { _msgid: RED.util.generateId(), payload: 1 };
  return new Promise((resolve, reject) => {
    pending.set(msg._msgid, (error) => (error === undefined ? resolve() : reject(error)));
    node.send([...Array<null>(output).fill(null), msg]);
  });
}
