// The content of the home tab: holds its parts together, and runs the actions of rows.
import type { SavedTarget } from '../picker/target.js';
import type { Thing } from '../picker/things-api.js';
import { translate } from '../shared/catalogue.js';
import { viewerLocale } from '../shared/times.js';
import { AccountChoice } from './account-choice.js';
import type { HomeApi } from './api.js';
import { Attention, type Seen } from './attention.js';
import { DashboardButton } from './dashboard.js';
import { EventLog } from './event-log.js';
import {
  hasPermission,
  letDrag,
  makerOfRow,
  mayAdd,
  mayChange,
  NODE_MAKERS,
  type NodeMaker,
  type Place,
  putIntoFlow,
  reveal,
} from './flow.js';
import { fold } from '../shared/draw.js';
import { FilterBar, THING_FILTERS } from './filters.js';
import { createFrame, ignoreSecondClicks, turnTabs } from './frame.js';
import { GoneList } from './gone-list.js';
import { Home, type HomeParts } from './home.js';
import { OpenedRow } from './opened-row.js';
import { Replacer } from './replacing.js';
import { Selection } from './selection.js';
import { StateLine } from './state-line.js';
import { HomeTexts } from './texts.js';
import { type Row, ThingTree } from './tree.js';

const NODE_EVENTS = ['nodes:add', 'nodes:change', 'nodes:remove', 'flows:change', 'deploy', 'flows:loaded'] as const;

/** The content of the home tab: the home of the chosen account, and the actions of its rows. */
export class HomePage implements HomeParts {
  readonly $frame = createFrame(translate);
  readonly texts = new HomeTexts(translate, viewerLocale());
  readonly choice = new AccountChoice(this.$frame, this.texts, {
    onChange: () => this.#changeAccount(),
    onLogin: () => this.#noteLogin(),
  });
  readonly line = new StateLine(this.$frame, () => this.#replacer?.nextStep || this.#selected);
  readonly tree: ThingTree = new ThingTree(this.$frame.find('#cozify-home-list'), {
    texts: this.texts,
    actionsOf: (row) => this.#actionsOf(row),
    usesOf: ({ key }) => this.#home?.uses.nodesOf(key) ?? [],
    decorate: (row, $row) => {
      this.#selection.draw(row, $row);
      this.#opened.draw(row, $row);
    },
    isOpen: (row) => this.#opened.isOpen(row),
    onEnd: () => void this.#home?.listMore(),
  });
  readonly filters = new FilterBar(this.tree.$list.parent(), this.texts, THING_FILTERS, () => this.#home?.searchSoon());
  readonly log: EventLog = new EventLog(this.$frame.find('#cozify-home-events'), this.texts, {
    isListed: (key) => this.tree.has(key),
    find: (ids) => this.#home?.find(ids),
  });
  readonly #selection = new Selection(this.tree, () => {
    this.tree.refresh();
    this.line.result(this.#selected);
  });
  readonly #opened = new OpenedRow({
    texts: this.texts,
    load: (row) => this.#load(row),
    eventsOf: (key) => this.log.eventsOf(key),
    set: async ({ target }, field, value) =>
      this.#home?.api.command({ targets: [target], hub: '', command: 'set', field, value, transition: '' }),
    say: (text) => this.line.result(text),
    onChange: () => this.tree.refresh(),
  });
  readonly gone = new GoneList(this.$frame, this.texts);
  readonly dashboard = new DashboardButton(this.$frame, this.texts, this.line, () => this.choice.current);
  readonly showPanel = turnTabs(this.$frame, (panel) => {
    this.line.turnTo(panel);
    this.$frame.find('#cozify-home-filter').toggle(panel !== 'gone');
  });
  readonly #attention = new Attention(this.$frame[0] as Element, (seen) => this.#noteSeen(seen));
  #home: Home | undefined;
  #replacer: Replacer | undefined;
  #stopDragging: (() => void) | undefined;
  #seen: Seen = 'hidden';

  get isSeen(): boolean {
    return this.#seen === 'seen';
  }

  /** A text for the selection, until the selection is cleared. */
  get #selected(): string {
    const { count } = this.#selection;
    return count === 0 ? '' : this.texts.t('home.selected', { count });
  }

  /** The text of the search. */
  get query(): string {
    return String(this.$frame.find('#cozify-home-search').val() ?? '');
  }

  start(): void {
    this.showPanel('things');
    this.#attention.start();
    this.choice.start();
    for (const name of NODE_EVENTS) RED.events.on(name, this.#noteNodes);
    if (mayAdd()) {
      this.#stopDragging = letDrag(this.tree.$list, (element, button) => {
        const row = this.tree.rowOf(element);
        if (row === undefined) return undefined;
        const maker =
          button === undefined ? makerOfRow(this.#actionsOf(row)) : NODE_MAKERS.find((one) => one === button);
        if (maker === undefined) return undefined;
        const { current } = this.choice;
        const targets = this.#targetsOf(row);
        return { label: this.#nameOf(targets), drop: (place) => this.#put(targets, maker, place, current) };
      });
    }
    ignoreSecondClicks(this.$frame);
    this.line.start();
    this.$frame
      .on('keydown', ({ key }) => {
        if (key === 'Escape') this.#replacer?.cancel();
      })
      .on('click', '[data-node]', (event) => reveal($(event.currentTarget).attr('data-node') ?? ''))
      .on('click', '[data-do], [data-view]', (event) => void this.#act(event));
    fold(this.$frame.find('#cozify-home-filter'), this.$frame.find('.cozify-home-filters'));
    this.$frame.find('#cozify-home-search').on('input', () => this.#home?.searchSoon());
  }

  stop(): void {
    this.#attention.stop();
    this.choice.stop();
    this.#home?.close();
    this.#stopDragging?.();
    for (const name of NODE_EVENTS) RED.events.off(name, this.#noteNodes);
    this.line.stop();
  }

  #noteSeen(seen: Seen): void {
    this.#seen = seen;
    if (seen !== 'seen') {
      this.#home?.pause();
      if (seen === 'idle') this.#showPaused();
    } else if (this.choice.look() || this.#home === undefined) this.#changeAccount();
    else {
      // The rows in the list are from before the feed starts.
      this.line.showState(this.texts.t('picker.searching'));
      this.#home.start();
    }
    this.#showFollowing();
  }

  #showPaused(): void {
    const paused = this.texts.t('home.paused');
    if (this.#home === undefined) this.line.showState('', paused);
    else this.#home.showNotLive(paused);
  }

  #showFollowing(): void {
    this.$frame.attr('data-following', String(this.#home?.isFollowing === true));
  }

  /** Shows another account, and clears everything of the old one. */
  #changeAccount(): void {
    this.choice.look();
    this.#home?.close();
    this.#home = undefined;
    this.#replacer = undefined;
    this.#selection.clear();
    const { current } = this.choice;
    this.filters.clear();
    this.tree.clear(current?.id ?? '');
    this.tree.folds.search(this.query !== '');
    this.log.clear();
    this.gone.show([], new Map(), false);
    this.line.showState(this.texts.t(current === undefined ? 'home.noAccount' : 'picker.searching'));
    this.#home = current && new Home(current.id, this);
    this.#replacer = this.#home && new Replacer(this.#home, this);
    if (this.isSeen) this.#home?.start();
    this.#showFollowing();
  }

  #noteLogin(): void {
    if (this.isSeen) this.#home?.noteLogin();
  }

  readonly #noteNodes = (): void => {
    if (!this.isSeen) return;
    if (this.choice.look()) this.#changeAccount();
    else this.#home?.countSoon();
  };

  /** The names of a row's current buttons. */
  #actionsOf(row: Row): string[] {
    const { actions, key, target, thing } = row;
    const several = this.#selection.rowsFor(row);
    if (several.length > 1) {
      return NODE_MAKERS.filter((maker) => mayAdd() && several.every((one) => one.actions.includes(maker)));
    }
    const mayWrite = hasPermission('cozify.write');
    const allowed = actions.filter((name) => (NODE_MAKERS.some((maker) => maker === name) ? mayAdd() : mayWrite));
    const isOffered = this.#replacer?.takes(target.kind) ?? (this.#home?.uses.nodesOf(key) ?? []).length > 0;
    const canReplace = isOffered && target.kind !== 'section' && mayChange();
    return [...allowed, ...(canReplace ? ['replace'] : []), ...(thing === undefined ? [] : ['details'])];
  }

  async #act(event: JQuery.TriggeredEvent): Promise<void> {
    const [home, replacer] = [this.#home, this.#replacer];
    const button = event.currentTarget as Element;
    const name = $(button).attr('data-do') ?? 'details';
    const gone = this.gone.at(button);
    const row = this.tree.rowOf(button);
    const maker = NODE_MAKERS.find((one) => one === name);
    if (home === undefined || replacer === undefined) return;
    if (gone !== undefined) return replacer.start(gone.target.name, gone.uses);
    if (row === undefined) return;
    if (maker !== undefined) {
      return this.#put(this.#targetsOf(row), maker, event.detail === 0 ? 'view' : 'mouse');
    }
    if (name === 'details') return this.#opened.turn(row);
    if (name === 'replace') return replacer.press(row);
    // The row continues to show the actual state, not the requested one.
    const text = await sendCommand(home.api, row.target, name, this.texts);
    if (!home.isClosed) this.line.result(text);
  }

  async #load({ target: { hub, kind, id } }: Row): Promise<Thing | undefined> {
    const reply = await this.#home?.api.list({ hub, kinds: [kind], ids: [id] });
    if (reply?.isOk === false) this.line.result(this.texts.failure(reply.failure));
    return reply?.isOk === true ? reply.answer.things[0] : undefined;
  }

  #targetsOf(row: Row): SavedTarget[] {
    return this.#selection.rowsFor(row).map(({ target }) => target);
  }

  #nameOf(targets: readonly SavedTarget[]): string {
    const [first] = targets;
    return targets.length === 1 && first !== undefined
      ? first.name
      : this.texts.t('home.several', { count: targets.length });
  }

  #put(targets: readonly SavedTarget[], maker: NodeMaker, place: Place, account = this.choice.current): void {
    if (account === undefined) return;
    const problem = putIntoFlow(maker, targets, account.id, place);
    const { t } = this.texts;
    if (problem !== undefined) this.line.result(t(`home.hindrance.${problem}`));
    else if (place === 'mouse') this.line.result(t('home.atMouse'));
    else this.line.result(t('home.added', { name: this.#nameOf(targets) }));
  }
}

/** Sends a command to a thing at once. Returns a text about the outcome. */
async function sendCommand(api: HomeApi, target: SavedTarget, name: string, texts: HomeTexts): Promise<string> {
  const command = { targets: [target], hub: '', command: name, field: '', transition: '' };
  const reply = await (name === 'blink' ? api.blink(target) : api.command(command));
  if (!reply.isOk) return texts.failure(reply.failure);
  return name === 'blink' ? texts.t('picker.blinking', { name: target.name }) : texts.tried(reply.answer);
}
