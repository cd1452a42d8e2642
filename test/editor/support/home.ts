import type { Locator, Page } from 'playwright-core';
import { becomes } from '../../support/becomes';
import type { Editor } from './editor';

/** The home tab of the sidebar, with methods for what a person does in it. */
export class HomeTab {
  readonly editor: Editor;
  readonly page: Page;
  readonly root: Locator;
  readonly search: Locator;
  readonly filterButton: Locator;
  readonly filters: Locator;
  readonly list: Locator;
  readonly state: Locator;
  readonly gone: Locator;
  readonly events: Locator;

  constructor(editor: Editor) {
    const { page } = editor;
    this.editor = editor;
    this.page = page;
    this.root = page.locator('#cozify-home');
    this.search = page.locator('#cozify-home-search');
    this.filterButton = page.locator('#cozify-home-filter');
    this.filters = page.locator('#cozify-home-panel-things .cozify-home-filters');
    this.list = page.locator('#cozify-home-list');
    this.state = page.locator('#cozify-home-state');
    this.gone = page.locator('#cozify-home-gone');
    this.events = page.locator('#cozify-home-events');
  }

  /** Brings the home tab to the front with the editor action that opens the tab, and waits for the list of devices. */
  static async open(editor: Editor): Promise<HomeTab> {
    const home = new HomeTab(editor);
    await editor.page.evaluate(`RED.actions.invoke('cozify:show-home')`);
    await home.row('device').first().waitFor();
    return home;
  }

  row(kind: string, id?: string): Locator {
    const one = id === undefined ? '' : `[data-id="${id}"]`;
    return this.list.locator(`[role=treeitem][data-kind="${kind}"]${one}`);
  }

  /** Selects a row, and waits until its action buttons are shown. */
  async choose(row: Locator): Promise<void> {
    await row.locator('.cozify-home-name').click();
    await row.locator('.cozify-home-actions').waitFor();
  }

  action(row: Locator, name: string): Locator {
    return row.locator(`[data-do="${name}"], [data-view="${name}"]`);
  }

  valueOf(row: Locator): Promise<string> {
    return row.locator('.cozify-home-value').innerText();
  }

  /** Opens one of the tabs inside the home tab. */
  async turnTo(panel: 'things' | 'gone' | 'events'): Promise<void> {
    await this.page.locator(`#cozify-home-tab-${panel}`).click();
    await this.page.locator(`#cozify-home-panel-${panel}`).waitFor();
  }

  /** Waits until the status line matches the pattern. */
  async untilAnnounced(pattern: RegExp): Promise<void> {
    await becomes(() => this.state.innerText(), pattern);
  }

  /** Waits until the tab follows the events of the home, or has stopped following them. */
  async untilFollowing(isOn: boolean): Promise<void> {
    await becomes(() => this.root.getAttribute('data-following'), String(isOn), 'data-following');
  }

  /** Brings another tab of the sidebar to the front. */
  async leave(): Promise<void> {
    await this.page.evaluate(`RED.sidebar.show('info')`);
    await this.untilFollowing(false);
  }

  /** Returns the properties of all nodes on the canvas, as a Deploy would save them. */
  nodes(): Promise<Record<string, unknown>[]> {
    return this.page.evaluate<Record<string, unknown>[]>(
      `RED.nodes.createCompleteNodeSet().filter(({ x }) => x !== undefined)`,
    );
  }

  undo(): Promise<void> {
    return this.page.evaluate<void>(`RED.actions.invoke('core:undo')`);
  }

  redo(): Promise<void> {
    return this.page.evaluate<void>(`RED.actions.invoke('core:redo')`);
  }
}
