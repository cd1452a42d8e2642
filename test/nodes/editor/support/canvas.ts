import type { CanvasNode } from '../../../../nodes/editor/home/flow.js';

/** A step that Node-RED's editor can undo. */
interface Undoable {
  t: string;
  [property: string]: unknown;
}

/** The position and size of the flow on the page, and its scroll position. */
export const CHART = { left: 100, top: 50, width: 800, height: 600, scrollLeft: 300, scrollTop: 200 };

/**
 * The flows in Node-RED's editor, without a page. Keeps the nodes, the undo steps, the shown ids and the focus. `red`
 * contains the editor's functions, which a test may delete to imitate older versions of Node-RED.
 */
export class Canvas {
  readonly placed: CanvasNode[] = [];
  readonly steps: Undoable[] = [];
  readonly shown: unknown[] = [];
  readonly imported: unknown[] = [];
  /** The calls that validate nodes, announce a change, or redraw, as text. */
  readonly log: string[] = [];
  active: string | 0 = 'tab';
  isDirty = false;
  /** The functions that were passed to `requestAnimationFrame` and have not been called. */
  readonly frames: (() => void)[] = [];

  readonly user = { permissions: undefined as string[] | undefined };
  readonly red = {
    user: {
      hasPermission: (one: string): boolean => this.user.permissions?.includes(one) ?? true,
    } as Record<string, unknown>,
    view: {
      importNodes: (nodes: object[], options: object): void => void this.imported.push({ nodes, options }),
      createNode: (type: string): object => ({
        node: { id: 'new', type, z: this.active, x: 1, y: 1, w: 100, h: 30, account: '' },
        historyEvent: { t: 'add', nodes: ['new'] },
      }),
      select: (selection: { nodes: CanvasNode[] }): void => void this.shown.push(selection.nodes.map(({ id }) => id)),
      reveal: (id: string): void => void this.shown.push(id),
      redraw: (isWhole = false): void => void this.log.push(isWhole ? 'drawn with its links' : 'drawn'),
      scale: (): number => 2,
      gridSize: (): number => 25,
      focus: (): void => void this.shown.push('focus'),
    } as Record<string, unknown>,
    nodes: {
      add: (node: CanvasNode): CanvasNode => {
        this.placed.push(node);
        return node;
      },
      node: (id: string): CanvasNode | null => this.placed.find((node) => node.id === id) ?? null,
      eachNode: (call: (node: CanvasNode) => boolean): void => this.placed.forEach((node) => call(node)),
      filterNodes: ({ z }: { z: string }): CanvasNode[] => this.placed.filter((node) => node.z === z),
      getType: (type: string): object | undefined =>
        ({
          'cozify-read': { defaults: { name: { value: '' }, rooms: { value: [] }, outputs: { value: 2 } }, outputs: 1 },
          'cozify-changes': { defaults: { name: { value: '' } }, outputs: 1 },
          'cozify-button': { defaults: {} },
        })[type],
      workspace: (id: string): object | undefined =>
        ({
          tab: { id: 'tab', label: 'Home' },
          locked: { id: 'locked', label: 'Kept' },
          off: { id: 'off', label: 'Off', disabled: true },
        })[id],
      subflow: (id: string): object | undefined => ({ sub: { id: 'sub', name: 'Evening' } })[id],
      dirty: (isDirty?: boolean): boolean => (this.isDirty = isDirty ?? this.isDirty),
      createCompleteNodeSet: (): object[] => [],
    } as Record<string, unknown>,
    history: { push: (step: Undoable): void => void this.steps.push(step) } as Record<string, unknown>,
    workspaces: {
      active: (): string | 0 => this.active,
      isLocked: (id: string): boolean => id === 'locked',
      show: (id: string): void => void this.shown.push(id),
    } as Record<string, unknown>,
    editor: {
      validateNode: (node: CanvasNode): void => void this.log.push(`validated ${node.id}`),
    } as Record<string, unknown>,
    events: { emit: (name: string, node: CanvasNode): void => void this.log.push(`${name} ${node.id}`) },
    utils: { getNodeLabel: ({ name, id }: { name?: string; id: string }): string => name ?? id },
  };

  /** Puts the editor in place of the global objects of a page. */
  open(): this {
    const { left, top, width, height, scrollLeft, scrollTop } = CHART;
    const chart = {
      0: { scrollLeft, scrollTop },
      offset: () => ({ left, top }),
      width: () => width,
      height: () => height,
    };
    Object.assign(globalThis, {
      RED: this.red,
      $: () => chart,
      requestAnimationFrame: (call: () => void) => this.frames.push(call),
    });
    return this;
  }

  static close(): void {
    for (const name of ['RED', '$', 'requestAnimationFrame']) Reflect.deleteProperty(globalThis, name);
  }

  /** Puts a node on the canvas, by default a command node in the open flow. */
  place(node: Partial<CanvasNode> & { id: string }): CanvasNode {
    const whole = { type: 'cozify-command', z: 'tab', x: 0, y: 0, w: 100, h: 30, account: 'account', ...node };
    this.placed.push(whole);
    return whole;
  }
}
