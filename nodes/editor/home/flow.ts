// Access to the flows in the editor: adds nodes and flows, shows where a node is, and changes which things a node
// refers to.
import type { SavedTarget } from '../picker/target.js';

/** A node in the editor, with the properties that the home tab uses. */
export interface CanvasNode {
  id: string;
  type: string;
  z: string;
  x: number;
  y: number;
  w: number;
  h: number;
  d?: boolean;
  changed?: boolean;
  dirty?: boolean;
  selected?: boolean;
  account?: string;
  hub?: string;
  targets?: SavedTarget[];
  rooms?: string[];
  command?: string;
  field?: string;
  fields?: string[];
  payload?: string;
  condition?: { field?: string } | null;
  [property: string]: unknown;
}

interface Flow {
  id: string;
  label?: string;
  name?: string;
  disabled?: boolean;
  locked?: boolean;
}

/** A node in Node-RED's export format. */
interface Exported {
  id: string;
  type: string;
  z?: string;
  [property: string]: unknown;
}

/**
 * Undocumented functions of Node-RED's editor. An optional function is missing from some versions of Node-RED, which
 * then do not offer the features that need it.
 */
interface Inside {
  user?: { hasPermission?(permission: string): boolean };
  view: {
    importNodes?(nodes: object[], options: object): void;
    createNode?(type: string, x: null, y: null, z?: string): { node: CanvasNode; historyEvent: object };
    select?(selection: object): void;
    reveal?(id: string): void;
    redraw(isWhole?: boolean): void;
    scale?(): number;
    gridSize?(): number;
    focus?(): void;
  };
  nodes: {
    add?(node: CanvasNode): CanvasNode | undefined;
    node(id: string): CanvasNode | null | undefined;
    filterNodes?(filter: object): CanvasNode[];
    getType(type: string): { defaults: Record<string, { value?: unknown }>; outputs?: number } | undefined;
    workspace(id: string): Flow | undefined;
    subflow(id: string): Flow | undefined;
    dirty(isDirty?: boolean): boolean;
    createCompleteNodeSet?(options: object): Exported[];
  };
  history?: { push?(event: object): void };
  workspaces: { active(): string | 0; isLocked?(id?: string): boolean; show?(id: string): void };
  editor: { validateNode?(node: CanvasNode): void };
  events: { emit(name: string, node: unknown): void };
  utils: { getNodeLabel(node: unknown): string };
}

const inside = (): Inside => RED as unknown as Inside;

/** The reason why a node can't be added to the open flow. */
type Hindrance = 'noFlow' | 'locked' | 'account';

/** A new node: its type, and the properties that differ from the defaults. */
interface NewNode {
  type: string;
  properties: Record<string, unknown>;
}

export function hasPermission(permission: string): boolean {
  return inside().user?.hasPermission?.(permission) ?? true;
}

export function mayAdd(): boolean {
  const { view, nodes } = inside();
  return mayChange() && 'createNode' in view && 'add' in nodes;
}

export function mayChange(): boolean {
  return hasPermission('flows.write') && inside().history?.push !== undefined;
}

function hindrance(account: string): Hindrance | undefined {
  const flow = inside().workspaces.active();
  if (!flow || flowOf(flow) === undefined) return 'noFlow';
  if (isLocked(flow)) return 'locked';
  const found = nodeById(account);
  // An account that is limited to one flow can be used only in that flow.
  return found === undefined || (found.z && found.z !== flow) ? 'account' : undefined;
}

export function isLocked(flow: string): boolean {
  return Boolean(inside().workspaces.isLocked?.(flow));
}

/** Returns a node's label, the name of its flow, and whether the node or the flow is disabled. */
export function nameOfNode(node: CanvasNode): { label: string; flow: string; isDisabled: boolean } {
  const flow = flowOf(node.z);
  return {
    label: inside().utils.getNodeLabel(node),
    flow: flow?.label ?? flow?.name ?? '',
    isDisabled: node.d === true || flow?.disabled === true,
  };
}

export function nodeById(id: string): CanvasNode | undefined {
  return inside().nodes.node(id) ?? undefined;
}

export function mayReveal(): boolean {
  return inside().view.reveal !== undefined;
}

export function reveal(id: string): void {
  inside().view.reveal?.(id);
}

/** Options of an import that neither creates a flow for the nodes nor shows a notification. */
const QUIETLY = { addFlow: false, notify: false };

/** Attaches a new node to the mouse pointer: a click drops the node, Escape removes it. */
function hangAtMouse(node: NewNode): void {
  const { view, nodes, workspaces } = inside();
  if (view.importNodes === undefined) return add(node, freePosition());
  const { defaults = {}, outputs = 0 } = nodes.getType(node.type) ?? {};
  const values = Object.entries(defaults).map(([name, { value }]) => [name, structuredClone(value)]);
  const properties = { ...(Object.fromEntries(values) as Record<string, unknown>), ...node.properties };
  const count = typeof properties['outputs'] === 'number' ? properties['outputs'] : outputs;
  const wires = Array.from({ length: count }, () => []);
  const place = { z: workspaces.active(), x: 0, y: 0, wires };
  const whole = { ...properties, id: 'cozify-home', type: node.type, ...place };
  view.importNodes([whole], { ...QUIETLY, generateIds: true });
  view.focus?.();
}

/** Returns the visible part of the flow: its offset on the page, its scroll position, and its size. */
function visiblePart(): { left: number; top: number; x: number; y: number; width: number; height: number } {
  const $chart = $('#red-ui-workspace-chart');
  const { left, top } = $chart.offset() as JQuery.Coordinates;
  const { scrollLeft: x, scrollTop: y } = $chart[0] as Element;
  // jQuery measures the flow even while Node-RED hides it, because no flow is open.
  return { left, top, x, y, width: Number($chart.width()), height: Number($chart.height()) };
}

/** Whether a position on the page is over the flow, and not over a bar or sidebar. */
function isOverFlow({ pageX, pageY }: Spot): boolean {
  const { left, top, width, height } = visiblePart();
  return pageX >= left && pageX < left + width && pageY >= top && pageY < top + height;
}

/** Converts a position on the page to a position in the flow. */
function inFlow({ pageX, pageY }: Spot): Point {
  const { left, top, x, y } = visiblePart();
  const scale = inside().view.scale?.() ?? 1;
  return { x: (pageX - left + x) / scale, y: (pageY - top + y) / scale };
}

/**
 * Returns a position on the grid for a new node: the middle of the visible part of the flow or, if a node is there, the
 * first free position below.
 */
function freePosition(): Point {
  const { nodes, view, workspaces } = inside();
  const { left, top, width, height } = visiblePart();
  const middle = inFlow({ pageX: left + width / 2, pageY: top + height / 2 });
  const grid = view.gridSize?.() ?? 20;
  const onGrid = (value: number): number => Math.round(value / grid) * grid;
  const others = nodes.filterNodes?.({ z: workspaces.active() }) ?? [];
  const isOccupied = ({ x, y }: Point): boolean =>
    others.some((one) => Math.abs(one.x - x) < one.w / 2 + 60 && Math.abs(one.y - y) < one.h / 2 + 20);
  while (isOccupied(middle)) middle.y += 2 * grid;
  return { x: onGrid(middle.x), y: onGrid(middle.y) };
}

/**
 * Adds a node in one undoable step. Node-RED widens the node at its first drawing, which moves the middle of the node.
 * The position is therefore set again after that drawing.
 */
function add({ type, properties }: NewNode, place: Point): void {
  const { view, nodes, history, editor } = inside();
  const created = view.createNode?.(type, null, null);
  if (created === undefined) return;
  Object.assign(created.node, structuredClone(properties), place);
  const node = nodes.add?.(created.node) ?? nodeById(created.node.id) ?? created.node;
  history?.push?.(created.historyEvent);
  editor.validateNode?.(node);
  nodes.dirty(true);
  view.redraw(true);
  view.select?.({ nodes: [node] });
  requestAnimationFrame(() => {
    Object.assign(node, place, { dirty: true });
    view.redraw();
  });
}

/** The properties that the server needs to find out which things an existing dashboard page shows. */
const DASHBOARD_PROPERTIES = [
  'id',
  'type',
  'z',
  'wires',
  'label',
  'name',
  'path',
  'order',
  'className',
  'group',
  'page',
  'ui',
  'theme',
  'account',
  'targets',
];

export function mayAddFlow(): boolean {
  const { view, nodes, workspaces } = inside();
  return mayChange() && 'importNodes' in view && 'createCompleteNodeSet' in nodes && 'show' in workspaces;
}

export function hasNodeType(type: string): boolean {
  return Boolean(inside().nodes.getType(type));
}

/**
 * Returns the nodes from which the server finds existing dashboard pages: all flow tabs, the dashboard configuration
 * nodes, and all nodes of the flows that have widgets.
 */
export function dashboardNodes(): object[] {
  const all = inside().nodes.createCompleteNodeSet?.({ credentials: false }) ?? [];
  const flows = new Set(all.filter(({ type, group }) => type.startsWith('ui-') && group).map(({ z }) => z));
  const isIncluded = ({ type, z }: Exported): boolean => type === 'tab' || type.startsWith('ui-') || flows.has(z);
  return all
    .filter(isIncluded)
    .map((node) => Object.fromEntries(DASHBOARD_PROPERTIES.map((name) => [name, node[name]])));
}

/** Adds a flow with its nodes in one undoable step, and shows the flow. `nodes`: the nodes, and the flow as a tab. */
export function addFlow(nodes: readonly Exported[]): void {
  const { view, workspaces } = inside();
  view.importNodes?.([...nodes], { ...QUIETLY, generateIds: false });
  for (const { type, id } of nodes) if (type === 'tab') workspaces.show?.(id);
}

/** The properties of a node that refer to things, rooms or a hub. */
export type ReferenceProperties = Partial<Pick<CanvasNode, 'targets' | 'rooms' | 'hub'>>;

/** Makes nodes refer to other things, rooms or another hub, in one undoable step. Other properties stay unchanged. */
export function changeNames(changes: readonly { node: CanvasNode; names: ReferenceProperties }[]): void {
  const { view, nodes, history, editor, events } = inside();
  const dirty = nodes.dirty();
  const edits = changes.map(({ node, names }) => {
    const old = Object.fromEntries(Object.keys(names).map((name) => [name, node[name]]));
    const edit = { t: 'edit', node, changes: old, changed: node.changed === true, dirty };
    Object.assign(node, names, { changed: true, dirty: true, resize: true });
    return edit;
  });
  history?.push?.({ t: 'multi', events: edits, dirty });
  for (const { node } of changes) {
    editor.validateNode?.(node);
    events.emit('nodes:change', node);
  }
  nodes.dirty(true);
  view.redraw(true);
}

function flowOf(id: string): Flow | undefined {
  const { nodes } = inside();
  return nodes.workspace(id) ?? nodes.subflow(id);
}

/** The type of node that a button in a row of the home tab creates, without the prefix "cozify-". */
export type NodeMaker = 'read' | 'command' | 'changes' | 'button';

export const NODE_MAKERS: readonly NodeMaker[] = ['command', 'changes', 'read', 'button'];

/** Returns the data of a new node that refers to things or rooms. */
function nodeFor(maker: NodeMaker, targets: readonly SavedTarget[], account: string): NewNode {
  const kinds = [...new Set(targets.map((target) => target.kind))];
  const isOnly = (kind: string): boolean => kinds.every((one) => one === kind);
  const type = `cozify-${maker}`;
  if (maker === 'changes' && isOnly('room')) {
    return { type, properties: { account, targets: [], rooms: targets.map(({ id }) => id) } };
  }
  const own: Record<NodeMaker, object> = {
    read: { kind: kinds[0] },
    command: { ...(isOnly('scene') && { command: 'on' }), ...(isOnly('alarm') && { command: 'close' }) },
    changes: { kinds },
    button: {},
  };
  return { type, properties: { account, targets, ...own[maker] } };
}

/**
 * Returns the type of node that the actions of a row can create; `undefined` if they create none. If there are several
 * types, returns the one that dragging the whole row creates.
 */
export function makerIn(actions: readonly string[]): NodeMaker | undefined {
  return (['command', 'button', 'changes', 'read'] as const).find((maker) => actions.includes(maker));
}

/** A position in the flow. */
type Point = Pick<CanvasNode, 'x' | 'y'>;

/** A position on the page. */
interface Spot {
  pageX: number;
  pageY: number;
}

/** The position of a new node: at the mouse pointer, in the middle of the view, or at a position on the page. */
export type DropTarget = 'mouse' | 'view' | Spot;

/** Puts a new node for things or a room into the open flow. Returns the reason if that is impossible. */
export function putIntoFlow(
  maker: NodeMaker,
  targets: readonly SavedTarget[],
  account: string,
  place: DropTarget,
): Hindrance | undefined {
  const problem = hindrance(account);
  if (problem !== undefined) return problem;
  const node = nodeFor(maker, targets, account);
  if (place === 'mouse') hangAtMouse(node);
  else add(node, place === 'view' ? freePosition() : inFlow(place));
  return undefined;
}

const SCOPE = 'cozify-home';

/** Node-RED's jQuery UI functions for dragging. */
interface Draggable {
  draggable(options: object): void;
  droppable(options: object | 'destroy'): void;
}

/** A drag onto the flow. */
export interface Drag {
  /** The text beside the mouse pointer. */
  label: string;
  /** Called with the position when the user drops onto the flow. */
  drop: (spot: Spot) => void;
}

/**
 * Makes the rows of a list and their buttons draggable onto the flow, until the signal aborts. `onDrag`: called with
 * the element under the mouse when a drag starts; returns `undefined` if the element can't be dragged.
 */
export function letDrag($list: JQuery, onDrag: (element: Element) => Drag | undefined, signal: AbortSignal): void {
  let dragged: Drag | undefined;
  // The list is the draggable element and the rows are its handles, because a row can be redrawn during a drag.
  ($list as unknown as Draggable).draggable({
    scope: SCOPE,
    handle: '[role=treeitem]',
    cancel: '.cozify-home-uses, .cozify-home-nodes, .cozify-home-details',
    distance: 5,
    appendTo: 'body',
    cursorAt: { left: -8, top: -8 },
    zIndex: 1000,
    helper: ({ target }: JQuery.TriggeredEvent) => {
      dragged = onDrag(target as Element);
      return $('<div class="cozify-home-dragged">').text(dragged?.label ?? '');
    },
    start: () => dragged !== undefined,
  });
  const $workspace = $('#red-ui-workspace') as unknown as Draggable;
  $workspace.droppable({
    scope: SCOPE,
    tolerance: 'pointer',
    drop: ({ pageX, pageY }: Spot) => {
      if (isOverFlow({ pageX, pageY })) dragged?.drop({ pageX, pageY });
    },
  });
  signal.addEventListener('abort', () => $workspace.droppable('destroy'));
}
