import type { Node, NodeAPI } from 'node-red';
import { CozifyError } from '../../src/index.js';
import { badInput } from '../../src/nodes-api.js';

/** A node that can send by hand what it would send by itself, so that what follows it in the flow can be tried. */
export interface TestedNode extends Node {
  /** Sends a message with `test` true. Throws a `CozifyError` where nobody knows what it would be. */
  sendTest?: () => void;
}

/**
 * Has a node send a test. Throws `COZIFY_NOT_FOUND` where there is none with this id, as before its
 * Deploy, and `COZIFY_BAD_INPUT` where it can't send one, as with settings that make no sense.
 */
export function sendTest(RED: NodeAPI, id: string): void {
  const node = RED.nodes.getNode(id) as TestedNode | null | undefined;
  if (!node) throw new CozifyError('COZIFY_NOT_FOUND', 'There is no node with this id: deploy it first.');
  if (node.sendTest === undefined)
    throw badInput('The node should have settings that it can work with: check them, and deploy it.');
  node.sendTest();
}
