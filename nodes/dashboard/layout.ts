import type { Properties } from './node-factory.js';

/** A node on the canvas, with the nodes to which each of its outputs is wired. */
export interface Placed {
  id: string;
  properties: Properties;
  /** The position of the centre. Within a block, relative to the block's top left corner. */
  x: number;
  y: number;
  wires: string[][];
}

/** A group of nodes that the layout keeps together. */
export interface Block {
  nodes: Placed[];
  height: number;
}

/** Distance between the rows of a block, which leaves room for the status of a node. */
export const ROW = 60;
/** Horizontal positions of a block's columns, by the role of the nodes in the column. */
export const COLUMN = { source: 220, widget: 600, command: 980, link: 1200 };

const BLOCK_WIDTH = 1320;
const GAP = 40;
/** Maximum number of block columns in a flow. Node-RED's canvas is 8000 by 8000 pixels. */
const MAX_COLUMNS = 6;
/** The heights of a column in pixels, tried in order until the blocks fit. */
const COLUMN_HEIGHTS = [2000, 3500, 5000] as const;
/** The height of a column if the blocks don't fit with a smaller height. */
const MAX_HEIGHT = 7600;
/**
 * Maximum total height of the blocks in one flow. Two columns are kept in reserve, because columns of uneven height
 * waste space.
 */
const FLOW_HEIGHT = (MAX_COLUMNS - 2) * MAX_HEIGHT;

/** Distributes blocks among as many flows as they need. */
export function splitIntoFlows<B extends Block>(blocks: readonly B[]): B[][] {
  return packed(blocks, FLOW_HEIGHT);
}

/** Places the blocks of a flow in columns. */
export function placeBlocks(blocks: readonly Block[]): Placed[] {
  const height = COLUMN_HEIGHTS.find((one) => packed(blocks, one).length <= MAX_COLUMNS) ?? MAX_HEIGHT;
  return packed(blocks, height).flatMap((column, index) => stacked(column, index * BLOCK_WIDTH));
}

function packed<B extends Block>(blocks: readonly B[], height: number): B[][] {
  const columns: B[][] = [];
  let used = Infinity;
  for (const block of blocks) {
    if (used + block.height > height) {
      columns.push([]);
      used = 0;
    }
    columns.at(-1)?.push(block);
    used += block.height + GAP;
  }
  return columns;
}

function stacked(column: readonly Block[], left: number): Placed[] {
  let top = 0;
  return column.flatMap(({ nodes, height }) => {
    const placed = nodes.map((node) => ({ ...node, x: node.x + left, y: node.y + top }));
    top += height + GAP;
    return placed;
  });
}
