import type { Node, NodeAPI } from 'node-red';
import { CozifyError } from '../../src/index.js';

/** A node that can send a test message on demand, so that a person can try the nodes after it. */
export interface TestedNode extends Node {
  /** Sends a message with `test` true. Throws a `CozifyError` if the content is not known yet. */
  sendTest?: () => void;
}

/** Makes a node send a test message. Throws `COZIFY_NOT_FOUND` if no deployed node with this id can do that. */
export function sendTest(RED: NodeAPI, id: string): void {
  const node = RED.nodes.getNode(id) as TestedNode | null | undefined;
  if (node?.sendTest === undefined) {
    throw new CozifyError('COZIFY_NOT_FOUND', 'No node with this id can send a test: deploy it first.');
  }
  node.sendTest();
}
