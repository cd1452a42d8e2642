import { allAccounts } from '../account/all-accounts.js';
import { translate } from '../shared/catalogue.js';
import { localeOf, viewerLanguages } from '../shared/times.js';
import { hasPermission } from './canvas.js';
import { HomePage } from './home-page.js';
import { createFrame } from './frame.js';
import { HomeTexts } from './texts.js';

/** The tab in the sidebar, and the action that shows it. */
const TAB = 'cozify-home';
const ACTION = 'cozify:show-home';

/** What Node-RED's sidebar has that its types do not say. */
interface Sidebar {
  addTab(options: object): void;
  removeTab(id: string): void;
  containsTab(id: string): boolean;
  show(id: string): void;
}

/** The home in the sidebar: there from when the nodes come into the palette until they leave it. */
export class HomeTab {
  #page: HomePage | undefined;

  start(): void {
    if (this.#page !== undefined || !hasPermission('cozify.read')) return;
    const sidebar = RED.sidebar as unknown as Sidebar;
    const texts = new HomeTexts(translate, localeOf(translate('locale'), viewerLanguages()));
    const $frame = createFrame(translate);
    RED.actions.add(ACTION, () => sidebar.show(TAB));
    sidebar.addTab({
      id: TAB,
      label: 'Cozify',
      name: 'Cozify',
      iconClass: 'fa fa-home',
      action: ACTION,
      content: $frame,
    });
    this.#page = new HomePage($frame, texts, allAccounts);
    this.#page.start();
  }

  stop(): void {
    if (this.#page === undefined) return;
    this.#page.stop();
    this.#page = undefined;
    RED.actions.remove(ACTION);
    const sidebar = RED.sidebar as unknown as Sidebar;
    if (sidebar.containsTab(TAB)) sidebar.removeTab(TAB);
  }
}
