import type { Node, NodeAPI } from 'node-red';
import { CozifyError } from '../../src/index.js';

/** A node that can send by hand what it would send by itself, so that what follows it in the flow can be tried. */
export interface TestedNode extends Node {
  /** Sends a message with `test` true. Throws a `CozifyError` where nobody knows what it would be. */
  sendTest?: () => void;
}

/** Has a node send a test. Throws `COZIFY_NOT_FOUND` where there is none with this id that can, as before its Deploy. */
export function sendTest(RED: NodeAPI, id: string): void {
  const node = RED.nodes.getNode(id) as TestedNode | null | undefined;
  if (node?.sendTest === undefined) {
    throw new CozifyError('COZIFY_NOT_FOUND', 'No node with this id can send a test: deploy it first.');
  }
  node.sendTest();
}
