// The content of the home tab: connects its parts, and runs the actions of its rows.
import type { SavedTarget } from '../picker/target.js';
import { translate } from '../shared/catalogue.js';
import { fold } from '../shared/draw.js';
import { onEditorEvents } from '../shared/flows.js';
import { viewerLocale } from '../shared/times.js';
import { AccountChoice } from './account-choice.js';
import { type Seen, watchAttention } from './attention.js';
import { sendCommand } from './commands.js';
import { prepareDashboard } from './dashboard.js';
import { EventLog } from './event-log.js';
import {
  type CanvasNode,
  type Drag,
  hasPermission,
  letDrag,
  makerIn,
  mayAdd,
  mayChange,
  NODE_MAKERS,
  type NodeMaker,
  type DropTarget,
  putIntoFlow,
  reveal,
} from './flow.js';
import { FilterBar, THING_FILTERS } from './filters.js';
import { Folds } from './folds.js';
import { createFrame, ignoreSecondClicks, turnTabs } from './frame.js';
import { GoneList } from './gone-list.js';
import { Home, type HomeParts } from './home.js';
import { OpenedRow } from './opened-row.js';
import { Replacer } from './replacing.js';
import { RowSelection } from './selection.js';
import { StateLine } from './state-line.js';
import { HomeTexts } from './texts.js';
import { type TreeRow, ThingTree } from './tree.js';
import { nodesOf } from './uses.js';

const NODE_EVENTS = ['nodes:add', 'nodes:change', 'nodes:remove', 'flows:change', 'deploy', 'flows:loaded'];

/** The content of the home tab: the home of the chosen account, and the actions of its rows. */
export class HomePage implements HomeParts {
  readonly #end = new AbortController();
  readonly $frame = createFrame(translate);
  readonly texts = new HomeTexts(translate, viewerLocale());
  readonly choice = new AccountChoice(
    this.$frame,
    this.texts,
    { onChange: () => this.#changeAccount(), onLogin: () => this.home?.noteLogin() },
    this.#end.signal,
  );
  readonly line: StateLine = new StateLine(
    this.$frame,
    () => this.#replacer.nextStep || this.#selection.text,
    this.#end.signal,
  );
  readonly tree: ThingTree = new ThingTree(this.$frame.find('#cozify-home-list'), {
    texts: this.texts,
    actionsOf: (row) => this.#actionsOf(row),
    usesOf: (row) => this.#nodesOf(row),
    decorate: (row, $row) => {
      this.#selection.draw(row, $row);
      this.#opened.draw(row, $row);
    },
    onEnd: () => void this.home?.listMore(),
  });
  readonly filters = new FilterBar(this.tree.$list.parent(), this.texts, THING_FILTERS, () => this.home?.searchSoon());
  readonly log: EventLog = new EventLog(this.$frame.find('#cozify-home-events'), this.texts, {
    isListed: (key) => this.tree.has(key),
    find: (ids) => this.home?.find(ids),
  });
  readonly gone = new GoneList(this.$frame, this.texts);
  readonly showPanel = turnTabs(this.$frame, (panel) => {
    this.line.turnTo(panel);
    this.$frame.find('#cozify-home-filter').toggle(panel !== 'gone');
  });
  readonly #selection = new RowSelection(this.tree, this.line, this.texts);
  readonly #opened = new OpenedRow(this);
  readonly #replacer: Replacer = new Replacer(this);
  home: Home | undefined;
  isSeen = false;

  constructor() {
    const { $frame } = this;
    const { signal } = this.#end;
    this.showPanel('things');
    watchAttention($frame[0] as Element, (seen) => this.#noteSeen(seen), signal);
    onEditorEvents(NODE_EVENTS, () => this.#noteNodes(), signal);
    if (mayAdd()) letDrag(this.tree.$list, (element) => this.#drag(element), signal);
    ignoreSecondClicks($frame);
    prepareDashboard($frame.find('#cozify-home-dashboard'), this);
    fold($frame.find('#cozify-home-filter'), $frame.find('.cozify-home-filters'));
    $frame
      .on('keydown', ({ key }) => {
        if (key === 'Escape') this.#replacer.cancel();
      })
      .on('click', '[data-node]', (event) => reveal(String($(event.currentTarget).attr('data-node'))))
      .on('click', '[data-do], [data-view]', (event) => void this.#act(event))
      .on('input', '#cozify-home-search', () => this.home?.searchSoon());
  }

  /** The text in the search field. */
  get query(): string {
    return String(this.$frame.find('#cozify-home-search').val());
  }

  stop(): void {
    this.#end.abort();
    this.home?.pause();
    this.home = undefined;
  }

  #noteSeen(seen: Seen): void {
    const { choice, home, line, texts } = this;
    this.isSeen = seen === 'seen';
    if (!this.isSeen) {
      home?.pause();
      if (seen === 'idle') home?.showNotLive(texts.t('home.paused'));
    } else if (choice.look() || home === undefined) this.#changeAccount();
    else {
      // Shows "searching", because the rows may be outdated until the lists have been loaded again.
      line.showState(texts.t('picker.searching'));
      home.start();
    }
    this.#showFollowing();
  }

  #showFollowing(): void {
    this.$frame.attr('data-following', String(this.home?.isFollowing === true));
  }

  /** Shows the chosen account, and clears everything about the previous account. */
  #changeAccount(): void {
    this.choice.look();
    this.home?.pause();
    this.home = undefined;
    this.#replacer.drop();
    this.#selection.clear();
    const { current } = this.choice;
    this.filters.clear();
    this.tree.clear(new Folds(current?.id ?? '', this.query !== ''));
    this.log.clear();
    this.gone.show();
    this.line.showState(this.texts.t(current === undefined ? 'home.noAccount' : 'picker.searching'));
    this.home = current && new Home(current.id, this);
    if (this.isSeen) this.home?.start();
    this.#showFollowing();
  }

  #noteNodes(): void {
    if (!this.isSeen) return;
    if (this.choice.look()) this.#changeAccount();
    else this.home?.countSoon();
  }

  /**
   * Returns the names of the buttons that a row shows now. They depend on the selection, the permissions, and whether a
   * replacement was started.
   */
  #actionsOf(row: TreeRow): string[] {
    const { actions, target, thing } = row;
    const several = this.#selection.rowsFor(row);
    if (several.length > 1) {
      return NODE_MAKERS.filter((maker) => mayAdd() && several.every((one) => one.actions.includes(maker)));
    }
    const mayWrite = hasPermission('cozify.write');
    const allowed = actions.filter((name) => (makerIn([name]) === undefined ? mayWrite : mayAdd()));
    const isOffered = this.#replacer.takes(target.kind) ?? this.#nodesOf(row).length > 0;
    const canReplace = isOffered && target.kind !== 'section' && mayChange();
    return [...allowed, ...(canReplace ? ['replace'] : []), ...(thing === undefined ? [] : ['details'])];
  }

  #nodesOf({ key }: TreeRow): CanvasNode[] {
    return nodesOf(this.home?.uses.usesOf(key) ?? []);
  }

  async #act(event: JQuery.TriggeredEvent): Promise<void> {
    const { home } = this;
    const button = event.currentTarget as Element;
    const name = $(button).attr('data-do') ?? 'details';
    const gone = this.gone.at(button);
    const row = this.tree.rowOf(button);
    const maker = makerIn([name]);
    if (home === undefined) return;
    if (gone !== undefined) return this.#replacer.start(home, gone.target.name, gone.uses);
    if (row === undefined) return;
    if (maker !== undefined) return this.#put(this.#targetsOf(row), maker, event.detail === 0 ? 'view' : 'mouse');
    if (name === 'details') return this.#opened.turn(home, row);
    if (name === 'replace') return this.#replacer.press(home, row);
    // The row continues to show the actual state, not the requested one.
    const text = await sendCommand(home.api, row.target, name, this.texts);
    if (home === this.home) this.line.result(text);
  }

  /** Starts a drag of a row or of one of its buttons; returns `undefined` if the drag would create no node. */
  #drag(element: Element): Drag | undefined {
    const row = this.tree.rowOf(element);
    if (row === undefined) return undefined;
    const button = $(element).closest('[data-do]').attr('data-do');
    const maker = makerIn(button === undefined ? this.#actionsOf(row) : [button]);
    if (maker === undefined) return undefined;
    const { current } = this.choice;
    const targets = this.#targetsOf(row);
    return { label: this.#nameOf(targets), drop: (place) => this.#put(targets, maker, place, current) };
  }

  #targetsOf(row: TreeRow): SavedTarget[] {
    return this.#selection.rowsFor(row).map(({ target }) => target);
  }

  #nameOf(targets: readonly SavedTarget[]): string {
    const [first, ...others] = targets;
    if (first !== undefined && others.length === 0) return first.name;
    return this.texts.t('home.several', { count: targets.length });
  }

  #put(targets: readonly SavedTarget[], maker: NodeMaker, place: DropTarget, account = this.choice.current): void {
    if (account === undefined) return;
    const problem = putIntoFlow(maker, targets, account.id, place);
    const { t } = this.texts;
    if (problem !== undefined) this.line.result(t(`home.hindrance.${problem}`));
    else if (place === 'mouse') this.line.result(t('home.atMouse'));
    else this.line.result(t('home.added', { name: this.#nameOf(targets) }));
  }
}
