// Child process that runs Node-RED through Deploys and messages, and counts the resources that it holds.
import { type EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { getHeapStatistics } from 'node:v8';
import type { FlowNode } from '../../live/harness/flow.js';

/** Resources that an idle process still holds. */
export interface Holdings {
  /** Timers, sockets and other handles, by kind. */
  resources: Record<string, number>;
  /** Number of listeners for events of the runtime and of the process. */
  listeners: number;
  heap: number;
  /** V8 contexts, one for each function node, including detached contexts that are still held. */
  contexts: number;
}

/** A request from the parent process. The child replies with the result. */
export type SoakTask =
  | { do: 'deploy'; flows: FlowNode[]; type: 'full' | 'flows' | 'nodes' | 'reload' }
  | { do: 'messages'; ids: string[]; times: number }
  | { do: 'send'; ids: string[] }
  | { do: 'idle' };

interface Embedded {
  init(settings: object): void;
  start(): Promise<void>;
  runtime: { flows: { setFlows(options: object): Promise<unknown> } };
  nodes: { getNode(id: string): { receive(msg: object): void } | null };
  events: EventEmitter;
  hooks: { add(name: string, hook: (event: { error?: unknown }) => void): void };
}

/** The maximum number of messages that are in flight at the same time. */
const AT_A_TIME = 50;

let done = 0;
let failed = 0;
let onDone: () => void = () => undefined;

async function start(settings: string): Promise<Embedded> {
  const red = createRequire(__filename)('node-red') as Embedded;
  red.init(JSON.parse(settings) as object);
  const started = once(red.events, 'flows:started');
  await red.start();
  await started;
  red.hooks.add('onComplete.soak', ({ error }) => {
    done += 1;
    if (error !== undefined && error !== null) failed += 1;
    onDone();
  });
  return red;
}

async function deploy(red: Embedded, flows: FlowNode[], type: string): Promise<void> {
  const started = once(red.events, 'flows:started');
  await red.runtime.flows.setFlows({ deploymentType: type, ...(type === 'reload' ? {} : { flows: { flows } }) });
  await started;
}

/** Sends messages to the nodes in turn, and waits until all are done. Returns the number of failures. */
async function messages(red: Embedded, ids: string[], times: number): Promise<{ failed: number }> {
  const before = { done, failed };
  for (let sent = 0; sent < times; sent++) {
    while (sent - (done - before.done) >= AT_A_TIME) await new Promise<void>((resolve) => (onDone = resolve));
    const node = red.nodes.getNode(ids[sent % ids.length] ?? '');
    if (node === null) throw new Error(`There is no node ${ids[sent % ids.length]}.`);
    node.receive({ payload: sent, text: 'x'.repeat(200) });
  }
  while (done - before.done < times) await new Promise<void>((resolve) => (onDone = resolve));
  return { failed: failed - before.failed };
}

/** Sends one message to each node without waiting for the result. */
function send(red: Embedded, ids: string[]): void {
  for (const id of ids) red.nodes.getNode(id)?.receive({ payload: id, text: 'x'.repeat(200) });
}

/** Waits until idle connections have closed. Returns the resources that are still in use. */
async function idle(red: Embedded): Promise<Holdings> {
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  for (let round = 0; round < 5; round++) {
    globalThis.gc?.();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  const listeners = [red.events, process as EventEmitter].flatMap((emitter) =>
    emitter.eventNames().map((name) => emitter.listenerCount(name)),
  );
  return {
    resources,
    listeners: listeners.reduce((sum, count) => sum + count, 0),
    heap: process.memoryUsage().heapUsed,
    contexts: getHeapStatistics().number_of_native_contexts,
  };
}

async function main(): Promise<void> {
  const red = await start(process.argv[2] ?? '{}');
  process.on('message', (task: SoakTask) => {
    const work = {
      deploy: () => (task.do === 'deploy' ? deploy(red, task.flows, task.type) : undefined),
      messages: () => (task.do === 'messages' ? messages(red, task.ids, task.times) : undefined),
      send: () => (task.do === 'send' ? send(red, task.ids) : undefined),
      idle: () => idle(red),
    }[task.do];
    void Promise.resolve(work()).then(
      (result) => process.send?.({ result: result ?? null }),
      (error: unknown) => process.send?.({ error: String(error) }),
    );
  });
  process.send?.({ result: 'ready' });
}

void main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
