import type { ListedState } from '../../src/homes-api.js';
import type { Language } from '../../src/nodes-api.js';
import { type BlockContext, headBlock, roomBlocks } from './blocks.js';
import { ExistingDashboard, type FlowNode, lastOrder } from './existing.js';
import { type Placed, placeBlocks, splitIntoFlows } from './layout.js';
import { nodeOf, type Properties } from './node-factory.js';
import { widgetKindsOf, type Section, sectionsOf, unused } from './sections.js';
import { summaryOf, textsIn } from './texts.js';

/** The home, and the flows to which a dashboard is added. */
export interface DashboardQuery {
  /** Id of the account node. */
  account: string;
  /** The devices and scenes of all hubs, in the order in which Cozify's app shows them. */
  things: readonly ListedState[];
  /** Names of the hubs by id. */
  hubs: ReadonlyMap<string, string>;
  /** The keys of the chosen rooms; `undefined` to plan without making nodes. */
  rooms: readonly string[] | undefined;
  /** All nodes of the flows that contain widgets, plus all flow tabs and dashboard configuration nodes. */
  flows: readonly FlowNode[];
  language: Language;
  newId: () => string;
}

/** A room with things that the page does not show yet. */
export interface PlannedRoom {
  key: string;
  name: string;
  /** The new widgets in words: "2 switches, 1 slider". */
  adds: string;
}

export interface DashboardPlan {
  rooms: PlannedRoom[];
  /** The number of things that the page already shows. */
  shown: number;
  /** The path of the page below Node-RED's address. */
  path: string;
  /** The new nodes. Empty if no rooms are chosen. */
  nodes: FlowNode[];
}

/**
 * Plans a dashboard page of rooms, and makes the nodes for the chosen rooms. Leaves out things that the page already
 * shows.
 */
export function planDashboard(query: DashboardQuery): DashboardPlan {
  const { account, things, hubs, language, rooms, flows } = query;
  const texts = textsIn(language);
  const existing = new ExistingDashboard(flows, account);
  const all = sectionsOf(things, hubs, language, texts);
  const missing = all
    .map((section) => ({ ...section, things: section.things.filter(({ thing }) => !existing.groupOf(thing)) }))
    .filter((section) => section.things.length > 0);
  const page = new PageMaker(query, existing);
  const chosen = missing.filter(({ key }) => rooms?.includes(key));
  return {
    rooms: missing.map(({ key, name, things: own }) => ({ key, name, adds: summaryOf(widgetKindsOf(own), texts) })),
    shown: countOf(all) - countOf(missing),
    path: page.path,
    nodes: chosen.length === 0 ? [] : page.make(chosen, all),
  };
}

function countOf(sections: readonly Section[]): number {
  return sections.reduce((sum, { things }) => sum + things.length, 0);
}

/** Makes the flows for a page, and the configuration nodes that are missing. */
class PageMaker {
  readonly #existing: ExistingDashboard;
  readonly #context: BlockContext;
  readonly #configNodes: FlowNode[] = [];
  readonly #base: FlowNode;
  readonly #page: FlowNode;

  constructor({ account, language, newId }: DashboardQuery, existing: ExistingDashboard) {
    this.#existing = existing;
    this.#context = { account, language, texts: textsIn(language), newId };
    const bases = existing.ofType('ui-base');
    const [firstTheme] = existing.ofType('ui-theme');
    this.#base = bases.find(({ id }) => id === existing.page?.['ui']) ?? bases[0] ?? this.#add(nodeOf('ui-base'));
    this.#page = existing.page ?? this.#addPage(firstTheme ?? this.#add(nodeOf('ui-theme')));
  }

  get path(): string {
    return `${String(this.#base['path'])}${String(this.#page['path'])}`;
  }

  /** Makes the nodes for the chosen rooms. `all`: all rooms, including the things that the page already shows. */
  make(chosen: readonly Section[], all: readonly Section[]): FlowNode[] {
    const { texts, newId } = this.#context;
    const blocks = chosen.flatMap((section) => {
      const group = this.#groupOf(section, all);
      return roomBlocks(section, group, this.#existing.lastOrderIn(group) + 1, this.#context);
    });
    const labels = new Set(this.#existing.ofType('tab').map(({ label }) => label));
    const nodes = splitIntoFlows(blocks).flatMap((part) => {
      const links = part.flatMap(({ linkOut }) => linkOut ?? []);
      const head = headBlock(this.path, this.#base.id, links, this.#context);
      const label = unused(texts.flow, labels);
      labels.add(label);
      const flow: FlowNode = { id: newId(), type: 'tab', label, disabled: false, info: '', env: [] };
      return [flow, ...placeBlocks([head, ...part]).map((placed) => nodeAt(placed, flow.id))];
    });
    return [...nodes, ...this.#configNodes];
  }

  #addPage(theme: FlowNode): FlowNode {
    const pages = this.#existing.ofType('ui-page');
    const page = {
      name: unused(this.#context.texts.page, new Set(pages.map(({ name }) => name))),
      path: unused('/home', new Set(pages.map(({ path }) => path)), '-'),
      ui: this.#base.id,
      theme: theme.id,
      order: lastOrder(pages) + 1,
    };
    return this.#add(nodeOf('ui-page', page));
  }

  #add(properties: Properties): FlowNode {
    const node: FlowNode = { id: this.#context.newId(), ...properties };
    this.#configNodes.push(node);
    return node;
  }

  /**
   * Returns the group of a room: the group that shows other things of the room, otherwise the group with the room's
   * name, otherwise a new group.
   */
  #groupOf({ key, name }: Section, all: readonly Section[]): string {
    const things = all.find((section) => section.key === key)?.things ?? [];
    const used = things.flatMap(({ thing }) => this.#existing.groupOf(thing) ?? []);
    const groups = [...this.#existing.groups, ...this.#configNodes.filter(({ type }) => type === 'ui-group')];
    const named = groups.find((group) => group['name'] === name);
    const group = { name, page: this.#page.id, order: lastOrder(groups) + 1 };
    return used[0] ?? named?.id ?? this.#add(nodeOf('ui-group', group)).id;
  }
}

function nodeAt({ id, properties, x, y, wires }: Placed, z: string): FlowNode {
  return { id, z, ...properties, x, y, wires };
}
