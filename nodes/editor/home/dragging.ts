import { makerOfRow, NODE_MAKERS, type NodeMaker } from './into-flow.js';
import type { Row, ThingTree } from './thing-tree.js';

const SCOPE = 'cozify-home';

/** What Node-RED's editor has of jQuery UI. */
interface Draggable {
  draggable(options: object): void;
  droppable(options: object | 'destroy'): void;
}

/** Lets rows and their buttons be dragged onto the flow. Gives the way to stop that. */
export function letDrag(
  tree: ThingTree,
  onDrop: (row: Row, maker: NodeMaker, place: { pageX: number; pageY: number }) => void,
): () => void {
  let dragged: { row: Row; maker: NodeMaker } | undefined;
  const begin = (event: JQuery.TriggeredEvent): void => {
    const row = tree.rowOf(event.target as Element);
    const name = $(event.target as Element)
      .closest('[data-do]')
      .attr('data-do');
    const maker = name === undefined ? makerOfRow(row?.actions ?? []) : NODE_MAKERS.find((one) => one === name);
    dragged = row === undefined || maker === undefined ? undefined : { row, maker };
  };
  // The list is what is draggable, and a row its handle: rows are drawn anew, also while the mouse is over them.
  (tree.$list as unknown as Draggable).draggable({
    scope: SCOPE,
    handle: '[role=treeitem]',
    cancel: '.cozify-home-uses, .cozify-home-nodes',
    distance: 5,
    appendTo: 'body',
    cursorAt: { left: -8, top: -8 },
    zIndex: 1000,
    helper: (from: JQuery.TriggeredEvent) => {
      begin(from);
      return $('<div class="cozify-home-dragged">').text(dragged?.row.target.name ?? '');
    },
    start: () => dragged !== undefined,
  });
  const $workspace = $('#red-ui-workspace') as unknown as Draggable;
  $workspace.droppable({
    scope: SCOPE,
    tolerance: 'pointer',
    drop: ({ pageX = 0, pageY = 0 }: { pageX?: number; pageY?: number }) => {
      if (dragged !== undefined) onDrop(dragged.row, dragged.maker, { pageX, pageY });
      dragged = undefined;
    },
  });
  return () => $workspace.droppable('destroy');
}
