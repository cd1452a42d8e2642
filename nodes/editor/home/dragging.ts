import { isOverFlow } from './canvas.js';
import { makerOfRow, NODE_MAKERS, type NodeMaker } from './into-flow.js';
import type { Row, ThingTree } from './thing-tree.js';

const SCOPE = 'cozify-home';

/** Node-RED's jQuery UI functions for dragging. */
interface Draggable {
  draggable(options: object): void;
  droppable(options: object | 'destroy'): void;
}

/** The position on the page at which something was dropped. */
interface Spot {
  pageX: number;
  pageY: number;
}

/**
 * Makes rows and their buttons draggable onto the flow. `onDrag` is called when a drag starts, and returns the function
 * to call at the drop. Returns a function that removes all this.
 */
export function letDrag(tree: ThingTree, onDrag: (row: Row, maker: NodeMaker) => (spot: Spot) => void): () => void {
  let dragged: { name: string; drop: (spot: Spot) => void } | undefined;
  const start = (event: JQuery.TriggeredEvent): void => {
    const row = tree.rowOf(event.target as Element);
    const name = $(event.target as Element)
      .closest('[data-do]')
      .attr('data-do');
    const maker = name === undefined ? makerOfRow(row?.actions ?? []) : NODE_MAKERS.find((one) => one === name);
    dragged =
      row === undefined || maker === undefined ? undefined : { name: row.target.name, drop: onDrag(row, maker) };
  };
  // The list is the draggable element, and a row its handle, because rows are redrawn even under the mouse.
  (tree.$list as unknown as Draggable).draggable({
    scope: SCOPE,
    handle: '[role=treeitem]',
    cancel: '.cozify-home-uses, .cozify-home-nodes',
    distance: 5,
    appendTo: 'body',
    cursorAt: { left: -8, top: -8 },
    zIndex: 1000,
    helper: (from: JQuery.TriggeredEvent) => {
      start(from);
      return $('<div class="cozify-home-dragged">').text(dragged?.name ?? '');
    },
    start: () => dragged !== undefined,
  });
  const $workspace = $('#red-ui-workspace') as unknown as Draggable;
  $workspace.droppable({
    scope: SCOPE,
    tolerance: 'pointer',
    drop: ({ pageX = 0, pageY = 0 }: Partial<Spot>) => {
      if (isOverFlow({ pageX, pageY })) dragged?.drop({ pageX, pageY });
      dragged = undefined;
    },
  });
  return () => $workspace.droppable('destroy');
}
