declare module 'node-red-node-test-helper' {
  import type { EventEmitter } from 'node:events';
  import type { RequestListener } from 'node:http';
  import type { Node, NodeAPI } from 'node-red';

  /** The function that a node's file exports. */
  export type Register = (RED: NodeAPI) => void;

  /** A request under construction, as in supertest. */
  export interface PendingReply extends PromiseLike<{ status: number; headers: Record<string, string>; text: string }> {
    set(headers: Record<string, string>): this;
    send(body?: string): this;
  }

  interface Helper {
    /** Events of the helper's Node-RED. */
    readonly _events: EventEmitter;
    /** Express application with the admin routes. */
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
    /** The spy on the log. */
    log(): { args: [{ level: number; msg: unknown; id?: string }][] };
  }

  const helper: Helper;
  export default helper;
}
