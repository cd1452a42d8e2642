import type { ListedState } from '../../src/homes-api.js';

/** A node of a flow, as the editor exports it. */
export interface FlowNode {
  id: string;
  type: string;
  [property: string]: unknown;
}

/** The thing that a node's target refers to. An empty property matches anything. */
interface NamedThing {
  hub: string;
  kind: string;
  id: string;
  name: string;
}

/**
 * CSS class of the dashboard page for a home. The page is found by this class, because users rename pages and change
 * their paths.
 */
export const PAGE_CLASS = 'cozify-home';

/** Node types with a target setting. The targets identify the things that a widget shows or controls. */
const NAMING_TYPES: readonly string[] = ['cozify-changes', 'cozify-command', 'cozify-read'];

/** The dashboard in the current flows. */
export class ExistingDashboard {
  readonly #nodes: ReadonlyMap<string, FlowNode>;
  readonly #neighbours = new Map<string, Set<string>>();
  /** The dashboard page for the home of the account; `undefined` if there is none. */
  readonly page: FlowNode | undefined;
  /**
   * Targets of the nodes that are wired to the page's widgets, by {@link referenceKey}. Each target has the id of the
   * widget's group.
   */
  readonly #named = new Map<string, (NamedThing & { group: string })[]>();

  constructor(nodes: readonly FlowNode[], account: string) {
    this.#nodes = new Map(nodes.map((node) => [node.id, node]));
    for (const node of nodes) {
      for (const other of wiredTo(node)) {
        this.#neighboursOf(node.id).add(other);
        this.#neighboursOf(other).add(node.id);
      }
    }
    for (const page of this.ofType('ui-page').filter(isMarked)) {
      const named = this.#namedOn(page);
      const own = named.filter(({ node }) => node['account'] === account);
      // Skip the page of another account.
      if (named.length > 0 && own.length === 0) continue;
      this.page = page;
      for (const { node, group } of own) {
        for (const target of targetsOf(node)) {
          const key = referenceKey(target);
          const same = this.#named.get(key) ?? [];
          same.push({ ...target, group });
          this.#named.set(key, same);
        }
      }
      break;
    }
  }

  ofType(type: string): FlowNode[] {
    return [...this.#nodes.values()].filter((node) => node.type === type);
  }

  /** The groups of the page. */
  get groups(): FlowNode[] {
    return this.page === undefined ? [] : this.#groupsOf(this.page);
  }

  /** Returns the id of the group that shows a thing on the page; `undefined` if the page does not show the thing. */
  groupOf({ hub, kind, id, name }: ListedState): string | undefined {
    const targets = [referenceKey({ id, name }), referenceKey({ id: '', name })].flatMap(
      (key) => this.#named.get(key) ?? [],
    );
    const isSame = (one: string, other: string): boolean => one === '' || one === other;
    return targets.find((target) => isSame(target.hub, hub) && isSame(target.kind, kind))?.group;
  }

  /** Returns the highest position of a widget in a group; 0 for an empty group. */
  lastOrderIn(group: string): number {
    const widgets = [...this.#nodes.values()].filter((node) => node['group'] === group);
    return lastOrder(widgets);
  }

  #groupsOf(page: FlowNode): FlowNode[] {
    return this.ofType('ui-group').filter((group) => group['page'] === page.id);
  }

  /**
   * Returns the nodes that have targets and are wired to a widget of the page, directly or through other nodes, each
   * with the group of the first such widget. Visits each node at most once, because a chain of nodes may be shared by
   * many widgets.
   */
  #namedOn(page: FlowNode): { node: FlowNode; group: string }[] {
    const groups = new Set(this.#groupsOf(page).map(({ id }) => id));
    const visited = new Set<string>();
    const named: { node: FlowNode; group: string }[] = [];
    for (const widget of this.#nodes.values()) {
      const { group } = widget;
      if (typeof group !== 'string' || !groups.has(group)) continue;
      const queue = [...this.#neighboursOf(widget.id)];
      for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
        const node = this.#nodes.get(id);
        if (node === undefined || visited.has(id) || node.type.startsWith('ui-')) continue;
        visited.add(id);
        if (NAMING_TYPES.includes(node.type)) named.push({ node, group });
        else queue.push(...this.#neighboursOf(id));
      }
    }
    return named;
  }

  #neighboursOf(id: string): Set<string> {
    const known = this.#neighbours.get(id) ?? new Set();
    this.#neighbours.set(id, known);
    return known;
  }
}

/** Returns the highest `order` of the nodes; 0 if none has a valid one. */
export function lastOrder(nodes: readonly FlowNode[]): number {
  return nodes.reduce((last, { order }) => Math.max(last, typeof order === 'object' ? 0 : Number(order) || 0), 0);
}

function isMarked({ className }: FlowNode): boolean {
  return typeof className === 'string' && className.split(/\s+/).includes(PAGE_CLASS);
}

function wiredTo({ wires }: FlowNode): string[] {
  const outputs: unknown[] = Array.isArray(wires) ? wires.flat() : [];
  return outputs.filter((id) => typeof id === 'string');
}

/** Returns the key of a target: its id, or its name if it has no id. */
function referenceKey({ id, name }: { id: string; name: string }): string {
  return id === '' ? `name ${name.trim().toLowerCase()}` : `id ${id}`;
}

function targetsOf({ targets }: FlowNode): NamedThing[] {
  const all: unknown[] = Array.isArray(targets) ? targets : [];
  return all.map((given) => {
    const { hub, kind, id, name } = (given ?? {}) as Record<string, unknown>;
    return { hub: textOf(hub), kind: textOf(kind), id: textOf(id), name: textOf(name) };
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
