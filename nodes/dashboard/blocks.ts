import type { ListedState } from '../../src/homes-api.js';
import type { Language } from '../../src/nodes-api.js';
import { type Block, COLUMN, type Placed, ROW } from './layout.js';
import {
  changesNode,
  commandNode,
  isControl,
  nodeOf,
  type Properties,
  reasonNode,
  widgetNode,
} from './node-factory.js';
import { type Section, type ThingWithWidgets, thermometersIn } from './sections.js';
import type { DashboardTexts } from './texts.js';
import type { Widget } from './widgets.js';

/** Values that all blocks of a dashboard share. */
export interface BlockContext {
  account: string;
  language: Language;
  texts: DashboardTexts;
  newId: () => string;
}

/** A block of nodes for the widgets of a room. */
export interface RoomBlock extends Block {
  /** The link node that passes on failed commands; `undefined` for a block without commands. */
  linkOut?: Placed;
}

/**
 * Maximum number of rows in a block. A larger room is split into several blocks, because a block must fit in one
 * column.
 */
const MAX_ROWS = 28;
/** The height of a heading, including the space below it. */
const HEADING = 80;
const HEADING_Y = 40;

/** Returns the blocks of a room, with a row for each widget. `order`: the position of the first widget in its group. */
export function roomBlocks(section: Section, group: string, order: number, context: BlockContext): RoomBlock[] {
  const thermometers = thermometersIn(section.things);
  const parts: ThingWithWidgets[][] = [];
  let rows = Infinity;
  for (const shown of section.things) {
    if (rows + shown.widgets.length > MAX_ROWS) {
      parts.push([]);
      rows = 0;
    }
    parts.at(-1)?.push(shown);
    rows += shown.widgets.length;
  }
  let next = order;
  return parts.map((part, index) => {
    const maker = new BlockMaker(section.name, group, next, context);
    for (const { thing, widgets } of part) {
      for (const shared of byCommand(widgets)) maker.addWidgets(thing, shared);
    }
    if (index === parts.length - 1 && thermometers.length > 0) maker.addChart(thermometers);
    next = maker.nextOrder;
    return maker.finish();
  });
}

/** Returns the block at the top of a flow: a comment about the page, and the nodes that report failures on the page. */
export function headBlock(page: string, ui: string, links: readonly Placed[], context: BlockContext): Block {
  const { texts, newId } = context;
  const [first, second] = [HEADING + ROW / 2, HEADING + ROW + ROW / 2];
  const between = (first + second) / 2;
  const name = texts.about.replace('__page__', () => page);
  const comment = place(newId(), nodeOf('comment', { name, info: texts.info }), COLUMN.source + 60, HEADING_Y);
  const shown = { name: texts.notification, ui, dismissText: texts.close };
  const notification = place(newId(), nodeOf('ui-notification', shown), COLUMN.command, between);
  const reason = place(newId(), reasonNode(texts), COLUMN.widget, between, [[notification.id]]);
  const linkIn = nodeOf('link in', { name: texts.notDone, links: links.map(({ id }) => id) });
  const caught = nodeOf('catch', { name: texts.caught });
  const sources = [
    place(newId(), linkIn, COLUMN.source, first, [[reason.id]]),
    place(newId(), caught, COLUMN.source, second, [[reason.id]]),
  ];
  for (const { properties } of links) properties['links'] = [sources[0]?.id];
  return { nodes: [comment, ...sources, reason, notification], height: HEADING + 2 * ROW };
}

/**
 * Groups the widgets of a thing by command node. A switch and a brightness slider share a command node, which accepts a
 * boolean or a number. Their group comes first, and may be empty.
 */
function byCommand(widgets: readonly Widget[]): Widget[][] {
  const isShared = ({ field }: Widget): boolean => field === 'on' || field === 'brightness';
  const shared = widgets.filter((widget) => isControl(widget) && isShared(widget));
  const others = widgets.filter((widget) => !shared.includes(widget)).map((widget) => [widget]);
  return [shared, ...others];
}

function place(id: string, properties: Properties, x: number, y: number, wires: string[][] = []): Placed {
  return { id, properties, x, y, wires };
}

class BlockMaker {
  readonly #group: string;
  readonly #context: BlockContext;
  readonly #nodes: Placed[] = [];
  readonly #commands: Placed[] = [];
  #rows = 0;
  nextOrder: number;

  constructor(name: string, group: string, order: number, context: BlockContext) {
    this.#group = group;
    this.nextOrder = order;
    this.#context = context;
    this.#put(nodeOf('comment', { name }), COLUMN.source, HEADING_Y);
  }

  /** Adds some widgets of a device or scene. If they send commands, they share one command node. */
  addWidgets(thing: ListedState, widgets: readonly Widget[]): void {
    const [first] = widgets;
    if (first === undefined) return;
    let wires: string[][] = [];
    if (isControl(first)) {
      const isByPayload = first.field === 'on' || first.field === 'brightness';
      const y = yOf(this.#rows + (widgets.length - 1) / 2);
      const properties = commandNode(thing, isByPayload ? '' : first.field, this.#context.account);
      const command = this.#put(properties, COLUMN.command, y, [[]]);
      this.#commands.push(command);
      wires = [[command.id]];
    }
    for (const widget of widgets) this.#addRow(widget, [thing], wires);
  }

  addChart(things: readonly ListedState[]): void {
    const label = this.#context.texts.temperatures;
    this.#addRow({ kind: 'chart', field: 'temperature', label, unit: '°C' }, things, [[]]);
  }

  finish(): RoomBlock {
    const height = HEADING + this.#rows * ROW;
    const [first] = this.#commands;
    if (first === undefined) return { nodes: this.#nodes, height };
    const { y: lastY } = this.#commands.at(-1) ?? first;
    const properties = nodeOf('link out', { name: this.#context.texts.notDone });
    const linkOut = this.#put(properties, COLUMN.link, (first.y + lastY) / 2);
    for (const { wires } of this.#commands) wires.push([linkOut.id]);
    return { nodes: this.#nodes, height, linkOut };
  }

  #addRow(widget: Widget, things: readonly ListedState[], wires: string[][]): void {
    const { account, language } = this.#context;
    const y = yOf(this.#rows);
    const properties = widgetNode(widget, this.#group, this.nextOrder, language);
    const shown = this.#put(properties, COLUMN.widget, y, wires);
    const name = widget.kind === 'chart' ? widget.label : '';
    if (widget.kind !== 'button') {
      this.#put(changesNode(things, widget.field, account, name), COLUMN.source, y, [[shown.id]]);
    }
    this.#rows += 1;
    this.nextOrder += 1;
  }

  #put(properties: Properties, x: number, y: number, wires: string[][] = []): Placed {
    const placed = place(this.#context.newId(), properties, x, y, wires);
    this.#nodes.push(placed);
    return placed;
  }
}

function yOf(row: number): number {
  return HEADING + row * ROW + ROW / 2;
}
