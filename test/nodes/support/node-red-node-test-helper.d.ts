declare module 'node-red-node-test-helper' {
  import type { EventEmitter } from 'node:events';
  import type { RequestListener } from 'node:http';
  import type { Node, NodeAPI } from 'node-red';

  /** What a file of nodes exports. */
  export type Register = (RED: NodeAPI) => void;

  /** A request in the making, as supertest has it. */
  export interface PendingReply extends PromiseLike<{ status: number; headers: Record<string, string>; text: string }> {
    set(headers: Record<string, string>): this;
    send(body?: string): this;
  }

  interface Helper {
    /** What its Node-RED tells. */
    readonly _events: EventEmitter;
    /** Express' application with its admin routes. */
    readonly _httpAdmin: RequestListener;
    init(runtimePath: string): void;
    settings(settings: Record<string, unknown>): Record<string, unknown>;
    load(nodes: Register[], flows: object[], credentials: Record<string, object>): Promise<void>;
    setFlows(flows: object[], type: 'full' | 'flows' | 'nodes', credentials?: Record<string, object>): Promise<void>;
    unload(): Promise<void>;
    getNode(id: string): Node | null;
    request(): { get(path: string): PendingReply; head(path: string): PendingReply; post(path: string): PendingReply };
    startServer(): Promise<void>;
    stopServer(): Promise<void>;
    /** The spy on what goes to the log. */
    log(): { args: [{ level: number; msg: unknown; id?: string }][] };
  }

  const helper: Helper;
  export default helper;
}
