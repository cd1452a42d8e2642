// A fake of Node-RED's editor, for tests without a browser.
import { translateIn } from './texts.js';

type Handler = (...parameters: unknown[]) => void;

/** A node in the fake editor. */
export interface FakeNode {
  id: string;
  type?: string;
  [property: string]: unknown;
}

/** A notification that the fake editor shows: its text, and its type or its options. */
export interface FakeNotification {
  text: string;
  type: unknown;
}

/** A fake of Node-RED's editor: its nodes, and what the package has added to it. */
export class FakeEditor {
  configs: FakeNode[] = [];
  flow: FakeNode[] = [];
  /** The values of the fields in the open dialog, by selector. */
  fields: Record<string, string> = {};
  /** The permissions of the user. */
  permissions = ['cozify.read', 'cozify.write'];
  /** The last event of the undo history. */
  lastEvent: object | undefined;
  readonly notifications: FakeNotification[] = [];
  /** The dialogs of accounts that were opened, by id. */
  readonly opened: string[] = [];
  readonly actions = new Map<string, () => void>();
  /** The nodes that were validated again, by id. */
  readonly validated: string[] = [];
  redraws = 0;
  readonly #handlers = new Map<string, Handler[]>();

  /** The topics of the server's messages and the names of the events for which there is a handler. */
  get followed(): string[] {
    return [...this.#handlers].flatMap(([name, handlers]) => handlers.map(() => name)).sort();
  }

  /** Passes on a message from the server or an event of the editor. `name`: its subscription. */
  emit(name: string, ...parameters: unknown[]): void {
    for (const handler of this.#handlers.get(name) ?? []) handler(...parameters);
  }

  /** Replaces the globals `RED`, `$`, `localStorage` and `navigator`. */
  install(): void {
    const localStorage = { getItem: () => null, removeItem: () => undefined };
    const navigator = { languages: ['en-US'] };
    for (const [name, value] of Object.entries({ RED: this.#red, $: this.#find, localStorage, navigator }))
      Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }

  static remove(): void {
    for (const name of ['RED', '$', 'localStorage', 'navigator']) Reflect.deleteProperty(globalThis, name);
  }

  get #red(): object {
    const follow = (name: string, handler: Handler): void =>
      void this.#handlers.set(name, [...(this.#handlers.get(name) ?? []), handler]);
    const unfollow = (name: string, handler: Handler): void =>
      void this.#handlers.set(
        name,
        (this.#handlers.get(name) ?? []).filter((one) => one !== handler),
      );
    const all = (): FakeNode[] => [...this.configs, ...this.flow];
    const t = translateIn('en');
    return {
      _: (key: string, parameters: Record<string, string>) => t(key.replace(/^.*:/, '') as 'locale', parameters),
      comms: { subscribe: follow, unsubscribe: unfollow },
      events: { on: follow, off: unfollow },
      actions: {
        add: (name: string, handler: () => void) => this.actions.set(name, handler),
        remove: (name: string) => this.actions.delete(name),
      },
      nodes: {
        node: (id: string) => all().find((node) => node.id === id) ?? null,
        eachNode: (take: (node: object) => boolean) => this.flow.every((node) => take(node)),
        eachConfig: (take: (node: object) => boolean) => this.configs.every((node) => take(node)),
        remove: (id: string) => (this.configs = this.configs.filter((node) => node.id !== id)),
      },
      history: { peek: () => this.lastEvent },
      editor: {
        validateNode: ({ id }: FakeNode) => this.validated.push(id),
        editConfig: (_name: string, _type: string, id: string) => this.opened.push(id),
      },
      view: { redraw: () => (this.redraws += 1) },
      sidebar: { config: { refresh: () => undefined } },
      user: { hasPermission: (name: string) => this.permissions.includes(name) },
      utils: { getNodeLabel: ({ name }: { name: string }) => name },
      notify: (text: string, type: unknown) => {
        const shown = { text, type };
        this.notifications.push(shown);
        return { close: () => this.notifications.splice(this.notifications.indexOf(shown), 1) };
      },
    };
  }

  readonly #find = (selector: string): object => ({
    length: selector in this.fields ? 1 : 0,
    val: (value?: string) => {
      if (value === undefined) return this.fields[selector];
      this.fields[selector] = value;
      return this.#find(selector);
    },
    data: () => undefined,
    text: (words: string) => words,
    trigger: (event: string) => this.emit(`${event} ${selector}`),
  });
}
