// The home tab in the sidebar of Node-RED.
import { hasPermission } from './flow.js';
import { HomePage } from './page.js';

/** Id of the tab in the sidebar. */
const TAB = 'cozify-home';
/** Id of Node-RED's action that shows the tab. */
const ACTION = 'cozify:show-home';

/** Functions of Node-RED's sidebar that are missing from Node-RED's types. */
interface Sidebar {
  addTab(options: object): void;
  removeTab(id: string): void;
  containsTab(id: string): boolean;
  show(id: string): void;
}

/** The home tab in the sidebar. It exists while the nodes are in the palette. */
export class HomeTab {
  #page: HomePage | undefined;

  start(): void {
    if (this.#page !== undefined || !hasPermission('cozify.read')) return;
    const sidebar = RED.sidebar as unknown as Sidebar;
    const page = new HomePage();
    RED.actions.add(ACTION, () => sidebar.show(TAB));
    sidebar.addTab({
      id: TAB,
      label: 'Cozify',
      name: 'Cozify',
      iconClass: 'fa fa-home',
      action: ACTION,
      content: page.$frame,
    });
    this.#page = page;
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
