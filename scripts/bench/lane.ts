// Nodes of the benchmark's own, in the Node-RED that is measured: `bench-lane` lets messages through steps, `bench-end`
// gets them back, `bench-bare` is what a step costs at least, `bench-heard` notes what it hears. On the admin port
// `POST /bench/run` starts a lane, `GET /bench/heard` tells what was heard since, `GET /bench/cpu` the processor's time.
import { Agent, request } from 'node:http';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import { type Cost, costOf } from './rounds';

/** What `POST /bench/run` takes. */
export interface LaneRun {
  /** The lane's id. */
  lane: string;
  /** Messages in all, and how many of them are under way at a time, each by an output of its own. */
  count: number;
  atOnce: number;
}

/** What was heard, by `Date.now`. */
export interface Heard {
  id: string;
  at: number;
}

interface BareDef extends NodeDef {
  url: string;
  token: string;
  method?: string;
  body?: string;
}

type Settle = (error?: Error) => void;

/** What waits for a message to come back, by the message's id. */
const waiting = new Map<string, Settle>();

let heard: Heard[] = [];

export default function register(RED: NodeAPI): void {
  RED.nodes.registerType('bench-lane', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
  });

  RED.nodes.registerType('bench-end', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    this.on('input', (msg: NodeMessage & { error?: { message: string } }, _send, done) => {
      const settle = waiting.get(msg._msgid ?? '');
      waiting.delete(msg._msgid ?? '');
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
      const asked = request(def.url, { agent, method, headers }, (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (body += chunk));
        response.on('end', () => {
          send({ ...msg, payload: JSON.parse(body) as unknown });
          done();
        });
      });
      asked.on('error', done).end(content);
    });
    this.on('close', () => agent.destroy());
  });

  RED.nodes.registerType('bench-heard', function (this: Node, def: NodeDef) {
    RED.nodes.createNode(this, def);
    this.on('input', (msg: NodeMessage & { device?: { id: string } }, _send, done) => {
      heard.push({ id: msg.device?.id ?? '', at: Date.now() });
      done();
    });
  });

  RED.httpAdmin.get('/bench/heard', (_asked, response) => {
    response.json(heard);
    heard = [];
  });
  RED.httpAdmin.get('/bench/cpu', (_asked, response) => void response.json(process.cpuUsage()));
  RED.httpAdmin.post('/bench/run', (asked, response) => {
    const { lane, count, atOnce } = asked.body as LaneRun;
    const node = RED.nodes.getNode(lane) as Node | null;
    if (node === null) return void response.status(404).end();
    const work = (): Promise<Cost> => costOf(count, () => runLane(RED, node, count, atOnce));
    work().then(
      (cost) => response.json(cost),
      (error: Error) => response.status(500).send(error.message),
    );
    return undefined;
  });
}

/** Lets messages through a lane, the next by an output when the one before has come back. */
async function runLane(RED: NodeAPI, node: Node, count: number, atOnce: number): Promise<void> {
  const shares = Array.from({ length: atOnce }, (_, place) => Math.floor((count + place) / atOnce));
  await Promise.all(
    shares.map(async (share, output) => {
      for (let sent = 0; sent < share; sent++) await throughLane(RED, node, output);
    }),
  );
}

function throughLane(RED: NodeAPI, node: Node, output: number): Promise<void> {
  const msg = { _msgid: RED.util.generateId(), payload: 1 };
  return new Promise((resolve, reject) => {
    waiting.set(msg._msgid, (error) => (error === undefined ? resolve() : reject(error)));
    node.send([...Array<null>(output).fill(null), msg]);
  });
}
